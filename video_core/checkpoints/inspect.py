"""Which transformer a weight file holds, told from tensor names and shapes.

Knows both namings: the original one of Wan (also AniSora, LightX2V, Kijai) and that of diffusers. Does not load tensors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shotplan.errors import RenderError
from video_core.checkpoints.header import Shapes

Naming = Literal["original", "diffusers"]
PREFIXES = ("model.diffusion_model.", "diffusion_model.", "module.")


@dataclass(frozen=True)
class Architecture:
    """The shape of one diffusion transformer of the Wan family."""

    kind: Literal["plain", "vace", "animate"]
    naming: Naming
    dim: int
    ffn_dim: int
    layers: int
    in_channels: int
    out_channels: int
    text_dim: int
    freq_dim: int
    image_dim: int | None
    """Width of the CLIP features; None without that branch."""
    image_positions: int | None
    """Length of the learned positions of two pictures (first and last); None without."""
    vace_layers: int
    vace_channels: int

    def heads(self, head_dim: int = 128) -> int:
        return max(1, self.dim // head_dim)


def strip_prefix(name: str) -> str:
    """The tensor's own name, without what other programs put before it."""
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def architecture(shapes: Shapes, path: Path) -> Architecture:
    """Read the architecture off tensor names and shapes. Raises `RenderError` when this is no transformer of the Wan family."""
    named = {strip_prefix(name): shape for name, shape in shapes.items()}
    naming: Naming = "diffusers" if "condition_embedder.time_embedder.linear_1.weight" in named else "original"
    names = _NAMES[naming]
    missing = [key for key in ("patch", "out", "ffn", "text", "time") if names[key] not in named]
    if missing:
        raise RenderError(_what_else(named), where=str(path), todo="give the file or folder of a Wan, VACE or AniSora transformer")
    dim, in_channels = named[names["patch"]][:2]
    patch = named[names["patch"]][2:]
    image = named.get(names["image"])
    positions = named.get(names["positions"])
    vace = named.get("vace_patch_embedding.weight")
    return Architecture(
        kind="vace" if vace else "animate" if any(name.startswith("motion_encoder.") for name in named) else "plain",
        naming=naming, dim=dim, ffn_dim=named[names["ffn"]][0], layers=_count(named, "blocks"), in_channels=in_channels,
        out_channels=named[names["out"]][0] // (patch[0] * patch[1] * patch[2]), text_dim=named[names["text"]][1],
        freq_dim=named[names["time"]][1], image_dim=image[0] if image else None, image_positions=positions[1] if positions else None,
        vace_layers=_count(named, "vace_blocks"), vace_channels=vace[1] if vace else 0,
    )  # fmt: skip


_NAMES: dict[Naming, dict[str, str]] = {
    "original": {
        "patch": "patch_embedding.weight",
        "out": "head.head.weight",
        "ffn": "blocks.0.ffn.0.weight",
        "text": "text_embedding.0.weight",
        "time": "time_embedding.0.weight",
        "image": "img_emb.proj.0.weight",
        "positions": "img_emb.emb_pos",
    },
    "diffusers": {
        "patch": "patch_embedding.weight",
        "out": "proj_out.weight",
        "ffn": "blocks.0.ffn.net.0.proj.weight",
        "text": "condition_embedder.text_embedder.linear_1.weight",
        "time": "condition_embedder.time_embedder.linear_1.weight",
        "image": "condition_embedder.image_embedder.norm1.weight",
        "positions": "condition_embedder.image_embedder.pos_embed",
    },
}


def _count(named: Shapes, blocks: str) -> int:
    return 1 + max((int(m[1]) for name in named if (m := re.match(rf"{blocks}\.(\d+)\.", name))), default=-1)


def _what_else(named: Shapes) -> str:
    if "decoder.middle.0.residual.0.gamma" in named or "decoder.mid_block.resnets.0.conv1.weight" in named:
        return "this is a VAE, not a diffusion transformer"
    if any(".lora_" in name or name.endswith((".alpha", ".diff")) for name in named):
        return "this is a LoRA, not a whole transformer; give it as --set lora=FILE beside --checkpoint"
    if "vace_patch_embedding.weight" in named:
        return "this is VACE's branch alone, without the model that it steers"
    if "shared.weight" in named or "token_embedding.weight" in named:
        return "this is a text encoder, not a diffusion transformer"
    return "this is no transformer of the Wan family"


def diffusers_config(found: Architecture, *, heads: int, vace_layers: tuple[int, ...] = ()) -> dict[str, Any]:
    """The configuration of the matching diffusers class, for files that come without one."""
    config: dict[str, Any] = {
        "patch_size": (1, 2, 2), "num_attention_heads": heads, "attention_head_dim": found.dim // heads,
        "in_channels": found.in_channels, "out_channels": found.out_channels, "text_dim": found.text_dim, "freq_dim": found.freq_dim,
        "ffn_dim": found.ffn_dim, "num_layers": found.layers, "cross_attn_norm": True, "qk_norm": "rms_norm_across_heads", "eps": 1e-6,
        "image_dim": found.image_dim, "added_kv_proj_dim": found.dim if found.image_dim else None,
        "pos_embed_seq_len": found.image_positions,
    }  # fmt: skip
    if found.kind == "vace":
        every = max(1, found.layers // found.vace_layers)
        config |= {"vace_layers": list(vace_layers or range(0, found.layers, every)), "vace_in_channels": found.vace_channels}
    if found.kind == "animate":
        config |= {"latent_channels": 16}
    return config

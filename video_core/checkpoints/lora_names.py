"""What a LoRA file's tensors are for: the layer, under diffusers' name, and their part in its change.

Knows the namings of diffusers, peft, LightX2V, Kijai, DiffSynth and of kohya and musubi-tuner. Does not know the model or add anything.
Where diffusers' own converters leave a tensor out (norms, modulation, embeddings) or want every layer to be there, nothing is lost here.
Sources: diffusers' `lora_conversion_utils.py`; LightX2V's guide to LoRAs (`diff` weight, `diff_b` bias, `diff_m` modulation).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import torch
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers

Role = Literal["down", "up", "alpha", "weight", "bias", "table"]
"""`down`, `up`, `alpha`: the low-rank change. `weight`, `bias`, `table`: what is added to the layer's own tensor as it is."""

_ENDINGS: tuple[tuple[str, Role], ...] = (
    (r"\.(?:lora_A|lora_down|lora\.down)(?:\.default)?\.weight$", "down"),
    (r"\.(?:lora_B|lora_up|lora\.up)(?:\.default)?\.weight$", "up"),
    (r"\.(?:lora_B|lora_up)(?:\.default)?\.bias$", "bias"),
    (r"\.alpha$", "alpha"),
    (r"\.diff$", "weight"),
    (r"\.diff_b$", "bias"),
    (r"\.diff_m$", "table"),
)
_PREFIXES = (
    "base_model.model.", "model.diffusion_model.", "diffusion_model.", "transformer.", "transformer_2.", "pipe.dit.", "lora_unet__",
    "lora_unet_",
)  # fmt: skip
_DOTS = (
    (r"^((?:vace_)?blocks)_(\d+)_", r"\1.\2."), (r"\b(self_attn|cross_attn|attn[12])_", r"\1."), (r"\bto_out_0$", "to_out.0"),
    (r"\bffn_net_0_proj$", "ffn.net.0.proj"), (r"\bffn_net_2$", "ffn.net.2"), (r"\bffn_(\d)$", r"ffn.\1"),
    (r"^(text_embedding|time_embedding|time_projection)_(\d)$", r"\1.\2"), (r"^head_head$", "head.head"),
    (r"^img_emb_proj_(\d)$", r"img_emb.proj.\1"),
)  # fmt: skip
"""kohya writes every dot of a layer's name as an underscore."""
_DIFFUSERS = re.compile(r"\.attn[12]\.|\.ffn\.net\.|^condition_embedder\.|^proj_out$")
_TABLE = "modulation"


def by_layer(names: Iterable[str]) -> dict[str, dict[Role, str]]:
    """The file's names by layer and role. Layers are `blocks.0.attn1.to_q`, tables `blocks.0.scale_shift_table`.

    Raises `ValueError` naming a tensor of another kind.
    """
    found: dict[str, dict[Role, str]] = {}
    for name in names:
        layer, role = _parted(name)
        found.setdefault(layer, {})[role] = name
    if any(_DIFFUSERS.search(layer) for layer in found):
        return {layer.replace(_TABLE, "scale_shift_table"): roles for layer, roles in found.items()}
    return {_converted(layer): roles for layer, roles in found.items()}


def _parted(name: str) -> tuple[str, Role]:
    for pattern, role in _ENDINGS:
        layer, ends = re.subn(pattern, "", name)
        if not ends:
            continue
        for prefix in _PREFIXES:
            layer = layer.removeprefix(prefix)
        if name.startswith("lora_unet_"):
            for underscored, dotted in _DOTS:
                layer = re.sub(underscored, dotted, layer)
        return (f"{layer}.{_TABLE}", role) if role == "table" else (layer, role)
    raise ValueError(name)


def _converted(layer: str) -> str:
    """diffusers' name of a layer that has Wan's: told by diffusers' own map, which wants whole tensor names."""
    if layer == "img_emb.emb_pos":
        return "condition_embedder.image_embedder.pos_embed"
    ending = "" if layer.endswith(_TABLE) else ".weight"
    return next(iter(convert_wan_transformer_to_diffusers({layer + ending: torch.empty(0)}))).removesuffix(".weight")

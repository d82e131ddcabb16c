"""LoRA files: found, read under diffusers' names, and added to the weights before these are cast or quantised.

Knows the namings of diffusers, peft, LightX2V, Kijai and musubi-tuner. Does not know how a LoRA was made (`video_core` training).
W' = W + strength * alpha / rank * up @ down (Hu et al. 2021). Fusing first and quantising afterwards loses least and works everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.loaders.lora_conversion_utils import (
    _convert_musubi_wan_lora_to_diffusers,
    _convert_non_diffusers_wan_lora_to_diffusers,
)

from shotplan.errors import RenderError
from video_core.checkpoints.header import Files, fingerprint, read_headers, weight_files
from video_core.checkpoints.locate import local_path

State = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Lora:
    """A LoRA file that is whole and really one."""

    path: Path
    strength: float = 1.0

    def digest(self) -> str:
        return f"{self.strength:g}:{fingerprint((self.path,))}"


def locate_lora(word: str) -> Lora:
    """`FILE` or `FILE:strength`; a folder with one safetensors file, or a Hub id, is fine too. Raises `RenderError`."""
    name, strength = word, 1.0
    match = re.match(r"^(.+):(-?\d+(?:\.\d+)?)$", word)
    if match and not Path(word).exists():
        name, strength = match[1], float(match[2])
    path = local_path(name)
    if path.is_dir():
        path = weight_files(path, "LoRA").paths[0]
    names = read_headers(Files((path,))).shapes
    if not any(".lora_" in key or key.endswith((".diff", ".diff_b")) for key in names):
        raise RenderError("this is no LoRA", where=str(path), todo="give a file with lora_A/lora_B or lora_down/lora_up tensors")
    if any("dora_scale" in key or "lora_magnitude_vector" in key for key in names):
        raise RenderError(
            "this is a DoRA: its magnitudes cannot be added like a LoRA", where=str(path), todo="give a plain LoRA of the same training"
        )
    return Lora(path, strength)


def fuse(state: State, loras: tuple[Lora, ...], notes: list[str] | None = None) -> tuple[State, int]:
    """`state` (diffusers' names) with the LoRAs added, in float32 and back; and how many tensors changed.

    `notes` gets a line about layers of a CLIP branch that the model does not have.
    Raises `RenderError` when a LoRA does not belong to this model.
    """
    changed: set[str] = set()
    for lora in loras:
        changed |= _add(state, lora, [] if notes is None else notes)
    return state, len(changed)


def _add(state: State, lora: Lora, notes: list[str]) -> set[str]:
    from video_core.checkpoints.load import read_state

    parts = _diffusers_names(read_state((lora.path,)), lora.path)
    pairs = {name.rsplit(".lora_A", 1)[0] for name in parts if ".lora_A" in name}
    changed, left = set(), 0
    for name in sorted(pairs):
        down, up = parts[f"{name}.lora_A.weight"], parts.get(f"{name}.lora_B.weight")
        target = f"{name}.weight"
        if up is None or target not in state:
            if "add_k_proj" in name or "add_v_proj" in name or "image_embedder" in name:
                left += 1
                continue
            raise RenderError(
                f"the LoRA changes {name}, which the model does not have", where=str(lora.path), todo="give a LoRA made for this model"
            )
        weight = state[target]
        if weight.shape[0] != up.shape[0] or weight.shape[1] != down.shape[1]:
            raise RenderError(
                f"the LoRA is for another model: {name} is {tuple(weight.shape)} there {(up.shape[0], down.shape[1])}",
                where=str(lora.path), todo="give a LoRA made for a model of this size",
            )  # fmt: skip
        scale = lora.strength * (float(parts[f"{name}.alpha"]) / down.shape[0] if f"{name}.alpha" in parts else 1.0)
        state[target] = (weight.float() + scale * (up.float() @ down.float())).to(weight.dtype)
        changed.add(target)
    for name, difference in parts.items():
        target = name.replace(".lora_B.bias", ".bias")
        if target != name and target in state:
            state[target] = (state[target].float() + lora.strength * difference.float()).to(state[target].dtype)
            changed.add(target)
    if left:
        notes.append(f"{left} layers of {lora.path.name} belong to a CLIP branch that this model does not have")
    if not changed:
        raise RenderError("the LoRA changes nothing in this model", where=str(lora.path), todo="give a LoRA made for this model")
    return changed


def _diffusers_names(parts: State, path: Path) -> State:
    try:
        if any(name.startswith("lora_unet_") for name in parts):
            parts = _convert_musubi_wan_lora_to_diffusers(parts)
        elif any(".self_attn." in name or ".cross_attn." in name for name in parts):
            named = {name if name.startswith("diffusion_model.") else f"diffusion_model.{name}": part for name, part in parts.items()}
            parts = _convert_non_diffusers_wan_lora_to_diffusers(named)
    except (ValueError, KeyError, IndexError, StopIteration) as e:
        raise RenderError(f"the LoRA's names are unknown: {str(e)[:120]}", where=str(path), todo="give a LoRA of the Wan family") from e
    return {_plain(name): part for name, part in parts.items()}


def _plain(name: str) -> str:
    for prefix in ("base_model.model.", "transformer.", "transformer_2.", "diffusion_model."):
        name = name.removeprefix(prefix)
    return name.replace(".lora_down.", ".lora_A.").replace(".lora_up.", ".lora_B.").replace(".default.weight", ".weight")

"""LoRA files: found, read, and added to the weights before these are quantised.

Knows what a change of a layer is. Does not know names (`lora_names`) or how a LoRA was made (`video_core.character_lora`).
W' = W + strength * alpha / rank * up @ down (Hu et al. 2021). Fusing first and quantising afterwards loses least and works everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch

from shotplan.errors import RenderError
from video_core.checkpoints.header import Files, fingerprint, read_headers, weight_files
from video_core.checkpoints.locate import local_path
from video_core.checkpoints.lora_names import Role, by_layer

State = dict[str, torch.Tensor]
Added = list[tuple[float, tuple[torch.Tensor, ...]]]
"""Factors, and what they multiply: a tensor, or `up` and `down`."""
CLIP_BRANCH = ("add_k_proj", "add_v_proj", "norm_added_k", "image_embedder")


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
    if not any(".lora_" in key or key.endswith((".diff", ".diff_b", ".diff_m")) for key in names):
        raise RenderError("this is no LoRA", where=str(path), todo="give a file with lora_A/lora_B or lora_down/lora_up tensors")
    if any("dora_scale" in key or "lora_magnitude_vector" in key for key in names):
        raise RenderError(
            "this is a DoRA: its magnitudes cannot be added like a LoRA", where=str(path), todo="give a plain LoRA of the same training"
        )
    _layers(names, path)
    return Lora(path, strength)


def _layers(names: Iterable[str], path: Path) -> dict[str, dict[Role, str]]:
    try:
        return by_layer(names)
    except ValueError as e:
        raise RenderError(f"the LoRA's tensor {e} is of an unknown kind", where=str(path), todo="give a LoRA of the Wan family") from e


def fuse(
    state: State, loras: tuple[Lora, ...], notes: list[str] | None = None, kept: Callable[[str], torch.dtype] | None = None
) -> tuple[State, int]:
    """`state` (diffusers' names) with the LoRAs added, all at once and in float32; and how many tensors changed.

    `kept`: the number format in which a changed tensor is given; default its own, or bfloat16 when that has 8 bits. `notes` gets a line
    about layers of a CLIP branch that the model does not have, or of a patch embedding for another number of channels.
    Raises `RenderError` when a LoRA does not belong to this model.
    """
    added: dict[str, Added] = {}
    for lora in loras:
        changes = _changes(state, lora, [] if notes is None else notes)
        if not changes:
            raise RenderError("the LoRA changes nothing in this model", where=str(lora.path), todo="give a LoRA made for this model")
        for target, change in changes.items():
            added.setdefault(target, []).extend(change)
    for target, change in added.items():
        weight = state[target]
        wide = weight.to(torch.float32, copy=True)
        for factor, parts in change:
            there = [part.to(wide.device).float() for part in parts]
            term = there[0] if len(there) == 1 else there[0].flatten(1) @ there[1].flatten(1)
            wide.add_(term.reshape(wide.shape), alpha=factor)
        own = weight.dtype if weight.element_size() > 1 else torch.bfloat16
        state[target] = wide.to(kept(target) if kept else own)
    return state, len(added)


def _changes(state: State, lora: Lora, notes: list[str]) -> dict[str, Added]:
    """What the LoRA adds to which tensors of the state."""
    from video_core.checkpoints.load import read_state

    parts = read_state((lora.path,))
    changes: dict[str, Added] = {}
    without = 0
    for layer, roles in sorted(_layers(parts, lora.path).items()):
        weight = layer if layer in state else f"{layer}.weight"
        if weight not in state:
            if any(part in layer for part in CLIP_BRANCH):
                without += 1
                continue
            raise RenderError(
                f"the LoRA changes {layer}, which the model does not have", where=str(lora.path), todo="give a LoRA made for this model"
            )
        if layer == "patch_embedding" and _channels(parts, roles) not in (None, state[weight].shape[1]):
            notes.append(f"{lora.path.name} is for {_channels(parts, roles)} input channels: its patch embedding is left out")
            roles = {role: name for role, name in roles.items() if role == "bias"}
        for target, change in _layer(layer, weight, roles, parts, lora):
            if target not in state or not _fits(state[target], change[1]):
                raise _another_model(layer, state.get(target), change[1], lora)
            changes.setdefault(target, []).append(change)
    if without:
        notes.append(f"{without} layers of {lora.path.name} belong to a CLIP branch that this model does not have")
    return changes


def _layer(
    layer: str, weight: str, roles: dict[Role, str], parts: State, lora: Lora
) -> list[tuple[str, tuple[float, tuple[torch.Tensor, ...]]]]:
    """(name of the tensor, what is added to it) of one layer."""
    found: list[tuple[str, tuple[float, tuple[torch.Tensor, ...]]]] = []
    if "down" in roles or "up" in roles:
        missing = {"down", "up"} - roles.keys()
        if missing:
            raise RenderError(f"the LoRA has no {missing.pop()} matrix for {layer}", where=str(lora.path), todo="download it again")
        down, up = parts[roles["down"]], parts[roles["up"]]
        scale = float(parts[roles["alpha"]]) / down.shape[0] if "alpha" in roles else 1.0
        found.append((weight, (lora.strength * scale, (up, down))))
    for role in ("weight", "table"):
        if role in roles:
            found.append((weight, (lora.strength, (parts[roles[role]],))))
    if "bias" in roles:
        found.append((f"{layer}.bias", (lora.strength, (parts[roles["bias"]],))))
    return found


def _channels(parts: State, roles: dict[Role, str]) -> int | None:
    name = roles.get("down") or roles.get("weight")
    return parts[name].shape[1] if name else None


def _fits(weight: torch.Tensor, parts: tuple[torch.Tensor, ...]) -> bool:
    """Whether a change has the shape of a matrix, or as many numbers as a convolution or a table."""
    if len(parts) == 2 and parts[0][0].numel() != parts[1].shape[0]:
        return False
    shape = _shape(parts)
    return shape == tuple(weight.shape) if weight.ndim == 2 else prod(shape) == weight.numel()


def _shape(parts: tuple[torch.Tensor, ...]) -> tuple[int, ...]:
    return tuple(parts[0].shape) if len(parts) == 1 else (parts[0].shape[0], *parts[1].shape[1:])


def _another_model(layer: str, weight: torch.Tensor | None, parts: tuple[torch.Tensor, ...], lora: Lora) -> RenderError:
    here = "not in this one" if weight is None else f"{tuple(weight.shape)}"
    return RenderError(
        f"the LoRA is for another model: {layer} is {here}, there {_shape(parts)}", where=str(lora.path),
        todo="give a LoRA made for a model of this size",
    )  # fmt: skip

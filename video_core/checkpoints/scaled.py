"""Weights that a file keeps in 8 bits with a scale beside each, as ComfyUI's users, Kijai and LightX2V exchange them.

    X.weight        float8 or int8
    X.scale_weight  or X.weight_scale: one float32, or one per row; weight = scale * what is stored
    X.scale_input, X.input_scale, X.comfy_quant, scaled_fp8: for 8-bit products of activations, which are not used here

Knows these names. Does not know which model it is. Format: ComfyUI's QUANTIZATION.md and its older `scaled_fp8` files.
"""

from __future__ import annotations

from pathlib import Path

import torch

from shotplan.errors import RenderError
from video_core.checkpoints.header import Header

State = dict[str, torch.Tensor]
SCALES = (".scale_weight", ".weight_scale")
NOT_USED = (".scale_input", ".input_scale", ".comfy_quant", "scaled_fp8")
STORED = {"F8_E4M3", "F8_E5M2", "I8"}
"""Number formats, as safetensors names them, that a scale makes whole."""
SMALLER = {"U8", "F4", "F6_E2M3", "F6_E3M2"}
"""Several numbers in one byte."""


def scaled_weights(header: Header, path: Path) -> int:
    """How many weights have a scale beside them. Raises `RenderError` when they are kept in a way that is not read here."""
    scales = {_layer(name): name for name in header.shapes if name.endswith(SCALES)}
    for name, dtype in header.dtypes.items():
        if not name.endswith("weight") or name.endswith(SCALES):
            continue
        layer = name.removesuffix(".weight")
        if dtype in SMALLER or f"{layer}.weight_scale_2" in header.shapes or (dtype == "I8" and layer not in scales):
            raise RenderError(
                f"the weights are packed in a way that is not read here ({name} is {dtype})", where=str(path),
                todo="give the bf16, fp8 or fp8_scaled file, or a .gguf of the same model",
            )  # fmt: skip
        if layer in scales and not _fits(header.shapes[scales[layer]], header.shapes[name]):
            raise RenderError(
                f"{scales[layer]} has shape {header.shapes[scales[layer]]} for weights of {header.shapes[name]}", where=str(path),
                todo="give a file with one scale for each tensor or for each row",
            )  # fmt: skip
    return sum(f"{layer}.weight" in header.shapes for layer in scales)


def whole(state: State, dtype: torch.dtype, device: torch.device | None = None) -> State:
    """The state with scaled weights multiplied out in float32 and given as `dtype`, and without what only 8-bit products need.

    `device`: where they are multiplied and stay, so that none is held in RAM; None for where they are.
    """
    scales = {_layer(name): tensor for name, tensor in state.items() if name.endswith(SCALES)}
    out: State = {}
    for name, tensor in state.items():
        if name.endswith((*SCALES, *NOT_USED)):
            continue
        scale = scales.get(name.removesuffix(".weight")) if name.endswith(".weight") else None
        if scale is None:
            out[name] = tensor
        else:
            rows = scale.float().reshape(-1, *[1] * (tensor.ndim - 1)) if scale.numel() > 1 else scale.float().reshape(())
            there = device or tensor.device
            out[name] = (tensor.to(there).float() * rows.to(there)).to(dtype)
    return out


def _layer(name: str) -> str:
    for ending in SCALES:
        name = name.removesuffix(ending)
    return name


def _fits(scale: tuple[int, ...], weight: tuple[int, ...]) -> bool:
    """One number, or one per row."""
    count = 1
    for side in scale:
        count *= side
    return count == 1 or (count == weight[0] and scale[0] == weight[0])

"""The adapter inside a transformer: where it sits, how it begins, and the frozen weights around it.

Knows peft and diffusers' names of the Wan blocks. Does not know data or the loop.
Low-rank adaptation: Hu et al. 2021. The adapter is float32 whatever the weights are; alpha equals the rank, so that every program that
loads the file gives it the same strength.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from shotplan.errors import RenderError
from video_core.character_lora.settings import TrainSettings

ATTENTION = r"attn[12]\.(?:to_q|to_k|to_v|to_out\.0|add_k_proj|add_v_proj)"
FFN = r"ffn\.net\.(?:0\.proj|2)"
Adapter = dict[str, nn.Parameter]
"""By diffusers' name, such as `blocks.0.attn1.to_q.lora_A.weight`, in the order of the network."""


class MasterLinear(nn.Linear):
    """A trained float32 matrix, multiplied in the number format of its input: no wide copies of activations are kept."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.weight.to(x.dtype))


class Float8Linear(nn.Linear):
    """A frozen matrix held in 8 bits with one scale per row, multiplied in the number format of its input."""

    scale: torch.Tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.weight.to(x.dtype) * self.scale.to(x.dtype)
        return nn.functional.linear(x, weight, None if self.bias is None else self.bias.to(x.dtype))


def add_adapter(model: Any, settings: TrainSettings, seed: int) -> Adapter:
    """Put the adapter into a frozen transformer and return what is trained. At first it changes nothing.

    Raises `RenderError` when peft is missing or the model has no such layers.
    """
    try:
        from peft import LoraConfig
        from peft.tuners.lora import LoraLayer
    except ImportError as e:
        raise RenderError("training a character needs the package peft", todo='pip install "ekonte[train]"') from e
    layers = ATTENTION if settings.layers == "attention" else f"{ATTENTION}|{FFN}"
    model.requires_grad_(False)
    try:
        model.add_adapter(LoraConfig(r=settings.rank, lora_alpha=settings.rank, target_modules=rf"blocks\.\d+\.(?:{layers})"))
    except ValueError as e:
        raise RenderError(f"the transformer has no layers to adapt: {e}", todo="give a checkpoint of the Wan family") from e
    adapter: Adapter = {}
    draw = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if ".lora_" not in name:
            continue
        parameter.data = parameter.data.float()
        if ".lora_A." in name:
            bound = 1 / math.sqrt(parameter.shape[1])
            parameter.data.copy_((torch.rand(parameter.shape, generator=draw) * 2 - 1) * bound)
        else:
            parameter.data.zero_()
        parameter.requires_grad_(True)
        adapter[name.replace(".default.", ".")] = parameter
    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.cast_input_dtype_enabled = False
            for part in (*module.lora_A.values(), *module.lora_B.values()):
                part.__class__ = MasterLinear
    model.enable_gradient_checkpointing()
    return adapter


def hold_in_float8(model: Any) -> None:
    """Hold the blocks' frozen matrices in 8 bits. Call it after `add_adapter`."""
    for name, module in list(model.named_modules()):
        if type(module) is not nn.Linear or not name.startswith("blocks.") or ".lora_" in name:
            continue
        weight = module.weight.data.float()
        scale = (weight.abs().amax(dim=1, keepdim=True) / torch.finfo(torch.float8_e4m3fn).max).clamp(min=1e-12)
        module.__class__ = Float8Linear
        module.register_buffer("scale", scale, persistent=False)
        module.weight.data = (weight / scale).to(torch.float8_e4m3fn)

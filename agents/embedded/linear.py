"""Linear layers in few bits, with two kernels for the same weights.

Knows matrices. Does not know what they are for.

- `row`: every row of the input on its own; what else is in the pass does not change a row's result, to the last bit.
  Bound by memory, hence few bits. `int4`: groups of 32 inputs share a scale and an offset, the grid of GGUF's Q4_1, so
  weights that come from Q4_1 are met again almost exactly (relative error 0.002). `int8`: one scale per output row
  (0.008), for weights that were changed since, by an adapter for instance.
- `block`: one matrix product in bfloat16 where the processor has it, else float32; fast for many rows.
"""

from __future__ import annotations

from typing import Literal, Protocol

import torch
import torch.nn.functional as F

Kernel = Literal["row", "block"]
Precision = Literal["int4", "int8", "float32"]
GROUP = 32


class Rows(Protocol):
    """A matrix (out, in) in some packed form."""

    def product(self, x: torch.Tensor) -> torch.Tensor:
        """(n, in) bfloat16 to (n, out), every row on its own."""
        ...

    def unpacked(self) -> torch.Tensor:
        """The matrix it stands for, (out, in) float32."""
        ...


class EightBit:
    """Symmetric, one scale per output row."""

    def __init__(self, weight: torch.Tensor) -> None:
        scale = weight.float().abs().amax(dim=1, keepdim=True).clamp_min(1e-8) / 127
        self.values = (weight.float() / scale).round().to(torch.int8).contiguous()
        self.scale = scale.squeeze(1).to(torch.bfloat16)

    def product(self, x: torch.Tensor) -> torch.Tensor:
        return torch._weight_int8pack_mm(x, self.values, self.scale)

    def some(self, x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
        """(n, in) to (n, len(index)): those columns of `product`, bit for bit."""
        return torch._weight_int8pack_mm(x, self.values[index], self.scale[index])

    def unpacked(self) -> torch.Tensor:
        return self.values.float() * self.scale.float()[:, None]


class FourBit:
    """Sixteen levels between the least and the greatest of every 32 neighbours in a row."""

    def __init__(self, weight: torch.Tensor) -> None:
        out, inputs = weight.shape
        groups = weight.float().view(out, inputs // GROUP, GROUP)
        low, high = groups.aminmax(dim=-1, keepdim=True)
        scale = ((high - low) / 15).clamp_min(1e-8).bfloat16().float()
        middle = (low + 8 * scale).bfloat16().float()  # the kernel computes (level - 8) * scale + middle
        levels = ((groups - middle) / scale + 8).round().clamp(0, 15)
        self._weight = ((levels - 8) * scale + middle).view(out, inputs)
        flat = levels.to(torch.int32).view(out, inputs).contiguous()
        self.values = torch.ops.aten._convert_weight_to_int4pack_for_cpu(flat, 1)
        self.grid = torch.cat([scale, middle], dim=-1).transpose(0, 1).contiguous().bfloat16()

    def product(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.aten._weight_int4pack_mm_for_cpu(x, self.values, GROUP, self.grid)

    def unpacked(self) -> torch.Tensor:
        weight, self._weight = self._weight, torch.empty(0)
        return weight


class Linear:
    """One weight matrix (out, in) ready for both kernels."""

    def __init__(self, weight: torch.Tensor, precision: Precision) -> None:
        self._rows: Rows | None = None
        if precision == "float32":
            self._block = weight.float().contiguous()
        else:
            self._rows = FourBit(weight) if precision == "int4" else EightBit(weight)
            self._block = self._rows.unpacked().to(block_dtype())

    def __call__(self, x: torch.Tensor, kernel: Kernel) -> torch.Tensor:
        """(n, in) to (n, out) in the dtype of `x`."""
        if kernel == "row" and self._rows is not None:
            return self._rows.product(x)
        return F.linear(x.to(self._block.dtype), self._block).to(x.dtype)


def best_precision(exact_grid: bool) -> Precision:
    """The fastest precision here; `exact_grid` says that the weights still lie on the grid they were stored on.

    Without vector instructions that the packed kernels are written for, float32 is faster (100 times, measured).
    """
    if torch.backends.cpu.get_cpu_capability() == "DEFAULT":
        return "float32"
    return "int4" if exact_grid else "int8"


def block_dtype() -> torch.dtype:
    """bfloat16 where matrix products in it are native (AMX, AVX512-BF16), else float32."""
    native = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if native else torch.float32

"""What the card can do at best: matrix products, attention kernels, memory, the link to RAM. All on random numbers: zeros run faster.

Knows torch's and diffusers' kernels. Does not know models beyond the shapes of their largest products.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

import torch

from evals.bench.gpu.clock import median_seconds
from evals.bench.gpu.row import Row

KERNELS = ("native", "_native_cudnn", "_native_flash", "_native_efficient", "flash", "_flash_3", "sage")
"""Names of `diffusers.models.attention_dispatch`."""


def measure_peaks(device: torch.device, *, tiny: bool) -> Row:
    """Figures by name; a kernel that does not run here is named in the note with the reason."""
    side, tokens, heads = (64, 64, 2) if tiny else (8192, 32760, 40)
    wide = (64, 32, 48) if tiny else (32760, 5120, 13824)
    copied = 1 << 16 if tiny else 1 << 32
    row = Row("peaks", "the card")
    absent: list[str] = []

    def figure(name: str, work: float, make: Callable[[], Callable[[], object]]) -> None:
        """`work` per second of what `make` gives."""
        try:
            row.figures[name] = work / median_seconds(make(), device)
        except (RuntimeError, ValueError, ImportError, AttributeError, TypeError, AssertionError, NotImplementedError) as e:
            absent.append(f"{name}: {str(e).strip().splitlines()[0][:90] if str(e).strip() else type(e).__name__}")
        if device.type == "cuda":
            torch.cuda.empty_cache()

    figure("bf16", 2.0 * side**3, lambda: _product((side, side, side), device))
    figure("bf16, feed-forward of the 14B", 2.0 * wide[0] * wide[1] * wide[2], lambda: _product(wide, device))
    figure("fp8", 2.0 * side**3, lambda: _product_8_bit(side, device))
    for kernel in KERNELS:
        figure(f"attention {kernel}", 4.0 * tokens**2 * heads * 128, lambda kernel=kernel: _attention(kernel, tokens, heads, device))  # type: ignore[misc]
    figure("memory", 2.0 * copied, lambda: _copy(copied, device, device))
    figure("RAM to card, pinned", copied / 16, lambda: _copy(copied // 16, torch.device("cpu"), device, pinned=True))
    figure("RAM to card, not pinned", copied / 16, lambda: _copy(copied // 16, torch.device("cpu"), device))
    row.note = "; ".join(absent)
    return row


def _product(shape: tuple[int, int, int], device: torch.device) -> Callable[[], object]:
    a = torch.randn(shape[0], shape[1], device=device, dtype=torch.bfloat16)
    b = torch.randn(shape[2], shape[1], device=device, dtype=torch.bfloat16)
    return lambda: torch.nn.functional.linear(a, b)


def _product_8_bit(side: int, device: torch.device) -> Callable[[], object]:
    a, b = (torch.randn(side, side, device=device).to(torch.float8_e4m3fn) for _ in range(2))
    one = torch.ones((), device=device)
    return lambda: torch._scaled_mm(a, b.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=True)


def _attention(kernel: str, tokens: int, heads: int, device: torch.device) -> Callable[[], object]:
    dispatch = importlib.import_module("diffusers.models.attention_dispatch")
    backend = dispatch.AttentionBackendName(kernel)
    q, k, v = (torch.randn(1, tokens, heads, 128, device=device, dtype=torch.bfloat16) for _ in range(3))

    def run() -> object:
        with torch.no_grad():
            return dispatch.dispatch_attention_fn(q, k, v, backend=backend)

    return run


def _copy(size: int, source: torch.device, target: torch.device, *, pinned: bool = False) -> Callable[[], object]:
    pinned = pinned and target.type == "cuda"
    a = torch.empty(size, dtype=torch.uint8, device=source, pin_memory=pinned).random_(0, 255)
    b = torch.empty(size, dtype=torch.uint8, device=target)
    return lambda: b.copy_(a, non_blocking=True)

"""The graphics cards the planner knows: memory, dense peaks, bandwidth, links, and where the figures come from.

Knows data sheets. Does not know what is installed here (`machine`) nor models.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from shotplan.errors import RenderError

Architecture = Literal["ampere", "ada", "hopper", "blackwell", "blackwell_rtx"]
"""`blackwell`: the server cards (compute capability 10), whose matrix units work beside the others as Hopper's do; `blackwell_rtx`:
GeForce and RTX PRO (12), which have Ada's matrix instructions."""


@dataclass(frozen=True)
class Gpu:
    """One kind of card. Peaks are dense TFLOP/s with float32 accumulation (TOP/s for int8)."""

    name: str
    architecture: Architecture
    memory: float
    """GB of 2^30 bytes, as the driver reports it."""
    bf16: float
    fp8: float
    """0 where the matrix units have no 8-bit floats."""
    int8: float
    bandwidth: float
    """Memory, GB/s."""
    link: float
    """To a GPU of the same server, each way, GB/s; over PCIe and the host where there is no NVLink."""
    host: float
    """From pinned RAM, GB/s."""
    sms: int
    clock: float
    """Boost, GHz; with `sms` it gives the rate of exponentials in attention."""
    sustained: float
    """Part of the bf16 peak that large matrix products really reach, which power limits."""
    source: str

    @property
    def tf32(self) -> float:
        """Peak of float32 convolutions, which cuDNN runs in TF32."""
        return self.bf16 / 2

    @property
    def exponentials(self) -> float:
        """Exponentials per second: 16 per clock and multiprocessor (CUDA programming guide, arithmetic instructions)."""
        return 16 * self.sms * self.clock * 1e9


_DATA = "NVIDIA data sheet"
_FIT = "NVIDIA data sheet; sustained: fitted, see evals/bench/planner.py"
_AS_4090 = "NVIDIA data sheet; sustained: taken from the RTX 4090"
_POWER = "NVIDIA data sheet; sustained: guessed from its power limit"
_RTX = "NVIDIA architecture white paper: per clock and multiprocessor; sustained: taken from the RTX 4090"
_PCIE4, _PCIE5 = 25.0, 50.0
_VIA_HOST = 10.0
"""Eight cards exchanging over PCIe without peer access."""


def _geforce(
    name: str, architecture: Architecture, memory: float, bandwidth: float, sms: int, clock: float, *,
    host: float = _PCIE4, sustained: float = 1.0, source: str = _RTX,
) -> Gpu:  # fmt: skip
    """A GeForce card: per clock and multiprocessor 512 bf16 operations with float32 accumulation, 1024 in fp8, 2048 in int8."""
    bf16 = 512 * sms * clock * 1e-3
    fp8 = 0.0 if architecture == "ampere" else 2 * bf16
    return Gpu(name, architecture, memory, bf16, fp8, 4 * bf16, bandwidth, _VIA_HOST, host, sms, clock, sustained, source)


GPUS: dict[str, Gpu] = {
    gpu.name: gpu
    for gpu in (
        _geforce("RTX 3060", "ampere", 12.0, 360, 28, 1.777, sustained=0.95),
        _geforce("RTX 3070", "ampere", 8.0, 448, 46, 1.725, sustained=0.95),
        _geforce("RTX 3080", "ampere", 10.0, 760, 68, 1.71, sustained=0.95),
        _geforce("RTX 3080 Ti", "ampere", 12.0, 912, 80, 1.665, sustained=0.95),
        _geforce("RTX 3090", "ampere", 24.0, 936, 82, 1.695, sustained=0.95),
        _geforce("RTX 3090 Ti", "ampere", 24.0, 1008, 84, 1.86, sustained=0.95),
        _geforce("RTX 4060", "ada", 8.0, 272, 24, 2.46, host=_PCIE4 / 2),
        _geforce("RTX 4060 Ti", "ada", 8.0, 288, 34, 2.535, host=_PCIE4 / 2),
        _geforce("RTX 4060 Ti 16GB", "ada", 16.0, 288, 34, 2.535, host=_PCIE4 / 2),
        _geforce("RTX 4070", "ada", 12.0, 504, 46, 2.475),
        _geforce("RTX 4070 SUPER", "ada", 12.0, 504, 56, 2.475),
        _geforce("RTX 4070 Ti", "ada", 12.0, 504, 60, 2.61),
        _geforce("RTX 4070 Ti SUPER", "ada", 16.0, 672, 66, 2.61),
        _geforce("RTX 4080", "ada", 16.0, 717, 76, 2.505),
        _geforce("RTX 4080 SUPER", "ada", 16.0, 736, 80, 2.55),
        _geforce("RTX 4090", "ada", 23.99, 1008, 128, 2.52, source=_DATA + "; measured bf16 165.5"),
        _geforce("RTX 4090D", "ada", 23.99, 1008, 114, 2.52, source=_AS_4090),
        _geforce("RTX 5060 Ti", "blackwell_rtx", 8.0, 448, 36, 2.572, host=_PCIE5 / 2),
        _geforce("RTX 5060 Ti 16GB", "blackwell_rtx", 16.0, 448, 36, 2.572, host=_PCIE5 / 2),
        _geforce("RTX 5070", "blackwell_rtx", 12.0, 672, 48, 2.512, host=_PCIE5),
        _geforce("RTX 5070 Ti", "blackwell_rtx", 16.0, 896, 70, 2.452, host=_PCIE5),
        _geforce("RTX 5080", "blackwell_rtx", 16.0, 960, 84, 2.617, host=_PCIE5),
        _geforce("RTX 5090", "blackwell_rtx", 31.8, 1792, 170, 2.407, host=_PCIE5),
        Gpu("RTX A6000", "ampere", 48.0, 154.8, 0, 309.7, 768, _VIA_HOST, _PCIE4, 84, 1.80, 0.80, _POWER),
        Gpu("RTX PRO 6000", "blackwell_rtx", 95.6, 503.8, 1007.6, 1007.6, 1792, _VIA_HOST, _PCIE5, 188, 2.617, 0.80, _POWER),
        Gpu("A10", "ampere", 22.5, 125, 0, 250, 600, _VIA_HOST, _PCIE4, 72, 1.695, 0.60, _POWER),
        Gpu("A40", "ampere", 45.0, 149.7, 0, 299.3, 696, _VIA_HOST, _PCIE4, 84, 1.74, 0.80, _POWER),
        Gpu("L4", "ada", 22.5, 121, 242, 242, 300, _VIA_HOST, _PCIE4, 58, 2.04, 0.50, _POWER),
        Gpu("RTX 6000 Ada", "ada", 47.5, 364.2, 728.5, 728.5, 960, _VIA_HOST, _PCIE4, 142, 2.50, 0.70, _POWER),
        Gpu("L20", "ada", 47.5, 119.5, 239, 239, 864, _VIA_HOST, _PCIE4, 92, 2.52, 0.95, _POWER),
        Gpu("L40S", "ada", 47.5, 362, 733, 733, 864, _VIA_HOST, _PCIE4, 142, 2.52, 0.70, _POWER),
        Gpu("A100", "ampere", 79.3, 312, 0, 624, 2039, 300, _PCIE4, 108, 1.41, 0.85, _FIT),
        Gpu("A800", "ampere", 79.3, 312, 0, 624, 2039, 200, _PCIE4, 108, 1.41, 0.85, _FIT),
        Gpu("H20", "hopper", 95.6, 148, 296, 296, 4000, 450, _PCIE5, 78, 1.98, 0.95, _FIT),
        Gpu("H100", "hopper", 79.6, 989, 1979, 1979, 3350, 450, _PCIE5, 132, 1.83, 0.75, _FIT),
        Gpu("H800", "hopper", 79.6, 989, 1979, 1979, 3350, 200, _PCIE5, 132, 1.83, 0.75, _FIT),
        Gpu("H200", "hopper", 139.8, 989, 1979, 1979, 4800, 450, _PCIE5, 132, 1.83, 0.75, _FIT),
        Gpu("B200", "blackwell", 178.0, 2250, 4500, 4500, 8000, 900, _PCIE5, 148, 1.85, 0.70, _POWER),
    )
}  # fmt: skip


def find_gpu(name: str) -> Gpu:
    """The card of that name, however it is written (`rtx4090`, `NVIDIA H100 80GB HBM3`). Raises `RenderError` with what is known.

    A laptop's card is refused: under the same name it is a smaller chip.
    """
    wanted = _bare(name)
    if re.search(r"\blaptop\b|\bmobile\b|\bmax q\b", wanted):
        raise RenderError(
            f"the GPU {name!r} is not in the table: a laptop's card is a smaller chip than the one it is named after",
            todo="run ekonte plan-hardware on the laptop itself, without --gpu: there the chip is measured out",
        )
    for known in sorted(GPUS, key=len, reverse=True):
        pattern = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])| ", r"\\s*", _bare(known))
        if re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", wanted):
            return GPUS[known]
    near = difflib.get_close_matches(wanted, [_bare(known) for known in GPUS], n=1, cutoff=0.6)
    hint = next((f"did you mean {known!r}? " for known in GPUS if near and _bare(known) == near[0]), "")
    known = f"known: {', '.join(GPUS)}; for another, name the nearest and its --memory"
    raise RenderError(f"the GPU {name!r} is not in the table", todo=hint + known)


def _bare(name: str) -> str:
    """Lower case, words apart by one space, without the makers' words."""
    return " ".join(re.sub(r"nvidia|geforce|rtx|tesla|generation|\bgpu\b|[^a-z0-9]+", " ", name.lower()).split())

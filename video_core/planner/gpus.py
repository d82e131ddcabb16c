"""The graphics cards the planner knows: memory, dense peaks, bandwidth, links, and where the figures come from.

Knows data sheets. Does not know what is installed here (`machine`) nor models.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from shotplan.errors import RenderError

Architecture = Literal["ampere", "ada", "hopper", "blackwell"]


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
_PCIE4, _PCIE5 = 25.0, 50.0
_VIA_HOST = 10.0
"""Eight cards exchanging over PCIe without peer access."""

GPUS: dict[str, Gpu] = {
    gpu.name: gpu
    for gpu in (
        Gpu("RTX 3090", "ampere", 24.0, 71.2, 0, 284, 936, _VIA_HOST, _PCIE4, 82, 1.70, 0.95, _AS_4090),
        Gpu("RTX 4090", "ada", 23.99, 165.2, 330.3, 660.6, 1008, _VIA_HOST, _PCIE4, 128, 2.52, 1.0, _DATA + "; measured bf16 165.5"),
        Gpu("RTX 4090D", "ada", 23.99, 147.1, 294.2, 588.5, 1008, _VIA_HOST, _PCIE4, 114, 2.52, 1.0, _AS_4090),
        Gpu("RTX 5090", "blackwell", 31.8, 209.5, 419, 838, 1792, _VIA_HOST, _PCIE5, 170, 2.41, 1.0, _AS_4090),
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
    """The card of that name, however it is written (`rtx4090`, `NVIDIA H100 80GB HBM3`). Raises `RenderError` with what is known."""
    wanted = _bare(name)
    for known in sorted(GPUS, key=len, reverse=True):
        pattern = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])| ", r"\\s*", _bare(known))
        if re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", wanted):
            return GPUS[known]
    near = difflib.get_close_matches(wanted, [_bare(known) for known in GPUS], n=1, cutoff=0.6)
    hint = next((f"did you mean {known!r}? " for known in GPUS if near and _bare(known) == near[0]), "")
    raise RenderError(f"the GPU {name!r} is not in the table", todo=f"{hint}known: {', '.join(GPUS)}")


def _bare(name: str) -> str:
    """Lower case, words apart by one space, without the makers' words."""
    return " ".join(re.sub(r"nvidia|geforce|rtx|tesla|laptop|generation|\bgpu\b|[^a-z0-9]+", " ", name.lower()).split())

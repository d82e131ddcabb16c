"""The machine a film is made on: which GPUs, how many, how much RAM.

Knows how to look at this one. Does not know models or options.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from shotplan.errors import RenderError
from video_core.planner.gpus import Gpu, find_gpu

GB = 2.0**30
"""Bytes; GPU and RAM figures are counted as drivers count them."""
USUAL_RAM = 64.0
"""GB of RAM assumed where nothing is said."""


@dataclass(frozen=True)
class Machine:
    """One server."""

    gpu: Gpu | None
    """None is a machine without one."""
    gpus: int = 1
    ram: float = USUAL_RAM
    """GB that may be used."""

    @property
    def name(self) -> str:
        return f"{self.gpus} x {self.gpu.name}" if self.gpu and self.gpus > 1 else self.gpu.name if self.gpu else "CPU"


def machine_of(gpu: str, *, gpus: int = 1, ram: float | None = None, memory: float | None = None) -> Machine:
    """A machine by the name of its card. `ram`, `memory` (of one GPU): GB. Raises `RenderError` for unknown names and senseless numbers."""
    if gpus < 1 or gpus > 64:
        raise RenderError(f"{gpus} GPUs in one server", todo="give 1 to 64; one clip is not spread over servers")
    for what, value in (("RAM", ram), ("GPU memory", memory)):
        if value is not None and value <= 0:
            raise RenderError(f"{value:g} GB of {what}", todo="give a positive number")
    card = find_gpu(gpu)
    if memory is not None:
        card = replace(card, memory=memory)
    return Machine(card, gpus, USUAL_RAM * (1 if gpus == 1 else max(2, gpus)) if ram is None else ram)


def machine_here() -> Machine:
    """This machine: its cards as torch sees them, free GPU memory, free RAM. An unknown card is taken for the nearest known kind.

    Where this process is held to a part of the card (`torch.cuda.set_per_process_memory_fraction`), that part is its memory.
    """
    import torch

    ram = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GB if hasattr(os, "sysconf") else USUAL_RAM
    ram = max(ram, _available() or 0.0)
    if not torch.cuda.is_available():
        return Machine(None, 1, ram)
    left, whole = torch.cuda.mem_get_info(0)
    kept = torch.cuda.memory_reserved(0) - torch.cuda.memory_allocated(0)  # blocks that torch holds and nothing uses
    free = min(left + kept, whole * torch.cuda.get_per_process_memory_fraction(0))
    properties = torch.cuda.get_device_properties(0)
    try:
        card = find_gpu(properties.name)
        if card.sms != properties.multi_processor_count:
            card = scaled(card, properties.multi_processor_count)
    except RenderError:
        card = _nearest(properties.major, properties.minor, properties.multi_processor_count)
    return Machine(replace(card, memory=free / GB), torch.cuda.device_count(), ram)


def worker_group() -> int:
    """How many processes of this worker group share one clip: 1 unless `torch.distributed` was started (by torchrun)."""
    import torch.distributed as group

    return group.get_world_size() if group.is_available() and group.is_initialized() else 1


def _nearest(major: int, minor: int, multiprocessors: int) -> Gpu:
    """A known card of the same generation (CUDA compute capability), its peaks scaled by the number of multiprocessors."""
    ampere = "A100" if minor == 0 else "RTX 3090"
    known = {8: "RTX 4090" if minor == 9 else ampere, 9: "H100", 10: "B200", 12: "RTX 5090"}
    return scaled(find_gpu(known.get(major, "RTX 3090" if major < 8 else "RTX 5090")), multiprocessors)


def scaled(card: Gpu, multiprocessors: int) -> Gpu:
    """`card` with another number of multiprocessors; its memory keeps pace with them, which holds within a generation by about a fifth."""
    share = multiprocessors / card.sms
    return replace(
        card, name=f"{card.name} x {share:.2f}", bf16=card.bf16 * share, fp8=card.fp8 * share, int8=card.int8 * share,
        bandwidth=card.bandwidth * share, sms=multiprocessors, source=f"scaled from {card.name}",
    )  # fmt: skip


def _available() -> float | None:
    """GB that Linux says can be used without swapping."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1]) * 1024 / GB

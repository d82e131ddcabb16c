"""What a server on this machine can count on: processors, memory, graphics cards.

Knows how to look. Does not know what is done with it (`agents.serving.flags`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
QUICK_BFLOAT16 = frozenset({"amx_bf16", "avx512_bf16", "bf16"})
"""Processor flags (x86, then ARM) with which bfloat16 is quicker than float32."""


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA card; memory in bytes."""

    name: str
    memory: int
    free: int


@dataclass(frozen=True)
class Machine:
    """Cores this process may use, memory in bytes, and the cards that `CUDA_VISIBLE_DEVICES` leaves."""

    cores: int
    memory: int
    free_memory: int
    quick_bfloat16: bool
    gpus: tuple[Gpu, ...] = ()

    def __str__(self) -> str:
        if self.gpus:
            return f"{len(self.gpus)} x {self.gpus[0].name}, {self.gpus[0].memory / GIB:.0f} GiB each"
        return f"{self.cores} CPU cores, {self.free_memory / GIB:.0f} of {self.memory / GIB:.0f} GiB memory free, no GPU"


def look() -> Machine:
    """This machine as it is now."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    memory, free = _memory()
    return Machine(cores, memory, free, bool(QUICK_BFLOAT16 & _processor_flags()), nvidia_gpus())


def nvidia_gpus() -> tuple[Gpu, ...]:
    """The NVIDIA cards that a server may use; none without a working driver."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    query = [tool, "--query-gpu=index,uuid,name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        listed = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return _cards(listed, os.environ.get("CUDA_VISIBLE_DEVICES"))


def _cards(listed: str, visible: str | None) -> tuple[Gpu, ...]:
    wanted = None if visible is None else [word.strip() for word in visible.split(",") if word.strip()]
    found = []
    for line in listed.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 5 or not cells[3].isdigit() or not cells[4].isdigit():
            continue
        index, uuid, name, total, free = cells
        if wanted is None or index in wanted or any(uuid.startswith(word) for word in wanted):
            found.append(Gpu(name, int(total) << 20, int(free) << 20))
    return tuple(found)


def _memory() -> tuple[int, int]:
    """(bytes this process may use, bytes free of them); the container's limit counts."""
    total, free = 0, 0
    try:
        rows = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        total, free = (int(rows[key].split()[0]) << 10 for key in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError):
        total = free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for name in CGROUP_LIMITS:
        try:
            limit = int(Path(name).read_text())
        except (OSError, ValueError):
            continue
        total, free = min(total, limit), min(free, limit)
    return total, free


def _processor_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    row = next((line for line in lines if line.split(":")[0].strip() in {"flags", "Features"}), ":")
    return frozenset(row.split(":", 1)[1].split())

"""Time on the device, time by phase, and the largest memory taken.

Knows CUDA events, the host's clock and the kernel's counters. Does not know what is measured.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import torch

GB = 2.0**30


class Marks:
    """Points on the device's own time line, set without stopping it; seconds between them are read at the end."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._points: list[Any] = []

    def set(self) -> None:
        if self._cuda:
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._points.append(event)
        else:
            self._points.append(time.perf_counter())

    def seconds(self) -> list[float]:
        """Between each point and the next."""
        pairs = zip(self._points, self._points[1:], strict=False)
        if not self._cuda:
            return [b - a for a, b in pairs]
        torch.cuda.synchronize()
        return [a.elapsed_time(b) / 1000 for a, b in pairs]


def median_seconds(work: Callable[[], object], device: torch.device, *, times: int = 10, warm: int = 3) -> float:
    """Median seconds of `work` on the device, after `warm` runs that do not count."""
    for _ in range(warm):
        work()
    marks = Marks(device)
    for _ in range(times):
        marks.set()
        work()
    marks.set()
    return statistics.median(marks.seconds())


class Phases:
    """Seconds by the name of a phase; a phase inside another does not count for the outer one."""

    def __init__(self, device: torch.device) -> None:
        self.seconds: dict[str, float] = {}
        self._device, self._inside = device, [0.0]

    @contextmanager
    def phase(self, name: str) -> Any:
        self._wait()
        start = time.perf_counter()
        self._inside.append(0.0)
        try:
            yield
        finally:
            self._wait()
            whole = time.perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + whole - self._inside.pop()
            self._inside[-1] += whole

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, each call of it a phase."""

        def timed(*arguments: Any, **more: Any) -> Any:
            with self.phase(name):
                return function(*arguments, **more)

        return timed

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize()


class Peak:
    """The largest memory taken since it was made, GB of 2^30 bytes."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._free = available()
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()

    def read(self) -> dict[str, float]:
        """`gpu`: tensors; `gpu_reserved`: what torch holds of the card, which is what a limit acts on; `ram`: of this process, pinned
        memory included."""
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GB
        found = {"ram": max(resident, self._free - available())}
        if self._cuda:
            found |= {"gpu": torch.cuda.max_memory_allocated() / GB, "gpu_reserved": torch.cuda.max_memory_reserved() / GB}
        return found


def available() -> float:
    """GB of RAM that can be used without swapping; 0 where the kernel does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 0.0
    return int(line.split()[1]) * 1024 / GB

"""One option set judged for one clip on one machine: legal or not, seconds, gigabytes, whether it fits.

Knows how to put the parts together. Does not know which sets to try (`choose`).
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.errors import RenderError
from video_core.planner.clip import ClipSpec
from video_core.planner.legality import conflicts, nearest_legal
from video_core.planner.machine import Machine
from video_core.planner.memory import Memory, memory
from video_core.planner.models import VideoModel
from video_core.planner.options import OptionSet
from video_core.planner.seconds import Seconds, floor_seconds, predict_seconds

USABLE = 0.97
"""Part of the GPU's memory that a process gets."""


@dataclass(frozen=True)
class Prediction:
    """What rendering one clip will take."""

    model: VideoModel
    clip: ClipSpec
    machine: Machine
    options: OptionSet
    parts: Seconds
    memory: Memory
    floor: float
    """Seconds of denoising that no software can beat on these GPUs."""

    @property
    def seconds(self) -> float:
        """Of the whole clip, weights read already."""
        return self.parts.total

    @property
    def gpu_gb(self) -> float:
        """Peak on each GPU, GB of 2^30 bytes."""
        return self.memory.gpu

    @property
    def ram_gb(self) -> float:
        """Peak of RAM, GB of 2^30 bytes."""
        return self.memory.ram

    @property
    def lacks(self) -> str:
        """What does not fit, in words; empty when all fits."""
        gpu = self.machine.gpu
        short = []
        if gpu is not None and self.gpu_gb > gpu.memory * USABLE:
            short.append(f"{self.gpu_gb:.1f} GB on a GPU of {gpu.memory:.1f} GB (while it does: {self.memory.worst})")
        if self.ram_gb > self.machine.ram:
            short.append(f"{self.ram_gb:.1f} GB of RAM where {self.machine.ram:.1f} GB may be used")
        return " and ".join(short)

    @property
    def fits(self) -> bool:
        return not self.lacks


def predict(model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet) -> Prediction:
    """Judge one option set. Raises `RenderError` when the clip is impossible or the set is illegal; too little memory is no error here."""
    clip.check(model)
    broken = conflicts(model, clip, machine, options)
    if broken:
        legal = nearest_legal(model, clip, machine, options)
        raise RenderError(
            f"{options.words()}: {broken[0].reason}", where=f"rule {broken[0].rule}", todo=f"the nearest legal set is {as_options(legal)}"
        )
    return Prediction(
        model, clip, machine, options, predict_seconds(model, clip, machine, options),
        memory(model, clip, options, on_gpu=machine.gpu is not None), floor_seconds(model, clip, machine, options),
    )  # fmt: skip


def as_options(options: OptionSet) -> str:
    """The set as a person types it on the command line."""
    return " ".join(f"--option {word}" for word in options.words().split()) if options.changed() else "the default (no --option)"

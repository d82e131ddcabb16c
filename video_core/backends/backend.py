"""What every video backend is: conditioning in, frames and an honest report out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning

Progress = Callable[[int, int], None]
"""Called with (done, total) steps."""


@dataclass(frozen=True)
class ControlUse:
    """What a backend did with one control of the bundle."""

    control: str
    use: Literal["honoured", "approximated", "ignored"]
    reason: str


@dataclass(frozen=True)
class Clip:
    """Frames of one shot."""

    frames: NDArray[np.uint8]
    """(F,H,W,3) RGB."""
    fps: int
    report: tuple[ControlUse, ...]
    seconds: float
    """Wall time of the rendering."""
    joins: tuple[int, ...] = ()
    """Frames, each of which differs from the one before because another clip takes over there; consecutive ones are one join."""


@dataclass(frozen=True)
class Retakes:
    """How another take of a shot can differ from the one before it."""

    seed: bool = True
    """Another seed gives another picture."""
    control: bool = False
    """`SceneCard.control_strength` above 1 holds the picture closer to the controls."""
    why: str = ""
    """Why not, where one of them is False."""


class Backend(Protocol):
    name: str

    def check(self) -> None:
        """Raises `RenderError` when this backend cannot draw here, before anybody waits for it."""
        ...

    def version(self) -> str:
        """Changes whenever the same conditioning would be drawn differently: weights, steps, code."""
        ...

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Draw the shot at the conditioning's size. Raises `RenderError`."""
        ...


@runtime_checkable
class ChecksFilm(Protocol):
    """A backend that cannot draw every frame."""

    def check_film(self, size: tuple[int, int], fps: int, *, elsewhere: bool = False) -> None:
        """Raises `RenderError` when it cannot draw frames of `size` (H, W). `elsewhere`: on other machines than this one."""
        ...


@runtime_checkable
class NeedsKeyFrames(Protocol):
    """A backend that animates pictures."""

    def key_frames_needed(self, frames: int) -> tuple[int, ...]:
        """Frames of a shot that must be given as pictures before it can be drawn."""
        ...


@runtime_checkable
class SaysRetakes(Protocol):
    """A backend that says how its takes can differ; any other is taken again with another seed."""

    def retakes(self, conditioning: Conditioning) -> Retakes:
        """Of this shot, as the backend is set."""
        ...


BACKENDS: dict[str, Callable[..., Backend]] = {}
"""Backend factories by name; third parties add theirs through the entry point group `ekonte.backends`. One with an attribute `Settings`,
a pydantic model, is called with an instance of it, any other without arguments."""


def register(name: str) -> Callable[[Any], Any]:
    """Decorator: add a backend class under `name`."""

    def add(factory: Any) -> Any:
        BACKENDS[name] = factory
        return factory

    return add

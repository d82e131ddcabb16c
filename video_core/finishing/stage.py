"""What a stage of finishing is: frames of one shot in, frames out one by one, and what it measured.

Knows no stage. Films of any length pass through stages without being held: a stage keeps a few frames at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Form:
    """How many frames, how fast, how large."""

    frames: int
    fps: int
    size: tuple[int, int]
    """(H, W)."""


@dataclass
class FinishingShot:
    """A shot on its way through the stages."""

    name: str
    clip: Path
    """The clip as it was rendered."""
    bundle: Path
    """Its conditioning."""
    form: Form
    """Of the clip."""
    place: tuple[str, ...]
    """Set, time of day, weather: shots that share these may share a look."""
    lettered: bool = False
    """Whether dialogue is lettered into the frames."""

    @cached_property
    def conditioning(self) -> Conditioning:
        """Raises `ConditioningError`."""
        return Conditioning.load(self.bundle)

    def let_go(self) -> None:
        """Forget the conditioning until it is asked for again: the tensors of all shots of a film do not fit into memory."""
        self.__dict__.pop("conditioning", None)


@dataclass(frozen=True)
class Finding:
    """A measured number about one shot."""

    stage: str
    what: str
    before: float | None
    after: float
    unit: str
    text: str = ""
    """What was done, in words."""


@dataclass
class Told:
    """Where stages write what they measured while frames pass."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, stage: str, what: str, before: float | None, after: float, unit: str, text: str = "") -> None:
        self.findings.append(Finding(stage, what, None if before is None else round(before, 3), round(after, 3), unit, text))


class Stage(Protocol):
    name: str

    def version(self) -> str:
        """Changes whenever the same frames would come out differently: settings, weights."""
        ...

    def check(self) -> None:
        """Raises `RenderError` when it cannot work here, before anybody waits for it."""
        ...

    def form(self, form: Form) -> Form:
        """What comes out for what goes in. Raises `RenderError` when that cannot be done."""
        ...

    def survey(self, shots: list[FinishingShot]) -> dict[str, str]:
        """Look at every shot's clip where that is needed; a digest per shot of what other shots mean for it."""
        ...

    def apply(self, frames: Iterable[Bytes], form: Form, shot: FinishingShot, told: Told) -> Iterator[Bytes]:
        """Finished frames, RGB (H,W,3); `form` is what goes in. Raises `RenderError`."""
        ...

"""AniSora's 360-degree turntable: one picture of a character, turned once around.

Knows the prompt, length and motion score that the released recipe uses, and which frame shows which side. Does not know the model.
Source: Index-anisora `data/inference_360.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass

from video_core.adapters.pictures import Picture, check_picture
from video_core.backends.backend import ControlUse

PREFIX = (
    "A 360-degree turning and circling video of an anime character. "
    "This is a long shot with a pure/plain white background."
)
FRAMES = 81
MOTION_SCORE = 3.0


@dataclass(frozen=True)
class Turntable:
    """One turntable clip; its first frame is the reference."""

    prompt: str
    first: Picture
    frames: int
    motion_score: float
    report: tuple[ControlUse, ...]


def turntable(reference: Picture, looks: str = "", frames: int = FRAMES) -> Turntable:
    """The clip that turns the character of `reference` (H,W,3); `looks` describes it in words.

    Raises `ConditioningError` when the reference is no RGB picture.
    """
    check_picture(reference, "the character's reference")
    report = [
        ControlUse("reference", "honoured", "first frame of the turn"),
        ControlUse("turn", "approximated", "by prompt alone: neither direction nor speed of the turn can be set"),
    ]
    if frames != FRAMES:
        report.append(ControlUse("length of the turn", "approximated", f"{frames} frames; the released recipe has {FRAMES}"))
    return Turntable(f"{PREFIX} {looks}".strip(), reference, frames, MOTION_SCORE, tuple(report))


def turntable_views(count: int, frames: int = FRAMES) -> dict[int, int]:
    """Degrees to frame numbers of `count` evenly spread views of a full, even turn; the first, at 0, is the reference itself."""
    return {round(360 * n / count): round(n / count * (frames - 1)) for n in range(count)}

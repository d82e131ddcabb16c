"""AniSora's 360-degree turntable: one picture of a character, turned once around.

Knows the prompt, length and motion score the released recipe uses, and which frame shows which side. Does not know the model.
Source: Index-anisora `data/inference_360.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.errors import ConditioningError
from video_core.adapters.condition import KeyFrame
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
    """One turntable clip: feed the key frames to `anisora_condition` and end the prompt with the motion score."""

    prompt: str
    key_frames: tuple[KeyFrame, ...]
    frames: int
    motion_score: float
    report: tuple[ControlUse, ...]


def turntable(reference: Picture, looks: str = "") -> Turntable:
    """The clip that turns the character of `reference` (H,W,3); `looks` describes it in words.

    Raises `ConditioningError` when the reference is no RGB picture.
    """
    check_picture(reference, "the character's reference")
    report = (
        ControlUse("reference", "honoured", "first frame of the turn"),
        ControlUse("turn", "approximated", "by prompt alone: neither direction nor speed of the turn can be set"),
    )
    return Turntable(f"{PREFIX} {looks}".strip(), (KeyFrame(0, reference),), FRAMES, MOTION_SCORE, report)


def turntable_frame(degrees: float, frames: int = FRAMES) -> int:
    """The frame of a full, even turn that shows the character from `degrees` away from the reference; 360 is the last frame.

    Raises `ConditioningError` outside 0..360.
    """
    if not 0 <= degrees <= 360:
        raise ConditioningError(f"a turn has no {degrees:g} degrees", todo="use 0 to 360")
    return round(degrees / 360 * (frames - 1))

"""A character's picture as a shot that turns it once around, and its views out of the drawn clip.

Knows the bundle. Does not know files, libraries or models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.adapters.pictures import Picture, fitted
from video_core.adapters.turntable import Turntable, turntable, turntable_views
from video_core.conditioning import Conditioning
from video_core.line_clips import bare_bundle

Bytes = NDArray[np.uint8]


def turn_bundle(
    picture: Picture, looks: str, *, size: tuple[int, int], frames: int, fps: int, seed: int, name: str
) -> tuple[Conditioning, Turntable]:
    """The bundle, the whole picture on white as its first frame, and what the recipe says. Raises `ConditioningError`."""
    first, _ = fitted(picture, size, "letterbox", "the character's picture")
    turn = turntable(first, looks, frames)
    keep = np.zeros((frames, *size), np.uint8)
    keep[0] = 255
    bundle = bare_bundle(turn.prompt, first[None], (0,), keep, fps=fps, seed=seed, name=name, motion_score=turn.motion_score)
    return bundle, turn


def views_of(clip: Bytes, count: int) -> dict[int, Picture]:
    """`count` views of a turned character by degrees, without the first, which is the reference."""
    return {degrees: clip[frame] for degrees, frame in turntable_views(count, len(clip)).items() if frame}

"""AniSora V3, V3.1 and V3.2: key frames at any time of a clip.

The same 20 channels as Wan image-to-video with more than one frame filled in. Two placements:

compat  what the released code does: times snap to a grid of 8 frames with Python's rounding of halves to even, pictures are
        squashed to the clip's aspect (bicubic, unclamped), CLIP sees the first picture listed.
exact   a key frame lands on its own frame, in latent (f+3)//4, channel (f+3)%4. V3 was trained on the grid only; frames off it are
        reported as approximated.

The released code overwrites colliding key frames in silence; here a collision is an error in both.
Source: Index-anisora 171fe63, `anisoraV3/wan/image2video_any.py`, `anisoraV3.2/wan/image2video.py` lines 266 to 352.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from shotplan.errors import ConditioningError
from video_core.adapters.condition import I2VCondition, KeyFrame, check_key_frames, fold_mask
from video_core.adapters.grid import Grid
from video_core.adapters.pictures import Fit, fit_picture
from video_core.backends.backend import ControlUse

STEP = 8
"""Frames between the places a key frame had in training: 0.5 s at 16 fps."""


def snap_frame(frame: int) -> int:
    """The grid frame AniSora's code moves a frame to: 81 frames, at 60 of 80 -> 64, at 4 -> 0, at 12 -> 16."""
    return round(frame / STEP) * STEP


def anisora_condition(
    key_frames: Sequence[KeyFrame],
    frames: int,
    size: tuple[int, int],
    *,
    placement: Literal["exact", "compat"] = "exact",
    fit: Fit = "crop",
) -> I2VCondition:
    """The condition of a clip of `frames` at `size` (H, W) with these key frames. `fit` is for exact placement only.

    The first of `key_frames` as listed goes to CLIP; no other does, in AniSora too.
    Raises `ConditioningError` for no key frame at all, one outside the clip (after snapping, in compat), two on one frame, an illegal
    size or number of frames.
    """
    grid = Grid.of(frames, size)
    if not key_frames:
        raise ConditioningError("AniSora needs at least one key frame and there is none", todo="give one at frame 0")
    given = [key.frame for key in key_frames]
    check_key_frames(given, frames)
    places = [snap_frame(n) for n in given] if placement == "compat" else given
    if placement == "compat":
        _check_snapped(given, places, frames)
    pixels = np.zeros((3, frames, *size), np.float32)
    known = np.zeros((frames, grid.latent_height, grid.latent_width), np.float32)
    report = []
    for key, place in zip(key_frames, places, strict=True):
        name = f"key frame {key.frame}"
        pixels[:, place], note = fit_picture(key.image, size, "squash" if placement == "compat" else fit, name)
        known[place] = 1
        notes = [note] if note else []
        if place != key.frame:
            notes.append(f"moved to frame {place}, AniSora's grid of {STEP}")
        elif place % STEP:
            notes.append(f"off the grid of {STEP} frames that AniSora was trained on")
        report.append(
            ControlUse(name, "approximated" if notes else "honoured", "; ".join(notes) or f"shown at frame {place}")
        )
    return I2VCondition(pixels, fold_mask(known), key_frames[0].image, grid, tuple(report))


def _check_snapped(given: list[int], places: list[int], frames: int) -> None:
    if max(places) >= frames:
        raise ConditioningError(
            f"key frame {given[places.index(max(places))]} moves to frame {max(places)} on AniSora's grid; the last is {frames - 1}",
            todo="use 8n+1 frames, an earlier key frame, or exact placement",
        )
    for i, place in enumerate(places):
        if place in places[:i]:
            other = given[places.index(place)]
            raise ConditioningError(
                f"key frames {other} and {given[i]} both move to frame {place} on AniSora's grid of {STEP}",
                todo=f"put them at least {STEP} frames apart, or use exact placement",
            )

"""Wan image-to-video: a first frame, or a first and a last.

Knows the condition of Wan2.1 and 2.2 I2V and of FLF2V. Does not know key frames elsewhere (`keyframes`).
Source: diffusers `WanImageToVideoPipeline.prepare_latents`.
"""

from __future__ import annotations

import numpy as np

from shotplan.errors import ConditioningError
from video_core.adapters.condition import I2VCondition, fold_mask
from video_core.adapters.grid import Grid
from video_core.adapters.pictures import Fit, Picture, fit_picture
from video_core.backends.backend import ControlUse


def first_last_condition(
    first: Picture | None, frames: int, size: tuple[int, int], *, last: Picture | None = None, fit: Fit = "crop"
) -> I2VCondition:
    """The condition of a clip of `frames` at `size` (H, W) that begins with `first` and, when given, ends with `last`.

    Raises `ConditioningError` when there is no first frame, the size or the number of frames is illegal, or a picture does not fit.
    """
    grid = Grid.of(frames, size)
    if first is None:
        raise ConditioningError(
            "image-to-video needs a first frame and there is none",
            todo="give a key frame at frame 0, or use text-to-video or VACE",
        )
    if last is not None and frames == 1:
        raise ConditioningError("a clip of one frame cannot have a first and a last", todo="use 5 frames or more")
    pixels = np.zeros((3, frames, *size), np.float32)
    known = np.zeros((frames, grid.latent_height, grid.latent_width), np.float32)
    report = []
    for frame, picture, name in ((0, first, "first frame"), (frames - 1, last, "last frame")):
        if picture is not None:
            pixels[:, frame], note = fit_picture(picture, size, fit, f"the {name}")
            known[frame] = 1
            report.append(ControlUse(name, "approximated" if note else "honoured", note or "given as it is"))
    return I2VCondition(pixels, fold_mask(known), first, grid, tuple(report))

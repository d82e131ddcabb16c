"""AniSora anymask: keep some pixels of a video in some frames, and let the model draw the rest.

The same 20 channels, with a mask per latent pixel. Anymask marks what is kept; VACE marks what is drawn. Three variants:

spatial   the released `_spa` code: frame 0 is kept whole, the mask goes to latent size by nearest neighbour.
temporal  the released code for time: every 8th frame is kept whole, the mask goes to latent size bicubically, so that soft and
          overshooting values appear at its edges.
exact     nothing is added to the mask; a latent pixel counts as known only when all 8x8 of its pixels are kept, and only those
          pixels are given.

Source: Index-anisora 171fe63, `anisora_anymask/wan/image2video_any_mask1{_spa,}.py`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.condition import I2VCondition, fold_mask
from video_core.adapters.grid import Grid
from video_core.adapters.keyframes import STEP
from video_core.adapters.pictures import video_pixels
from video_core.backends.backend import ControlUse

CHUNK = 65
"""Frames the released weights were run with; they cut longer videos into such pieces without overlap."""

Variant = Literal["exact", "spatial", "temporal"]


def anymask_condition(
    video: NDArray[np.uint8], keep: NDArray[np.bool_], size: tuple[int, int], *, variant: Variant = "exact"
) -> I2VCondition:
    """The condition from a source video (F,H,W,3) and what to keep of it (F,H,W), at `size` (H, W).

    Both are scaled by nearest neighbour, as the released code does. Raises `ConditioningError` when video and mask differ in shape,
    when nothing is kept, or for an illegal size or number of frames.
    """
    if video.shape[:3] != keep.shape or video.shape[-1] != 3:
        raise ConditioningError(
            f"the video is {video.shape[:3]} and its mask {keep.shape}",
            todo="give one mask picture per frame, of the same size",
        )
    grid = Grid.of(len(video), size)
    report = []
    whole = np.zeros(len(video), bool)
    if variant == "spatial":
        whole[0] = True
    elif variant == "temporal":
        whole[::STEP] = True
    added = whole & ~keep.reshape(len(keep), -1).all(axis=1)
    kept = keep | whole[:, None, None]
    if not kept.any():
        raise ConditioningError("the mask keeps no pixel of the video", todo="use text-to-video, or keep something")
    if video.shape[1:3] != size:
        report.append(
            ControlUse(
                "source video",
                "approximated",
                f"{video.shape[1]}x{video.shape[2]} scaled to {size[0]}x{size[1]}, nearest pixel",
            )
        )
    pixels = _nearest(torch.from_numpy(video_pixels(video)).transpose(0, 1), size)
    mask = _nearest(torch.from_numpy(kept).float()[:, None], size)
    if variant == "exact":
        cells = mask.unflatten(2, (grid.latent_height, 8)).unflatten(4, (grid.latent_width, 8))
        low = cells.amin(dim=(3, 5))
        mask = low.repeat_interleave(8, dim=2).repeat_interleave(8, dim=3)
        lost = float(cells.mean() - low.mean())
        if not low.any():
            raise ConditioningError("no whole 8x8 block of the video is kept", todo="keep larger areas")
        note = (
            f"known per 8x8 block; {lost:.1%} of the pixels were kept in blocks that are not whole and are drawn anew"
            if lost
            else ""
        )
    else:
        latent = (grid.latent_height, grid.latent_width)
        low = torch.nn.functional.interpolate(mask, size=latent, mode="nearest" if variant == "spatial" else "bicubic")
        note = (
            f"the released code keeps {int(added.sum())} more frames whole: {_some(np.flatnonzero(added))}"
            if added.any()
            else ""
        )
    report.append(ControlUse("keep mask", "approximated" if note else "honoured", note or f"anymask, {variant}"))
    if len(video) != CHUNK and variant != "exact":
        report.append(
            ControlUse("clip length", "approximated", f"{len(video)} frames; the released code always runs {CHUNK}")
        )
    given = (pixels * mask).transpose(0, 1).contiguous().numpy()
    return I2VCondition(given, fold_mask(low[:, 0].numpy()), video[0], grid, tuple(report))


def _nearest(frames: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return torch.nn.functional.interpolate(frames, size=size, mode="nearest")


def _some(numbers: NDArray[np.int64]) -> str:
    listed = ", ".join(str(n) for n in numbers[:6])
    return listed + (" and on" if len(numbers) > 6 else "")

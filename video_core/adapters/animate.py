"""Wan2.2-Animate: a long driving video cut into segments, and the 20 channels each segment is given.

In front stands the reference picture as one latent frame (all known); behind it come the last frames of the segment before, and, when a
person is replaced, the background. Pose and face videos enter the model elsewhere (`animate_pose`, `animate_face`).
Knows segments, padding and channels. Does not know a VAE. Source: diffusers `WanAnimatePipeline`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from shotplan.errors import ConditioningError
from video_core.adapters.condition import fold_mask
from video_core.adapters.grid import Grid
from video_core.adapters.pictures import Picture, Pixels, check_picture, picture_pixels, video_pixels

LENGTH = 77
"""Frames of one segment, as trained."""


@dataclass(frozen=True)
class Segment:
    """Frames `start` to `stop` (not included) of the padded driving video."""

    start: int
    stop: int


@dataclass(frozen=True)
class AnimateSegment:
    """What is known of one segment."""

    pixels: Pixels
    """(3,F,H,W) in [-1, 1]; 0 where nothing is known."""
    mask: NDArray[np.float32]
    """(4,T,h,w): 1 where known."""
    grid: Grid

    def channels(self, reference: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """Normalised latents of the reference (B,16,1,h,w) and of `pixels` (B,16,T,h,w) as (B,20,1+T,h,w)."""
        known = torch.from_numpy(self.mask).to(latents).expand(len(latents), -1, -1, -1, -1)
        first = torch.cat([torch.ones_like(known[:, :, :1]), reference], dim=1)
        return torch.cat([first, torch.cat([known, latents], dim=1)], dim=2)


def animate_segments(frames: int, *, length: int = LENGTH, overlap: int = 1) -> tuple[Segment, ...]:
    """The segments of a driving video of `frames`, each sharing `overlap` frames with the one before; the last stop is the padded length.

    Raises `ConditioningError` unless `length` is 4n+1, `overlap` is 1 or 5, and there are more frames than overlap.
    """
    if length % 4 != 1 or overlap not in (1, 5) or length <= overlap:
        raise ConditioningError(
            f"segments of {length} frames that share {overlap} do not fit Wan-Animate",
            todo="use 4n+1 frames (77 as trained) and 1 or 5 shared ones",
        )
    if frames <= overlap:
        raise ConditioningError(
            f"a driving video of {frames} frames is too short", todo=f"give more than {overlap} frames"
        )
    new = length - overlap
    count = -(-(frames - overlap) // new)
    return tuple(Segment(k * new, k * new + length) for k in range(count))


def padded_frames(frames: int, total: int) -> tuple[int, ...]:
    """Which driving frame stands at each of `total` places: to the end, then back and forth, as diffusers pads."""
    if frames == 1:
        return (0,) * total
    there = [*range(frames), *range(frames - 2, 0, -1)]
    return tuple(there[k % len(there)] for k in range(total))


def animate_reference(picture: Picture, size: tuple[int, int]) -> Pixels:
    """The reference picture in the middle of a black frame of `size`, (3,1,H,W); bit for bit diffusers' "fill".

    Lanczos: the pipeline asks its image processor for bilinear, which the processor's base class then resets.
    Raises `ConditioningError` when it is no RGB picture.
    """
    check_picture(picture, "the reference")
    height, width = size
    h, w = picture.shape[:2]
    wider = width / height < w / h
    new_w = width if wider else max(w * height // h, 1)
    new_h = max(h * width // w, 1) if wider else height
    scaled = Image.fromarray(picture).resize((new_w, new_h), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (width, height))
    canvas.paste(scaled, (width // 2 - new_w // 2, height // 2 - new_h // 2))
    return picture_pixels(np.asarray(canvas))[:, None]


def animate_segment(
    grid: Grid,
    *,
    previous: Pixels | None = None,
    background: NDArray[np.uint8] | None = None,
    replaced: NDArray[np.uint8] | None = None,
) -> AnimateSegment:
    """What one segment is given: the last frames `previous` (3,k,H,W) of the segment before, none for the first.

    To replace a person: `background` (F,H,W,3) and `replaced` (F,H,W), 255 where the new person may be drawn; both or neither.
    Raises `ConditioningError` when a shape does not fit the grid.
    """
    known = np.zeros((grid.frames, grid.latent_height, grid.latent_width), np.float32)
    pixels = np.zeros((3, grid.frames, *grid.size), np.float32)
    if (background is None) != (replaced is None):
        raise ConditioningError(
            "to replace a person, a background and a mask are needed", todo="give both, or neither to animate"
        )
    if background is not None and replaced is not None:
        if background.shape != (grid.frames, *grid.size, 3) or replaced.shape != (grid.frames, *grid.size):
            raise ConditioningError(
                f"the background is {background.shape} and its mask {replaced.shape}, the segment {grid.frames} frames of {grid.size}",
                todo="cut and scale both to the segment",
            )
        pixels = video_pixels(background)
        known = 1 - replaced[:, :: grid.spatial, :: grid.spatial].astype(np.float32) / np.float32(255.0)
    if previous is not None:
        if previous.shape[0] != 3 or previous.shape[2:] != grid.size or previous.shape[1] >= grid.frames:
            raise ConditioningError(
                f"the frames handed over are {previous.shape}, the segment {grid.frames} frames of {grid.size}",
                todo="hand over (3,k,H,W) pixels, 1 or 5 frames",
            )
        pixels[:, : previous.shape[1]] = previous
        known[: previous.shape[1]] = 1
    return AnimateSegment(pixels, fold_mask(known), grid)

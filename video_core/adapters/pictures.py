"""Pictures as a model's pixels: float32 in [-1, 1], channels first, at the clip's size.

Knows ranges, layouts and the ways a picture of another aspect can be made to fit. Does not know what a picture is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from shotplan.errors import ConditioningError

Picture = NDArray[np.uint8]
"""(H,W,3) RGB."""
Pixels = NDArray[np.float32]
"""(3,H,W) or (3,F,H,W) in [-1, 1]; 0 is mid grey."""

Fit = Literal["exact", "crop", "letterbox", "squash"]
"""exact: another size is an error. crop: fill the frame, cut what sticks out, evenly on both sides (Lanczos). letterbox: all of the
picture on white (Lanczos). squash: to the frame's aspect, bicubic without smoothing and without clamping, as AniSora does it."""


def check_picture(picture: Picture, what: str) -> None:
    """Raises `ConditioningError` unless it is a u8 RGB picture with pixels in it."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3 or not picture.size:
        raise ConditioningError(
            f"{what} must be an RGB picture (H,W,3) of 8-bit numbers, not {picture.dtype} {picture.shape}",
            todo="load it with PIL as RGB and pass it as a NumPy array",
        )


UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow raises for files that are missing, damaged, no pictures or larger than it opens."""


def read_picture(path: Path) -> Picture:
    """A picture file (H,W,3) as it is meant to be seen: turned as its EXIF says, 16-bit grey scaled to 8 bits, transparency on white.

    Raises one of `UNREADABLE`.
    """
    with Image.open(path) as image:
        turned = ImageOps.exif_transpose(image)
        if turned.mode.startswith("I;16") or turned.mode == "I":
            turned = Image.fromarray(np.clip(np.asarray(turned, np.int64) // 257, 0, 255).astype(np.uint8))
        layers = turned.convert("RGBA")
    white = Image.new("RGBA", layers.size, "white")
    return np.asarray(Image.alpha_composite(white, layers).convert("RGB"), dtype=np.uint8)


def picture_pixels(picture: Picture) -> Pixels:
    """(H,W,3) u8 to (3,H,W): 2 (x/255) - 1, bit for bit what diffusers' `VaeImageProcessor` and Wan's `to_tensor` give."""
    return _range(np.ascontiguousarray(picture.transpose(2, 0, 1)))


def video_pixels(video: NDArray[np.uint8]) -> Pixels:
    """(F,H,W,3) u8 to (3,F,H,W) in [-1, 1]."""
    return _range(np.ascontiguousarray(video.transpose(3, 0, 1, 2)))


def _range(channels: NDArray[np.uint8]) -> Pixels:
    scaled = channels.astype(np.float32) / np.float32(255.0)
    return np.asarray(np.float32(2.0) * scaled - np.float32(1.0), dtype=np.float32)


def fit_picture(
    picture: Picture, size: tuple[int, int], fit: Fit, what: str = "the picture"
) -> tuple[Pixels, str | None]:
    """A picture as pixels (3,H,W) of `size`, and a sentence about what was done to it (None: nothing).

    Raises `ConditioningError` when it is no RGB picture, or has another size and `fit` is "exact".
    """
    check_picture(picture, what)
    have = picture.shape[:2]
    if fit == "squash":
        source = torch.from_numpy(picture_pixels(picture))[None]
        done = torch.nn.functional.interpolate(source, size=size, mode="bicubic")[0].numpy()
        return done, None if _same_aspect(have, size) else f"{what}: {_shape(have)} squashed to {_shape(size)}"
    if have == size:
        return picture_pixels(picture), None
    if fit == "exact":
        raise ConditioningError(
            f"{what} is {_shape(have)} and the clip {_shape(size)}", todo="scale it first, or allow crop or letterbox"
        )
    fill = max if fit == "crop" else min
    scale = fill(size[0] / have[0], size[1] / have[1])
    within = min if fit == "letterbox" else max
    new = tuple(max(within(round(side * scale), full), 1) for side, full in zip(have, size, strict=True))
    scaled = np.asarray(Image.fromarray(picture).resize((new[1], new[0]), Image.Resampling.LANCZOS))
    top, left = (abs(new[0] - size[0]) // 2, abs(new[1] - size[1]) // 2)
    if fit == "crop":
        out = scaled[top : top + size[0], left : left + size[1]]
    else:
        out = np.full((*size, 3), 255, np.uint8)
        out[top : top + new[0], left : left + new[1]] = scaled
    word = {"crop": "cropped", "letterbox": "letterboxed"}[fit]
    note = f"{what}: {_shape(have)} scaled to {_shape(size)}"
    return picture_pixels(out), note if _same_aspect(have, size) else f"{note} and {word}"


def fitted(picture: Picture, size: tuple[int, int], how: Literal["crop", "letterbox"], what: str = "picture") -> tuple[Picture, str]:
    """As `fit_picture`, as a picture again; one of that size as it is. The note is empty where nothing was done."""
    if picture.shape[:2] == size:
        return picture, ""
    pixels, note = fit_picture(picture, size, how, what)
    return np.clip(np.round((pixels.transpose(1, 2, 0) + 1) * 127.5), 0, 255).astype(np.uint8), note or ""


def _same_aspect(a: tuple[int, ...], b: tuple[int, int]) -> bool:
    return abs(a[0] * b[1] - a[1] * b[0]) <= max(a[0], a[1], *b)


def _shape(size: tuple[int, ...]) -> str:
    return f"{size[0]}x{size[1]}"

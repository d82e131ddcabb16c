"""Filters `sepia`, `noir`, `warm` and `cool`: a film's tint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.filters.tone import floats, luminance, to_bytes
from video_core.finishing.stage import Bytes

RED_FILTER = np.array([0.45, 0.45, 0.10], np.float32)
"""Black-and-white stock behind an orange filter: skies fall, faces stay."""


def sepia(size: tuple[int, int]) -> Filter:
    """An old print: brown shadows, cream lights."""
    shadow, light = np.array([0.13, 0.085, 0.05], np.float32), np.array([1.0, 0.94, 0.80], np.float32)

    def apply(frame: Bytes, at: Instant) -> Bytes:
        grey = luminance(floats(frame))[..., None]
        return to_bytes(shadow + (light - shadow) * grey)

    return apply


def noir(size: tuple[int, int]) -> Filter:
    """Black and white with hard contrast, darker towards the corners."""
    h, w = size
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    away = np.hypot((x + 0.5) / w - 0.5, (y + 0.5) / h - 0.5) / np.sqrt(0.5)
    corners = 1 - 0.45 * np.clip(away, 0, 1) ** 2.5

    def apply(frame: Bytes, at: Instant) -> Bytes:
        grey = _contrast(floats(frame) @ RED_FILTER, 1.9) * corners
        return to_bytes(np.repeat(grey[..., None], 3, axis=-1).astype(np.float32))

    return apply


def warm(size: tuple[int, int]) -> Filter:
    """Late light: yellow lights, red shadows."""
    return _tinted(np.array([1.07, 1.0, 0.86], np.float32), np.array([0.018, 0.0, -0.008], np.float32))


def cool(size: tuple[int, int]) -> Filter:
    """Moonlight and rain: blue shadows, pale lights."""
    return _tinted(np.array([0.87, 0.98, 1.08], np.float32), np.array([-0.008, 0.004, 0.022], np.float32))


def _tinted(gain: NDArray[np.float32], lift: NDArray[np.float32]) -> Filter:
    def apply(frame: Bytes, at: Instant) -> Bytes:
        image = floats(frame)
        tinted = image * gain + lift * (1 - image)
        before, after = luminance(image), luminance(tinted)
        return to_bytes(tinted + (0.7 * (before - after))[..., None])

    return apply


def _contrast(x: NDArray[np.float32], power: float) -> NDArray[np.float32]:
    """An S around middle grey."""
    low = 0.5 * (2 * np.clip(x, 0, 0.5)) ** power
    high = 1 - 0.5 * (2 * (1 - np.clip(x, 0.5, 1))) ** power
    return np.where(x < 0.5, low, high).astype(np.float32)

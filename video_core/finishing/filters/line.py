"""Filter `line`: outlines drawn over, as an inker does (extended difference of Gaussians: Winnemöller, Kyprianidis, Olsen 2012)."""

from __future__ import annotations

import cv2
import numpy as np

from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.filters.tone import floats, luminance, smoothstep, to_bytes, unit
from video_core.finishing.stage import Bytes

WIDER = 1.6
"""Of the second Gaussian against the first."""
FAINT, FULL = 0.010, 0.045
"""Difference of brightness from which a line begins, and at which it is black."""
INK = np.array([0.10, 0.08, 0.10], np.float32)


def make(size: tuple[int, int]) -> Filter:
    """The filter for frames of `size` (H, W)."""
    sigma = max(0.6, 0.9 * unit(size))

    def apply(frame: Bytes, at: Instant) -> Bytes:
        image = floats(frame)
        light = luminance(image)
        fine, wide = (cv2.GaussianBlur(light, (0, 0), s) for s in (sigma, WIDER * sigma))
        ink = smoothstep(FAINT, FULL, wide - fine)[..., None] * 0.9
        return to_bytes(image * (1 - ink) + INK * ink)

    return apply

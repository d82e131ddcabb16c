"""Filter `watercolour`: washes with dark rims, pigment that settles in the paper, wobbling outlines.

Bousseau, Kaplan, Thollot, Sillion 2006, "Interactive watercolor rendering with temporal coherence and abstraction": a colour c of pigment
density d becomes c - (c - c^2)(d - 1). The paper and the turbulence of the wash lie on the background and go with it.
"""

from __future__ import annotations

import cv2
import numpy as np

from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.filters.tone import floats, luminance, noise, shifted, to_bytes, unit
from video_core.finishing.stage import Bytes

WOBBLE = 1.6
"""Units by which an outline wanders."""
WASH = 0.11
PAPER = 0.06
RIM = 2.6
LIGHT = 0.14
"""How much of the paper shines through."""


def make(size: tuple[int, int]) -> Filter:
    """The filter for frames of `size` (H, W)."""
    h, w = size
    u = unit(size)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    across, down = (WOBBLE * u * 0.5 * noise(size, 14 * u, seed) for seed in (1, 2))
    fixed = 1 + WASH * (0.7 * noise(size, 90 * u, 3) + 0.3 * noise(size, 25 * u, 4)) + PAPER * noise(size, 1.6 * u, 5)
    paper = np.array([1.0, 0.985, 0.955], np.float32)

    def apply(frame: Bytes, at: Instant) -> Bytes:
        wander = (x + shifted(across, at.shift), y + shifted(down, at.shift))
        moved = cv2.remap(frame, *wander, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        image = floats(np.asarray(cv2.edgePreservingFilter(moved, flags=cv2.RECURS_FILTER, sigma_s=18 * u, sigma_r=0.28), np.uint8))
        light = cv2.GaussianBlur(luminance(image), (0, 0), 1.2 * u)
        rim = cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.125)) * u
        density = np.clip(shifted(fixed, at.shift) + RIM * np.minimum(3 * rim, 0.35), 0.4, 2.2)[..., None]
        washed = image - (image - image**2) * (density - 1)
        return to_bytes(washed * (1 - LIGHT) + paper * LIGHT)

    return apply

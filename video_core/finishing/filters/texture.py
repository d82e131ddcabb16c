"""Filters `paper`, `halftone` and `grain`: what a picture is printed or filmed on.

Paper and dots lie on the background and go with it; grain is another one in every frame, the same for the same number.
"""

from __future__ import annotations

import cv2
import numpy as np

from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.filters.tone import floats, luminance, noise, shifted, smoothstep, to_bytes, unit
from video_core.finishing.stage import Bytes

DOT = 5.5
"""Units from dot to dot."""
GRAIN = 0.020
"""Deviation of grain in mid-tones, of 1."""
FIBRE = 0.022


def paper(size: tuple[int, int]) -> Filter:
    """A sheet of drawing paper, lit from the side."""
    u = unit(size)
    height = noise(size, 1.3 * u, 11) + 0.8 * noise(size, 3.1 * u, 12) + 0.6 * noise(size, 40 * u, 13)
    relief = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125) - cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125)
    sheet = (1 - 2 * FIBRE + FIBRE * relief / relief.std())[..., None] * np.array([1.0, 0.985, 0.945], np.float32)

    def apply(frame: Bytes, at: Instant) -> Bytes:
        return to_bytes((floats(frame) * 0.93 + 0.07) * shifted(sheet, at.shift))

    return apply


def halftone(size: tuple[int, int]) -> Filter:
    """Printed dots: darker places have larger ones, in the picture's own colours."""
    h, w = size
    step = max(3.0, DOT * unit(size))
    wave = np.float32(2 * np.pi / step * np.sqrt(0.5))
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)

    def apply(frame: Bytes, at: Instant) -> Bytes:
        image = floats(frame)
        down, right = y - at.shift[0], x - at.shift[1]
        screen = 0.5 + 0.25 * (np.cos(wave * (right + down)) + np.cos(wave * (right - down)))
        dark = 1 - cv2.GaussianBlur(luminance(image), (0, 0), step / 4)
        ink = smoothstep(-0.12, 0.12, dark * 1.05 - screen)[..., None]
        return to_bytes((1 - 0.62 * (1 - image)) * (1 - ink) + 0.72 * image * ink)

    return apply


def grain(size: tuple[int, int]) -> Filter:
    """Film grain, strongest in mid-tones."""
    u = max(1.0, unit(size))

    def apply(frame: Bytes, at: Instant) -> Bytes:
        image = floats(frame)
        light = luminance(image)
        speck = cv2.GaussianBlur(noise(size, 1.0, 7000 + at.number), (0, 0), 0.55 * u)
        amount = GRAIN * (0.35 + 2.6 * light * (1 - light)) * speck / max(float(speck.std()), 1e-6)
        return to_bytes(image + amount[..., None])

    return apply

"""Pieces that filters share: brightness, soft steps, seeded noise that is fixed to the frame.

Knows arrays. Does not know filters.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709."""


def floats(frame: NDArray[np.uint8]) -> Floats:
    """0..1."""
    return np.asarray(frame / np.float32(255), np.float32)


def to_bytes(image: Floats) -> NDArray[np.uint8]:
    """(H,W,3) 0..1, clipped, as uint8."""
    return np.clip(np.round(image * 255), 0, 255).astype(np.uint8)


def luminance(image: Floats) -> Floats:
    """(H,W) of (H,W,3)."""
    return np.asarray(image @ LUMA)


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def noise(size: tuple[int, int], grain: float, seed: int) -> Floats:
    """(H,W) of mean 0 and deviation 1, with features `grain` pixels wide; the same for the same arguments."""
    h, w = size
    step = max(1.0, grain)
    rng = np.random.default_rng(seed)
    small = rng.standard_normal((max(2, round(h / step) + 2), max(2, round(w / step) + 2))).astype(np.float32)
    field = small[:h, :w] if step == 1.0 else cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)


def unit(size: tuple[int, int]) -> float:
    """Pixels of a 480th of the height."""
    return size[0] / 480

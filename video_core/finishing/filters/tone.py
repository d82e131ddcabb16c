"""Pieces that filters share: brightness, soft steps, seeded noise.

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
    """(H,W) of mean 0 and deviation 1, with features `grain` pixels wide; the same for the same arguments. Its edges fit together."""
    h, w = size
    cells = max(2, round(h / max(1.0, grain))), max(2, round(w / max(1.0, grain)))
    small = np.random.default_rng(seed).standard_normal(cells).astype(np.float32)
    field = small
    if cells != size:
        around = np.pad(small, 2, mode="wrap")
        y, x = np.meshgrid((np.arange(h) + 0.5) * cells[0] / h + 1.5, (np.arange(w) + 0.5) * cells[1] / w + 1.5, indexing="ij")
        field = np.asarray(cv2.remap(around, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC), np.float32)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)


def shifted(pattern: Floats, shift: tuple[int, int]) -> Floats:
    """A pattern whose edges fit together, moved down and to the right."""
    return np.roll(pattern, shift, axis=(0, 1)) if shift != (0, 0) else pattern


def unit(size: tuple[int, int]) -> float:
    """Pixels of a 480th of the shorter side."""
    return min(size) / 480

"""The few colours that a part of a picture is made of.

Knows pixels. Does not know what they show or which colour space they are in.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SAMPLE = 600
"""Pixels looked at, about."""


def typical_colours(pixels: NDArray[np.floating], most: int = 5) -> NDArray[np.float32]:
    """Up to `most` typical colours (K,3) of pixels (N,3), by k-means from a fixed start: the same pixels give the same colours."""
    sample = np.ascontiguousarray(pixels[:: max(1, len(pixels) // SAMPLE)], np.float32)
    k = min(most, len(np.unique(sample.astype(np.int16), axis=0)))
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0.0)
    cv2.setRNGSeed(0)
    _, _, centres = cv2.kmeans(sample, k, None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    return np.asarray(centres, np.float32)

"""Filter `cel`: flat areas in few tones, as painted on cels, with outlines.

Winnemöller, Olsen, Gooch 2006, "Real-Time Video Abstraction": smoothed inside edges, brightness stepped softly (a soft step does not jump
when a pixel trembles around it), outlines last.
"""

from __future__ import annotations

import cv2
import numpy as np

from video_core.finishing.colour import lab_of, rgb_of
from video_core.finishing.filters import line
from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.filters.tone import unit
from video_core.finishing.stage import Bytes

STEP = 14.0
"""Of L, 0..100, between tones."""
SOFT = 2.2
"""Steepness of a step."""
ROUNDS = 2
VIVID = 1.12


def make(size: tuple[int, int]) -> Filter:
    """The filter for frames of `size` (H, W)."""
    reach = max(2.0, 4.0 * unit(size))
    soft = max(0.5, 0.7 * unit(size))
    outline = line.make(size)

    def apply(frame: Bytes, at: Instant) -> Bytes:
        lab = lab_of(frame)
        for _ in range(ROUNDS):
            lab = np.asarray(cv2.bilateralFilter(lab, min(9, int(2 * reach) | 1), 6.0, reach), np.float32)
        light = lab[..., 0]
        nearest = np.round(light / STEP) * STEP
        lab[..., 0] = nearest + STEP / 2 * np.tanh(SOFT * (light - nearest) / (STEP / 2)) / np.tanh(SOFT)
        lab[..., 0] = cv2.GaussianBlur(0.7 * lab[..., 0] + 0.3 * light, (0, 0), soft)
        lab[..., 1:] *= VIVID
        return outline(rgb_of(lab), at)

    return apply

"""CIE Lab and how far two colours are apart for an eye.

Knows colour science. Does not know films.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lab_of(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB (H,W,3) uint8 to CIE Lab of D65, L in 0..100."""
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def rgb_of(lab: NDArray[np.float32]) -> NDArray[np.uint8]:
    """CIE Lab (H,W,3) to sRGB uint8; what lies outside sRGB is clipped."""
    rgb = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB)
    return np.clip(np.round(rgb * 255), 0, 255).astype(np.uint8)


def ciede2000(one: Floats, other: Floats) -> Floats:
    """Colour difference of Lab colours (...,3), kL = kC = kH = 1; 1 is just seen side by side.

    Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula".
    """
    l1, a1, b1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(other, np.float64), -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grow = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    c1, c2 = np.hypot(grow * a1, b1), np.hypot(grow * a2, b2)
    h1 = np.degrees(np.arctan2(b1, grow * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, grow * a2)) % 360
    grey = c1 * c2 == 0
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where((turn == -180) & (h2 > h1), 180.0, turn)
    dh = np.where(grey, 0.0, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2))
    hue = np.where(grey, h1 + h2, np.where(np.abs(h1 - h2) <= 180, (h1 + h2) / 2, (h1 + h2 + np.where(h1 + h2 < 360, 360, -360)) / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.20 * np.cos(np.radians(4 * hue - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rotate = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    return np.asarray(np.sqrt(np.maximum(dl**2 + dc**2 + (dh / sh) ** 2 + rotate * dc * dh / sh, 0.0)))

"""The OpenPose-coloured limb drawing that pose-controlled video models read.

Knows DWPose's drawing rules as VACE applies them: black canvas, 17 limbs as ellipses of 60 % brightness, 18 joint discs at full
colour, 18-colour rainbow (RGB). Does not know where joints come from.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.staging.staged import LIMBS

RAINBOW: tuple[tuple[int, int, int], ...] = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85), (0, 255, 170),
    (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
SHOWN = 0.3
"""A joint with less visibility is not drawn, nor any limb that ends in it."""


def draw_pose(joints: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Joints (F,N,18,3: pixel x, pixel y, visibility) to RGB frames (F,H,W,3).

    Half-width of a limb and radius of a joint are 4 px at a height of 480, in proportion elsewhere, at least 1.
    """
    h, w = size
    thick = max(1, round(4 * min(h, w) / 480))
    out = np.zeros((len(joints), h, w, 3), np.uint8)
    for image, actors in zip(out, joints, strict=True):
        for actor in actors:
            for k, (a, b) in enumerate(LIMBS):
                if min(actor[a, 2], actor[b, 2]) < SHOWN:
                    continue
                (xa, ya), (xb, yb) = actor[a, :2], actor[b, :2]
                length = float(np.hypot(xa - xb, ya - yb))
                angle = float(np.degrees(np.arctan2(ya - yb, xa - xb)))
                centre = (int((xa + xb) / 2), int((ya + yb) / 2))
                outline = np.asarray(cv2.ellipse2Poly(centre, (int(length / 2), thick), int(angle), 0, 360, 6))
                r, g, b_ = RAINBOW[k]
                cv2.fillConvexPoly(image, outline, (int(r * 0.6), int(g * 0.6), int(b_ * 0.6)))
        for actor in actors:
            for k, (x, y, seen) in enumerate(actor):
                if seen >= SHOWN:
                    cv2.circle(image, (int(x), int(y)), thick, RAINBOW[k], -1)
    return out

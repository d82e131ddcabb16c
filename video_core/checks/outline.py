"""Is somebody drawn where the plan has them: is there an outline along the planned one, whatever the colours inside.

Knows contrast. Does not know colours or figures: a wall whose parts differ has colours of its own inside any outline, but no edge along it.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.checks.footage import Footage
from video_core.checks.measure import Measure, check

OUTLINE = 1.05
"""Contrast along the outline, in that beside it; where nobody is drawn it is 1 or less. See `evals.bench.checks`."""
SLACK = 3
"""Pixels, at the size of measuring, by which hair and clothes may leave the planned outline."""
LEAST = 60
"""Pixels of an outline, below which nothing is said of it."""
FREE = 0.5
"""Share of an outline that must neither be cut off by the frame nor touch another instance."""
ASIDE = 0.25
"""How far aside the same outline is put, in figures' sizes: the root of its pixels."""
DIRECTIONS = 8
STRONG = 0.98
"""Share of the picture's contrast beyond which an edge counts no more: one window's frame is no figure."""


@check("adherence.outline")
def outline(footage: Footage) -> Iterator[Measure]:
    """Contrast along each actor's planned outline, in the largest along the same outline put aside in eight directions."""
    for k, name in enumerate(footage.names[: footage.actors], 1):
        found = [ratio for f in footage.sampled(k) if (ratio := _ratio(footage, f, k)) is not None]
        if len(found) >= 2:
            yield Measure(
                "adherence.outline", name, round(float(np.mean(found)), 3), OUTLINE, "times", "more", "warning",
                f"there is no outline of {name} where the plan has it",
            )  # fmt: skip


def _ratio(footage: Footage, frame: int, instance: int) -> float | None:
    """Of one frame; None where too little of the outline lies free of other instances, or too little beside it."""
    ids = footage.ids[frame]
    own = (ids == instance).astype(np.uint8)
    alone = cv2.dilate(((ids != 0) & (own == 0)).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    beside = alone & (cv2.dilate(own, np.ones((5, 5), np.uint8)) == 0)
    edge = alone & (cv2.morphologyEx(own, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)
    edge[:2] = edge[-2:] = edge[:, :2] = edge[:, -2:] = False
    rim = (own - cv2.erode(own, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)) > 0
    y, x = np.nonzero(edge)
    if len(y) < LEAST or (rim & edge).sum() < FREE * rim.sum():
        return None
    contrast = _contrast(footage.lab[frame])
    away = max(10.0, 2 * SLACK + 1, ASIDE * float(own.sum()) ** 0.5)
    h, w = ids.shape
    others = []
    for angle in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        to_x, to_y = (np.round(v + away * d).astype(int) for v, d in ((x, np.cos(angle)), (y, np.sin(angle))))
        inside = (to_x >= 0) & (to_x < w) & (to_y >= 0) & (to_y < h)
        inside[inside] = beside[to_y[inside], to_x[inside]]
        if inside.mean() > 0.4:
            others.append(float(contrast[to_y[inside], to_x[inside]].mean()))
    return float(contrast[y, x].mean()) / max(*others, 1e-3) if len(others) >= 3 else None


def _contrast(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h,w) slope of Lab (h,w,3), each pixel the largest within the slack around it."""
    soft = cv2.GaussianBlur(lab, (0, 0), 1.0)
    slopes = [cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)]
    slope = np.sqrt(np.sum([np.square(s).sum(-1) for s in slopes], axis=0))
    wide = cv2.dilate(slope, np.ones((2 * SLACK + 1, 2 * SLACK + 1), np.uint8))
    return np.asarray(np.minimum(wide, np.quantile(wide, STRONG)), np.float32)

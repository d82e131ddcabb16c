"""Is a join of a long shot seen on a figure: does somebody stand elsewhere than planned in the next clip while the stage goes on.

Knows figures as planned and what is drawn there. Does not know the stage (`video_core.checks.joins`).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.checks.footage import LEAST, Footage
from video_core.checks.joins import ELSEWHERE, runs
from video_core.checks.measure import Measure, check

JUMP = 3.0
"""Pixels, at the size of measuring, by which a figure may jump at a join, beyond what it does elsewhere."""
REACH = 12
"""Pixels, at the size of measuring, within which a figure is looked for."""
CLEARLY = 0.65
"""How much better it must fit where it is found than where it is planned, lest limbs that bend pass for a jump."""
ALIKE = 3.0
"""Grey levels by which a figure that stands as planned may differ."""
MOST = 40.0
"""Grey levels beyond which one pixel says no more."""
POINTS = 3000
"""Pixels of a figure that are compared."""
AROUND = 2
"""Pixels around a figure that belong to it: its outline."""

Floats = NDArray[np.float32]


@check("joins.figures")
def figures(footage: Footage) -> Iterator[Measure]:
    """Nobody jumps at a join: how far beside the plan each actor goes there, less what nine in ten stretches elsewhere have."""
    joins = runs(footage)
    inside = {f for a, b in joins for f in range(a, b + 1)}
    for k, name in enumerate(footage.names[: footage.actors], 1):
        there = {(a, b): off for a, b in joins if (off := _off(footage, a - 1, b, k)) is not None}
        if not there:
            continue
        (a, b), beyond = max(there.items(), key=lambda item: item[1])
        if beyond > JUMP:
            length = b - a + 1
            starts = [s for s in range(1, footage.length - length + 1) if not inside & set(range(s, s + length))]
            near = sorted(starts, key=lambda s: abs(s - a))[:ELSEWHERE]
            usual = [off for s in near if (off := _off(footage, s - 1, s + length - 1, k)) is not None]
            beyond -= float(np.quantile(usual, 0.9)) if usual else 0.0
        yield Measure(
            "joins.figures", name, round(beyond, 2), JUMP, "px", "less", "warning",
            f"{name} jumps where a clip takes over at frame {a}",
        )  # fmt: skip


def _off(footage: Footage, i: int, j: int, instance: int) -> float | None:
    """Pixels by which a figure goes elsewhere than planned from frame i to j; 0 where it fits as planned or nowhere clearly better.

    None where too little of it is seen, or where it would fit best at the edge of what is searched.
    """
    ids = footage.ids
    mask = ids[i] == instance
    if min(int(mask.sum()), int((ids[j] == instance).sum())) < LEAST:
        return None
    h, w = mask.shape
    own = cv2.dilate(mask.astype(np.uint8), np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8)) > 0
    y, x = np.nonzero(own & (mask | (ids[i] == 0)))
    planned = footage.planned.flow(i, j, AROUND)[y, x]
    to_x, to_y = x + planned[:, 0], y + planned[:, 1]
    seen = np.flatnonzero((to_x >= REACH) & (to_x < w - 1 - REACH) & (to_y >= REACH) & (to_y < h - 1 - REACH))
    if len(seen) < LEAST:
        return None
    seen = seen[:: max(1, len(seen) // POINTS)]
    before = footage.grey[i][y[seen], x[seen]].astype(np.float32)
    after = footage.grey[j].astype(np.float32)
    px, py = (v[seen, None].astype(np.float32) for v in (to_x, to_y))

    def unlike(dx: int, dy: int) -> float:
        change = cv2.remap(after, px + dx, py + dy, cv2.INTER_LINEAR)[:, 0] - before
        return float(np.minimum(np.abs(change - np.median(change)), MOST).mean())

    here = unlike(0, 0)
    if here <= ALIKE:
        return 0.0
    coarse = range(-REACH, REACH + 1, 2)
    cx, cy = min(((dx, dy) for dy in coarse for dx in coarse), key=lambda at: unlike(*at))
    if max(abs(cx), abs(cy)) >= REACH - 1:
        return None
    dx, dy = min(((cx + u, cy + v) for v in (-1, 0, 1) for u in (-1, 0, 1)), key=lambda at: unlike(*at))
    return float(np.hypot(dx, dy)) if unlike(dx, dy) < CLEARLY * here else 0.0

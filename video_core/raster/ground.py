"""The ground profile as heights and as flat strips that can be drawn.

Knows `shotplan.plan.Ground`. Does not know colours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import Ground

Floats = NDArray[np.float64]

FAR = 400.0
"""Metres to the edge of the world."""
STEP_RISE = 0.18
"""Aimed height of one stair, m."""
HILL_PIECES = 16


def stair_count(ground: Ground) -> int:
    return max(2, round(abs(ground.height) / STEP_RISE))


def height_at(ground: Ground, x: NDArray[np.floating] | float) -> Floats:
    """Ground height (m) at stage x (m), any shape."""
    t = np.clip((np.asarray(x, dtype=np.float64) - ground.x0) / (ground.x1 - ground.x0), 0.0, 1.0)
    match ground.kind:
        case "slope":
            return np.asarray(ground.height * t)
        case "steps":
            n = stair_count(ground)
            return np.asarray(ground.height * np.minimum(np.ceil(t * n), n) / n)
        case "gap":
            return np.where((t > 0) & (t < 1), -ground.height, 0.0)
        case "hill":
            return np.asarray(ground.height * 0.5 * (1 - np.cos(2 * np.pi * t)))
        case _:
            return np.zeros_like(t)


def outline(ground: Ground) -> Floats:
    """The profile as a polyline (n,2) of x, y from far left to far right; vertical pieces are risers and pit walls."""
    x0, x1, h = ground.x0, ground.x1, ground.height
    match ground.kind:
        case "slope":
            middle = [(x0, 0.0), (x1, h)]
        case "steps":
            n = stair_count(ground)
            xs = np.linspace(x0, x1, n + 1)
            middle = [(float(x), h * k / n) for i, x in enumerate(xs[:-1]) for k in (i, i + 1)]
            middle.append((x1, h))
        case "gap":
            middle = [(x0, 0.0), (x0, -h), (x1, -h), (x1, 0.0)]
        case "hill":
            middle = [(float(x), float(height_at(ground, x))) for x in np.linspace(x0, x1, HILL_PIECES + 1)]
        case _:
            middle = []
    left = middle[0][1] if middle else 0.0
    right = middle[-1][1] if middle else 0.0
    return np.array([(-FAR, left), *middle, (FAR, right)])


def strips(ground: Ground) -> list[Floats]:
    """World quads (4,3) that together are the ground."""
    line = outline(ground)
    quads = []
    for (xa, ya), (xb, yb) in zip(line[:-1], line[1:], strict=True):
        quads.append(np.array([(xa, ya, -FAR), (xb, yb, -FAR), (xb, yb, FAR), (xa, ya, FAR)]))
    return quads

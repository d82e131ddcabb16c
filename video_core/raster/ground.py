"""The ground profile as flat strips that can be drawn.

Knows `shotplan.plan.Ground`; its heights are staging's own. Does not know colours.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import Ground
from shotplan.staging.ground import height as height_at
from shotplan.staging.ground import stairs

__all__ = ["FAR", "height_at", "outline", "strips"]

Floats = NDArray[np.float64]

FAR = 400.0
"""Metres to the edge of the world."""
HILL_PIECES = 16


def outline(ground: Ground) -> Floats:
    """The profile as a polyline (n,2) of x, y from far left to far right; vertical pieces are risers and pit walls."""
    x0, x1, h = ground.x0, ground.x1, ground.height
    match ground.kind:
        case "slope":
            middle = [(x0, 0.0), (x1, h)]
        case "steps":
            n = stairs(ground)
            xs = np.linspace(x0, x1, n + 1)
            middle = [(float(x), h * k / n) for i, x in enumerate(xs[:-1]) for k in (i, i + 1)]
            middle.append((x1, h))
        case "gap":
            middle = [(x0, 0.0), (x0, -abs(h)), (x1, -abs(h)), (x1, 0.0)]
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
    for (xa, ya), (xb, yb) in itertools.pairwise(line):
        quads.append(np.array([(xa, ya, -FAR), (xb, yb, -FAR), (xb, yb, FAR), (xa, ya, FAR)]))
    return quads

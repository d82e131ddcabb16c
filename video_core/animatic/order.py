"""Who is drawn before whom: painter's order of actors, props and scenery.

Knows footprints on the floor. Does not know how anything is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """Something to be drawn."""

    key: tuple[str, int]
    """What it is: `actor`, `prop`, `back` (of a seat) or `dressing`, and its number."""
    depth: float
    """Metres along the camera's view to its middle."""
    position: Floats
    """(3,) base."""
    box: tuple[float, float, float] | None = None
    """Width, height, depth of a solid; None for a body."""
    yaw: float = 0.0
    on_floor: bool = False
    """Flat things that everything stands on."""
    hips: float = 0.0
    """Height of a body's hips, m."""


def in_front(body: Item, solid: Item, eye: Floats) -> bool:
    """Whether a body is nearer to the eye than a box-shaped solid, by the box's planes.

    It is when some side of the box has both the eye and the body outside.
    """
    assert solid.box is not None
    w, h, d = solid.box
    c, s = np.cos(solid.yaw), np.sin(solid.yaw)

    def local(p: Floats) -> Floats:
        x, y, z = p - solid.position
        return np.array([x * c - z * s, y, x * s + z * c])

    at, look = local(body.position), local(eye)
    for axis, half in ((0, w / 2), (2, d / 2)):
        for sign in (-1, 1):
            if look[axis] * sign > half and at[axis] * sign > half - 0.02:
                return True
    if look[1] > h and at[1] > h - 0.05:
        return True
    inside = abs(at[0]) <= w / 2 + 0.02 and abs(at[2]) <= d / 2 + 0.02
    if inside:  # on it: it stands there, or its hips are up there
        return bool(at[1] > 0.05 * h or body.hips - solid.position[1] > 0.8 * h)
    return False


def painters_order(items: Sequence[Item], eye: Floats) -> list[Item]:
    """Far to near; bodies and solids are compared by the solid's planes, everything else by depth."""
    pending = sorted(items, key=lambda i: (not i.on_floor, -i.depth, i.key))
    before: dict[tuple[str, int], set[tuple[str, int]]] = {i.key: set() for i in pending}
    solids = [i for i in pending if i.box is not None and not i.on_floor and i.key[0] in ("prop", "back")]
    for body in pending:
        if body.box is not None or body.on_floor:
            continue
        for solid in solids:
            if in_front(body, solid, eye):
                before[body.key].add(solid.key)
            else:
                before[solid.key].add(body.key)
    out: list[Item] = []
    done: set[tuple[str, int]] = set()
    while pending:
        ready = next((i for i in pending if before[i.key] <= done), pending[0])
        pending.remove(ready)
        out.append(ready)
        done.add(ready.key)
    return out

"""What can be stood on: the ground profile of a set and the tops of its props.

Knows heights in metres. Does not know who stands there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shotplan.plan import Ground, Prop, StageSet
from shotplan.staging.staged import Array
from shotplan.vocabulary import PROP_KINDS

STAIR = 0.18
"""Comfortable rise of one stair, m (Neufert, Architects' Data)."""


def height(ground: Ground, x: ArrayLike) -> Array:
    """Ground height (m) at each x; the same shape as `x`."""
    x = np.asarray(x, dtype=float)
    u = np.clip((x - ground.x0) / (ground.x1 - ground.x0), 0.0, 1.0)
    match ground.kind:
        case "flat":
            return np.zeros_like(x)
        case "slope":
            return ground.height * u
        case "steps":
            count = stairs(ground)
            return ground.height * np.ceil(u * count - 1e-9) / count
        case "gap":
            return np.where((x > ground.x0) & (x < ground.x1), -abs(ground.height), 0.0)
        case "hill":
            return ground.height * 0.5 * (1.0 - np.cos(2.0 * np.pi * u))


def stairs(ground: Ground) -> int:
    """How many equal stairs a `steps` ground has."""
    return max(1, round(abs(ground.height) / STAIR))


def smooth_height(ground: Ground, x: ArrayLike, tall: float = 1.7) -> Array:
    """How the body of somebody `tall` metres high, not its feet, rises over stairs and edges.

    Averaged over about a fifth of the height either side. At a gap, and for legs shorter than a stair, never below the ground itself.
    """
    x = np.asarray(x, dtype=float)
    if ground.kind in ("flat", "slope", "hill"):
        return height(ground, x)
    reach = float(np.clip(0.18 * tall, 0.05, 0.3))
    offsets = np.linspace(-reach, reach, 9)
    if ground.kind == "gap" or tall < 0.8:
        wide = height(ground, x[..., None, None] + offsets[:, None] + offsets)
        return np.asarray(wide.max(axis=-1).mean(axis=-1))
    return np.asarray(height(ground, x[..., None] + offsets).mean(axis=-1))


def turned(prop: Prop, x: ArrayLike, z: ArrayLike) -> tuple[Array, Array]:
    """Stage (x, z) in the prop's own axes: metres along its width and its depth from its centre."""
    dx, dz = np.asarray(x, dtype=float) - prop.x, np.asarray(z, dtype=float) - prop.z
    c, s = np.cos(np.radians(prop.yaw)), np.sin(np.radians(prop.yaw))
    return c * dx - s * dz, s * dx + c * dz


def half_extent(prop: Prop, direction: ArrayLike) -> float:
    """Metres from the prop's centre to its edge along a unit (x, z) direction."""
    c, s = np.cos(np.radians(prop.yaw)), np.sin(np.radians(prop.yaw))
    dx, dz = np.asarray(direction, dtype=float)
    along, across = abs(c * dx - s * dz), abs(s * dx + c * dz)
    half_w, half_d = prop.size[0] / 2, prop.size[2] / 2
    return float(min(half_w / max(along, 1e-9), half_d / max(across, 1e-9)))


def over(prop: Prop, x: ArrayLike, z: ArrayLike, margin: float = 0.0) -> np.ndarray:
    """Whether (x, z) lies over the prop's footprint widened by `margin` metres."""
    a, b = turned(prop, x, z)
    return np.asarray((np.abs(a) <= prop.size[0] / 2 + margin) & (np.abs(b) <= prop.size[2] / 2 + margin))


def seat_height(prop: Prop) -> float:
    """Metres above its own base at which the prop carries someone who stands or sits on it."""
    shape = PROP_KINDS[prop.kind].shape
    if shape == "seat":
        return prop.size[1] * 0.5
    if shape in ("tree", "pole", "lamp"):
        return prop.size[1] * 0.55
    return prop.size[1]


def base_height(stage_set: StageSet, prop: Prop) -> float:
    """Height (m) of the ground under the prop's centre."""
    return float(height(stage_set.ground, prop.x))


def surface(stage_set: StageSet, x: ArrayLike, z: ArrayLike, on: Prop | None = None) -> Array:
    """Height (m) that carries a body at (x, z): the ground, or the top of the prop `on` where it is below the point."""
    ground = height(stage_set.ground, x)
    if on is None:
        return ground
    top = base_height(stage_set, on) + seat_height(on)
    return np.where(over(on, x, z, 0.02), np.maximum(ground, top), ground)

"""Props as flat faces, limbs and balls.

Knows the geometry of each prop shape in metres. Does not know how any of it is coloured or outlined.
A prop stands with its base centre at the origin, width along X, height along Y, depth along Z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEAT_TOP = 0.51
"""Height of a seat's surface as a share of the whole seat's, back included."""
SEAT_BACK = 0.06
"""Thickness of a seat's back, m."""
SMALL_LAMP = 0.7
"""Height (m) below which a lamp is a candle or a lantern and stands on no post."""


@dataclass(frozen=True)
class Solid:
    """A prop's pieces in its own axes, metres."""

    faces: tuple[Floats, ...] = ()
    """Convex planar polygons (n,3)."""
    capsules: tuple[tuple[Floats, Floats, float, float], ...] = ()
    """Ends (3,), (3,) and radii."""
    balls: tuple[tuple[Floats, float, float], ...] = ()
    """Centre (3,), horizontal and vertical radius."""


def box_faces(x0: float, x1: float, y0: float, y1: float, z0: float, z1: float) -> tuple[Floats, ...]:
    """Six outward faces of an upright box: front, back, left, right, top, bottom."""
    return tuple(
        np.array(face, dtype=np.float64)
        for face in (
            [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
            [(x1, y0, z0), (x0, y0, z0), (x0, y1, z0), (x1, y1, z0)],
            [(x0, y0, z0), (x0, y0, z1), (x0, y1, z1), (x0, y1, z0)],
            [(x1, y0, z1), (x1, y0, z0), (x1, y1, z0), (x1, y1, z1)],
            [(x0, y1, z1), (x1, y1, z1), (x1, y1, z0), (x0, y1, z0)],
            [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
        )
    )


def _box(w: float, h: float, d: float, y: float = 0.0, x: float = 0.0, z: float = 0.0) -> tuple[Floats, ...]:
    return box_faces(x - w / 2, x + w / 2, y, y + h, z - d / 2, z + d / 2)


def _v(x: float, y: float, z: float) -> Floats:
    return np.array([x, y, z], dtype=np.float64)


def foliage(w: float, h: float, d: float) -> tuple[tuple[Floats, float, float], ...]:
    """Clumps of a tree crown: centre (3,), horizontal and vertical radius. The crown is about 0.45 of the height across."""
    r = max(w * 0.9, 0.24 * h)
    return (
        (_v(-0.62 * r, 0.56 * h, 0.10 * r), 0.62 * r, 0.15 * h),
        (_v(0.66 * r, 0.60 * h, -0.10 * r), 0.60 * r, 0.15 * h),
        (_v(0.0, 0.66 * h, 0.25 * r), 0.85 * r, 0.20 * h),
        (_v(-0.35 * r, 0.80 * h, -0.1 * r), 0.58 * r, 0.15 * h),
        (_v(0.32 * r, 0.84 * h, 0.0), 0.52 * r, 0.14 * h),
        (_v(0.0, 0.90 * h, 0.05 * r), 0.40 * r, 0.10 * h),
    )


def is_candle(size: tuple[float, float, float]) -> bool:
    """Whether a lamp of that size (width, height, depth in m) is slim and small; a wider small one is a lantern."""
    return size[1] < SMALL_LAMP and size[0] < 0.4 * size[1]


def solid_of(shape: str, size: tuple[float, float, float], openness: float = 0.0) -> Solid:
    """The pieces of a prop of `shape` and `size` (width, height, depth in m); `openness` 0..1 swings doors about their left edge."""
    w, h, d = size
    match shape:
        case "tree":
            trunk = (_v(0, 0, 0), _v(0, 0.62 * h, 0), 0.14 * w + 0.03, 0.09 * w + 0.02)
            return Solid(capsules=(trunk,), balls=foliage(w, h, d))
        case "log":
            if d >= w:
                return Solid(capsules=((_v(0, h / 2, -d / 2 + 0.1), _v(0, h / 2, d / 2 - 0.1), h / 2, h / 2),))
            return Solid(capsules=((_v(-w / 2 + 0.1, h / 2, 0), _v(w / 2 - 0.1, h / 2, 0), h / 2, h / 2),))
        case "rock":
            return Solid(
                balls=(
                    (_v(-0.1 * w, 0.42 * h, 0), 0.45 * w, 0.56 * h),
                    (_v(0.22 * w, 0.28 * h, 0.1 * d), 0.33 * w, 0.36 * h),
                )
            )
        case "bush":
            return Solid(
                balls=(
                    (_v(-0.22 * w, 0.4 * h, 0), 0.32 * w, 0.42 * h),
                    (_v(0.22 * w, 0.4 * h, 0), 0.32 * w, 0.42 * h),
                    (_v(0, 0.58 * h, 0), 0.34 * w, 0.42 * h),
                )
            )
        case "flower":
            return Solid(
                capsules=((_v(0, 0, 0), _v(0, 0.8 * h, 0), 0.012, 0.012),),
                balls=((_v(0, 0.85 * h, 0), w * 0.45, w * 0.45),),
            )
        case "ball":
            return Solid(balls=((_v(0, h / 2, 0), w / 2, h / 2),))
        case "cylinder":
            return Solid(capsules=((_v(0, w * 0.4, 0), _v(0, max(h - w * 0.4, w * 0.41), 0), w / 2, w / 2),))
        case "pole":
            return Solid(capsules=((_v(0, 0, 0), _v(0, h, 0), w / 2, w / 2),))
        case "lamp" if is_candle(size):
            body = (_v(0, w / 2, 0), _v(0, 0.8 * h - w / 2, 0), w / 2, w / 2)
            return Solid(capsules=(body,), balls=((_v(0, 0.89 * h, 0), 0.3 * w, 0.11 * h),))
        case "lamp" if h < SMALL_LAMP:
            return Solid(capsules=((_v(0, 0, 0), _v(0, h, 0), 0.07 * w, 0.05 * w),), balls=((_v(0, 0.5 * h, 0), w / 2, 0.4 * h),))
        case "lamp":
            pole = (_v(0, 0, 0), _v(0, 0.88 * h, 0), 0.05, 0.035)
            return Solid(capsules=(pole,), balls=((_v(0, 0.93 * h, 0), max(w * 0.5, 0.12), 0.07 * h),))
        case "table":
            legs = tuple(
                f
                for sx in (-1, 1)
                for sz in (-1, 1)
                for f in _box(0.07, h * 0.92, 0.07, 0, sx * (w / 2 - 0.06), sz * (d / 2 - 0.06))
            )
            return Solid(faces=_box(w, h * 0.09, d, h * 0.91) + legs)
        case "seat":
            parts = (solid_of("seat_base", size), solid_of("seat_back", size))
            return Solid(faces=parts[0].faces + parts[1].faces)
        case "seat_back":
            return Solid(faces=_box(w, h * (1 - SEAT_TOP + 0.03), SEAT_BACK, h * (SEAT_TOP - 0.03), 0, (SEAT_BACK - d) / 2))
        case "seat_base":
            legs = tuple(
                f
                for sx in (-1, 1)
                for sz in (-1, 1)
                for f in _box(0.06, h * 0.45, 0.06, 0, sx * (w / 2 - 0.05), sz * (d / 2 - 0.05))
            )
            return Solid(faces=_box(w, h * 0.09, d, h * (SEAT_TOP - 0.09)) + legs)
        case "house":
            wall = h * 0.58
            roof_y, eave = h, 0.12 * w
            x0, x1, z0, z1 = -w / 2, w / 2, -d / 2, d / 2
            gable = (
                np.array([(x0, wall, z1), (x1, wall, z1), (0, roof_y, z1)]),
                np.array([(x1, wall, z0), (x0, wall, z0), (0, roof_y, z0)]),
            )
            slopes = (
                np.array(
                    [
                        (x0 - eave, wall - 0.1, z1 + 0.2),
                        (0, roof_y, z1 + 0.2),
                        (0, roof_y, z0 - 0.2),
                        (x0 - eave, wall - 0.1, z0 - 0.2),
                    ]
                ),
                np.array(
                    [
                        (x1 + eave, wall - 0.1, z0 - 0.2),
                        (0, roof_y, z0 - 0.2),
                        (0, roof_y, z1 + 0.2),
                        (x1 + eave, wall - 0.1, z1 + 0.2),
                    ]
                ),
            )
            return Solid(faces=_box(w, wall, d) + gable + slopes)
        case "door":
            frame = (
                _box(0.09, h, d, 0, -w / 2 - 0.045) + _box(0.09, h, d, 0, w / 2 + 0.045) + _box(w + 0.18, 0.09, d, h)
            )
            angle = openness * 1.45
            c, s = np.cos(angle), np.sin(angle)
            leaf = []
            for face in _box(w, h, max(d * 0.4, 0.03)):
                x = face[:, 0] + w / 2
                leaf.append(np.stack([x * c + face[:, 2] * s - w / 2, face[:, 1], -x * s + face[:, 2] * c], axis=-1))
            return Solid(faces=frame + tuple(leaf))
        case _:
            return Solid(faces=_box(w, h, d))


def place(points: Floats, position: NDArray[np.floating], yaw: float) -> Floats:
    """Turn points (...,3) about +Y by `yaw` radians and set them at `position` (3,)."""
    c, s = np.cos(yaw), np.sin(yaw)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([x * c + z * s + position[0], y + position[1], -x * s + z * c + position[2]], axis=-1)

"""Outlines in pixels: polygons of discs, limbs, leaves and smooth curves.

Knows plane geometry. Does not know colours or cameras. A polygon is (n,2) float, pixels.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from video_core.raster.zbuffer import capsule_outline

Floats = NDArray[np.float64]


@lru_cache(maxsize=32)
def circle(points: int) -> Floats:
    """The unit circle (points,2)."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _steps(radius: float) -> int:
    return int(np.clip(7 + 3.2 * np.sqrt(max(radius, 0.0)), 8, 96))


def ellipse(centre: ArrayLike, rx: float, ry: float, angle: float = 0.0) -> Floats:
    """An ellipse turned by `angle` radians."""
    ring = circle(_steps(max(rx, ry))) * (rx, ry)
    if angle:
        c, s = np.cos(angle), np.sin(angle)
        ring = ring @ np.array([[c, s], [-s, c]])
    return np.asarray(ring + np.asarray(centre))


def ring_points(radius: float) -> int:
    """Corners a circle of this radius needs to look round."""
    return _steps(radius)


def limb(a: Floats, b: Floats, ra: float, rb: float) -> Floats:
    """Two discs and their tangents."""
    return capsule_outline(a, b, ra, rb, max(5, _steps(max(ra, rb)) // 2))


def hull(*polygons: Floats) -> Floats:
    """Convex hull of several polygons."""
    points = np.concatenate(polygons).astype(np.float32)
    return np.asarray(cv2.convexHull(points)[:, 0], dtype=np.float64)


def hull_of_discs(*discs: tuple[Floats, float]) -> Floats:
    """Convex hull of discs (centre, radius)."""
    return hull(*(ellipse(c, r, r) for c, r in discs))


def common(a: Floats, b: Floats) -> Floats | None:
    """The part two convex polygons share, or None."""
    area, points = cv2.intersectConvexConvex(a.astype(np.float32), b.astype(np.float32))
    if area <= 0.05 or points is None:
        return None
    return np.asarray(points[:, 0], dtype=np.float64)


def grow(polygon: Floats, by: float | Floats) -> Floats:
    """Move every corner outward by `by` pixels along its own normal."""
    around = np.concatenate([polygon[-1:], polygon, polygon[:1]])
    ahead = around[2:]
    along = ahead - around[:-2]
    normal = np.empty_like(along)
    normal[:, 0], normal[:, 1] = along[:, 1], -along[:, 0]
    normal /= np.maximum(np.sqrt(normal[:, 0] ** 2 + normal[:, 1] ** 2), 1e-6)[:, None]
    area = float((polygon[:, 0] * ahead[:, 1] - ahead[:, 0] * polygon[:, 1]).sum())
    sign = 1.0 if area > 0 else -1.0
    width = by if isinstance(by, float) else np.asarray(by)[:, None]
    return np.asarray(polygon + normal * sign * width)


@lru_cache(maxsize=16)
def _spline(pieces: int) -> Floats:
    t = np.linspace(0, 1, pieces, endpoint=False)
    return np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ],
        axis=-1,
    )


def smooth(points: ArrayLike, pieces: int = 5, *, closed: bool = True) -> Floats:
    """A Catmull-Rom curve through points (n,d)."""
    p = np.asarray(points, dtype=np.float64)
    if closed:
        control = np.stack([np.roll(p, 1, axis=0), p, np.roll(p, -1, axis=0), np.roll(p, -2, axis=0)], axis=1)
    else:
        q = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
        control = np.stack([q[:-3], q[1:-2], q[2:-1], q[3:]], axis=1)
    curve = np.einsum("tk,nkd->ntd", _spline(pieces), control).reshape(-1, p.shape[1])
    return curve if closed else np.concatenate([curve, p[-1:]])


def ribbon(points: Floats, widths: ArrayLike) -> Floats:
    """A polygon of varying half width along a curve (n,2): a brush stroke, a tail, a strand of hair."""
    along = np.gradient(points, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    normal /= np.maximum(np.hypot(normal[:, 0], normal[:, 1]), 1e-6)[:, None]
    w = np.asarray(widths, dtype=np.float64)[:, None]
    return np.concatenate([points + normal * w, (points - normal * w)[::-1]])

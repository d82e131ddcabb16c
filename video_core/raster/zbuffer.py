"""A z-buffer over instance ids: who is seen at each pixel, and how near.

Knows convex planar pieces, capsules and discs. Does not know bodies or props.
Inverse depth (1/m) is linear in the image on a plane, so a plane costs one multiply-add per pixel.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.raster.view import View

Floats = NDArray[np.float64]

_SHIFT = 4
_ONE = 1 << _SHIFT


class ZBuffer:
    """Ids (H,W) u8 and inverse depth (H,W) f32 in 1/m of one frame."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.ids = np.zeros(size, np.uint8)
        self.inverse = np.zeros(size, np.float32)
        self._mask = np.zeros(size, np.uint8)
        self._x = np.arange(size[1], dtype=np.float32) + 0.5
        self._y = (np.arange(size[0], dtype=np.float32) + 0.5)[:, None]

    def load(self, ids: NDArray[np.uint8], inverse: NDArray[np.float32]) -> None:
        np.copyto(self.ids, ids)
        np.copyto(self.inverse, inverse)

    def plane(self, camera_points: Floats, view: View, frame: int, id: int) -> None:
        """A clipped convex planar polygon, camera metres (n,3)."""
        a, b, c = camera_points[0], camera_points[1], camera_points[2]
        normal = np.cross(b - a, c - a)
        if len(camera_points) > 3 and not np.any(np.abs(normal) > 1e-9):
            normal = np.cross(c - a, camera_points[3] - a)
        offset = float(normal @ a)
        if abs(offset) < 1e-9:
            return
        fx, fy = view.focal[frame]
        cx, cy = view.centre[frame]
        gx, gy = float(normal[0] / fx / offset), float(normal[1] / fy / offset)
        g0 = float(normal[2] / offset - gx * cx - gy * cy)
        roi = self._fill(view.to_pixels(camera_points, frame))
        if roi is None:
            return
        rows, cols = roi
        inverse = self._x[cols] * np.float32(gx) + (self._y[rows] * np.float32(gy) + np.float32(g0))
        self._merge(rows, cols, inverse, id)

    def capsule(self, a: Floats, b: Floats, ra: float, rb: float, view: View, frame: int, id: int) -> None:
        """A tapered limb between two camera points (3,), radii in metres."""
        if a[2] < 0.1 and b[2] < 0.1:
            return
        if a[2] < 0.1 or b[2] < 0.1:
            near, far = (a, b) if a[2] < b[2] else (b, a)
            cut = far + (near - far) * ((far[2] - 0.1) / (far[2] - near[2]))
            a, b = (cut, far) if near is a else (far, cut)
        pa, pb = view.to_pixels(a, frame), view.to_pixels(b, frame)
        qa, qb = view.pixels_per_metre(a[2], frame) * ra, view.pixels_per_metre(b[2], frame) * rb
        ia, ib = 1 / max(a[2] - ra, 0.05), 1 / max(b[2] - rb, 0.05)
        roi = self._fill(capsule_outline(pa, pb, qa, qb))
        if roi is None:
            return
        rows, cols = roi
        axis = pb - pa
        length = float(axis @ axis)
        if length < 4 or abs(ia - ib) < 1e-4:
            self._merge(rows, cols, np.float32((ia + ib) / 2), id)
            return
        t = self._x[cols] * np.float32(axis[0] / length) + (
            self._y[rows] * np.float32(axis[1] / length) - np.float32(pa @ axis / length)
        )
        np.clip(t, 0, 1, out=t)
        self._merge(rows, cols, np.float32(ia) + t * np.float32(ib - ia), id)

    def disc(self, centre: Floats, rx: float, ry: float, view: View, frame: int, id: int) -> None:
        """A ball or upright ellipsoid that looks like an ellipse; camera point (3,), radii in metres."""
        if centre[2] < 0.1:
            return
        q = view.pixels_per_metre(centre[2], frame)
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        ring = view.to_pixels(centre, frame) + np.stack([np.cos(angle) * rx * q, np.sin(angle) * ry * q], axis=-1)
        roi = self._fill(ring)
        if roi is not None:
            self._merge(*roi, np.float32(1 / max(centre[2] - min(rx, ry), 0.05)), id)

    def _fill(self, polygon: Floats) -> tuple[slice, slice] | None:
        h, w = self.size
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        x0, y0 = max(int(low[0]) - 1, 0), max(int(low[1]) - 1, 0)
        x1, y1 = min(int(high[0]) + 2, w), min(int(high[1]) + 2, h)
        if x0 >= x1 or y0 >= y1:
            return None
        rows, cols = slice(y0, y1), slice(x0, x1)
        self._mask[rows, cols] = 0
        points = np.clip((polygon - 0.5) * _ONE, -1_000_000, 1_000_000)
        cv2.fillConvexPoly(self._mask, np.rint(points).astype(np.int32), 1, cv2.LINE_8, _SHIFT)
        return rows, cols

    def _merge(self, rows: slice, cols: slice, inverse: NDArray[np.float32] | np.float32, id: int) -> None:
        seen = self._mask[rows, cols].view(np.bool_) & (inverse > self.inverse[rows, cols])
        np.copyto(self.inverse[rows, cols], inverse, where=seen)
        np.copyto(self.ids[rows, cols], np.uint8(id), where=seen)


def capsule_outline(a: Floats, b: Floats, ra: float, rb: float, points: int = 9) -> Floats:
    """The outline (2*points,2) of two discs and their common tangents, in pixels."""
    axis = b - a
    length = float(np.hypot(axis[0], axis[1]))
    if length <= abs(ra - rb) + 1e-6:
        centre, radius = (a, ra) if ra >= rb else (b, rb)
        angle = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
        return np.asarray(centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    base = float(np.arctan2(axis[1], axis[0]))
    lean = float(np.arccos((ra - rb) / length))
    t = _unit_steps(points)
    angle = np.concatenate([base + lean + (2 * np.pi - 2 * lean) * t, base - lean + 2 * lean * t])
    out = np.empty((2 * points, 2))
    np.cos(angle, out=out[:, 0])
    np.sin(angle, out=out[:, 1])
    out[:points] *= ra
    out[:points] += a
    out[points:] *= rb
    out[points:] += b
    return out


@lru_cache(maxsize=64)
def _unit_steps(points: int) -> Floats:
    return np.linspace(0.0, 1.0, points)

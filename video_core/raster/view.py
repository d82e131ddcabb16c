"""The solved camera as pixels: projecting, clipping and scaling.

Knows one camera path at one image size. Does not know what is drawn with it.
Axes as in `shotplan.staging.staged`: camera-to-world, OpenCV (x right, y down, z forward).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEAR = 0.06
"""Metres in front of the lens within which nothing is drawn."""


@dataclass(frozen=True)
class View:
    """A camera path (F frames) at an image size."""

    w2c: Floats
    """(F,3,4)"""
    eye: Floats
    """(F,3) camera position."""
    focal: Floats
    """(F,2) pixels, x and y."""
    centre: Floats
    """(F,2) principal point, pixels."""
    size: tuple[int, int]
    """(H, W)"""

    @classmethod
    def of(
        cls,
        c2w: NDArray[np.floating],
        intrinsics: NDArray[np.floating],
        size: tuple[int, int],
        drawn_at: tuple[int, int],
    ) -> View:
        """The view for images of `drawn_at` from poses (F,4,4) and intrinsics (F,3,3) given in pixels of `size`."""
        pose: Floats = np.asarray(c2w, dtype=np.float64)
        k = np.asarray(intrinsics, dtype=np.float64)
        scale = np.array([drawn_at[1] / size[1], drawn_at[0] / size[0]])
        focal = np.stack([k[:, 0, 0], k[:, 1, 1]], axis=-1) * scale
        centre = np.stack([k[:, 0, 2], k[:, 1, 2]], axis=-1) * scale
        return cls(np.asarray(np.linalg.inv(pose)[:, :3], dtype=np.float64), pose[:, :3, 3], focal, centre, drawn_at)

    def __len__(self) -> int:
        return len(self.w2c)

    def still(self, frame: int) -> bool:
        """Whether the camera stands exactly as in the frame before."""
        if frame == 0:
            return False
        same = np.array_equal(self.w2c[frame], self.w2c[frame - 1])
        return bool(same and np.array_equal(self.focal[frame], self.focal[frame - 1]))

    def to_camera(self, points: NDArray[np.floating], frame: int) -> Floats:
        """World points (...,3) to camera metres (...,3)."""
        m = self.w2c[frame]
        return np.asarray(points @ m[:, :3].T + m[:, 3], dtype=np.float64)

    def to_pixels(self, camera_points: Floats, frame: int) -> Floats:
        """Camera points (...,3), all in front of the lens, to pixels (...,2)."""
        z = np.maximum(camera_points[..., 2:3], 1e-3)
        return np.asarray(camera_points[..., :2] / z * self.focal[frame] + self.centre[frame])

    def project(self, points: NDArray[np.floating], frame: int) -> Floats:
        """World points (...,3) to (...,3): pixel x, pixel y, depth in metres (<= 0 behind the camera)."""
        cam = self.to_camera(points, frame)
        return np.concatenate([self.to_pixels(cam, frame), cam[..., 2:3]], axis=-1)

    def project_all(self, points: NDArray[np.floating]) -> Floats:
        """World points (F,...,3) of every frame to (F,...,3): pixel x, pixel y, depth in metres."""
        flat = points.reshape(len(points), -1, 3)
        cam = np.einsum("fij,fnj->fni", self.w2c[:, :, :3], flat) + self.w2c[:, None, :, 3]
        z = np.where(np.abs(cam[..., 2:]) < 1e-3, 1e-3, cam[..., 2:])
        xy = cam[..., :2] / z * self.focal[:, None] + self.centre[:, None]
        return np.concatenate([xy, cam[..., 2:]], axis=-1).reshape(points.shape)

    def pixels_per_metre(self, depth: float, frame: int) -> float:
        return float(self.focal[frame, 1] / max(depth, NEAR))

    def frustum(self, frame: int, margin: float = 1.25) -> Floats:
        """(5,4) planes (normal, offset) with the seen side positive: near, left, right, top, bottom, `margin` times the image."""
        h, w = self.size
        fx, fy = self.focal[frame]
        tx, ty = w / 2 / fx * margin, h / 2 / fy * margin
        return np.array(
            [[0, 0, 1, -NEAR], [1, 0, tx, 0], [-1, 0, tx, 0], [0, 1, ty, 0], [0, -1, ty, 0]], dtype=np.float64
        )

    def clip(self, points: NDArray[np.floating], frame: int) -> Floats | None:
        """A convex world polygon (n,3) as seen: camera points (m,3) inside the frustum, or None when none of it is seen."""
        return clip_convex(self.to_camera(points, frame), self.frustum(frame))

    def polygon(self, points: NDArray[np.floating], frame: int) -> Floats | None:
        """A convex world polygon (n,3) as pixels (m,2), clipped to a little more than the image; None when unseen."""
        cam = self.clip(points, frame)
        return None if cam is None else self.to_pixels(cam, frame)

    def segments(self, a: Floats, b: Floats, frame: int) -> tuple[Floats, NDArray[np.bool_]]:
        """World segments a-b, (n,3) each, cut at the near plane: pixels (n,2,2) and which are seen at all (n,)."""
        ca, cb = self.to_camera(a, frame), self.to_camera(b, frame)
        da, db = ca[:, 2] - NEAR * 2, cb[:, 2] - NEAR * 2
        seen = (da > 0) | (db > 0)
        t = np.clip(da / np.where(np.abs(da - db) < 1e-9, 1e-9, da - db), 0, 1)[:, None]
        cut = ca + (cb - ca) * t
        ca, cb = np.where((da > 0)[:, None], ca, cut), np.where((db > 0)[:, None], cb, cut)
        return np.clip(np.stack([self.to_pixels(ca, frame), self.to_pixels(cb, frame)], axis=1), -9000, 9000), seen


def clip_convex(points: Floats, planes: Floats) -> Floats | None:
    """Cut a convex polygon (n,3) by planes (p,4), keeping the positive sides (Sutherland & Hodgman 1974)."""
    inside = points @ planes[:, :3].T + planes[:, 3]
    if (inside >= 0).all():
        return points
    if (inside < 0).all(axis=0).any():
        return None
    for k in np.flatnonzero((inside < 0).any(axis=0)):
        distance = points @ planes[k, :3] + planes[k, 3]
        kept: list[Floats] = []
        for i in range(len(points)):
            d0, d1 = distance[i - 1], distance[i]
            if (d0 >= 0) != (d1 >= 0):
                kept.append(points[i - 1] + (points[i] - points[i - 1]) * (d0 / (d0 - d1)))
            if d1 >= 0:
                kept.append(points[i])
        if len(kept) < 3:
            return None
        points = np.asarray(kept)
    return points

"""What the plan knows of a pixel: what kind of surface it shows, and where it will be in another frame.

Knows cameras and conditioning bundles. Does not know colours.
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
SKY = 1e-3
"""Inverse depth below which nothing stands."""
FLAT = 0.06
"""Share of its distance by which a pixel may lie off the floor and still be floor."""
JOINT_DEPTH = 0.08
"""Metres from a joint to the skin in front of it."""
NOTHING, GROUND, STANDING, FAR = 0, 1, 2, 3
"""Surfaces: an actor or a prop (nothing of the background); the floor; walls, houses, trees; the sky."""
SURFACES = {GROUND: "ground", STANDING: "walls and scenery", FAR: "sky"}


class PlannedPicture:
    """The geometry of a shot's frames at `size` (H, W)."""

    def __init__(self, conditioning: Conditioning, size: tuple[int, int]) -> None:
        self.conditioning, self.size = conditioning, size
        sy, sx = size[0] / conditioning.size[0], size[1] / conditioning.size[1]
        self._intrinsics = conditioning.intrinsics.astype(np.float64) * np.array([[sx], [sy], [1.0]])
        self._stretch = np.array([sx, sy])

    def ids(self, f: int) -> Bytes:
        """(H,W) instance ids of frame `f`."""
        return np.asarray(self._sized(self.conditioning.instance_ids[f]), np.uint8)

    def inverse_depth(self, f: int) -> Floats:
        """(H,W) 0..1, near is 1."""
        return np.asarray(self._sized(self.conditioning.inverse_depth[f].astype(np.float32)), np.float32)

    def _sized(self, image: Bytes | Floats) -> NDArray[np.generic]:
        return image if image.shape == self.size else np.asarray(cv2.resize(image, self.size[::-1], interpolation=cv2.INTER_NEAREST))

    @cached_property
    def metres(self) -> float | None:
        """What inverse depth 1 is in 1/m, told by the joints that are seen; None when none are."""
        c = self.conditioning
        seen = c.joints_2d[..., 2] >= 1
        if not seen.any():
            return None
        f, n, j = np.nonzero(seen)
        step = max(1, len(f) // 600)
        f, n, j = f[::step], n[::step], j[::step]
        world = np.concatenate([c.joints_3d[f, n, j], np.ones((len(f), 1))], axis=-1)
        z = np.einsum("kij,kj->ki", np.linalg.inv(c.camera_to_world[f].astype(np.float64)), world)[:, 2] - JOINT_DEPTH
        h, w = c.size
        x = np.clip(c.joints_2d[f, n, j, 0].astype(int), 0, w - 1)
        y = np.clip(c.joints_2d[f, n, j, 1].astype(int), 0, h - 1)
        near = c.inverse_depth[f, y, x].astype(np.float64)
        usable = (z > 0.1) & (near > SKY) & (near < 0.999) & (c.instance_ids[f, y, x] == n + 1)
        return float(np.median(1 / (near[usable] * z[usable]))) if usable.any() else None

    def rays(self, f: int) -> NDArray[np.float64]:
        """(H,W,3) directions in camera axes with z = 1."""
        h, w = self.size
        k = self._intrinsics[f]
        x, y = np.meshgrid((np.arange(w) + 0.5 - k[0, 2]) / k[0, 0], (np.arange(h) + 0.5 - k[1, 2]) / k[1, 1])
        return np.stack([x, y, np.ones_like(x)], axis=-1)

    def surfaces(self, f: int) -> Bytes:
        """(H,W) what each pixel of the background shows: `GROUND`, `STANDING`, `FAR`; `NOTHING` on actors and props."""
        near = self.inverse_depth(f)
        kind = np.full(self.size, STANDING, np.uint8)
        kind[near < SKY] = FAR
        if self.metres is not None:
            pose = self.conditioning.camera_to_world[f].astype(np.float64)
            height = pose[1, 3] + (self.rays(f) @ pose[:3, :3].T)[..., 1] / np.maximum(near * self.metres, 1e-6)
            away = 1 / np.maximum(near * self.metres, 1e-6)
            kind[(np.abs(height) < FLAT * np.maximum(away, 1.0)) & (near >= SKY)] = GROUND
        ids = self.ids(f)
        kind[cv2.dilate(ids, np.ones((5, 5), np.uint8)) > 0] = NOTHING
        return kind

    def flow(self, i: int, j: int, reach: int = 0) -> Floats:
        """(H,W,2) pixels that what is seen in frame `i` moves until frame `j`: the stage by depth and camera, figures by their joints.

        `reach`: pixels around a figure that move with it, for hair and clothes that its instance does not cover.
        """
        c = self.conditioning
        pose_i, pose_j = (c.camera_to_world[k].astype(np.float64) for k in (i, j))
        rays, near = self.rays(i), self.inverse_depth(i).astype(np.float64)
        if self.metres is None:
            near = np.zeros_like(near)  # only the camera's turn is known
        relative = np.linalg.inv(pose_j) @ pose_i
        there = rays @ relative[:3, :3].T + (near * (self.metres or 0.0))[..., None] * relative[:3, 3]
        k = self._intrinsics[j]
        z = np.maximum(there[..., 2], 1e-3)
        h, w = self.size
        x, y = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
        flow = np.stack([k[0, 0] * there[..., 0] / z + k[0, 2] - x, k[1, 1] * there[..., 1] / z + k[1, 2] - y], axis=-1)
        ids = self.ids(i)
        for n in range(len(c.scene.actors)):
            mask = _grown(ids == n + 1, reach) & ((ids == n + 1) | (ids == 0) | (ids > len(c.scene.actors)))
            if mask.any():
                flow[mask] = self._carried(mask, c.joints_2d[i, n], c.joints_2d[j, n])
        return np.clip(flow, -w, w).astype(np.float32)

    def drift(self) -> NDArray[np.float64]:
        """(F,2) rows and columns that the background has gone since the first frame, at the median of its pixels."""
        moved = [np.zeros(2)]
        for f in range(self.conditioning.frames - 1):
            flow, background = self.flow(f, f + 1), self.ids(f) == 0
            moved.append(np.median(flow[background], axis=0)[::-1] if background.any() else np.zeros(2))
        return np.cumsum(moved, axis=0)

    def figures(self, f: int, reach: int) -> Floats:
        """(H,W) inverse depth in which every figure reaches `reach` pixels around itself."""
        near, ids = self.inverse_depth(f), self.ids(f)
        actors = np.where((ids > 0) & (ids <= len(self.conditioning.scene.actors)), near, 0).astype(np.float32)
        return np.maximum(near, np.asarray(cv2.dilate(actors, _disc(reach)), np.float32))

    def _carried(self, mask: NDArray[np.bool_], here: Floats, there: Floats) -> NDArray[np.float64]:
        """(P,2) motion of the masked pixels: each as the joints near it."""
        y, x = np.nonzero(mask)
        start = here[:, :2] * self._stretch
        moved = (there[:, :2] - here[:, :2]) * self._stretch
        usable = (here[:, 2] > 0) & (there[:, 2] > 0)
        if not usable.any():
            return np.zeros((len(x), 2))
        away = (x[:, None] + 0.5 - start[usable, 0]) ** 2 + (y[:, None] + 0.5 - start[usable, 1]) ** 2
        weight = 1 / (away + 4.0) ** 2
        return np.asarray((weight / weight.sum(1, keepdims=True)) @ moved[usable])


def _disc(reach: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)), np.uint8)


def _grown(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    return mask if not reach else np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(reach))) > 0

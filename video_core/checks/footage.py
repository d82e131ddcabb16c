"""A finished clip beside its plan, both small enough to be measured quickly.

Knows sizes, optical flow and colours. Does not know what is good or bad.
F frames, N actors, M props; (h, w) is the size of measuring, at most 240 rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning
from video_core.planned_picture import PlannedPicture

ROWS = 240
"""Rows at which clips are measured; larger ones are reduced."""
LEAST = 80
"""Pixels of an instance, at the size of measuring, below which nothing is said of it in that frame."""
SHARED = 0.2
"""Part of the picture that two frames must both show to be compared along the flow."""

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Footage:
    """`frames` (F,H,W,3) RGB uint8 of the shot that `conditioning` plans; the shorter of the two counts."""

    def __init__(self, frames: Bytes, conditioning: Conditioning, joins: tuple[int, ...] = ()) -> None:
        self.joins = joins
        """See `video_core.backends.backend.Clip.joins`."""
        self._conditioning = conditioning
        height, width = conditioning.size
        shrink = min(1.0, ROWS / height)
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        self.length = min(len(frames), conditioning.frames)
        self.fps = conditioning.scene.fps
        self.weather = conditioning.scene.weather
        self.frames = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames[: self.length]])
        self.ids: Bytes = np.stack(
            [cv2.resize(i, size, interpolation=cv2.INTER_NEAREST) for i in conditioning.instance_ids[: self.length]]
        )
        self.inverse_depth: Floats = np.stack(
            [
                cv2.resize(d.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
                for d in conditioning.inverse_depth[: self.length]
            ]
        )
        scale = np.array([size[0] / width, size[1] / height, 1.0], np.float32)
        n = self.length
        joints = (conditioning.joints_2d[:n] * scale).reshape(n, -1, 3)
        self.points: Floats = np.concatenate([joints, conditioning.tracks[:n] * scale], axis=1)
        """(F,P,3) every joint and track point: x, y in pixels of measuring, visibility."""
        self.in_frame: NDArray[np.intp] = (conditioning.joints_2d[:n, ..., 2] > 0).sum(2)
        """(F,N) how many of each actor's joints are inside the frame."""
        self.names = [a.id for a in conditioning.scene.actors] + [p.id for p in conditioning.scene.props]
        """Whose id 1, 2, ... is."""
        self.actors = len(conditioning.scene.actors)

    @cached_property
    def planned(self) -> PlannedPicture:
        """The staged geometry at the size of measuring."""
        return PlannedPicture(self._conditioning, (self.frames.shape[1], self.frames.shape[2]))

    @cached_property
    def grey(self) -> Bytes:
        return np.stack([cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in self.frames])

    @cached_property
    def lab(self) -> Floats:
        """CIE Lab, L in 0..100."""
        return np.stack([cv2.cvtColor(f.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for f in self.frames])

    @cached_property
    def flow(self) -> Floats:
        """(F-1,h,w,2) pixels from each frame to the next (Kroeger et al. 2016, dense inverse search)."""
        search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        pairs = zip(self.grey[:-1], self.grey[1:], strict=True)
        h, w = self.grey.shape[1:]
        flows = [search.calc(a, b, np.zeros((h, w, 2), np.float32)) for a, b in pairs]
        return np.stack(flows) if flows else np.zeros((0, h, w, 2), np.float32)

    def carried(self, t: int, pictures: NDArray[Any]) -> tuple[Floats, NDArray[np.bool_]]:
        """Frame t + 1 of `pictures` (F,h,w) or (F,h,w,3) brought back along the flow to frame t, and where that can be trusted (h,w)."""
        h, w = self.grey.shape[1:]
        gx, gy = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        x, y = gx + self.flow[t, ..., 0], gy + self.flow[t, ..., 1]
        ahead = cv2.remap(pictures[t + 1], x, y, cv2.INTER_LINEAR)
        ids = cv2.remap(self.ids[t + 1], x, y, cv2.INTER_NEAREST)
        edge = cv2.dilate(cv2.morphologyEx(self.ids[t], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.ones((5, 5), np.uint8)) > 0
        sure = (ids == self.ids[t]) & ~edge & (x >= 0) & (x < w - 1) & (y >= 0) & (y < h - 1)
        return np.asarray(ahead, np.float32), sure

    def colour_change(self, t: int) -> tuple[Floats, NDArray[np.bool_]]:
        """(h,w,3) change of Lab from frame t to the next along the flow, and where it can be trusted (h,w)."""
        ahead, sure = self.carried(t, self.lab)
        return ahead - self.lab[t], sure

    @cached_property
    def residual(self) -> Floats:
        """(F-1,h,w) grey levels by which a frame differs from the one before carried along the flow; NaN where uncovered."""
        out = np.full((max(self.length - 1, 0), *self.grey.shape[1:]), np.nan, np.float32)
        for t in range(len(out)):
            ahead, sure = self.carried(t, self.grey)
            out[t][sure] = np.abs(ahead - self.grey[t])[sure]
        return out

    @cached_property
    def brightening(self) -> Floats:
        """(F-1,) grey levels by which what two frames both show grows brighter; of the whole pictures where they share little."""
        out = np.zeros(max(self.length - 1, 0), np.float32)
        for t in range(len(out)):
            ahead, sure = self.carried(t, self.grey)
            shared = sure.mean() >= SHARED
            out[t] = np.median((ahead - self.grey[t])[sure]) if shared else self.grey[t + 1].mean() - self.grey[t].mean()
        return out

    @cached_property
    def planned_motion(self) -> Floats:
        """(F-1,) pixels that the plan's visible points move, frame to frame: three in four less, one in four more."""
        return self.planned_steps(0.75)

    def planned_steps(self, share: float) -> Floats:
        """(F-1,) pixels that a `share` of the plan's visible points move less than, frame to frame; 0 where none is seen."""
        seen = (self.points[:-1, :, 2] >= 1) & (self.points[1:, :, 2] >= 1)
        moved = np.linalg.norm(np.diff(self.points[..., :2], axis=0), axis=-1)
        return np.array(
            [float(np.quantile(m[s], share)) if s.any() else 0.0 for m, s in zip(moved, seen, strict=True)], np.float32
        )

    def sampled(self, instance: int, most: int = 6, *, of: Sequence[int] | None = None) -> list[int]:
        """Up to `most` frames, evenly spread, in which an instance is large enough to be measured. `of`: the frames that may be taken."""
        large = [f for f in (range(self.length) if of is None else of) if int((self.ids[f] == instance).sum()) >= LEAST]
        if len(large) <= most:
            return large
        return [large[round(k)] for k in np.linspace(0, len(large) - 1, most)]

"""How much a picture trembles where nothing but the camera and the figures moves: before a stage and after it, on the same motion.

Warping error as in Lai et al. 2018, "Learning Blind Video Temporal Consistency". Knows frames. Does not know stages or plans.
"""

from __future__ import annotations

import cv2
import numpy as np

from video_core.finishing.stage import Bytes

ROWS = 360
"""Rows at which optical flow is searched."""
PAIRS = 10
"""Pairs of frames of a shot that are measured."""
STEADY = 12.0
"""Grey levels of the frame before, carried along, from which a pixel may differ and still count as followed."""


class Flicker:
    """Told pairs of (before, after) frames in order, it measures the trembling of each at the size of `after`."""

    def __init__(self, count: int) -> None:
        self._wanted = {int(f) for f in np.linspace(1, count - 1, min(PAIRS, count - 1)).round()} if count > 1 else set()
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._f = 0
        self._last: tuple[Bytes, Bytes] | None = None
        self._before: list[float] = []
        self._after: list[float] = []

    def see(self, before: Bytes, after: Bytes) -> None:
        """`before` is enlarged to the size of `after` (bicubic) when it is smaller."""
        if self._f in self._wanted or self._f + 1 in self._wanted:
            size = (after.shape[1], after.shape[0])
            plain = before if before.shape == after.shape else cv2.resize(before, size, interpolation=cv2.INTER_CUBIC)
            grey = (cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY), cv2.cvtColor(after, cv2.COLOR_RGB2GRAY))
            if self._last is not None and self._f in self._wanted:
                self._measure(self._last, grey)  # type: ignore[arg-type]
            self._last = grey  # type: ignore[assignment]
        self._f += 1

    def _measure(self, last: tuple[Bytes, Bytes], now: tuple[Bytes, Bytes]) -> None:
        h, w = now[0].shape
        shrink = min(1.0, ROWS / h)
        small = (max(16, round(w * shrink)), max(16, round(h * shrink)))
        a, b = (cv2.resize(g, small, interpolation=cv2.INTER_AREA) for g in (last[0], now[0]))
        flow = self._search.calc(b, a, np.zeros((*a.shape, 2), np.float32))
        flow = cv2.resize(flow, (w, h)) * np.array([w / small[0], h / small[1]], np.float32)
        x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        x, y = x + flow[..., 0], y + flow[..., 1]
        residual = [
            np.abs(cv2.remap(before, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32) - after)
            for before, after in zip(last, now, strict=True)
        ]
        sure = (residual[0] < STEADY) & (x >= 0) & (x < w - 1) & (y >= 0) & (y < h - 1)
        if sure.any():
            self._before.append(float(residual[0][sure].mean()))
            self._after.append(float(residual[1][sure].mean()))

    @property
    def result(self) -> tuple[float, float] | None:
        """Grey levels of 255 before and after; None for a single frame."""
        return (float(np.mean(self._before)), float(np.mean(self._after))) if self._before else None

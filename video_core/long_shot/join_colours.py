"""Colours at the joins of a long shot: what to add to a clip so that it goes on as the film left off, and stays where the film began.

    field   at the join: what the last frame of the film and the clip's first own frame differ by, motion taken out; smooth over the picture
    shift   later: one number per channel, from the same things in the first clip and in this one

The field takes the flash away and fades into the shift within a second, so that what is wrong with it does not last; the shift holds
the clip to the shot's first, so that nothing adds up from clip to clip. Where a shot cannot tell (nothing is staged, or its things
differ among themselves by more than the clips do), the field's own mean is held instead.

Knows pictures and what is staged where. Does not know clips' places in a shot (`video_core.long_shot.draw`).
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.animatic.draw import instance_colors
from video_core.conditioning import Conditioning

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

ROWS = 60
"""Rows at which colours are compared."""
MOST = 24.0
"""Grey levels of 255 that a join may add to or take from a channel."""
SMOOTH = 0.15
"""Standard deviation of the field's blur, in picture heights."""
LEAST = 40
"""Pixels, at the size of comparing, of a thing whose colour counts."""
DOUBT = 1.5
"""Standard errors by which the first clip must contradict a held colour to be followed half of the way."""


def small(frames: Bytes, rows: int = ROWS) -> Bytes:
    """Frames (F,H,W,3) averaged to at most `rows` rows."""
    h, w = frames.shape[1:3]
    if h <= rows:
        return frames
    return np.stack([cv2.resize(f, (max(1, round(w * rows / h)), rows), interpolation=cv2.INTER_AREA) for f in frames])


def field(wanted: Bytes, own: Bytes) -> Floats:
    """(H,W,3) to add to `own` to get the colours of `wanted`, two pictures (H,W,3) of nearly the same moment; details are left alone."""
    height, width = own.shape[:2]
    a, b = small(own[None], 2 * ROWS)[0], small(wanted[None], 2 * ROWS)[0]
    h, w = a.shape[:2]
    usual = np.median(b.astype(np.float32) - a, axis=(0, 1))  # else the flow would see a brighter slope of light as a moved one
    grey = [cv2.cvtColor(np.clip(x, 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for x in (a + usual, b)]
    usable = np.ones((h, w), np.float32)
    ahead = b.astype(np.float32)
    if min(h, w) >= 32:  # the flow's own least
        flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(grey[0], grey[1], np.zeros((h, w, 2), np.float32))
        gx, gy = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        x, y = gx + flow[..., 0], gy + flow[..., 1]
        ahead = np.asarray(cv2.remap(ahead, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
        usable = ((x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1)).astype(np.float32)
    change = ahead - a
    far = np.abs(change - np.median(change.reshape(-1, 3), axis=0)).max(-1)
    weight = usable * (far < MOST) * ((a > 2) & (a < 253)).all(-1)
    if weight.mean() < 0.02:
        return np.zeros((height, width, 3), np.float32)
    mean = (change * weight[..., None]).sum((0, 1)) / weight.sum()
    sigma = SMOOTH * h
    local = cv2.GaussianBlur((change - mean) * weight[..., None], (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    near = cv2.GaussianBlur(weight.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    smooth = mean + local / (near[..., None] + 0.1)  # where little is known, the mean
    large = cv2.resize(smooth.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.asarray(large, np.float32), -MOST, MOST)


class FirstColours:
    """The colours that the things of a shot have in its first clip."""

    def __init__(self, shot: Conditioning) -> None:
        self.shot = shot
        self.seen: dict[int, tuple[Floats, int]] = {}

    def learn(self, clip: Bytes) -> None:
        """Of the shot's first frames."""
        self.seen = self._means(small(clip).astype(np.float32), 0)

    def shift(self, clip: Floats, start: int) -> tuple[Floats, Floats]:
        """(3,) to add to frames (F,H,W,3) from frame `start` on, and its standard error (3,); infinite where the shot cannot tell."""
        now = self._means(clip, start)
        both = [code for code in now if code in self.seen]
        if len(both) < 3:
            return np.zeros(3, np.float32), np.full(3, np.inf, np.float32)
        change = np.stack([self.seen[code][0] - now[code][0] for code in both])
        weight = np.sqrt([min(self.seen[code][1], now[code][1]) for code in both])
        order = np.argsort(change, axis=0)
        half = np.cumsum(weight[order], axis=0) >= weight.sum() / 2
        middle = np.take_along_axis(change, order, 0)[half.argmax(0), range(3)]
        spread = (np.abs(change - middle) * weight[:, None]).sum(0) / weight.sum()
        count = weight.sum() ** 2 / (weight**2).sum()
        return middle.astype(np.float32), (1.25 * spread / np.sqrt(count)).astype(np.float32)

    @cached_property
    def _flat(self) -> NDArray[np.int32] | None:
        """(F,h,w) code of the material that is staged at each pixel; None where nothing is staged."""
        if not self.shot.scene.place:
            return None
        height, width = self.shot.size
        rows = min(ROWS, height)
        colours = instance_colors(self.shot, size=(rows, max(1, round(width * rows / height)))).astype(np.int32)
        return np.asarray((colours[..., 0] << 16) | (colours[..., 1] << 8) | colours[..., 2], np.int32)

    def _means(self, frames: Floats, start: int) -> dict[int, tuple[Floats, int]]:
        """Mean colour (3,) and pixels of every material in frames (F,h,w,3)."""
        if self._flat is None:
            return {}
        codes = self._flat[start : start + len(frames)].reshape(-1)
        pixels = frames[: len(self._flat) - start].reshape(-1, 3)
        found, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
        sums = np.stack([np.bincount(inverse, pixels[:, c], len(found)) for c in range(3)], axis=1)
        return {
            int(code): ((total / count).astype(np.float32), int(count))
            for code, total, count in zip(found, sums, counts, strict=True)
            if count >= LEAST
        }


def held(join: Floats, first: Floats, error: Floats) -> Floats:
    """(3,) what a clip keeps: the join's own mean shift, moved to the `first` clip's as far as that is sure of its own.

    How far: difference squared over itself and the variance, as James and Stein (1961) shrink a mean.
    """
    against = np.where(np.isfinite(error), first - join, 0.0)
    doubt = DOUBT * np.where(np.isfinite(error), error, 0.0)
    moved = against**3 / (against**2 + doubt**2 + 1e-6)
    return np.clip(join + moved, -MOST, MOST).astype(np.float32)

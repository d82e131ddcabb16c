"""In-between frames from optical flow: both ways, occlusion-aware, with the plan's motion as its first guess.

Knows two frames and, where there is one, what the plan says of motion and depth between them. Does not know clips or cuts.

Dense inverse search (Kroeger et al. 2016) is run forwards and backwards, once from nothing and once from the planned motion; each pixel
keeps what explains it better. Every pixel of both frames is then thrown to the moment wanted, nearest surface last (forward warping, as in
Niklaus & Liu 2020, "Softmax Splatting"), so that what only one frame shows comes from that frame alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.finishing.stage import Bytes
from video_core.planned_picture import PlannedPicture

Floats = NDArray[np.float32]
CONSISTENT = 1.5
"""Pixels by which the way back may miss the start and the pixel still be seen in both frames."""
SLACK = 0.05
"""The same, as a share of the way."""
MARGIN = 1.0
"""Grey levels by which a later guess must explain a pixel better than an earlier one."""
SURE = 24.0
"""Grey levels between the two frames' pixels at which their mean becomes the nearer frame's alone."""


@dataclass(frozen=True)
class Guess:
    """What the plan says of a pair of frames, at their size."""

    forward: tuple[Floats, ...]
    """(H,W,2) pixels from the first to the second; more than one where it is not sure what belongs to a figure."""
    backward: tuple[Floats, ...]
    near: tuple[Floats, Floats]
    """(H,W) inverse depth of each: of two things on one spot the nearer is seen."""


def planned(picture: PlannedPicture, i: int, j: int) -> Guess:
    """What the plan says of frames `i` and `j` of a shot."""
    reaches = (max(1, picture.size[0] // 160), max(3, picture.size[0] // 24))
    forward, backward = (tuple(picture.flow(*pair, reach) for reach in reaches) for pair in ((i, j), (j, i)))
    return Guess(forward, backward, (picture.figures(i, reaches[0]), picture.figures(j, reaches[0])))


class FlowPair:
    """Two neighbouring frames (H,W,3) and the motion between them."""

    def __init__(self, first: Bytes, second: Bytes, guess: Guess | None = None) -> None:
        self.frames = (first, second)
        self.guess = guess
        grey: list[Bytes] = [np.asarray(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY), np.uint8) for f in self.frames]
        h, w = grey[0].shape
        self._x, self._y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        self.forward = self._search(grey[0], grey[1], guess.forward if guess else ())
        self.backward = self._search(grey[1], grey[0], guess.backward if guess else ())
        self._trusted = (self._consistent(self.forward, self.backward), self._consistent(self.backward, self.forward))
        self._grey = grey

    def _search(self, a: Bytes, b: Bytes, guesses: tuple[Floats, ...]) -> Floats:
        """The flow from `a` to `b`: of what is found from nothing and from each guess, what explains each pixel's surroundings best."""
        search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        best: Floats | None = None
        least = np.zeros(a.shape, np.float32)
        for n, guess in enumerate((*guesses, np.zeros((*a.shape, 2), np.float32))):
            carried = np.asarray(self._at(b, guess), np.uint8)
            rest = np.asarray(search.calc(a, carried, np.zeros_like(guess)), np.float32)
            flow = rest + self._at(guess, rest)
            missed = np.asarray(cv2.boxFilter(self._missed(a, b, flow), -1, (7, 7)), np.float32)
            if best is None:
                best, least = flow, missed
                continue
            better = missed < least - (MARGIN if n else 0)
            best = np.where(better[..., None], flow, best)
            least = np.where(better, missed, least)
        assert best is not None
        return best

    def _missed(self, a: Bytes, b: Bytes, flow: Floats) -> Floats:
        return np.abs(a.astype(np.float32) - self._at(b, flow))

    def _at(self, image: Bytes | Floats, flow: Floats) -> Floats:
        x, y = self._x + flow[..., 0], self._y + flow[..., 1]
        return np.asarray(cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def _consistent(self, there: Floats, back: Floats) -> NDArray[np.bool_]:
        """(H,W) whether a pixel that goes there comes back, inside the frame."""
        h, w = there.shape[:2]
        x, y = self._x + there[..., 0], self._y + there[..., 1]
        inside = (x >= -0.5) & (x <= w - 0.5) & (y >= -0.5) & (y <= h - 0.5)
        away = np.linalg.norm(there + self._at(back, there), axis=-1)
        return np.asarray(inside & (away < CONSISTENT + SLACK * np.linalg.norm(there, axis=-1)))

    @property
    def unexplained(self) -> float:
        """Mean grey levels between the first frame and the second carried back; large across a cut."""
        return float(self._missed(self._grey[0], self._grey[1], self.forward).mean())

    def at(self, moment: float) -> Bytes:
        """The frame at `moment`, 0 the first .. 1 the second."""
        from_first, seen_first = self._thrown(0, self.forward, moment)
        from_second, seen_second = self._thrown(1, self.backward, 1 - moment)
        motion = np.where(seen_first[..., None], from_first, -from_second)
        both = seen_first & seen_second
        apart = np.linalg.norm(from_first + from_second, axis=-1)
        motion[both & (apart < 2.0)] = 0.5 * (from_first - from_second)[both & (apart < 2.0)]
        motion = _filled(motion, seen_first | seen_second)
        a = self._at(self.frames[0], -moment * motion)
        b = self._at(self.frames[1], (1 - moment) * motion)
        h, w = motion.shape[:2]
        ax, ay = self._x - moment * motion[..., 0], self._y - moment * motion[..., 1]
        bx, by = self._x + (1 - moment) * motion[..., 0], self._y + (1 - moment) * motion[..., 1]
        in_a = (ax >= -0.5) & (ax <= w - 0.5) & (ay >= -0.5) & (ay <= h - 0.5)
        in_b = (bx >= -0.5) & (bx <= w - 0.5) & (by >= -0.5) & (by <= h - 0.5)
        only_a, only_b = seen_first & ~seen_second, seen_second & ~seen_first
        share_a = np.where(only_a, 0.9, np.where(only_b, 0.1, 0.5)) * np.where(in_a, 1.0, 1e-3) * (1 - moment)
        share_b = np.where(only_b, 0.9, np.where(only_a, 0.1, 0.5)) * np.where(in_b, 1.0, 1e-3) * moment
        weight = cv2.GaussianBlur((share_b / (share_a + share_b)).astype(np.float32), (3, 3), 0)
        doubt = np.clip(np.abs(a - b).mean(-1) / SURE - 1, 0, 1)
        nearer = np.where(weight > 0.5, 1.0, 0.0) if moment != 0.5 else np.where(weight > 0.5, 1.0, np.where(weight < 0.5, 0.0, weight))
        weight = (weight * (1 - doubt) + nearer * doubt)[..., None]
        return np.clip(np.round(a * (1 - weight) + b * weight), 0, 255).astype(np.uint8)

    def _thrown(self, which: int, flow: Floats, moment: float) -> tuple[Floats, NDArray[np.bool_]]:
        """The flow of each pixel, written where that pixel is at `moment`; and where any was. Trusted over not, then near over far."""
        h, w = flow.shape[:2]
        x = np.round(self._x + moment * flow[..., 0]).astype(np.int32)
        y = np.round(self._y + moment * flow[..., 1]).astype(np.int32)
        inside = (x >= 0) & (x < w) & (y >= 0) & (y < h) & self._trusted[which]
        rank = self.guess.near[which] if self.guess else np.linalg.norm(flow, axis=-1)
        order = np.argsort(rank[inside], kind="stable")
        target = (y * w + x)[inside][order]
        out = np.zeros((h * w, 2), np.float32)
        seen = np.zeros(h * w, np.uint8)
        out[target] = flow[inside][order]
        seen[target] = 1
        # single pixels that nothing was thrown on, between others that were: cracks of a surface that grows
        mask = seen.reshape(h, w)
        cracks = (cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0) & (mask == 0)
        flow_at = out.reshape(h, w, 2)
        if cracks.any():
            count = cv2.boxFilter(mask.astype(np.float32), -1, (3, 3), normalize=False)
            mean = cv2.boxFilter(flow_at, -1, (3, 3), normalize=False) / np.maximum(count, 1)[..., None]
            flow_at[cracks] = mean[cracks]
            mask = mask | cracks
        return flow_at, mask > 0


def _filled(motion: Floats, known: NDArray[np.bool_]) -> Floats:
    """Unknown pixels take the motion around them, weighted over ever larger windows."""
    if known.all():
        return motion
    out, left = np.where(known[..., None], motion, 0).astype(np.float32), known.astype(np.float32)
    done = known.copy()
    for reach in (5, 11, 25, 61, 151):
        count = cv2.boxFilter(left, -1, (reach, reach), normalize=False)
        total = cv2.boxFilter(np.where(known[..., None], motion, 0).astype(np.float32), -1, (reach, reach), normalize=False)
        new = ~done & (count > 0.5)
        out[new] = (total / np.maximum(count, 1)[..., None])[new]
        done |= new
        if done.all():
            break
    return out


def blended(first: Bytes, second: Bytes, moments: Sequence[float]) -> list[Bytes]:
    """Mixtures of two frames: what is compared with."""
    return [np.asarray(cv2.addWeighted(first, 1 - m, second, m, 0)) for m in moments]

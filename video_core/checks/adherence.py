"""Did the backend draw what the plan says, where it says it: places, motion, and who is in front.

Knows how to tell without any detector, so that it works in every style: colours are learnt from the clip itself, in frames other
than the one judged. Does not know how clips are made.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.checks.colours import typical_colours
from video_core.checks.footage import LEAST, Footage
from video_core.checks.measure import Measure, check

PLACE = 0.40
"""IoU. Guessing gives 1/3, since the surroundings are as large as the instance; see `evals.bench.checks`."""
MOTION = 0.9
"""Error of motion as a share of the planned motion; a still picture of a moving plan has 1."""
ORDER = 0.60
"""Share of pixels; guessing gives 1/2."""
TOLD = 0.75
"""Share of the pixels of two that must be told apart by colour before it is asked which of them covers the other."""
APART = 1.05
"""Nearer by at least this factor counts as in front."""
CORNER = 1e-3
"""Smaller eigenvalue of the image's structure below which motion cannot be seen: an even area, or one straight edge."""
NEIGHBOURHOOD = 15
"""Pixels around an instance that count as its surroundings."""

Colours = NDArray[np.float32]


def _distance(pixels: NDArray[np.float32], colours: Colours) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(pixels[:, None] - colours, axis=-1).min(1), np.float32)


def _parts(footage: Footage, frame: int, instance: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The instance's pixels and as many around it (h,w)."""
    mask = footage.ids[frame] == instance
    near = cv2.dilate(mask.astype(np.uint8), np.ones((NEIGHBOURHOOD, NEIGHBOURHOOD), np.uint8)).astype(bool)
    return mask, near & ~mask


def _learnt(footage: Footage, frames: Sequence[int], instance: int) -> tuple[Colours, Colours] | None:
    inside, outside = [], []
    for f in frames:
        mask, around = _parts(footage, f, instance)
        inside.append(footage.lab[f][mask])
        outside.append(footage.lab[f][around])
    own, other = np.concatenate(inside), np.concatenate(outside)
    return (typical_colours(own), typical_colours(other)) if len(own) >= LEAST and len(other) >= LEAST else None


@check("adherence.place")
def place(footage: Footage) -> Iterator[Measure]:
    """Every actor and prop can be told from its surroundings by colour exactly where the plan has it (mean IoU over frames)."""
    for k, name in enumerate(footage.names, 1):
        frames = footage.sampled(k)
        found = []
        for f in frames:
            others = [g for g in frames if g != f]
            learnt = _learnt(footage, others, k) if others else None
            if learnt is None:
                continue
            mask, around = _parts(footage, f, k)
            either = mask | around
            pixels = footage.lab[f][either]
            drawn, planned = _distance(pixels, learnt[0]) < _distance(pixels, learnt[1]), mask[either]
            found.append(float((drawn & planned).sum() / max(int((drawn | planned).sum()), 1)))
        if found:
            yield Measure(
                "adherence.place", name, round(float(np.mean(found)), 3), PLACE, "IoU", "more", "warning",
                f"{name} is not told from its surroundings where the plan has it",
            )  # fmt: skip


@check("adherence.motion")
def motion(footage: Footage) -> Iterator[Measure]:
    """Joints and track points move as planned: error of the optical flow there, as a share of the planned motion."""
    if footage.length < 2 or float(np.median(footage.planned_motion)) < 0.5:
        return
    errors, planned = [], []
    h, w = footage.grey.shape[1:]
    for t in range(footage.length - 1):
        here, there = footage.points[t], footage.points[t + 1]
        seen = (here[:, 2] >= 1) & (there[:, 2] >= 1)
        step = (there[:, :2] - here[:, :2])[seen]
        x = np.clip(here[seen, 0].astype(int), 0, w - 1)
        y = np.clip(here[seen, 1].astype(int), 0, h - 1)
        corners = cv2.cornerMinEigenVal(footage.grey[t], blockSize=9, ksize=3)
        moving = (np.linalg.norm(step, axis=-1) >= 0.5) & (corners[y, x] >= CORNER)
        errors.append(np.linalg.norm(footage.flow[t, y, x] - step, axis=-1)[moving])
        planned.append(np.linalg.norm(step, axis=-1)[moving])
    error, way = np.concatenate(errors), np.concatenate(planned)
    if len(way) < 20:
        return
    share = float(np.minimum(error, 2 * way).sum() / way.sum())
    yield Measure(
        "adherence.motion", "all points", round(share, 3), MOTION, "of the planned motion", "less", "warning",
        "what is drawn does not move as planned",
    )  # fmt: skip


@check("adherence.depth_order")
def depth_order(footage: Footage) -> Iterator[Measure]:
    """Where one covers another, the pixels show the one that the plan has in front."""
    count = len(footage.names)
    for front, back in itertools.permutations(range(1, count + 1), 2):
        right = total = 0
        for f in footage.sampled(front):
            a, b = footage.ids[f] == front, footage.ids[f] == back
            contact, rest = a & _wider(b), a & ~_wider(b)
            if min(int(b.sum()), int(rest.sum())) < LEAST or int(contact.sum()) < 25:
                continue
            if not _in_front(footage, f, contact, b & _wider(a)):
                continue
            pixels = footage.lab[f][contact]
            own, other = typical_colours(footage.lab[f][rest]), typical_colours(footage.lab[f][b])
            if min(_told(footage.lab[f][rest], own, other), _told(footage.lab[f][b], other, own)) < TOLD:
                continue
            right += int((_distance(pixels, own) < _distance(pixels, other)).sum())
            total += len(pixels)
        if total >= 150:
            a_name, b_name = footage.names[front - 1], footage.names[back - 1]
            yield Measure(
                "adherence.depth_order", f"{a_name}, {b_name}", round(right / total, 3), ORDER, "of the pixels", "more", "warning",
                f"{a_name} should cover {b_name}",
            )  # fmt: skip


def _told(pixels: NDArray[np.float32], own: Colours, other: Colours) -> float:
    """Share of pixels whose colour says whose they are; two pencil drawings on white paper cannot be told apart."""
    return float((_distance(pixels, own) < _distance(pixels, other)).mean())


def _wider(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)), bool)


def _in_front(footage: Footage, frame: int, near: NDArray[np.bool_], far: NDArray[np.bool_]) -> bool:
    """By clearly more than what is held in a hand or sat upon."""
    depth = footage.inverse_depth[frame]
    return bool(far.any()) and float(np.median(depth[near])) > APART * float(np.median(depth[far]))

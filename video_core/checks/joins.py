"""Are the joins of a long shot seen: jumps of colour, of motion or of detail where one clip takes over from another.

Knows where the joins are, because the backend says so, and what the same clip does elsewhere: every measure is the join's value less
the usual one, so that a fast pan or a flickering fire is no bad join. Does not know how clips are joined (`video_core.long_shot`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.checks.footage import LEAST, Footage
from video_core.checks.measure import Measure, check

FLASH = 2.0
"""Lab units by which colours may step at a join, beyond what they do elsewhere."""
JUMP = 4.0
"""Pixels, at the size of measuring, by which something may jump off its way at a join, beyond what it does elsewhere."""
DETAIL = 1.5
"""How many times as sharp the picture may be on one side of a join as on the other."""
ELSEWHERE = 24
"""Steps outside the joins that tell what motion is usual."""
SEEN = 12
"""Corners of a thing, without which nothing is said of its motion."""
CELLS = (4, 6)
"""Rows and columns in which colours are compared."""
AROUND = 3
"""Frames on either side that tell speed and sharpness."""

Floats = NDArray[np.float32]


def runs(footage: Footage) -> list[tuple[int, int]]:
    """First and last frame of every join, of which both sides are in the clip."""
    found: list[tuple[int, int]] = []
    for frame in sorted({j for j in footage.joins if 1 <= j < footage.length}):
        if found and frame == found[-1][1] + 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return found


def _worst(footage: Footage, value: Callable[[int, int], float | None]) -> tuple[int, float] | None:
    """The join with the largest `value(first, last)` less the median of stretches of the same length without a join: (frame, number)."""
    joins = runs(footage)
    worst: tuple[int, float] | None = None
    inside = {f for a, b in joins for f in range(a, b + 1)}
    for a, b in joins:
        here = value(a, b)
        if here is None:
            continue
        length = b - a + 1
        starts = [s for s in range(1, footage.length - length + 1) if not inside & set(range(s, s + length))]
        near = sorted(starts, key=lambda s: abs(s - a))[: 4 * length : max(1, length // 2)]
        usual = [v for v in (value(s, s + length - 1) for s in near) if v is not None]
        beyond = here - (float(np.median(usual)) if usual else 0.0)
        if worst is None or beyond > worst[1]:
            worst = a, beyond
    return worst


@check("joins.flash")
def flash(footage: Footage) -> Iterator[Measure]:
    """Colours do not step at a join: change of Lab along the flow, in cells of the picture, summed over the join's frames."""
    steps: dict[int, Floats] = {}

    def value(a: int, b: int) -> float:
        for f in range(a, b + 1):
            if f not in steps:
                steps[f] = _cell_steps(footage, f - 1)
        total = np.sum([steps[f] for f in range(a, b + 1)], axis=0)
        return float(np.linalg.norm(total, axis=-1).mean())

    worst = _worst(footage, value)
    if worst is not None:
        yield Measure(
            "joins.flash", f"frame {worst[0]}", round(worst[1], 2), FLASH, "Lab units", "less", "warning",
            f"colours jump where a clip takes over at frame {worst[0]}",
        )  # fmt: skip


def _cell_steps(footage: Footage, t: int) -> Floats:
    """(cells,3) median change of Lab from frame t to the next, carried along the flow; 0 in cells that are covered."""
    change, sure = footage.colour_change(t)
    rows, columns = CELLS
    h, w = sure.shape
    out = np.zeros((rows * columns, 3), np.float32)
    for n in range(rows * columns):
        y, x = divmod(n, columns)
        part = (slice(y * h // rows, (y + 1) * h // rows), slice(x * w // columns, (x + 1) * w // columns))
        inside = change[part][sure[part]]
        if len(inside) >= LEAST:
            out[n] = np.median(inside, axis=0)
    return out


@check("joins.motion")
def motion(footage: Footage) -> Iterator[Measure]:
    """Nothing jumps at a join: way along the flow in one step, against the speed before and after; the worst thing's median.

    Beyond what nine in ten steps elsewhere in the clip have: fast limbs leave their way at every step.
    """
    joins = runs(footage)
    inside = [f for a, b in joins for f in range(a, b + 1)]
    here = {f: off for f in inside if (off := _off_its_way(footage, f, f)) is not None}
    if not here:
        return
    others = sorted((f for f in range(1, footage.length) if f not in inside), key=lambda f: min(abs(f - j) for j in inside))[:ELSEWHERE]
    usual = [off for f in others if (off := _off_its_way(footage, f, f)) is not None]
    at = max(here, key=lambda f: here[f])
    beyond = here[at] - (float(np.quantile(usual, 0.9)) if usual else 0.0)
    yield Measure(
        "joins.motion", f"frame {at}", round(beyond, 2), JUMP, "px", "less", "warning",
        f"things jump where a clip takes over at frame {at}",
    )  # fmt: skip


def _off_its_way(footage: Footage, a: int, b: int) -> float | None:
    """Pixels between where things are after frames a..b and where their speed before and after leads them."""
    start, steps, flow = a - 1, b - a + 1, footage.flow
    if start < 1 or b >= footage.length - 1:
        return None
    corners = cv2.goodFeaturesToTrack(footage.grey[start], 300, 0.01, 4)
    if corners is None:
        return None
    h, w = footage.grey.shape[1:]
    points = corners.reshape(-1, 2).astype(np.float32)
    things = footage.ids[start][points[:, 1].astype(int), points[:, 0].astype(int)]

    def at(fields: Floats, where: Floats) -> Floats:
        x, y = np.ascontiguousarray(where[:, 0]), np.ascontiguousarray(where[:, 1])
        return np.asarray(cv2.remap(fields, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)[:, 0]

    before = at(flow[max(0, start - AROUND) : start].mean(0), points)
    ends = points.copy()
    for t in range(start, b):
        ends = ends + at(flow[t], ends)
    after = at(flow[b : b + AROUND].mean(0), ends)
    off = np.linalg.norm(ends - points - steps * (before + after) / 2, axis=-1)
    inside = (ends >= 0).all(1) & (ends[:, 0] < w) & (ends[:, 1] < h)
    found = []
    for thing in np.unique(things):
        own = (things == thing) & inside
        if int(own.sum()) >= SEEN:
            found.append(float(np.median(off[own])) - _planned_off(footage, int(thing), start, b))
    return max(found, default=None)


def _planned_off(footage: Footage, thing: int, start: int, end: int) -> float:
    """The same of an actor's joints in the plan: who lands from a leap leaves their way as planned. 0 for anything else."""
    if not 1 <= thing <= footage.actors:
        return 0.0
    first, last = max(0, start - AROUND), min(end + AROUND, footage.length - 1)
    joints = footage.points[:, 18 * (thing - 1) : 18 * thing]
    seen = (joints[first : last + 1, :, 2] > 0).all(axis=0)
    if not seen.any():
        return 0.0
    way = joints[:, seen, :2]
    before, after = (way[start] - way[first]) / max(start - first, 1), (way[last] - way[end]) / max(last - end, 1)
    return float(np.median(np.linalg.norm(way[end] - way[start] - (end - start) * (before + after) / 2, axis=-1)))


@check("joins.detail")
def detail(footage: Footage) -> Iterator[Measure]:
    """The picture is as sharp after a join as before it: ratio of the mean absolute Laplacian."""
    sharp = np.array([float(np.abs(cv2.Laplacian(f, cv2.CV_32F)).mean()) for f in footage.grey])
    worst: tuple[int, float] | None = None
    for a, b in runs(footage):
        before, after = sharp[max(0, a - AROUND) : a], sharp[b + 1 : b + 1 + AROUND] if b > a else sharp[b : b + AROUND]
        if not len(before) or not len(after):
            continue
        low, high = sorted((float(np.median(before)), float(np.median(after))))
        ratio = high / max(low, 1e-3)
        if worst is None or ratio > worst[1]:
            worst = a, ratio
    if worst is not None:
        yield Measure(
            "joins.detail", f"frame {worst[0]}", round(worst[1], 3), DETAIL, "times", "less", "warning",
            f"the picture gets sharper or softer where a clip takes over at frame {worst[0]}",
        )  # fmt: skip

"""Are the joins of a long shot seen: jumps of colour, of motion or of detail where one clip takes over from another.

Knows where the joins are, because the backend says so, and what the same clip does elsewhere: every measure is the join's value less
the usual one, so that a fast pan or a flickering fire is no bad join. Does not know how clips are joined (`video_core.long_shot.draw`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.checks.footage import LEAST, Footage
from video_core.checks.measure import Measure, check
from video_core.planned_picture import NOTHING

FLASH = 2.0
"""Lab units by which colours may step at a join, beyond what they do elsewhere."""
JUMP = 1.5
"""Pixels, at the size of measuring, by which the stage may jump at a join, beyond what it does elsewhere."""
DETAIL = 1.5
"""How many times as sharp the picture may be on one side of a join as on the other."""
ELSEWHERE = 24
"""Steps outside the joins that tell what motion is usual."""
SEEN = 12
"""Corners of the still stage, without which nothing is said of its motion."""
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
    """The stage does not jump at a join: common motion of its still parts in one step, less the planned camera's.

    Beyond what nine in ten steps elsewhere in the clip have. Figures say nothing here, since limbs leave their
    way at every step: `video_core.checks.figures` looks for them.
    """
    inside = [f for a, b in runs(footage) for f in range(a, b + 1)]
    here = {f: off for f in inside if (off := _stage_off(footage, f - 1)) is not None}
    if not here:
        return
    others = sorted((f for f in range(1, footage.length) if f not in inside), key=lambda f: min(abs(f - j) for j in inside))[:ELSEWHERE]
    usual = [off for f in others if (off := _stage_off(footage, f - 1)) is not None]
    at = max(here, key=lambda f: here[f])
    beyond = here[at] - (float(np.quantile(usual, 0.9)) if usual else 0.0)
    yield Measure(
        "joins.motion", f"frame {at}", round(beyond, 2), JUMP, "px", "less", "warning",
        f"the stage jumps where a clip takes over at frame {at}",
    )  # fmt: skip


def _stage_off(footage: Footage, t: int) -> float | None:
    """Pixels by which the background moves otherwise than planned from frame t to the next; None where too little of it can be told."""
    corners = cv2.goodFeaturesToTrack(footage.grey[t], 300, 0.01, 4)
    if corners is None:
        return None
    x, y = corners.reshape(-1, 2).astype(int).T
    still = footage.planned.surfaces(t)[y, x] != NOTHING
    if int(still.sum()) < SEEN:
        return None
    off = (footage.flow[t] - footage.planned.flow(t, t + 1))[y, x][still]
    return float(np.linalg.norm(np.median(off, axis=0)))


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

"""Does the clip hold together in time: flicker, flashes, black and frozen frames.

Knows frames and the planned motion. Does not know instances.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from video_core.checks.footage import Footage
from video_core.checks.measure import Measure, check

FLICKER = 6.0
"""Grey levels of 255 by which a frame may differ from the one before carried along the flow, on average."""
FALLING = ("rain", "snow")
"""Weather whose drops and flakes are somewhere else in every frame."""
FLASH = 4.0
"""Grey levels by which one frame's brightness may step away from its neighbours."""
BLACK = 8.0
"""Mean grey level of a black frame; no night is as dark."""
FROZEN = 0.35
"""Seconds for which the picture may stand still while the plan moves."""
STILL = 2.0
"""Greatest change in grey levels, of the mean of 5x5 pixels, between frames that are the same but for a decoder's or encoder's noise."""


@check("temporal.flicker")
def flicker(footage: Footage) -> Iterator[Measure]:
    """Warping error (Lai et al. 2018, "Learning Blind Video Temporal Consistency"), mean over frames.

    Of a frame it is the mean of its pixels; where rain or snow falls, which no flow follows, their median.
    """
    if footage.length < 2 or not np.isfinite(footage.residual).any():
        return
    of_frame = np.nanmedian if footage.weather in FALLING else np.nanmean
    per_frame = [float(of_frame(r)) for r in footage.residual if np.isfinite(r).any()]
    yield Measure(
        "temporal.flicker", "whole clip", round(float(np.mean(per_frame)), 2), FLICKER, "grey levels", "less", "warning",
        "the picture flickers",
    )  # fmt: skip


@check("temporal.flash")
def flash(footage: Footage) -> Iterator[Measure]:
    """No frame's brightness steps away from both neighbours, nor from the frame before while the next stays: bad joins do.

    Compared is what both frames show, along the flow: a camera that pans from a dark wall to a window is no flash.
    """
    if footage.length < 3:
        return
    step = np.abs(footage.brightening)
    usual = float(np.median(step))
    worst = int(step.argmax())
    yield Measure(
        "temporal.flash", f"frame {worst + 1}", round(float(step[worst] - usual), 2), FLASH, "grey levels", "less", "error",
        f"the brightness jumps at frame {worst + 1}",
    )  # fmt: skip


@check("temporal.black")
def black(footage: Footage) -> Iterator[Measure]:
    """No frame is black."""
    level = footage.grey.reshape(footage.length, -1).mean(1)
    worst = int(level.argmin())
    yield Measure(
        "temporal.black", f"frame {worst}", round(float(level[worst]), 2), BLACK, "grey levels", "more", "error",
        f"frame {worst} is black",
    )  # fmt: skip


@check("temporal.frozen")
def frozen(footage: Footage) -> Iterator[Measure]:
    """The picture does not stand still while the plan moves."""
    if footage.length < 3:
        return
    steps = np.diff(footage.grey.astype(np.float32), axis=0)
    change = np.array([float(np.abs(cv2.blur(step, (5, 5))).max()) for step in steps])
    stands = (change < STILL) & (footage.planned_steps(0.95) > 1.0)
    longest = run = 0
    at = 0
    for t, still in enumerate(stands):
        run = run + 1 if still else 0
        if run > longest:
            longest, at = run, t - run + 1
    yield Measure(
        "temporal.frozen", f"frame {at}", round(longest / footage.fps, 3), FROZEN, "s", "less", "error",
        f"the picture stands still from frame {at} on while the plan moves",
    )  # fmt: skip

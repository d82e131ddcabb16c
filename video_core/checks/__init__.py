"""Checks of finished clips: numbers against limits, so that a bad take is found before anybody looks.

    measures = check_clip(frames, conditioning)
    [m for m in measures if m.failed]

Knows which checks there are. Does not know what is done about a failure (`video_core.production.production`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from video_core.checks import adherence, figures, identity, joins, outline, temporal  # noqa: F401  (registers them)
from video_core.checks.footage import Footage
from video_core.checks.measure import CHECKS, Measure, check
from video_core.conditioning import Conditioning


def check_clip(frames: NDArray[np.uint8], conditioning: Conditioning, joined_at: tuple[int, ...] = ()) -> tuple[Measure, ...]:
    """Every measure of a clip, `frames` (F,H,W,3) RGB, against the plan it was made from; failed ones first. `joined_at`: `Clip.joins`."""
    footage = Footage(frames, conditioning, joined_at)
    measures = [m for function in CHECKS.values() for m in function(footage)]
    return tuple(sorted(measures, key=lambda m: not m.failed))


def badness(measures: Sequence[Measure]) -> float:
    """One number to choose between takes: an error weighs ten, and how far beyond the limit counts. 0: nothing failed."""
    return sum((10.0 if m.severity == "error" else 1.0) * (1 + m.excess) for m in measures if m.failed)


__all__ = ["CHECKS", "Footage", "Measure", "badness", "check", "check_clip"]

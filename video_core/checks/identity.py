"""Does everybody stay who they are: the colours of each actor over the clip.

Knows instances and colours. Does not know faces: no detector is at hand that works on drawings and photographs alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from video_core.checks.footage import Footage
from video_core.checks.measure import Measure, check

DRIFT = 0.45
"""Hellinger distance of colour histograms, 0 the same .. 1 nothing in common."""
AS_MUCH = 0.75
"""Share of the joints most ever in the frame that make a frame comparable."""
BINS = (6, 8, 8)


def _histogram(footage: Footage, frames: list[int], instance: int) -> NDArray[np.float64]:
    pixels = np.concatenate([footage.lab[f][footage.ids[f] == instance] for f in frames])
    counts, _ = np.histogramdd(pixels, BINS, ((0, 100), (-64, 64), (-64, 64)))
    blurred = counts.copy()
    for axis in range(3):  # a colour at the edge of two bins belongs to both
        for shift in (-1, 1):
            blurred += 0.5 * np.roll(counts, shift, axis)
    return blurred / max(blurred.sum(), 1e-9)


@check("identity.drift")
def drift(footage: Footage) -> Iterator[Measure]:
    """Each actor's colours at the end of the clip are those of its beginning.

    Of frames that show as much of the actor: the tip of a tail that comes into the picture is not of the colours of a fox.
    """
    for k, name in enumerate(footage.names[: footage.actors], 1):
        shown = footage.in_frame[:, k - 1]
        frames = footage.sampled(k, most=8, of=np.flatnonzero(shown >= AS_MUCH * shown.max()).tolist())
        if len(frames) < 4:
            continue
        first, last = _histogram(footage, frames[:2], k), _histogram(footage, frames[-2:], k)
        distance = float(np.sqrt(max(0.0, 1 - np.sqrt(first * last).sum())))
        yield Measure(
            "identity.drift", name, round(distance, 3), DRIFT, "Hellinger distance", "less", "warning",
            f"{name} changes colours between the beginning and the end",
        )  # fmt: skip

"""Stage `interpolate`: more frames a second, by optical flow or a RIFE network. A shot keeps its length in seconds.

Knows rates and cuts. Does not know how an in-between frame is made. Shots are finished one by one, so nothing is ever made between two
shots; where a clip itself jumps, the frame before the jump is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from shotplan.errors import RenderError
from video_core.finishing.flow import FlowPair, Guess, planned
from video_core.finishing.rife import Rife
from video_core.finishing.settings import WHERE, InterpolateSettings
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.planned_picture import PlannedPicture

CUT = 24.0
"""Mean grey levels that motion cannot explain, from which two frames may belong to different takes."""
ALIKE = 0.6
"""Correlation of their colours below which they do."""
MOST_FPS = 120
Between = Callable[[Bytes, Bytes, Sequence[float], Guess | None], list[Bytes]]


class Interpolate:
    """Stage `interpolate`."""

    name = "interpolate"

    def __init__(self, settings: InterpolateSettings) -> None:
        self.settings = settings

    @cached_property
    def _rife(self) -> Rife | None:
        return Rife.load(Path(self.settings.model)) if self.settings.model else None

    def version(self) -> str:
        return f"{self.settings.times} {self.settings.fps} {self._rife.digest if self._rife else 'flow'}"

    def check(self) -> None:
        """Raises `RenderError` when the network cannot be read."""
        _ = self._rife

    def form(self, form: Form) -> Form:
        fps = self.settings.fps or form.fps * (self.settings.times or 1)
        if fps <= form.fps:
            todo = f"ask for more than {form.fps}, such as interpolate=2"
            raise RenderError(f"the film has {form.fps} frames a second already, not fewer than {fps}", where=WHERE, todo=todo)
        if fps > MOST_FPS:
            raise RenderError(f"{fps} frames a second are more than {MOST_FPS}", where=WHERE, todo="ask for fewer")
        return replace(form, fps=fps, frames=max(1, round(Fraction(form.frames * fps, form.fps))))

    def survey(self, shots: list[FinishingShot]) -> dict[str, str]:
        return {}

    def apply(self, frames: Iterable[Bytes], form: Form, shot: FinishingShot, told: Told) -> Iterator[Bytes]:
        out = self.form(form)
        guess = _guess_of(shot, form)
        made = held = 0
        unlike: list[float] = []
        number = 0
        for f, (first, second) in enumerate(_pairs(frames)):
            moments: list[Fraction] = []
            while number + len(moments) < out.frames and (at := Fraction((number + len(moments)) * form.fps, out.fps) - f) < 1:
                moments.append(at)
            number += len(moments)
            between = [float(m) for m in moments if m > 0]
            if second is None or not between:
                yield from [first] * len(moments)
                continue
            if moments[0] == 0:
                yield first
            pictures, unexplained = self._between(first, second, between, guess(f))
            if pictures is None:
                held += len(between)
                yield from [first if m < 0.5 else second for m in between]
                continue
            made += len(between)
            unlike.append(unexplained)
            yield from pictures
        way = "RIFE" if self._rife else "optical flow"
        text = f"{form.frames} frames at {form.fps} to {out.frames} at {out.fps} by {way}; {made} made"
        text += f", {held} held at a jump of the picture" if held else ""
        told.add(self.name, "what motion does not explain", None, float(np.mean(unlike)) if unlike else 0.0, "grey levels", text)

    def _between(self, first: Bytes, second: Bytes, moments: list[float], guess: Guess | None) -> tuple[list[Bytes] | None, float]:
        """In-between frames, and how much of the pair motion leaves unexplained; None across a jump."""
        if np.array_equal(first, second):
            return [first] * len(moments), 0.0
        pair = FlowPair(first, second, guess)
        if pair.unexplained > CUT and _alike(first, second) < ALIKE:
            return None, pair.unexplained
        if self._rife is not None:
            return [self._rife.between(first, second, m) for m in moments], pair.unexplained
        return [pair.at(m) for m in moments], pair.unexplained


def _pairs(frames: Iterable[Bytes]) -> Iterator[tuple[Bytes, Bytes | None]]:
    """Each frame with the next; the last with None."""
    last: Bytes | None = None
    for frame in frames:
        if last is not None:
            yield last, frame
        last = frame
    if last is not None:
        yield last, None


def _alike(first: Bytes, second: Bytes) -> float:
    """Correlation of two frames' colour histograms, 1 for the same colours."""
    counts = [cv2.calcHist([f], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3) for f in (first, second)]
    return float(cv2.compareHist(counts[0], counts[1], cv2.HISTCMP_CORREL))


def _guess_of(shot: FinishingShot, form: Form) -> Callable[[int], Guess | None]:
    """Frame number to what the plan says of it and the next."""
    picture = PlannedPicture(shot.conditioning, form.size)

    def guess(f: int) -> Guess | None:
        if f + 1 >= shot.conditioning.frames:
            return None
        return planned(picture, f, f + 1)

    return guess

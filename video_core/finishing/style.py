"""Stage `style`: filters in the order they were named.

Knows how strong, and how much the picture trembles before and after. Does not know what a filter does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from video_core.finishing.filters import make_filter
from video_core.finishing.filters.instant import Instant
from video_core.finishing.flicker import Flicker
from video_core.finishing.settings import StyleSettings
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.planned_picture import PlannedPicture

ROWS = 60
"""Rows at which the camera's way is measured."""


class Style:
    """Stage `style`."""

    name = "style"

    def __init__(self, settings: StyleSettings) -> None:
        self.settings = settings

    def version(self) -> str:
        tables = [hashlib.sha256(Path(f.file).read_bytes()).hexdigest() for f in self.settings.filters if f.file]
        return f"{self.settings.model_dump_json()} {tables}"

    def check(self) -> None:
        """Raises `RenderError` when a colour table cannot be used."""
        for one in self.settings.filters:
            make_filter(one, (16, 16))

    def form(self, form: Form) -> Form:
        return form

    def survey(self, shots: list[FinishingShot]) -> dict[str, str]:
        return {}

    def apply(self, frames: Iterable[Bytes], form: Form, shot: FinishingShot, told: Told) -> Iterator[Bytes]:
        filters = [make_filter(one, form.size) for one in self.settings.filters]
        shifts = pattern_shifts(shot, form)
        flicker = Flicker(form.frames)
        for f, frame in enumerate(frames):
            out = frame
            for one in filters:
                out = one(out, Instant(f, shifts[f]))
            if self.settings.strength < 1:
                out = np.asarray(cv2.addWeighted(frame, 1 - self.settings.strength, out, self.settings.strength, 0), np.uint8)
            flicker.see(frame, out)
            yield out
        if flicker.result is not None:
            text = ", then ".join(one.name + (f" {Path(one.file).name}" if one.file else "") for one in self.settings.filters)
            told.add(self.name, "flicker", *flicker.result, "grey levels", text)


def pattern_shifts(shot: FinishingShot, form: Form) -> list[tuple[int, int]]:
    """Rows and columns per frame by which patterns go with the background."""
    h, w = form.size
    small = (ROWS, max(8, round(ROWS * w / h)))
    drift = PlannedPicture(shot.conditioning, small).drift() * (h / ROWS)
    seconds = np.arange(form.frames) / form.fps * shot.conditioning.scene.fps
    rows, columns = (np.interp(seconds, np.arange(len(drift)), drift[:, axis]).round().astype(int).tolist() for axis in (0, 1))
    return list(zip(rows, columns, strict=True))

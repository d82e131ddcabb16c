"""Stage `upscale`: larger frames, by the pretrained anime video upscaler. Up to four times in one pass, up to sixteen in two.

Knows sizes. Does not know the network (`video_core.upscale`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

import cv2
import numpy as np

from shotplan.errors import RenderError
from video_core.finishing.flicker import Flicker
from video_core.finishing.settings import WHERE, UpscaleSettings
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.precision import fast_dtype
from video_core.upscale import MODEL, SCALE, Enlarger, load

MOST = SCALE**2
BROAD = 3.0
"""Pixels of the small frame over which its colours are kept."""
BLOCKS = 139_264
"""16 x 16 pixel blocks of the largest frame of H.264 (level 6.2)."""
LONGEST = 16_384
"""Pixels a side that its encoder takes."""


class Upscale:
    """Stage `upscale`."""

    name = "upscale"

    def __init__(self, settings: UpscaleSettings) -> None:
        self.settings = settings

    def version(self) -> str:
        return f"{self.settings.model_dump_json()} {hashlib.sha256(MODEL.read_bytes()).hexdigest()} {fast_dtype()}"

    def check(self) -> None:
        """Raises `RenderError` when the weights cannot be read."""
        load()

    def form(self, form: Form) -> Form:
        h, w = form.size
        times = self.settings.times or (self.settings.rows or h) / h
        size = round(h * times / 2) * 2, round(w * times / 2) * 2
        if times <= 1:
            raise RenderError(f"the frames have {h} rows already, not fewer than {size[0]}", where=WHERE, todo=f"ask for more than {h}")
        if times > MOST:
            todo = f"ask for at most {MOST * h}p, or render at a larger --size"
            raise RenderError(f"{h} rows can be made {MOST} times as many, not {times:.1f} times", where=WHERE, todo=todo)
        check_size(size, "render at a smaller --size or ask for fewer times")
        return replace(form, size=size)

    def survey(self, shots: list[FinishingShot]) -> dict[str, str]:
        return {}

    def apply(self, frames: Iterable[Bytes], form: Form, shot: FinishingShot, told: Told) -> Iterator[Bytes]:
        size = self.form(form).size
        passes = [Enlarger(s) for s in steps(form.size, size)]
        flicker = Flicker(form.frames)
        fidelity: list[float] = []
        slopes: list[tuple[float, float]] = []
        every = max(1, form.frames // 8)
        for f, frame in enumerate(frames):
            large = frame
            for enlarge in passes:
                large = enlarge(large[None])[0]
            large = with_colours_of(frame, large)
            flicker.see(frame, large)
            if f % every == 0:
                back = cv2.resize(large, form.size[::-1], interpolation=cv2.INTER_AREA)
                fidelity.append(float(np.abs(back.astype(np.int16) - frame).mean()))
                plain = np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
                slopes.append((crispness(plain), crispness(large)))
            yield large
        tiles = sum(p.kept for p in passes), sum(p.kept + p.computed for p in passes)
        text = f"{form.size[0]}x{form.size[1]} to {size[0]}x{size[1]}"
        text += f"; {tiles[0]} of {tiles[1]} tiles stood still and were kept" if tiles[1] else ""
        before, after = np.mean(slopes, axis=0)
        told.add(self.name, "edges, against bicubic", float(before), float(after), "grey levels", text)
        if flicker.result is not None:
            told.add(self.name, "flicker, against bicubic", *flicker.result, "grey levels")
        told.add(self.name, "made small again, from what was drawn", None, float(np.mean(fidelity)), "grey levels")


def steps(size: tuple[int, int], goal: tuple[int, int]) -> list[tuple[int, int]]:
    """Sizes (H, W) to pass through: none more than four times the one before."""
    if goal[0] <= size[0] * SCALE and goal[1] <= size[1] * SCALE:
        return [goal]
    return [(size[0] * SCALE, size[1] * SCALE), goal]


def check_size(size: tuple[int, int], todo: str) -> None:
    """Raises `RenderError` for frames that no H.264 film can hold."""
    h, w = size
    if max(size) > LONGEST or -(-h // 16) * -(-w // 16) > BLOCKS:
        raise RenderError(f"frames of {h}x{w} are larger than a film can hold (H.264: 8192x4352)", where=WHERE, todo=todo)


def with_colours_of(frame: Bytes, large: Bytes) -> Bytes:
    """`large` with the broad colours of `frame`: the network draws edges well and lightens flat areas by some grey levels."""
    h, w = frame.shape[:2]
    back = cv2.resize(large, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
    broad = cv2.GaussianBlur(frame - back, (0, 0), BROAD)
    return np.asarray(cv2.add(large, cv2.resize(broad, large.shape[1::-1]), dtype=cv2.CV_8U), np.uint8)


def crispness(frame: Bytes) -> float:
    """Mean slope in grey levels per pixel over the steepest twentieth of the picture."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    slope = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.125))
    return float(slope[slope >= np.quantile(slope, 0.95)].mean())

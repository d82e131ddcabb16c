"""What every thing is drawn with: limbs, balls and lines in a prop's own axes.

Knows one thing at one place in one frame. Does not know any particular thing.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.look import Color, Look
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import Floats, limb
from video_core.raster.solids import place
from video_core.raster.view import View


@dataclass(frozen=True)
class Thing:
    """A prop or a piece of scenery in one frame."""

    kind: str
    shape: str
    size: tuple[float, float, float]
    position: NDArray[np.floating]
    yaw: float
    palette: tuple[str, str]
    openness: float = 0.0
    seed: int = 0


def seed_of(text: str) -> int:
    return zlib.crc32(text.encode())


class Drafting:
    """Pixels of pieces of a thing."""

    def __init__(
        self, pen: Pen, view: View, frame: int, seconds: float, look: Look, ground: Color = (120, 140, 90)
    ) -> None:
        self.ground = ground
        self.pen, self.view, self.frame, self.seconds, self.look = pen, view, frame, seconds, look

    def soil(self, haze: float) -> Color:
        """The ground's colour at this haze."""
        return self.look.lit(self.ground, haze * 0.9)

    def _on_face(self, thing: Thing, points: Sequence[tuple[float, float, float]]) -> Floats | None:
        return self.view.polygon(place(np.array(points, dtype=np.float64), thing.position, thing.yaw), self.frame)

    def _lines(
        self, thing: Thing, a: list[tuple[float, float, float]], b: list[tuple[float, float, float]], color: Color
    ) -> None:
        if not a:
            return
        ends = [place(np.array(p, dtype=np.float64), thing.position, thing.yaw) for p in (a, b)]
        lines, seen = self.view.segments(ends[0], ends[1], self.frame)
        self.pen.strokes(list(lines[seen]), color, self.look.scale)

    def _ball(self, thing: Thing, centre: Floats, rx: float, ry: float) -> tuple[Floats, float, float] | None:
        p = self.view.project(place(centre, thing.position, thing.yaw), self.frame)
        if p[2] < 0.25:
            return None
        q = self.view.pixels_per_metre(float(p[2]), self.frame)
        return p[:2], rx * q, ry * q

    def _limb(self, thing: Thing, a: Floats, b: Floats, ra: float, rb: float) -> Floats | None:
        cam = self.view.to_camera(place(np.stack([a, b]), thing.position, thing.yaw), self.frame)
        if cam[:, 2].min() < 0.2:
            near = 0.2
            if cam[:, 2].max() < near + 0.05:
                return None
            low, high = (0, 1) if cam[0, 2] < cam[1, 2] else (1, 0)
            cam[low] = cam[high] + (cam[low] - cam[high]) * ((cam[high, 2] - near) / (cam[high, 2] - cam[low, 2]))
        p = self.view.to_pixels(cam, self.frame)
        q = [self.view.pixels_per_metre(float(z), self.frame) for z in cam[:, 2]]
        return limb(p[0], p[1], ra * q[0], rb * q[1])

"""Faces: eyes, brows, mouth on the globe of a head, driven by the expression curves.

Knows how features sit on a head and follow its turning. Does not know hair, ears or snouts.
Head coordinates are skull radii: x to the character's left, y up, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from video_core.animatic.figure import Figure
from video_core.animatic.look import Color, Look, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import circle, common, hull, ribbon, ring_points

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Where features sit and how big they are, in skull radii."""

    eye_x: float = 0.40
    eye_y: float = -0.16
    eye_width: float = 0.20
    eye_height: float = 0.26
    brow_y: float = 0.24
    mouth_y: float = -0.72
    mouth_width: float = 0.22
    nose: bool = True
    lashes: bool = False
    brows: bool = True
    iris: Color = (90, 110, 160)
    whites: Color = (252, 252, 250)
    slit: bool = False
    """Slit pupils."""
    mouth: bool = True
    tilt: float = 0.06
    """How far the outer corner of the eye is raised, in eye heights."""


def on_face(xy: ArrayLike, bulge: float = 1.0) -> Floats:
    """Points (n,2) seen from the front, laid onto the face (n,3)."""
    p = np.asarray(xy, dtype=np.float64)
    z = np.sqrt(np.clip(1.0 - (p[:, 0] * 0.92) ** 2 - (p[:, 1] * 0.62) ** 2, 0.02, 1.0)) * bulge
    return np.concatenate([p, z[:, None]], axis=1)


class FaceArtist:
    """Draws the features of one head in one frame."""

    def __init__(self, pen: Pen, figure: Figure, look: Look) -> None:
        self.pen, self.figure, self.look = pen, figure, look
        self.mouth_open, self.smile, self.brow, self.eye_open = (
            float(v) for v in figure.puppet.expression[figure.frame]
        )
        self.ink = look.outline()
        self.radius = figure.size("skull", figure.build.head)

    def draw(self, features: Features, skin: Color) -> None:
        """All features; nothing when the face is turned away or only a few pixels high."""
        if self.figure.facing < -0.45:
            return
        if self.radius < 4.5:
            self._dots(features)
            return
        if features.mouth:
            self._mouth(features)
        if features.nose:
            self._nose(skin)
        self._cheeks(features, skin)
        for side in (-1.0, 1.0):
            self._eye(features, side)
        if features.brows:
            for side in (-1.0, 1.0):
                self._brow(features, side)

    def _dots(self, f: Features) -> None:
        for side in (-1.0, 1.0):
            p = on_face([(side * f.eye_x, f.eye_y)])
            if self.figure.toward(p)[0] > 0.12:
                at = self.figure.globe(p)[0]
                r = max(self.radius * 0.13, 0.55)
                self.pen.fill(at + circle(8) * (r * 0.8, r * 1.25), self.ink)

    def _facing(self, x: float, y: float) -> float:
        return float(self.figure.toward(on_face([(x, y)]))[0])

    def _draw(self, xy: ArrayLike) -> Floats:
        return self.figure.globe(on_face(xy))

    def _eye(self, f: Features, side: float) -> None:
        if self._facing(side * f.eye_x, f.eye_y) < 0.20:
            return
        wide = float(np.clip(self.eye_open, 0, 1.15))
        w, h = f.eye_width, f.eye_height
        cx, cy = side * f.eye_x, f.eye_y
        u = np.linspace(-1, 1, 25 if self.radius > 40 else 13)
        n = ring_points(self.radius * h)
        tilt = f.tilt * u * h + (-0.10 * min(self.brow, 0.0)) * u * h * 2.0
        if wide < 0.2:
            curve = (-0.32 if self.smile < 0.3 else 0.42) * (1 - u**2) * h
            line = self._draw(np.stack([cx + side * u * w, cy + curve - 0.1 * h], axis=-1))
            width = max(self.radius * 0.045, 0.6)
            self.pen.fill(ribbon(line, width * (1.1 - 0.6 * np.abs(u))), self.ink)
            return
        top = h * (0.25 + 0.75 * wide) * np.sqrt(np.clip(1 - np.abs(u) ** 2.4, 0, 1)) + tilt
        lift = max(self.smile, 0.0) * 0.30 * h
        bottom = -h * 0.86 * (0.55 + 0.45 * wide) * np.sqrt(np.clip(1 - u**2, 0, 1)) + lift * (1 - u**2) + tilt * 0.3
        upper = np.stack([cx + side * u * w, cy + top], axis=-1)
        lower = np.stack([cx + side * u * w, cy + bottom], axis=-1)
        white = self._draw(np.concatenate([upper, lower[::-1]]))
        self.pen.fill(white, self.look.lit(f.whites))
        shape = np.asarray(white, dtype=np.float64)
        ic = (cx - side * 0.04 * w, cy - 0.03 * h)
        iw, ih = w * 0.70, h * 0.88
        iris = common(self._draw(ic + circle(n) * (iw, ih)), hull(shape))
        if iris is not None:
            deep = self.look.lit(mix(f.iris, (20, 14, 30), 0.52))
            self.pen.fill(iris, deep)
            glow = common(self._draw(np.array(ic) + (0, -0.32 * ih) + circle(n) * (iw * 0.80, ih * 0.58)), hull(shape))
            if glow is not None:
                self.pen.fill(glow, self.look.lit(mix(f.iris, (255, 255, 255), 0.22)))
            pupil_w = iw * (0.22 if f.slit else 0.44)
            pupil = common(self._draw(np.array(ic) + circle(n) * (pupil_w, ih * 0.48)), hull(shape))
            if pupil is not None:
                self.pen.fill(pupil, (24, 18, 32) if self.look.style != "watercolor" else (70, 58, 66))
            shade = common(self._draw(np.array(ic) + (0, ih * 0.95) + circle(14) * (iw * 1.3, ih * 0.42)), iris)
            if shade is not None and self.radius > 14:
                self.pen.fill(shade, self.look.lit(mix(f.iris, (20, 14, 30), 0.75)))
            spot = self._draw(np.array(ic) + (-0.34 * iw, 0.40 * ih) + circle(n) * (iw * 0.30, ih * 0.26))
            self.pen.fill(spot, (255, 255, 255))
            if self.radius > 12:
                small = self._draw(np.array(ic) + (0.36 * iw, -0.40 * ih) + circle(n) * (iw * 0.15, ih * 0.13))
                self.pen.fill(small, (255, 255, 255))
        thick = self.radius * (0.055 if f.lashes else 0.042)
        lid = self._draw(upper)
        self.pen.fill(
            ribbon(
                lid, np.maximum(thick * (0.45 + 0.75 * (u + 1) / 2) * np.clip((1.02 - np.abs(u)) * 3.0, 0.12, 1), 0.3)
            ),
            self.ink,
        )
        if f.lashes:
            flick = self._draw(
                [
                    (cx + side * w * 0.9, cy + top[-2]),
                    (cx + side * w * 1.22, cy + top[-2] + 0.16 * h),
                    (cx + side * w * 1.02, cy + top[-2] - 0.14 * h),
                ]
            )
            self.pen.fill(flick, self.ink)
        if self.radius > 16:
            soft = mix(self.ink, self.look.lit(rgb("#c89880")), 0.35)
            self.pen.stroke(self._draw(lower[len(u) // 4 : -(len(u) // 4)]), soft, self.radius * 0.018)
            if self.radius > 30:
                self.pen.stroke(
                    self._draw(upper[len(u) // 6 : -(len(u) // 6)] + np.array([0, 0.12 * h])), soft, self.radius * 0.016
                )

    def _brow(self, f: Features, side: float) -> None:
        if self._facing(side * f.eye_x, f.brow_y) < 0.08:
            return
        u = np.linspace(-1, 1, 9)
        rise = f.brow_y + 0.13 * max(self.brow, 0) - 0.08 * max(-self.brow, 0)
        slant = 0.12 * u * min(self.brow, 0) * -1 - 0.05 * u * max(self.brow, 0) * (1 if self.smile < -0.1 else 0)
        y = (
            rise
            + 0.05 * (1 - u**2)
            + slant * (1.0 if self.brow < 0 else 1.6)
            - (0.05 * u if self.smile < -0.2 and self.brow > 0 else 0)
        )
        line = self._draw(np.stack([side * f.eye_x + side * u * f.eye_width * 1.12, y], axis=-1))
        color = mix(self.ink, self.look.lit(rgb(self.figure.card.palette[2])), 0.55)
        self.pen.fill(ribbon(line, np.maximum(self.radius * 0.034 * (1.0 - 0.45 * u), 0.35)), color)

    def _nose(self, skin: Color) -> None:
        if self.radius < 9:
            return
        shade = self.look.paint(skin)[1]
        turned = abs(float(self.figure.head_axes[2, 0]))
        if turned > 0.30:
            points = self.figure.globe(np.array([(0.0, -0.20, 0.92), (0.0, -0.44, 1.09), (0.0, -0.54, 0.90)]))
            if turned > 0.8:
                self.pen.fill(points, self.look.paint(skin)[0])
                self.pen.stroke(points, self.ink, max(self.pen.outline_width() * 0.8, 1))
            else:
                self.pen.stroke(
                    self.figure.globe(np.array([(0.0, -0.40, 1.06), (0.0, -0.46, 1.09), (0.0, -0.49, 1.0)])),
                    mix(shade, self.ink, 0.35),
                    max(self.radius * 0.024, 1),
                )
        else:
            dot = self.figure.globe(np.array([(0.0, -0.45, 1.06)]))[0]
            r = self.radius * 0.035
            self.pen.fill(dot + circle(10) * (r * 1.3, r), mix(shade, self.ink, 0.3))

    def _cheeks(self, f: Features, skin: Color) -> None:
        if self.radius < 10 or self.smile < 0.25 or self.look.style == "ink":
            return
        tint = self.look.lit(mix(skin, rgb("#e8605c"), 0.5))
        for side in (-1.0, 1.0):
            if self._facing(side * 0.58, -0.46) > 0.25:
                spot = self._draw(np.array([side * 0.58, -0.48]) + circle(14) * (0.17, 0.085))
                self.pen.glaze(spot, tint, 0.30 + 0.3 * min(self.smile, 1.0), soft=self.radius * 0.04)

    def _mouth(self, f: Features) -> None:
        if self._facing(0.0, f.mouth_y) < -0.10:
            return
        u = np.linspace(-1, 1, 11)
        open_ = float(np.clip(self.mouth_open, 0, 1))
        w = f.mouth_width * (1 + 0.35 * max(self.smile, 0) - 0.22 * open_ * (1 - max(self.smile, 0)))
        bend = -0.10 * self.smile * (1 - u**2)
        if open_ < 0.10:
            line = self._draw(np.stack([u * w, f.mouth_y + bend + 0.05 * self.smile], axis=-1))
            self.pen.fill(ribbon(line, np.maximum(self.radius * 0.026 * (1.15 - np.abs(u) ** 2), 0.35)), self.ink)
            return
        drop = (0.08 + 0.27 * open_) * np.sqrt(np.clip(1 - u**2, 0, 1))
        y = f.mouth_y + 0.05 + 0.05 * self.smile
        upper = np.stack([u * w, y + bend * 0.5 + 0.03 * (1 - u**2)], axis=-1)
        lower = np.stack([u * w, y + bend * 0.5 - drop], axis=-1)
        shape = self._draw(np.concatenate([upper, lower[::-1]]))
        self.pen.cutout(shape, self.look.lit(rgb("#8a3038")), factor=0.55)
        if self.radius > 10:
            tongue = common(
                self._draw(np.array([0, y - (0.08 + 0.27 * open_)]) + circle(14) * (w * 0.62, drop.max() * 0.5)),
                hull(shape),
            )
            if tongue is not None:
                self.pen.fill(tongue, self.look.lit(rgb("#e07880")))
        if self.radius > 14 and open_ > 0.25:
            teeth = common(self._draw(np.array([0, y + 0.05]) + circle(14) * (w * 0.78, 0.075)), hull(shape))
            if teeth is not None:
                self.pen.fill(teeth, self.look.lit(rgb("#fbf8f2")))

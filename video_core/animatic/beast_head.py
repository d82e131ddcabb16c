"""Heads of animals on four legs: ears, snouts, cheeks, markings.

Knows how kinds differ above the neck. Does not know bodies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.face import FaceArtist, Features
from video_core.animatic.figure import Figure
from video_core.animatic.look import Color, Look, Paint, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import ellipse, hull, limb, ribbon, smooth

Floats = NDArray[np.float64]

_IRIS = {
    "fox": "#b07828",
    "cat": "#6ab04a",
    "wolf": "#d8b040",
    "lion": "#c08a30",
    "dragon": "#e0a030",
    "frog": "#d8b030",
    "rabbit": "#8a4a5a",
}


class BeastHead:
    """The head of one four-legged actor in one frame."""

    def __init__(self, pen: Pen, figure: Figure, look: Look) -> None:
        self.pen, self.f, self.look = pen, figure, look
        self.kind = figure.card.kind
        self.coat, self.belly, self.dark, self.accent = (rgb(c) for c in figure.card.palette)

    def _paint(self, color: Color) -> Paint:
        return self.look.paint(color)

    def _ear(self, side: float) -> None:
        f, b = self.f, self.f.build
        e = b.ear / b.head
        coat, inner = self._paint(self.coat), self._paint(mix(self.belly, rgb("#e8a8a0"), 0.35))
        lag = f.drift[:2] * f.view.pixels_per_metre(f.depth("skull"), f.frame) * 0.35
        match b.ears:
            case "pointed":
                pts = np.array([(side * 0.22, 0.82, 0.15), (side * 0.92, 0.38, 0.0), (side * 0.86, 0.72 + e, -0.05)])
                p = f.globe(pts)
                p[2] += lag * 0.4
                poly = np.array(
                    [
                        p[0],
                        p[0] * 0.45 + p[2] * 0.55 + (p[2] - p[1]) * 0.04,
                        p[2],
                        p[1] * 0.5 + p[2] * 0.5 + (p[1] - p[0]) * 0.10,
                        p[1],
                    ]
                )
                self.pen.cutout(poly, coat[0])
                if f.facing > -0.1 and not self.look.flat:
                    middle = p.mean(axis=0)
                    self.pen.fill(middle + (p - middle) * 0.58 + (p[0] + p[1] - 2 * middle) * 0.06, inner[0])
                    if self.kind == "fox":
                        self.pen.fill(
                            np.array([p[2], p[2] * 0.68 + p[0] * 0.32, p[2] * 0.68 + p[1] * 0.32]),
                            self._paint(self.dark)[0],
                        )
            case "round":
                c = f.globe(np.array([(side * 0.74, 0.74, -0.05)]))[0]
                r = f.size("skull", b.ear)
                self.pen.group([([ellipse(c, r, r)], coat)], factor=0.9)
                if f.facing > -0.1:
                    self.pen.fill(ellipse(c, r * 0.58, r * 0.58), inner[0])
            case "long":
                root, tip = (side * 0.38, 0.85, -0.05), (side * (0.55 + 0.1), 0.9 + e, -0.35)
                p = f.globe(
                    np.array([root, ((root[0] + tip[0]) / 2 + side * 0.12, (root[1] + tip[1]) / 2, -0.15), tip])
                )
                p[1:] += lag * np.array([[0.5], [1.0]])
                curve = smooth(p, 5, closed=False)
                r = f.size("skull", b.head)
                u = np.linspace(0, 1, len(curve))
                width = r * (0.15 + 0.14 * np.sin(np.pi * u**0.8)) * np.where(u > 0.95, 0.4, 1)
                self.pen.cutout(ribbon(curve, width), coat[0])
                if f.facing > -0.1:
                    self.pen.fill(ribbon(curve[1:-1], width[1:-1] * 0.5), inner[0])
            case "floppy":
                p = f.globe(
                    np.array([(side * 0.55, 0.82, 0.0), (side * 1.08, 0.62, 0.05), (side * 1.18, 0.2 - e * 0.4, 0.1)])
                )
                p[1:] += lag * np.array([[0.5], [1.0]])
                curve = smooth(p, 5, closed=False)
                r = f.size("skull", b.head)
                u = np.linspace(0, 1, len(curve))
                self.pen.cutout(
                    ribbon(curve, r * (0.20 + 0.14 * np.sin(np.pi * u))),
                    self._paint(self.dark if self.kind == "dog" else self.coat)[0],
                )
            case "horns":
                p = f.globe(
                    np.array(
                        [(side * 0.45, 0.80, -0.2), (side * 0.70, 1.1 + e * 0.4, -0.6), (side * 0.75, 1.0 + e, -1.1)]
                    )
                )
                curve = smooth(p, 5, closed=False)
                self.pen.cutout(
                    ribbon(curve, f.size("skull", b.head) * np.linspace(0.24, 0.03, len(curve))),
                    self._paint(self.belly)[0],
                    factor=0.8,
                )
            case "antlers":
                c = f.globe(np.array([(side * 0.80, 0.62, -0.1), (side * 1.45, 0.85, -0.15)]))
                r = f.size("skull", b.head)
                self.pen.group([([limb(c[0], c[1], r * 0.30, r * 0.08)], coat)], factor=0.8)
                beam = f.globe(
                    np.array(
                        [
                            (side * 0.35, 0.9, -0.1),
                            (side * 0.75, 1.8, -0.4),
                            (side * 1.15, 2.6, -0.2),
                            (side * 1.0, 3.2, 0.1),
                        ]
                    )
                )
                tine = f.globe(np.array([(side * 0.75, 1.8, -0.4), (side * 0.9, 2.1, 0.35)]))
                tine2 = f.globe(np.array([(side * 1.12, 2.5, -0.25), (side * 1.6, 2.9, -0.2)]))
                strands = [ribbon(smooth(beam, 4, closed=False), np.linspace(0.13, 0.04, 13) * r)] + [
                    limb(t[0], t[1], r * 0.09, r * 0.03) for t in (tine, tine2)
                ]
                self.pen.outline(strands, 0.0, 0.8)
                self.pen.fills(strands, self._paint(self.dark)[0])

    def _head(self) -> None:
        f, b = self.f, self.f.build
        r = f.size("skull", b.head)
        skull = f.at("skull")
        left_near = f.head_axes[0, 2] < 0
        near, far = (1.0, -1.0) if left_near else (-1.0, 1.0)
        face_on = f.facing
        if face_on >= -0.2:
            self._ear(far)
            if b.ears in ("pointed", "round", "long", "antlers", "horns"):
                self._ear(near)
        wide = 1.0 if self.kind not in ("horse", "deer", "dragon") else 0.95
        head = [ellipse(skull, r * wide, r * 0.96)]
        snout_root, snout_tip, _rs = self._snout_line()
        root_r, tip_r = (
            f.size("skull", b.snout_width),
            f.size(
                "snout", b.snout_width * (0.52 if self.kind not in ("pig", "horse", "bear", "dog", "lion") else 0.78)
            ),
        )
        cheeks = []
        if self.kind in ("fox", "wolf", "cat"):
            cheeks = [
                hull(f.globe(np.array([(s * 0.55, 0.1, 0.35), (s * 1.26, -0.42, 0.05), (s * 0.5, -0.80, 0.4)])))
                for s in (-1.0, 1.0)
            ]
        snout = limb(snout_root, snout_tip, root_r, tip_r)
        if b.snout > 0.10:
            snout = hull(snout, ellipse(skull + (snout_root - skull) * 0.4, r * 0.72, r * 0.72))
        coat = self._paint(self.coat)
        jaw = self._jaw(snout_root, snout_tip, root_r, tip_r)
        if jaw is not None:
            self.pen.group([([jaw], self._paint(mix(self.belly, self.dark, 0.12)))], factor=0.9)
        if face_on < 0:
            self.pen.group([([snout], coat)], factor=0.9)
        self.pen.group([(head + cheeks + ([snout] if face_on >= 0 else []), coat)], turn=0.14)
        if face_on > -0.2:
            self._markings(skull, r, snout_root, snout_tip, root_r, tip_r)
        self._eyes()
        if face_on > -0.35:
            self._nose(snout_tip, tip_r)
        if face_on < -0.2:
            self._ear(far)
            self._ear(near)
        elif b.ears == "floppy":
            self._ear(near)

    def _snout_line(self) -> tuple[Floats, Floats, float]:
        f, b = self.f, self.f.build
        p = f.globe(np.array([(0.0, -0.26, 0.62), (0.0, -0.34, 0.95 + b.snout / b.head)]))
        return p[0], p[1], f.size("skull", b.snout_width)

    def _jaw(self, root: Floats, tip: Floats, root_r: float, tip_r: float) -> Floats | None:
        open_ = float(self.f.puppet.expression[self.f.frame, 0])
        if open_ < 0.08:
            return None
        down = -self.f.head_axes[1, :2] * self.f.size("skull", self.f.build.head)
        return limb(
            root + down * 0.22, tip * 0.85 + root * 0.15 + down * (0.10 + 0.42 * open_), root_r * 0.8, tip_r * 0.7
        )

    def _markings(self, skull: Floats, r: float, root: Floats, tip: Floats, root_r: float, tip_r: float) -> None:
        f = self.f
        pale = self._paint(self.belly)
        down = -f.head_axes[1, :2]
        if self.kind in ("fox", "wolf", "dog", "cat", "lion", "rabbit", "mouse", "bear", "deer"):
            low = limb(root + down * root_r * 0.42, tip + down * tip_r * 0.30, root_r * 0.66, tip_r * 0.70)
            self.pen.fill(low, pale[0])
        if self.kind in ("fox", "wolf"):
            for s in (-1.0, 1.0):
                patch = np.array(
                    [
                        (s * 0.30, -0.36, 0.80),
                        (s * 0.72, -0.20, 0.62),
                        (s * 1.16, -0.42, 0.1),
                        (s * 0.62, -0.72, 0.45),
                        (s * 0.22, -0.62, 0.7),
                    ]
                )
                if f.toward(patch).mean() > 0.12:
                    self.pen.fill(smooth(f.globe(patch), 3), pale[0])
        if self.kind == "horse":
            self.pen.fill(
                limb(
                    root + f.head_axes[1, :2] * root_r * 0.5,
                    tip + f.head_axes[1, :2] * tip_r * 0.3,
                    root_r * 0.22,
                    tip_r * 0.2,
                ),
                self._paint(self.accent)[0],
            )
        if self.kind == "cat" and self.f.size("skull", self.f.build.head) > 8:
            for x in (-0.2, 0.0, 0.2):
                line = f.globe(np.array([(x, 0.92, 0.45), (x * 0.9, 0.60, 0.80)]))
                if f.toward(np.array([(x, 0.6, 0.8)]))[0] > 0.1:
                    self.pen.stroke(line, self._paint(self.dark)[0], max(1.0, r * 0.06))
        if self.kind in ("cat", "mouse", "lion", "rabbit") and r > 9:
            for s in (-1.0, 1.0):
                for y in (-0.38, -0.50):
                    line = f.globe(np.array([(s * 0.32, y, 1.0), (s * 1.15, y + 0.08 - 0.3 * (y + 0.44), 0.85)]))
                    self.pen.stroke(line, mix(self.look.outline(), pale[0], 0.4), 1.0)
        if self.kind == "frog" or r < 6:
            return
        mouth = float(self.f.puppet.expression[self.f.frame, 0])
        if mouth < 0.08:
            a = tip + down * tip_r * 0.72
            line = smooth(
                np.array(
                    [
                        a,
                        (a + root) / 2 + down * root_r * 0.52,
                        root + down * root_r * (0.62 - 0.3 * float(self.f.puppet.expression[self.f.frame, 1])),
                    ]
                ),
                4,
                closed=False,
            )
            self.pen.stroke(line, self.look.outline(), max(1.0, self.look.line * 0.6))

    def _eyes(self) -> None:
        f = self.f
        narrow = self.kind in ("horse", "deer", "dragon", "pig")
        big = self.kind in ("cat", "rabbit", "mouse", "frog")
        features = Features(
            eye_x=0.62 if narrow else 0.50,
            eye_y=0.42 if self.kind == "frog" else 0.10,
            eye_width=0.24 if big else 0.20,
            eye_height=0.30 if big else 0.25,
            brow_y=0.52,
            tilt=0.0,
            nose=False,
            mouth=self.kind == "frog",
            mouth_y=-0.45,
            mouth_width=0.5,
            iris=rgb(_IRIS.get(self.kind, "#5a3a24")),
            slit=self.kind in ("cat", "dragon", "fox"),
            brows=abs(float(f.puppet.expression[f.frame, 2])) > 0.25,
            lashes=self.kind in ("deer", "horse"),
        )
        if self.kind == "frog":
            for s in (-1.0, 1.0):
                c = f.globe(np.array([(s * 0.52, 0.62, 0.5)]))[0]
                r = f.size("skull", f.build.head * 0.36)
                self.pen.group([([ellipse(c, r, r)], self._paint(self.coat))], factor=0.8)
        FaceArtist(self.pen, f, self.look).draw(features, self.coat)

    def _nose(self, tip: Floats, tip_r: float) -> None:
        if self.kind in ("frog",):
            return
        f = self.f
        at = tip + f.head_axes[1, :2] * tip_r * 0.35 + f.head_axes[2, :2] * tip_r * 0.35
        match self.kind:
            case "pig":
                self.pen.cutout(
                    ellipse(tip, tip_r * 0.95, tip_r * 0.8),
                    self._paint(mix(self.coat, (220, 110, 110), 0.4))[0],
                    factor=0.8,
                )
                for s in (-0.35, 0.35):
                    self.pen.fill(
                        ellipse(tip + np.array([s * tip_r, 0]), tip_r * 0.16, tip_r * 0.24), self._paint(self.dark)[0]
                    )
            case "horse" | "dragon":
                side = f.head_axes[0, :2] * tip_r * 0.5
                for s in (-1, 1):
                    self.pen.fill(
                        ellipse(tip + side * s + f.head_axes[1, :2] * tip_r * 0.2, tip_r * 0.15, tip_r * 0.15),
                        self.look.outline(),
                    )
            case _:
                color = rgb("#e08a90") if self.kind in ("cat", "rabbit", "mouse") else rgb("#2c2228")
                size = tip_r * (0.52 if self.kind not in ("bear", "dog") else 0.46)
                self.pen.fill(ellipse(at, size, size * 0.78), self.look.lit(color))
                if size > 3 and not self.look.flat:
                    self.pen.fill(
                        ellipse(at - (size * 0.3, size * 0.3), size * 0.24, size * 0.16), self.look.lit((255, 255, 255))
                    )

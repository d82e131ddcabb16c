"""Birds: owl, songbird, eagle.

Knows plumage, beaks and wings. Does not know where they fly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.face import FaceArtist, Features, on_face
from video_core.animatic.figure import Figure
from video_core.animatic.look import Color, Look, Paint, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import circle, ellipse, hull, hull_of_discs, limb, ribbon, smooth

Floats = NDArray[np.float64]


class BirdArtist:
    """Draws one bird in one frame."""

    def __init__(self, pen: Pen, figure: Figure, look: Look) -> None:
        self.pen, self.f, self.look = pen, figure, look
        self.kind = figure.card.kind
        self.coat, self.belly, self.dark, self.accent = (rgb(c) for c in figure.card.palette)

    def _paint(self, color: Color) -> Paint:
        return self.look.paint(color)

    def draw(self) -> None:
        f = self.f
        if not f.ahead("chest", "hips", "skull"):
            return
        front = f.body_facing >= 0
        near, far = ("r", "l") if f.nearer("r_shoulder", "l_shoulder") else ("l", "r")
        spread = self._spread(near)
        if front:
            self._tail()
        for s in (far, near):
            self._leg(s)
        if spread or abs(f.body_facing) < 0.8:
            self._wing(far)
        self._trunk()
        if not front:
            self._tail()
            if not spread and abs(f.body_facing) >= 0.8:
                self._wing(far)
        if front:
            if not spread and abs(f.body_facing) >= 0.8:
                self._wing(far)
            self._wing(near)
            self._head()
        else:
            self._head()
            self._wing(near)

    def _spread(self, s: str) -> bool:
        f = self.f
        span = np.linalg.norm(f.puppet.shape.joints[f.frame, 7] - f.puppet.shape.joints[f.frame, 4])
        return bool(span > 0.95 * f.height)

    def _trunk(self) -> None:
        f, b = self.f, self.f.build
        chest, hips = f.at("chest"), f.at("hips")
        rc, rh = f.size("chest", b.trunk * 0.92), f.size("hips", b.trunk * 0.82)
        body = hull_of_discs((chest, rc), (chest * 0.5 + hips * 0.5, rc * 1.02), (hips, rh))
        neck = limb(chest, f.at("skull"), rc * 0.8, f.size("skull", b.head * 0.85))
        self.pen.group([([body, neck], self._paint(self.coat))], turn=0.2)
        if f.body_facing > -0.2:
            ahead = f.body_axes[2, :2] * rc * 0.42
            belly = hull_of_discs(
                (chest + ahead, rc * 0.66),
                (chest * 0.4 + hips * 0.6 + ahead * 0.9, rc * 0.74),
                (hips + ahead * 0.8, rh * 0.60),
            )
            self.pen.fill(belly, self._paint(self.belly)[0])
            if self.kind in ("owl", "eagle") and not self.look.flat and rc > 6:
                down = (hips - chest) / max(float(np.hypot(*(hips - chest))), 1e-6)
                side = np.array([-down[1], down[0]])
                for row in range(3):
                    for k in range(-1, 2):
                        at = (
                            chest
                            + ahead
                            + down * rc * (0.25 + 0.42 * row)
                            + side * rc * 0.36 * (k + 0.5 * (row % 2) - 0.25)
                        )
                        v = np.array([at - side * rc * 0.11, at + down * rc * 0.12, at + side * rc * 0.11])
                        self.pen.stroke(v, self._paint(self.coat)[0], max(1.0, rc * 0.055))

    def _leg(self, s: str) -> None:
        f, b = self.f, self.f.build
        if not f.ahead(f"{s}_knee", f"{s}_ankle"):
            return
        r = f.size(f"{s}_ankle", b.leg)
        knee, ankle = f.at(f"{s}_knee"), f.at(f"{s}_ankle")
        ahead = f.body_axes[2, :2] * f.size(f"{s}_ankle", b.foot)
        side = f.body_axes[0, :2] * f.size(f"{s}_ankle", b.foot * 0.6)
        toes = [limb(ankle, ankle + ahead + side * k, r * 0.8, r * 0.5) for k in (-1, 0, 1)]
        self.pen.group([([limb(knee, ankle, r, r * 0.8), *toes], self._paint(self.accent))], factor=0.8)

    def _wing(self, s: str) -> None:
        f, b = self.f, self.f.build
        names = (f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist")
        if not f.ahead(*names):
            return
        a, e, w = (f.at(n) for n in names)
        r = f.size(names[0], b.arm)
        lit, dark = self._paint(mix(self.coat, self.dark, 0.30))
        if not self._spread(s):
            down = (w - a) / max(float(np.hypot(*(w - a))), 1e-6)
            side = np.array([-down[1], down[0]]) * max(f.size(names[0], b.trunk * 0.52), r)
            tip = w + down * f.size(names[2], 0.10)
            middle = a * 0.55 + w * 0.45
            wing = smooth(
                np.array(
                    [
                        a - down * r * 0.9,
                        a + side * 0.75,
                        middle + side * 0.95,
                        w + side * 0.45,
                        tip,
                        w - side * 0.45,
                        middle - side * 0.95,
                        a - side * 0.75,
                    ]
                ),
                4,
            )
            self.pen.cutout(wing, lit)
            if not self.look.flat:
                for t in (0.42, 0.62, 0.80):
                    at = a * (1 - t) + tip * t
                    wide = side * (0.85 - 0.5 * t)
                    line = smooth(np.array([at - wide, at + down * r * 0.9, at + wide]), 4, closed=False)
                    self.pen.stroke(line, dark, max(1.0, r * 0.16))
            return
        back = -f.body_axes[1, :2] * f.size(names[0], 0.34) - f.body_axes[2, :2] * f.size(names[0], 0.04)
        feathers = []
        for _k, t in enumerate(np.linspace(0.12, 1.0, 7)):
            root = a + (e - a) * (t * 2) if t < 0.5 else e + (w - e) * (t * 2 - 1)
            out = (w - a) / max(float(np.hypot(*(w - a))), 1e-6) * f.size(names[0], 0.16) * t
            tip = root + back * (1.0 + 0.25 * np.sin(np.pi * t)) + out
            feathers.append(limb(root, tip, r * 1.0, r * 0.55))
        self.pen.outline(feathers)
        self.pen.fills(feathers, dark)
        self.pen.group([([limb(a, e, r * 1.5, r * 1.4), limb(e, w, r * 1.4, r * 0.7)], (lit, lit))], factor=0.6)

    def _tail(self) -> None:
        f, b = self.f, self.f.build
        names = ("tail0", "tail2", "tail4")
        if not f.ahead(*names):
            return
        root, middle, tip = (f.at(n) for n in names)
        width = f.size("hips", b.tail_width)
        along = tip - root
        side = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
        feathers = [
            limb(
                root * 0.5 + middle * 0.5,
                tip + side * width * k * 0.75 - along * 0.06 * abs(k),
                width * 0.5,
                width * 0.42,
            )
            for k in (-1, 1, 0)
        ]
        paint = self._paint(self.dark)
        self.pen.outline(feathers)
        self.pen.fills(feathers[:2], paint[1])
        self.pen.fill(feathers[2], paint[0])

    def _head(self) -> None:
        f, b = self.f, self.f.build
        r = f.size("skull", b.head)
        skull = f.at("skull")
        owl = self.kind == "owl"
        white = self.kind == "eagle"
        if b.ears == "tufts":
            for s in (-1.0, 1.0):
                p = f.globe(
                    np.array([(s * 0.30, 0.80, 0.2), (s * 0.88, 0.50, 0.1), (s * 0.95, 0.70 + b.ear / b.head, 0.05)])
                )
                self.pen.cutout(p, self._paint(self.dark)[0])
        self.pen.group(
            [([ellipse(skull, r * (1.08 if owl else 1.0), r * 0.96)], self._paint(self.belly if white else self.coat))],
            turn=0.15,
        )
        if f.facing > -0.3 and owl:
            for s in (-1.0, 1.0):
                if f.toward(on_face([(s * 0.44, -0.05)]))[0] > 0.05:
                    disc = f.globe(on_face(np.array([s * 0.46, -0.06]) + circle(20) * (0.50, 0.56)))
                    self.pen.fill(disc, self._paint(self.belly)[0])
        if self.kind == "bird" and f.facing > -0.4 and not self.look.flat:
            for s in (-1.0, 1.0):
                if f.toward(on_face([(s * 0.6, -0.35)]))[0] > 0.15:
                    self.pen.fill(
                        f.globe(on_face(np.array([s * 0.55, -0.36]) + circle(16) * (0.26, 0.24))),
                        self._paint(self.belly)[0],
                    )
        features = Features(
            eye_x=0.46 if owl else 0.58,
            eye_y=-0.02 if owl else 0.10,
            eye_width=0.34 if owl else 0.20,
            eye_height=0.38 if owl else 0.23,
            brow_y=0.52,
            nose=False,
            mouth=False,
            iris=self.accent if owl or white else rgb("#4a3020"),
            brows=owl or white,
            whites=mix(self.accent, (255, 255, 255), 0.65) if owl else (252, 252, 250),
        )
        FaceArtist(self.pen, f, self.look).draw(features, self.coat)
        if f.facing > -0.55:
            self._beak(r)
        if b.ears == "tufts" and f.facing > -0.2 and not self.look.flat:
            brow = float(f.puppet.expression[f.frame, 2])
            for s in (-1.0, 1.0):
                ridge = on_face(
                    [(s * 0.06, 0.24 + 0.05 * brow), (s * 0.40, 0.52 + 0.10 * brow), (s * 0.86, 0.70 + 0.05 * brow)]
                )
                if f.toward(ridge)[1] > 0.05:
                    self.pen.fill(
                        ribbon(
                            smooth(f.globe(ridge), 4, closed=False),
                            np.concatenate([np.linspace(0.03, 0.09, 5), np.linspace(0.09, 0.02, 4)]) * r,
                        ),
                        self._paint(self.dark)[0],
                    )

    def _beak(self, r: float) -> None:
        f, b = self.f, self.f.build
        length = 0.95 + b.snout / b.head
        open_ = float(f.puppet.expression[f.frame, 0]) * 0.30
        w = b.snout_width / b.head
        hook = 0.32 if self.kind in ("owl", "eagle") else 0.10
        lower = f.globe(
            np.array(
                [(-w * 0.8, -0.26, 0.90), (w * 0.8, -0.26, 0.90), (0.0, -0.30 - hook * 0.6 - open_, length * 0.95)]
            )
        )
        upper = f.globe(
            np.array(
                [
                    (-w, -0.14, 0.92),
                    (w, -0.14, 0.92),
                    (0.0, 0.0, 0.98),
                    (0.0, -0.20 - hook, length),
                    (0.0, -0.10, length * 1.02),
                ]
            )
        )
        paint = self._paint(self.accent)
        if open_ > 0.03:
            self.pen.cutout(hull(lower), paint[1], factor=0.7)
        self.pen.cutout(hull(upper, ellipse(upper[3], r * 0.04, r * 0.04)), paint[0], factor=0.8)

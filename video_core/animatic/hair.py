"""Hair of people: the cap around the skull, the fringe, and what hangs behind.

Knows hair shapes on a head globe. Does not know faces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.figure import Figure
from video_core.animatic.look import Color, Look, Paint, mix
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import common, ellipse, hull, ribbon, smooth
from video_core.animatic.things import seed_of

Floats = NDArray[np.float64]


class HairArtist:
    """Draws one head of hair in one frame; the order of its three parts is the caller's."""

    def __init__(self, pen: Pen, figure: Figure, look: Look, color: Color) -> None:
        self.pen, self.f, self.look = pen, figure, look
        self.paint = look.paint(color)
        self.shine = look.lit(mix(color, (255, 255, 255), 0.34))
        self.form = figure.build.hair
        self.radius = figure.size("skull", figure.build.head)
        self.seed = seed_of(figure.card.id)
        scale = figure.view.pixels_per_metre(max(figure.depth("skull"), 0.12), figure.frame)
        self.trail = figure.drift[:2] * scale

    def _strand(self, points: list[tuple[float, float, float]], widths: list[float], trail: float) -> Floats:
        p = self.f.globe(np.array(points))
        weight = np.linspace(0, 1, len(p))[:, None] ** 1.5
        p = p + self.trail * trail * weight
        curve = smooth(np.concatenate([p, np.array(widths)[:, None] * self.radius], axis=1), 4, closed=False)
        return ribbon(curve[:, :2], np.maximum(curve[:, 2], 0.3))

    def behind(self) -> None:
        """Long hair, tails and buns, on the far side of the head as seen when the face is toward us."""
        match self.form:
            case "long":
                back = self._strand(
                    [(0, 0.3, -0.25), (0, -0.5, -0.55), (0, -1.5, -0.70), (0, -2.5, -0.62), (0, -3.1, -0.55)],
                    [1.02, 1.04, 0.92, 0.70, 0.12],
                    0.9,
                )
                self.pen.cutout(back, self.paint[0] if self.f.facing < 0 else self.paint[1])
                if self.f.facing < 0 and not self.look.flat:
                    for x in (-0.4, 0.05, 0.45):
                        line = self.f.globe(np.array([(x, -0.2, -1.0), (x * 1.1, -1.4, -0.9), (x * 0.8, -2.5, -0.7)]))
                        self.pen.stroke(
                            smooth(line, 4, closed=False), mix(self.paint[1], self.look.outline(), 0.3), self.look.scale
                        )
            case "tails":
                for s in (-1.0, 1.0):
                    tail = self._strand(
                        [
                            (s * 0.92, 0.42, -0.25),
                            (s * 1.45, 0.30, -0.3),
                            (s * 1.62, -0.5, -0.35),
                            (s * 1.50, -1.35, -0.3),
                            (s * 1.36, -1.75, -0.25),
                        ],
                        [0.16, 0.34, 0.38, 0.26, 0.05],
                        0.8,
                    )
                    self.pen.cutout(tail, self.paint[0])
                    tie = self.f.globe(np.array([(s * 1.0, 0.40, -0.25)]))[0]
                    self.pen.cutout(
                        ellipse(tie, self.radius * 0.13, self.radius * 0.15),
                        self.look.paint(self.f.card.palette[3])[0],
                        factor=0.6,
                    )
            case "bun":
                at = self.f.globe(np.array([(0.0, 0.78, -0.72)]))[0]
                self.pen.shape(ellipse(at, self.radius * 0.44, self.radius * 0.42), self.paint)

    def cap(self, skin: Paint) -> None:
        """Hair over the skull; the face goes on top of it."""
        f, r = self.f, self.radius
        if self.form in ("none", ""):
            return
        if self.form == "balding":
            for s in (-1.0, 1.0):
                p = np.array([(s * 0.92, -0.12, -0.42)])
                if f.toward(p)[0] > -0.35:
                    self.pen.cutout(ellipse(f.globe(p)[0], r * 0.30, r * 0.36), self.paint[0], factor=0.8)
            if f.facing < 0:
                at = f.globe(np.array([(0.0, -0.2, -0.6)]))[0]
                self.pen.cutout(ellipse(at, r * 0.84, r * 0.55), self.paint[0], factor=0.8)
            return
        parts = [self._bowl({"tails": -0.42, "long": -0.72}.get(self.form, -0.50))]
        crown = list(parts)
        if self.form in ("short", "messy"):
            parts += self._spikes(1.20 if self.form == "short" else 1.32)
        self.pen.outline(parts)
        self.pen.fills(parts, self.paint[0])
        self._tone(crown[0])

    def _bowl(self, low: float) -> Floats:
        """Outline of the hair of a head whose hair ends at height `low` (skull radii) behind the ears."""
        rings = []
        count = 28 if self.radius < 40 else 64
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        for y in (low, low * 0.7, low * 0.35, 0.0, 0.25, 0.45, 0.65, 0.82, 0.94, 1.02):
            radius = 1.07 * np.sqrt(max(1 - (y / 1.06) ** 2, 0.0)) * (0.98 if y == low else 1.0)
            ring = np.stack([np.sin(angle) * radius, np.full(count, y + 0.05), np.cos(angle) * radius - 0.03], axis=-1)
            rings.append(ring[ring[:, 2] < (0.30 if y > low else 0.05)] if y < 0.2 else ring)
        drop = 0.30 * float(np.clip((0.25 - self.f.facing) / 0.5, 0, 1))
        if drop:
            nape = np.stack([np.sin(angle) * 0.80, np.full(count, low - drop), np.cos(angle) * 0.80 - 0.03], axis=-1)
            rings.append(nape[nape[:, 2] < -0.42])
        return hull(self.f.globe(np.concatenate(rings)))

    def _tone(self, crown: Floats) -> None:
        """The shaded side of the hair mass and a few strands."""
        if self.look.flat or self.look.style == "ink":
            return
        r = self.radius
        self.pen.fill(crown, self.paint[1])
        lit = common(crown, crown - self.pen.shadow * r * 0.30)
        if lit is not None:
            self.pen.fill(lit, self.paint[0])
        if r > 9 and self.f.facing < 0.75:
            tint = mix(self.paint[1], self.look.outline(), 0.25)
            for x in (-0.55, -0.1, 0.4):
                points = np.array(
                    [(x * 0.5, 0.99, -0.25), (x, 0.62, -0.75), (x * 1.15, 0.05, -0.95), (x * 1.05, -0.40, -0.85)]
                )
                if self.f.toward(points).min() > 0.08:
                    self.pen.stroke(smooth(self.f.globe(points), 4, closed=False), tint, max(1.0, r * 0.018))

    def _spikes(self, reach: float) -> list[Floats]:
        out = []
        for k in range(9):
            a = np.radians(-80 + 20 * k + (self.seed >> k) % 9)
            for z in (-0.35, 0.25):
                base = np.array([(np.sin(a + d) * 0.9, np.cos(a + d) * 0.9 + 0.05, z) for d in (-0.22, 0.22)])
                tip = np.array([(np.sin(a + 0.16) * reach, np.cos(a + 0.16) * reach * 0.94 + 0.05, z * 1.2 - 0.1)])
                out.append(self.f.globe(np.concatenate([base, tip])))
        return out

    def ears(self, skin: Paint) -> None:
        """Ears that this hair leaves bare."""
        if self.form not in ("short", "messy", "bun", "tails", "balding"):
            return
        for s in (-1.0, 1.0):
            p = np.array([(s * 1.0, -0.22, 0.02)])
            if self.f.toward(p)[0] > -0.12:
                at = self.f.globe(p)[0]
                turn = max(float(self.f.toward(p)[0]), 0.25)
                self.pen.cutout(
                    ellipse(at, self.radius * (0.07 + 0.11 * turn), self.radius * 0.22), skin[0], factor=0.7
                )
                if self.radius > 14 and not self.look.flat:
                    self.pen.fill(ellipse(at, self.radius * 0.07 * turn, self.radius * 0.12), skin[1])

    def _rim(self) -> Floats:
        """The border of the face on the globe (n,3), from the left temple over the chin to the right temple."""
        half = [
            (0.84, 0.14, 0.54),
            (0.95, -0.10, 0.30),
            (0.97, -0.36, 0.12),
            (0.84, -0.66, 0.24),
            (0.48, -0.93, 0.50),
            (0.14, -1.12, 0.62),
        ]
        if self.form == "long":
            half = [
                (0.86, 0.10, 0.52),
                (0.90, -0.22, 0.42),
                (0.78, -0.58, 0.46),
                (0.46, -0.92, 0.54),
                (0.14, -1.11, 0.62),
            ]
        return np.array(half + [(-x, y, z) for x, y, z in half[::-1]])

    def _hairline(self) -> Floats:
        """The top of the face under the fringe (n,3), from right temple to left."""
        return np.array(
            [(-0.80, 0.30, 0.52), (-0.45, 0.38, 0.80), (0.0, 0.40, 0.90), (0.45, 0.38, 0.80), (0.80, 0.30, 0.52)]
        )

    def _pushed(self, points: Floats) -> Floats:
        """Head points to pixels; those on the far side go to the rim of the head as seen."""
        f = self.f
        facing = f.toward(points)
        pixels = f.globe(points)
        centre = f.at("skull")
        flat = pixels - centre
        size = np.maximum(np.hypot(flat[:, 0], flat[:, 1]), 1e-6)
        rim = np.linalg.norm(points, axis=1) * self.radius
        pushed = centre + flat / size[:, None] * rim[:, None]
        return np.where((facing < 0)[:, None], pushed, pixels)

    def window(self) -> Floats | None:
        """The face inside the hair, in pixels; None when the back of the head is seen."""
        if self.f.facing < -0.32:
            return None
        return smooth(self._pushed(np.concatenate([self._rim(), self._hairline()])), 3)

    def fringe(self) -> None:
        """Hair in front of the forehead, over the brows' upper edge."""
        f = self.f
        if self.form in ("none", "", "balding") or f.facing < -0.32:
            return
        part = ((self.seed % 7) - 3) / 10
        if self.form in ("long", "bun"):
            teeth = [
                (0.94, -0.30),
                (0.80, 0.14),
                (0.62, 0.22),
                (0.40, 0.34),
                (part, 0.50),
                (-0.35, 0.36),
                (-0.60, 0.24),
                (-0.80, 0.14),
                (-0.94, -0.30),
            ]
        elif self.form == "tails":
            teeth = [
                (0.95, -0.12),
                (0.78, 0.12),
                (0.66, 0.24),
                (0.45, 0.08),
                (0.30, 0.26),
                (0.08, 0.08),
                (-0.10, 0.26),
                (-0.30, 0.08),
                (-0.50, 0.25),
                (-0.66, 0.10),
                (-0.78, 0.22),
                (-0.95, -0.12),
            ]
        else:
            teeth = [
                (0.97, -0.02),
                (0.84, 0.34),
                (0.70, 0.14),
                (0.52, 0.42),
                (0.30 + part * 0.3, 0.10),
                (0.10, 0.40),
                (-0.14, 0.14),
                (-0.34, 0.42),
                (-0.58, 0.16),
                (-0.74, 0.40),
                (-0.86, 0.22),
                (-0.97, -0.02),
            ]
        low = np.array([(x, y, np.sqrt(max(1.06 - (x * 0.93) ** 2 - (y * 0.8) ** 2, 0.05)) * 1.02) for x, y in teeth])
        crown = np.array(
            [
                (-0.98, 0.35, 0.18),
                (-0.80, 0.72, 0.22),
                (-0.42, 0.97, 0.25),
                (0.0, 1.06, 0.25),
                (0.42, 0.97, 0.25),
                (0.80, 0.72, 0.22),
                (0.98, 0.35, 0.18),
            ]
        )
        pixels = self._pushed(np.concatenate([low, crown]))
        count = len(low)
        edge = pixels[:count]
        polygon = np.concatenate([edge, smooth(pixels[count:], 3, closed=False)])
        self.pen.fill(polygon, self.paint[0])
        top = np.stack(
            [np.interp(np.linspace(0, 6, count), np.arange(7), pixels[count:][::-1, k]) for k in (0, 1)], axis=-1
        )
        for i in range(count - 1):
            self.pen.fill(np.array([edge[i], edge[i + 1], top[i + 1], top[i]]), self.paint[0])
        if self.look.flat:
            if self.form == "long":
                self._locks()
            return
        self.pen.stroke(edge, self.look.outline(), self.pen.outline_width() * 0.9)
        if self.form == "long":
            self._locks()
        if self.look.style == "ink":
            return
        drop = self._pushed(low + np.array([0, 0.16, 0.0]))
        under = np.concatenate([edge, drop[::-1]])
        self.pen.glaze(under, self.paint[1], 0.75)
        if self.radius > 9:
            u = np.linspace(-0.62, 0.62, 13)
            zig = 0.05 * np.abs(((np.arange(13)) % 2) * 2 - 1) * np.where(np.arange(13) % 2 == 0, 1, -1)
            top = np.stack([u, 0.74 + zig - 0.18 * u**2, np.sqrt(np.clip(1.08 - u**2 - 0.55, 0.02, 1))], axis=-1)
            bottom = np.stack([u, 0.62 + zig - 0.18 * u**2, np.sqrt(np.clip(1.08 - u**2 - 0.38, 0.02, 1))], axis=-1)
            band = np.concatenate([top, bottom[::-1]])
            if f.toward(band).min() > 0.05:
                self.pen.fill(f.globe(band), self.shine)

    def _locks(self) -> None:
        """Strands that fall beside the face."""
        for s in (-1.0, 1.0):
            root = np.array([(s * 0.96, 0.0, 0.30)])
            if self.f.toward(root)[0] < -0.25:
                continue
            lock = self._strand(
                [(s * 0.90, 0.45, 0.42), (s * 1.00, 0.0, 0.34), (s * 1.00, -0.60, 0.28), (s * 0.86, -1.30, 0.30)],
                [0.06, 0.15, 0.16, 0.02],
                0.5,
            )
            self.pen.cutout(lock, self.paint[0], factor=0.8)

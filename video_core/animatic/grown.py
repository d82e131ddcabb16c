"""Things that grow or burn: trees, bushes, flowers, fire, rocks.

Knows their outlines in the plane of the picture. Does not know flat-faced things.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from video_core.animatic.drafting import Drafting, Thing
from video_core.animatic.look import mix, rgb
from video_core.animatic.shapes import Floats, ellipse, limb, smooth
from video_core.raster.solids import foliage, place, solid_of


class GrownThings(Drafting):
    """Draws things without flat faces or straight edges."""

    def _tree(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
        leaf, bark = rgb(thing.palette[0]), rgb(thing.palette[1])
        seed = thing.seed
        pine = thing.kind == "tree" and seed % 5 in (1, 3)
        rng = np.random.default_rng(seed)
        leaf = mix(leaf, (rgb("#7aa048"), rgb("#3c7a58"), rgb("#88a83c"))[seed % 3], 0.35)
        trunk = solid_of("tree", thing.size).capsules[0]
        polygon = self._limb(thing, *trunk)
        if polygon is not None:
            self.pen.shape(polygon, self.look.paint(bark, haze), haze=haze)
            self._foot(thing, trunk[2], haze)
        crown = self.look.paint(leaf, haze)
        sway = 0.012 * h * np.sin(self.seconds * 1.3 + seed % 7)
        if pine:
            tiers = []
            for k in range(4):
                y0, y1, half = h * (0.28 + 0.17 * k), h * (0.56 + 0.15 * k), h * (0.20 - 0.035 * k)
                base = self.view.project(place(np.array([0.0, y0, 0.0]), thing.position, 0.0), self.frame)
                tip = self.view.project(place(np.array([sway * k * 0.4, y1, 0.0]), thing.position, 0.0), self.frame)
                if base[2] < 0.3 or tip[2] < 0.3:
                    return
                r = half * self.view.pixels_per_metre(float(base[2]), self.frame)
                axis = (tip - base)[:2]
                side = np.array([-axis[1], axis[0]]) / max(float(np.hypot(*axis)), 1e-6)
                b = base[:2]
                tiers.append(
                    np.array(
                        [
                            b - side * r,
                            b - side * r * 0.35 - axis * 0.06,
                            b + side * r * 0.35 - axis * 0.06,
                            b + side * r,
                            tip[:2],
                        ]
                    )
                )
            deep = (mix(crown[0], crown[1], 0.35), crown[1])
            self.pen.outline(tiers, haze)
            for t in tiers:
                self.pen.fill(t, deep[1])
                top = t[4]
                self.pen.fill(
                    np.array([t[0] * 0.3 + top * 0.7, t[0] * 0.92 + t[1] * 0.08, t[1], (t[1] + top) / 2, top])
                    if self.pen.shadow[0] > 0
                    else np.array([t[3] * 0.3 + top * 0.7, t[3], t[2], (t[2] + top) / 2, top]),
                    deep[0],
                )
            return
        clumps = []
        for k, (centre, rx, ry) in enumerate(foliage(w, h, d)):
            jitter = rng.uniform(-0.10, 0.10, 3) * rx
            ball = self._ball(thing, centre + jitter + (sway * centre[1] / h, 0, 0), rx, max(ry, rx * 0.72))
            if ball is None:
                return
            clumps.append((ball[0], ball[1], ball[2], k))
        leaves = [_leafy(c, rx, ry, int(rng.integers(5, 9)), seed + k) for c, rx, ry, k in clumps]
        self.pen.outline(leaves, haze)
        small = clumps[2][1] < 7.0
        self.pen.fills(leaves, crown[0] if small and haze > 0.3 else crown[1])
        if self.look.flat or (small and haze > 0.3):
            return
        shift = -self.pen.shadow
        for c, rx, ry, _ in clumps:
            self.pen.fill(_leafy(c + shift * (rx * 0.16, ry * 0.22), rx * 0.80, ry * 0.76, 7, seed), crown[0])
        if small:
            return
        bright = self.look.lit(mix(leaf, rgb("#e8f0a0"), 0.30), haze)
        for c, rx, ry, _ in clumps[2:5]:
            self.pen.fill(_leafy(c + shift * (rx * 0.34, ry * 0.40), rx * 0.40, ry * 0.34, 5, seed + 2), bright)

    def _foot(self, thing: Thing, radius: float, haze: float) -> None:
        """Grass that hides where a trunk meets the ground."""
        foot = self._ball(thing, np.array([0.0, 0.0, 0.0]), radius, radius)
        if self.look.flat or foot is None or foot[1] < 3:
            return
        c, r, _ = foot
        x = np.array([-1.9, -1.5, -1.2, -0.9, -0.55, -0.2, 0.2, 0.5, 0.85, 1.2, 1.55, 1.9])
        y = np.array([0.55, -0.35, 0.25, -0.6, 0.2, -0.45, 0.25, -0.65, 0.2, -0.4, 0.3, 0.55])
        tuft = np.stack([x, y + 0.1], axis=-1) * r + c
        skirt = np.concatenate([tuft, np.array([(1.0, 1.25), (-1.0, 1.25)]) * r + c])
        self.pen.fill(skirt, self.soil(haze))

    def _bush(self, thing: Thing, haze: float) -> None:
        paint = self.look.paint(thing.palette[0], haze)
        balls = [b for c, rx, ry in solid_of("bush", thing.size).balls if (b := self._ball(thing, c, rx, ry))]
        leaves = [_leafy(c, rx, ry, 6, thing.seed + k) for k, (c, rx, ry) in enumerate(balls)]
        self.pen.outline(leaves, haze)
        self.pen.fills(leaves, paint[1])
        if self.look.flat:
            return
        for c, rx, ry in balls:
            self.pen.fill(
                _leafy(c - self.pen.shadow * (rx * 0.18, ry * 0.22), rx * 0.76, ry * 0.72, 6, thing.seed), paint[0]
            )

    def _flower(self, thing: Thing, haze: float) -> None:
        w, h, _ = thing.size
        stem = self._limb(thing, np.array([0.0, 0, 0]), np.array([0.0, h * 0.8, 0]), 0.012, 0.012)
        head = self._ball(thing, np.array([0.0, h * 0.85, 0]), w * 0.45, w * 0.45)
        if stem is None or head is None:
            return
        self.pen.cutout(stem, self.look.lit(rgb(thing.palette[1]), haze), haze=haze, factor=0.6)
        c, r, _ = head
        petals = [
            ellipse(c + np.array([np.cos(a), np.sin(a)]) * r * 0.55, r * 0.5, r * 0.5)
            for a in np.arange(5) * 2 * np.pi / 5
        ]
        self.pen.outline(petals, haze, 0.6)
        self.pen.fills(petals, self.look.lit(rgb(thing.palette[0]), haze))
        self.pen.fill(ellipse(c, r * 0.35, r * 0.35), self.look.lit(rgb("#f4d050"), haze))

    def _fire(self, thing: Thing, haze: float) -> None:
        w, h, _ = thing.size
        base = self._ball(thing, np.array([0.0, 0.0, 0.0]), w, h)
        if base is None:
            return
        c, rx, ry = base
        for side in (-1, 1):
            self.pen.shape(
                limb(
                    c + np.array([side * rx * 0.4, 0]),
                    c + np.array([-side * rx * 0.3, -ry * 0.2]),
                    rx * 0.10,
                    rx * 0.10,
                ),
                self.look.paint("#6a4a30", haze),
                haze=haze,
            )
        if not self.look.flat:
            self.pen.glaze(
                ellipse(c + np.array([0, -ry * 0.6]), rx * 1.6, ry * 1.7),
                self.look.tone(rgb("#ff9a40")),
                0.30,
                soft=rx * 0.4,
            )
        for k, (color, size) in enumerate(((thing.palette[0], 1.0), (thing.palette[1], 0.66), ("#fff4c0", 0.36))):
            flick = [1 + 0.14 * np.sin(self.seconds * (9 + 3 * j) + j * 2 + k) for j in range(3)]
            pts = [
                (-0.42, 0),
                (-0.46, -0.45),
                (-0.24, -0.40 - 0.25 * flick[0]),
                (-0.12, -0.6),
                (0.02, -1.05 * flick[1]),
                (0.16, -0.55),
                (0.28, -0.45 - 0.25 * flick[2]),
                (0.44, -0.4),
                (0.40, 0),
            ]
            polygon = smooth(np.array(pts) * (rx * size, ry * 1.25 * size) + c, 4)
            if k == 0:
                self.pen.outline([polygon], haze, 0.6)
            self.pen.fill(polygon, self.look.tone(rgb(color)))

    def _rock(self, thing: Thing, haze: float) -> None:
        w, h, _d = thing.size
        rng = np.random.default_rng(thing.seed + 1)
        ball = self._ball(thing, np.array([0.0, 0.0, 0.0]), w * 0.55, h)
        if ball is None:
            return
        c, rx, ry = ball
        angle = np.linspace(np.pi, 2 * np.pi, 8)
        ring = np.stack([np.cos(angle) * rx, np.sin(angle) * ry], axis=-1) * rng.uniform(0.88, 1.06, (8, 1))
        outer = np.concatenate([ring, [(rx * 0.9, ry * 0.10), (-rx * 0.9, ry * 0.10)]]) + c
        lit, dark = self.look.paint(thing.palette[0], haze)
        self.pen.cutout(outer, dark, haze=haze)
        if self.look.flat:
            return
        s = 1.0 if self.pen.shadow[0] > 0 else -1.0
        facet = (
            np.array(
                [
                    (-0.94, -0.05),
                    (-0.86, -0.5),
                    (-0.45, -0.86),
                    (0.1, -0.95),
                    (0.34, -0.72),
                    (0.02, -0.52),
                    (-0.16, -0.02),
                ]
            )
            * (s * rx, ry)
            + c
        )
        self.pen.fill(facet, lit)
        self.pen.fill(
            np.array([(-0.45, -0.86), (0.1, -0.95), (0.34, -0.72), (0.02, -0.60), (-0.3, -0.66)]) * (s * rx, ry) + c,
            self.look.lit(mix(rgb(thing.palette[0]), (255, 255, 255), 0.25), haze),
        )
        crack = np.array([(0.40, -0.55), (0.50, -0.36), (0.44, -0.2)]) * (s * rx, ry) + c
        self.pen.stroke(crack, mix(dark, self.look.outline(haze), 0.6), self.look.scale)


def _leafy(centre: Floats, rx: float, ry: float, lobes: int, seed: int) -> Floats:
    """A leaf clump: a circle with soft scallops."""
    return np.asarray(_scallops(lobes, seed % 5, max(rx, ry) > 24) * (rx, ry) + centre)


@lru_cache(maxsize=128)
def _scallops(lobes: int, seed: int, fine: bool) -> Floats:
    n = lobes * (9 if fine else 5)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    bump = 0.91 + 0.09 * np.abs(np.cos(angle * lobes / 2 + seed))
    return np.asarray(np.stack([np.cos(angle), np.sin(angle)], axis=-1) * bump[:, None])

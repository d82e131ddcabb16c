"""Props: every thing of a shot or its scenery, by shape.

Knows which artist draws which shape, and logs, lamps, balls and rivers. Does not know what a thing is for.
"""

from __future__ import annotations

import numpy as np

from video_core.animatic.drafting import Thing, seed_of
from video_core.animatic.faced import FacedThings
from video_core.animatic.grown import GrownThings
from video_core.animatic.look import mix, rgb
from video_core.animatic.shapes import circle, ellipse, hull
from video_core.raster.solids import SMALL_LAMP, Solid, is_candle, place, solid_of

__all__ = ["Thing", "ThingArtist", "seed_of"]


class ThingArtist(FacedThings, GrownThings):
    """Draws things into one frame."""

    def draw(self, thing: Thing) -> None:
        depth = float(
            self.view.to_camera(np.asarray(thing.position) + np.array([0, thing.size[1] / 2, 0]), self.frame)[2]
        )
        if depth < -max(thing.size):
            return
        haze = self.look.fade(depth)
        self.pen.weight = float(np.clip(7.0 / max(depth, 1.0), 0.35, 1.0)) ** 0.5
        match thing.shape:
            case "tree":
                self._tree(thing, haze)
            case "bush" if thing.kind == "fire":
                self._fire(thing, haze)
            case "bush" if thing.kind == "flower":
                self._flower(thing, haze)
            case "bush":
                self._bush(thing, haze)
            case "rock":
                self._rock(thing, haze)
            case "log":
                self._log(thing, haze)
            case "ball" | "cylinder" | "pole":
                self._round(thing, haze)
            case "lamp":
                self._lamp(thing, haze)
            case "flat" if thing.kind == "river":
                self._river(thing)
            case _:
                self._faces(thing, haze)
        self.pen.weight = 1.0

    def _log(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
        along = np.array([0, 0, 1.0]) if d >= w else np.array([1.0, 0, 0])
        half = max(w, d) / 2
        r = h / 2
        ends = place(np.stack([along * half, -along * half]) + np.array([0, r, 0]), thing.position, thing.yaw)
        eye = self.view.eye[self.frame]
        bark = self.look.paint(thing.palette[0], haze)
        across = np.cross(along, (0, 1.0, 0))
        rings = []
        for sign in (1, -1):
            local = (
                along * (half * sign)
                + (0, r, 0)
                + np.outer(circle(22)[:, 0], across) * r
                + np.outer(circle(22)[:, 1], (0, 1.0, 0)) * r
            )
            rings.append(self.view.polygon(place(local, thing.position, thing.yaw), self.frame))
        seen = [p for p in rings if p is not None]
        if not seen:
            return
        self.pen.group([([hull(*seen)], bark)], haze=haze, turn=0.30)
        axis = (ends[0] - ends[1]) / np.linalg.norm(ends[0] - ends[1])
        if not self.look.flat:
            for k in range(3):
                a = np.pi * (0.30 + 0.2 * k)
                off = across * np.cos(a) * r + np.array([0, np.sin(a) * r, 0]) + (0, r, 0)
                p = place(np.stack([along * half * 0.9 + off, -along * half * 0.9 + off]), thing.position, thing.yaw)
                lines, ok = self.view.segments(p[:1], p[1:], self.frame)
                self.pen.strokes(list(lines[ok]), mix(bark[1], self.look.outline(haze), 0.25), self.look.scale)
        for ring, end, sign in zip(rings, ends, (1, -1), strict=True):
            if ring is None or (eye - end) @ axis * sign <= 0:
                continue
            self.pen.cutout(ring, self.look.lit(rgb("#e0bc88"), haze), haze=haze)
            middle = ring.mean(axis=0)
            for share in (0.68, 0.36):
                self.pen.stroke(
                    middle + (ring - middle) * share, self.look.lit(rgb("#b08050"), haze), self.look.scale, closed=True
                )

    def _round(self, thing: Thing, haze: float) -> None:
        solid: Solid = solid_of(thing.shape, thing.size)
        paint = self.look.paint(thing.palette[0], haze)
        for centre, rx, ry in solid.balls:
            if ball := self._ball(thing, centre, rx, ry):
                self.pen.shape(ellipse(*ball), paint, haze=haze)
                if not self.look.flat:
                    c, qx, qy = ball
                    self.pen.fill(
                        ellipse(c - self.pen.shadow * (qx * 0.45, qy * 0.45), qx * 0.16, qy * 0.12),
                        self.look.lit((255, 255, 255), haze),
                    )
        for a, b, ra, rb in solid.capsules:
            polygon = self._limb(thing, a, b, ra, rb)
            if polygon is not None:
                self.pen.shape(polygon, paint, haze=haze)
        if thing.shape == "cylinder":
            w, h, _ = thing.size
            if (
                band := self._limb(
                    thing, np.array([-w * 0.42, h * 0.62, 0]), np.array([w * 0.42, h * 0.62, 0]), h * 0.05, h * 0.05
                )
            ) is not None:
                self.pen.fill(band, self.look.lit(rgb(thing.palette[1]), haze))
        if thing.kind == "pole":
            h = thing.size[1]
            wave = 0.08 * np.sin(self.seconds * 3 + np.arange(4) * 1.2)
            pts = [
                (0.1, h * 0.97, 0),
                (0.5, h * 0.95 + wave[1], 0),
                (0.95, h * 0.93 + wave[2], 0),
                (0.95, h * 0.72 + wave[2], 0),
                (0.5, h * 0.74 + wave[1], 0),
                (0.1, h * 0.75, 0),
            ]
            if (p := self._on_face(thing, pts)) is not None:
                self.pen.cutout(p, self.look.lit(rgb(thing.palette[1]), haze), haze=haze)

    def _lamp(self, thing: Thing, haze: float) -> None:
        solid = solid_of("lamp", thing.size)
        candle, lantern = is_candle(thing.size), thing.size[1] < SMALL_LAMP
        metal = self.look.paint(thing.palette[0 if candle else 1], haze)
        pole = self._limb(thing, *solid.capsules[0])
        if pole is not None:
            self.pen.shape(pole, metal, haze=haze)
        ball = self._ball(thing, *solid.balls[0])
        if ball is None:
            return
        c, rx, ry = ball
        on = self.look.dark
        if on:
            self.pen.glaze(ellipse(c, rx * 3.4, rx * 3.4), self.look.tone(rgb("#ffe0a0")), 0.34, soft=rx * 1.1)
        self.pen.cutout(
            ellipse(c, rx, ry),
            self.look.tone(rgb("#fff0b8")) if on else self.look.lit(rgb(thing.palette[0]), haze),
            haze=haze,
        )
        if candle:
            return
        if lantern:
            w, h, _ = thing.size
            for y in (0.13, 0.87):
                band = self._limb(thing, np.array([-w * 0.22, h * y, 0]), np.array([w * 0.22, h * y, 0]), h * 0.04, h * 0.04)
                if band is not None:
                    self.pen.shape(band, metal, haze=haze)
            return
        cap = np.array([(-1.05, -0.45), (0, -1.5), (1.05, -0.45)]) * (rx, ry) + c
        self.pen.cutout(cap, metal[0], haze=haze, factor=0.7)

    def _river(self, thing: Thing) -> None:
        w, _, d = thing.size
        points = np.array(
            [(-w / 2, 0.012, -d / 2), (w / 2, 0.012, -d / 2), (w / 2, 0.012, d / 2), (-w / 2, 0.012, d / 2)]
        )
        bank = self.view.polygon(place(points * (1.12, 1, 1.03), thing.position, thing.yaw), self.frame)
        water = self.view.polygon(place(points, thing.position, thing.yaw), self.frame)
        if bank is None or water is None:
            return
        self.pen.fill(bank, self.look.lit(rgb("#b8a478")))
        self.pen.fill(water, self.look.lit(rgb(thing.palette[0])))
        rng = np.random.default_rng(thing.seed)
        n = 26
        x, z = rng.uniform(-w * 0.42, w * 0.30, n), (rng.uniform(0, 1, n) + self.seconds * 0.06) % 1 * d - d / 2
        a = np.stack([x, np.full(n, 0.013), z], axis=-1)
        b = a + np.array([w * 0.12, 0, 0])
        lines, seen = self.view.segments(
            place(a, thing.position, thing.yaw), place(b, thing.position, thing.yaw), self.frame
        )
        self.pen.strokes(list(lines[seen]), self.look.lit(rgb(thing.palette[1])), 1.4 * self.look.scale)

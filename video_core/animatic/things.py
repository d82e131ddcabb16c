"""Props: trees, logs, houses, doors, lamps and the rest, drawn from their solid.

Knows one thing at one place. Does not know what it is for.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.look import Color, Look, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import Floats, circle, ellipse, hull, limb, smooth
from video_core.raster.solids import Solid, foliage, place, solid_of
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


class ThingArtist:
    """Draws things into one frame."""

    def __init__(self, pen: Pen, view: View, frame: int, seconds: float, look: Look) -> None:
        self.pen, self.view, self.frame, self.seconds, self.look = pen, view, frame, seconds, look

    def draw(self, thing: Thing) -> None:
        depth = float(self.view.to_camera(np.asarray(thing.position) + (0, thing.size[1] / 2, 0), self.frame)[2])
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

    # solids with flat faces

    def _faces(self, thing: Thing, haze: float) -> None:
        solid = solid_of(thing.shape, thing.size, thing.openness)
        main, second = rgb(thing.palette[0]), rgb(thing.palette[1])
        eye = self.view.eye[self.frame]
        pieces: list[tuple[float, Floats, Color, Floats]] = []
        count = len(solid.faces)
        for k, face in enumerate(solid.faces):
            world = place(face, thing.position, thing.yaw)
            normal = np.cross(world[1] - world[0], world[2] - world[0])
            size = float(np.linalg.norm(normal))
            if size < 1e-9:
                continue
            normal = normal / size
            if (eye - world[0]) @ normal <= 0:
                if not (thing.shape == "house" and k >= 8):
                    continue
                normal = -normal
            color = self._face_color(thing, k, count, main, second)
            pieces.append((float(np.linalg.norm(world.mean(axis=0) - eye)), world, color, normal))
        if thing.kind == "boat" or thing.kind == "car":
            pieces = [p for p in pieces]
        light = np.array(self.look.toward_light)
        for _, world, color, normal in sorted(pieces, key=lambda p: -p[0]):
            polygon = self.view.polygon(world, self.frame)
            if polygon is None:
                continue
            lit, dark = self.look.paint(color, haze)
            k = float(np.clip(0.5 + 0.75 * float(normal @ light) + 0.25 * float(normal[1] > 0.9), 0.0, 1.0))
            self.pen.cutout(polygon, mix(dark, lit, k), haze=haze, factor=0.7)
        if not self.look.flat:
            self._details(thing, haze)

    @staticmethod
    def _face_color(thing: Thing, k: int, count: int, main: Color, second: Color) -> Color:
        if thing.shape == "house":
            return second if k >= 8 else main
        if thing.shape == "door":
            return main if k >= count - 6 else mix(main, (40, 26, 20), 0.35)
        if thing.kind == "window":
            return main if k < 2 else second
        if thing.kind == "bed":
            return main if k == 4 else second
        if thing.shape in ("table", "seat") and k >= 6:
            return second
        return main

    def _on_face(self, thing: Thing, points: list[tuple[float, float, float]]) -> Floats | None:
        return self.view.polygon(place(np.array(points, dtype=np.float64), thing.position, thing.yaw), self.frame)

    def _details(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
        local = place(np.zeros(3), -np.asarray(thing.position), 0.0) + self.view.eye[self.frame]
        c, s = np.cos(-thing.yaw), np.sin(-thing.yaw)
        eye = np.array([local[0] * c + local[2] * s, local[1], -local[0] * s + local[2] * c])
        line = mix(self.look.outline(haze), self.look.lit(rgb(thing.palette[1]), haze), 0.4)
        if thing.shape == "house" and eye[2] > d / 2:
            z = d / 2 + 0.01
            wall = h * 0.58
            glass = self.look.tone(rgb("#f8d888")) if self.look.dark else self.look.lit(rgb("#8fb8d0"), haze)
            for x in (-0.30 * w, 0.30 * w):
                if (p := self._on_face(thing, [(x - 0.09 * w, wall * 0.42, z), (x + 0.09 * w, wall * 0.42, z), (x + 0.09 * w, wall * 0.80, z), (x - 0.09 * w, wall * 0.80, z)])) is not None:
                    self.pen.cutout(p, glass, haze=haze, factor=0.6)
            if (p := self._on_face(thing, [(-0.09 * w, 0, z), (0.09 * w, 0, z), (0.09 * w, wall * 0.72, z), (-0.09 * w, wall * 0.72, z)])) is not None:
                self.pen.cutout(p, self.look.lit(rgb("#7a5236"), haze), haze=haze, factor=0.6)
        if thing.shape == "door":
            angle = thing.openness * 1.45
            x, z = np.cos(angle) * w * 0.86 - w / 2, -np.sin(angle) * w * 0.86
            knob = self.view.project(place(np.array([x, h * 0.48, z + 0.05 * np.cos(angle)]), thing.position, thing.yaw), self.frame)
            if knob[2] > 0.2:
                r = self.view.pixels_per_metre(float(knob[2]), self.frame) * 0.035
                self.pen.cutout(ellipse(knob[:2], r, r), self.look.lit(rgb(thing.palette[1])), factor=0.5)
        if thing.kind == "fence" or thing.kind == "wall":
            along = 2 if d >= w else 0
            a, b = [], []
            n = int(max(w, d) / (0.28 if thing.kind == "fence" else 0.5))
            for i in range(1, n):
                t = (i / n - 0.5) * max(w, d)
                for side in (-1, 1):
                    x, z = (side * w / 2, t) if along == 2 else (t, side * d / 2)
                    if (along == 2 and side * eye[0] > w / 2) or (along == 0 and side * eye[2] > d / 2):
                        a.append((x, 0.0, z))
                        b.append((x, h, z))
            if thing.kind == "wall":
                a, b = [], []
                rows = max(2, int(h / 0.25))
                for r in range(1, rows):
                    y = h * r / rows
                    for side in (-1, 1):
                        if along == 2 and side * eye[0] > w / 2:
                            a.append((side * w / 2, y, -d / 2))
                            b.append((side * w / 2, y, d / 2))
                        elif along == 0 and side * eye[2] > d / 2:
                            a.append((-w / 2, y, side * d / 2))
                            b.append((w / 2, y, side * d / 2))
            self._lines(thing, a, b, line)
        if thing.kind == "box" and eye[2] > d / 2:
            z = d / 2 + 0.005
            self._lines(thing, [(-w / 2, h * 0.68, z), (-w / 2, h * 0.1, z)], [(w / 2, h * 0.68, z), (w / 2, h * 0.1, z)], line)
        if thing.kind == "car" and abs(eye[2]) > d / 2:
            side = 1 if eye[2] > 0 else -1
            z = side * (d / 2 + 0.02)
            glass = self.look.lit(rgb("#a8cfe0"), haze)
            for x0, x1 in ((-0.30, -0.02), (0.02, 0.28)):
                if (p := self._on_face(thing, [(x0 * w, h * 0.56, z), (x1 * w, h * 0.56, z), (x1 * w * 0.92, h * 0.92, z), (x0 * w * 0.92, h * 0.92, z)])) is not None:
                    self.pen.cutout(p, glass, haze=haze, factor=0.6)
            for x in (-0.30, 0.30):
                wheel = np.concatenate([circle(18) * (0.095 * w) + (x * w, 0.09 * w), np.full((18, 1), z)], axis=1)
                if (p := self.view.polygon(place(wheel, thing.position, thing.yaw), self.frame)) is not None:
                    self.pen.cutout(p, self.look.lit(rgb(thing.palette[1]), haze), haze=haze)
                    self.pen.fill(p.mean(axis=0) + (p - p.mean(axis=0)) * 0.45, self.look.lit(rgb("#c8ccd4"), haze))

    def _lines(self, thing: Thing, a: list[tuple[float, float, float]], b: list[tuple[float, float, float]], color: Color) -> None:
        if not a:
            return
        ends = [place(np.array(p, dtype=np.float64), thing.position, thing.yaw) for p in (a, b)]
        lines, seen = self.view.segments(ends[0], ends[1], self.frame)
        self.pen.strokes(list(lines[seen]), color, self.look.scale)

    # round and grown things

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
                tiers.append(np.array([b - side * r, b - side * r * 0.35 - axis * 0.06, b + side * r * 0.35 - axis * 0.06, b + side * r, tip[:2]]))
            deep = (mix(crown[0], crown[1], 0.35), crown[1])
            self.pen.outline(tiers, haze)
            for t in tiers:
                self.pen.fill(t, deep[1])
                top = t[4]
                self.pen.fill(np.array([t[0] * 0.3 + top * 0.7, t[0] * 0.92 + t[1] * 0.08, t[1], (t[1] + top) / 2, top])
                              if self.pen.shadow[0] > 0 else np.array([t[3] * 0.3 + top * 0.7, t[3], t[2], (t[2] + top) / 2, top]), deep[0])
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
        self.pen.fills(leaves, crown[1])
        if self.look.flat:
            return
        shift = -self.pen.shadow
        for c, rx, ry, _ in clumps:
            self.pen.fill(_leafy(c + shift * (rx * 0.16, ry * 0.22), rx * 0.80, ry * 0.76, 7, seed), crown[0])
        bright = self.look.lit(mix(leaf, rgb("#e8f0a0"), 0.30), haze)
        for c, rx, ry, _ in clumps[2:5]:
            self.pen.fill(_leafy(c + shift * (rx * 0.34, ry * 0.40), rx * 0.40, ry * 0.34, 5, seed + 2), bright)

    def _bush(self, thing: Thing, haze: float) -> None:
        paint = self.look.paint(thing.palette[0], haze)
        balls = [b for c, rx, ry in solid_of("bush", thing.size).balls if (b := self._ball(thing, c, rx, ry))]
        leaves = [_leafy(c, rx, ry, 6, thing.seed + k) for k, (c, rx, ry) in enumerate(balls)]
        self.pen.outline(leaves, haze)
        self.pen.fills(leaves, paint[1])
        if self.look.flat:
            return
        for c, rx, ry in balls:
            self.pen.fill(_leafy(c - self.pen.shadow * (rx * 0.18, ry * 0.22), rx * 0.76, ry * 0.72, 6, thing.seed), paint[0])

    def _flower(self, thing: Thing, haze: float) -> None:
        w, h, _ = thing.size
        stem = self._limb(thing, np.array([0.0, 0, 0]), np.array([0.0, h * 0.8, 0]), 0.012, 0.012)
        head = self._ball(thing, np.array([0.0, h * 0.85, 0]), w * 0.45, w * 0.45)
        if stem is None or head is None:
            return
        self.pen.cutout(stem, self.look.lit(rgb(thing.palette[1]), haze), haze=haze, factor=0.6)
        c, r, _ = head
        petals = [ellipse(c + np.array([np.cos(a), np.sin(a)]) * r * 0.55, r * 0.5, r * 0.5) for a in np.arange(5) * 2 * np.pi / 5]
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
            self.pen.shape(limb(c + (side * rx * 0.4, 0), c + (-side * rx * 0.3, -ry * 0.2), rx * 0.10, rx * 0.10), self.look.paint("#6a4a30", haze), haze=haze)
        if not self.look.flat:
            self.pen.glaze(ellipse(c + (0, -ry * 0.6), rx * 1.6, ry * 1.7), self.look.tone(rgb("#ff9a40")), 0.30, soft=rx * 0.4)
        for k, (color, size) in enumerate(((thing.palette[0], 1.0), (thing.palette[1], 0.66), ("#fff4c0", 0.36))):
            flick = [1 + 0.14 * np.sin(self.seconds * (9 + 3 * j) + j * 2 + k) for j in range(3)]
            pts = [(-0.42, 0), (-0.46, -0.45), (-0.24, -0.40 - 0.25 * flick[0]), (-0.12, -0.6), (0.02, -1.05 * flick[1]), (0.16, -0.55), (0.28, -0.45 - 0.25 * flick[2]), (0.44, -0.4), (0.40, 0)]
            polygon = smooth(np.array(pts) * (rx * size, ry * 1.25 * size) + c, 4)
            if k == 0:
                self.pen.outline([polygon], haze, 0.6)
            self.pen.fill(polygon, self.look.tone(rgb(color)))

    def _rock(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
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
        facet = np.array([(-0.94, -0.05), (-0.86, -0.5), (-0.45, -0.86), (0.1, -0.95), (0.34, -0.72), (0.02, -0.52), (-0.16, -0.02)]) * (s * rx, ry) + c
        self.pen.fill(facet, lit)
        self.pen.fill(np.array([(-0.45, -0.86), (0.1, -0.95), (0.34, -0.72), (0.02, -0.60), (-0.3, -0.66)]) * (s * rx, ry) + c, self.look.lit(mix(rgb(thing.palette[0]), (255, 255, 255), 0.25), haze))
        crack = np.array([(0.40, -0.55), (0.50, -0.36), (0.44, -0.2)]) * (s * rx, ry) + c
        self.pen.stroke(crack, mix(dark, self.look.outline(haze), 0.6), self.look.scale)

    def _log(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
        along = np.array([0, 0, 1.0]) if d >= w else np.array([1.0, 0, 0])
        half = max(w, d) / 2
        r = h / 2
        ends = place(np.stack([along * half, -along * half]) + (0, r, 0), thing.position, thing.yaw)
        eye = self.view.eye[self.frame]
        bark = self.look.paint(thing.palette[0], haze)
        across = np.cross(along, (0, 1.0, 0))
        rings = []
        for sign in (1, -1):
            local = along * (half * sign) + (0, r, 0) + np.outer(circle(22)[:, 0], across) * r + np.outer(circle(22)[:, 1], (0, 1.0, 0)) * r
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
            for k in (0.68, 0.36):
                self.pen.stroke(middle + (ring - middle) * k, self.look.lit(rgb("#b08050"), haze), self.look.scale, closed=True)

    def _round(self, thing: Thing, haze: float) -> None:
        solid: Solid = solid_of(thing.shape, thing.size)
        paint = self.look.paint(thing.palette[0], haze)
        for centre, rx, ry in solid.balls:
            if ball := self._ball(thing, centre, rx, ry):
                self.pen.shape(ellipse(*ball), paint, haze=haze)
                if not self.look.flat:
                    c, qx, qy = ball
                    self.pen.fill(ellipse(c - self.pen.shadow * (qx * 0.45, qy * 0.45), qx * 0.16, qy * 0.12), self.look.lit((255, 255, 255), haze))
        for a, b, ra, rb in solid.capsules:
            polygon = self._limb(thing, a, b, ra, rb)
            if polygon is not None:
                self.pen.shape(polygon, paint, haze=haze)
        if thing.shape == "cylinder":
            w, h, _ = thing.size
            if (band := self._limb(thing, np.array([-w * 0.42, h * 0.62, 0]), np.array([w * 0.42, h * 0.62, 0]), h * 0.05, h * 0.05)) is not None:
                self.pen.fill(band, self.look.lit(rgb(thing.palette[1]), haze))
        if thing.kind == "pole":
            h = thing.size[1]
            wave = 0.08 * np.sin(self.seconds * 3 + np.arange(4) * 1.2)
            pts = [(0.1, h * 0.97, 0), (0.5, h * 0.95 + wave[1], 0), (0.95, h * 0.93 + wave[2], 0), (0.95, h * 0.72 + wave[2], 0), (0.5, h * 0.74 + wave[1], 0), (0.1, h * 0.75, 0)]
            if (p := self._on_face(thing, pts)) is not None:
                self.pen.cutout(p, self.look.lit(rgb(thing.palette[1]), haze), haze=haze)

    def _lamp(self, thing: Thing, haze: float) -> None:
        solid = solid_of("lamp", thing.size)
        metal = self.look.paint(thing.palette[1], haze)
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
        self.pen.cutout(ellipse(c, rx, ry), self.look.tone(rgb("#fff0b8")) if on else self.look.lit(rgb(thing.palette[0]), haze), haze=haze)
        cap = np.array([(-1.05, -0.45), (0, -1.5), (1.05, -0.45)]) * (rx, ry) + c
        self.pen.cutout(cap, metal[0], haze=haze, factor=0.7)

    def _river(self, thing: Thing) -> None:
        w, _, d = thing.size
        points = np.array([(-w / 2, 0.012, -d / 2), (w / 2, 0.012, -d / 2), (w / 2, 0.012, d / 2), (-w / 2, 0.012, d / 2)])
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
        b = a + (w * 0.12, 0, 0)
        lines, seen = self.view.segments(place(a, thing.position, thing.yaw), place(b, thing.position, thing.yaw), self.frame)
        self.pen.strokes(list(lines[seen]), self.look.lit(rgb(thing.palette[1])), 1.4 * self.look.scale)


def _leafy(centre: Floats, rx: float, ry: float, lobes: int, seed: int) -> Floats:
    """A leaf clump: a circle with soft scallops."""
    return np.asarray(_scallops(lobes, seed % 5, max(rx, ry) > 24) * (rx, ry) + centre)


@lru_cache(maxsize=128)
def _scallops(lobes: int, seed: int, fine: bool) -> Floats:
    n = lobes * (9 if fine else 5)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    bump = 0.91 + 0.09 * np.abs(np.cos(angle * lobes / 2 + seed))
    return np.asarray(np.stack([np.cos(angle), np.sin(angle)], axis=-1) * bump[:, None])

"""Things with flat faces: houses, doors, tables, fences, cars, boxes.

Knows faces, their shade and what is painted on them. Does not know round or grown things.
"""

from __future__ import annotations

import numpy as np

from video_core.animatic.drafting import Drafting, Thing
from video_core.animatic.look import Color, mix, rgb
from video_core.animatic.shapes import Floats, circle, ellipse
from video_core.raster.solids import place, solid_of


class FacedThings(Drafting):
    """Draws things made of flat faces."""

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
            pieces = list(pieces)
        light = np.array(self.look.toward_light)
        for _, world, color, normal in sorted(pieces, key=lambda p: -p[0]):
            polygon = self.view.polygon(world, self.frame)
            if polygon is None:
                continue
            lit, dark = self.look.paint(color, haze)
            share = float(np.clip(0.5 + 0.75 * float(normal @ light) + 0.25 * float(normal[1] > 0.9), 0.0, 1.0))
            self.pen.cutout(polygon, mix(dark, lit, share), haze=haze, factor=0.7)
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
        if thing.shape == "seat_back" or (thing.shape in ("table", "seat_base") and k >= 6):
            return second
        return main

    def _details(self, thing: Thing, haze: float) -> None:
        w, h, d = thing.size
        local = place(np.zeros(3), -np.asarray(thing.position), 0.0) + self.view.eye[self.frame]
        c, s = np.cos(-thing.yaw), np.sin(-thing.yaw)
        eye = np.array([local[0] * c + local[2] * s, local[1], -local[0] * s + local[2] * c])
        line = mix(self.look.outline(haze), self.look.lit(rgb(thing.palette[1]), haze), 0.4)
        if thing.shape == "house" and eye[2] > d / 2:
            z = d / 2 + 0.01
            wall = h * 0.58
            rows = [wall * k / 9 for k in range(1, 9)]
            pale = self.look.paint(mix(rgb(thing.palette[0]), rgb("#6a5040"), 0.16), haze)[0]
            self._lines(thing, [(-w / 2, y, z) for y in rows], [(w / 2, y, z) for y in rows], pale)
            glass = self.look.tone(rgb("#f8d888")) if self.look.dark else self.look.lit(rgb("#8fb8d0"), haze)
            for x in (-0.30 * w, 0.30 * w):
                if (
                    p := self._on_face(
                        thing,
                        [
                            (x - 0.09 * w, wall * 0.42, z),
                            (x + 0.09 * w, wall * 0.42, z),
                            (x + 0.09 * w, wall * 0.80, z),
                            (x - 0.09 * w, wall * 0.80, z),
                        ],
                    )
                ) is not None:
                    self.pen.cutout(p, glass, haze=haze, factor=0.6)
            if (
                p := self._on_face(
                    thing,
                    [(-0.09 * w, 0, z), (0.09 * w, 0, z), (0.09 * w, wall * 0.72, z), (-0.09 * w, wall * 0.72, z)],
                )
            ) is not None:
                self.pen.cutout(p, self.look.lit(rgb("#7a5236"), haze), haze=haze, factor=0.6)
        if thing.shape == "door":
            angle = thing.openness * 1.45
            x, z = np.cos(angle) * w * 0.86 - w / 2, -np.sin(angle) * w * 0.86
            knob = self.view.project(
                place(np.array([x, h * 0.48, z + 0.05 * np.cos(angle)]), thing.position, thing.yaw), self.frame
            )
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
                courses = max(2, int(h / 0.25))
                for r in range(1, courses):
                    y = h * r / courses
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
            self._lines(
                thing, [(-w / 2, h * 0.68, z), (-w / 2, h * 0.1, z)], [(w / 2, h * 0.68, z), (w / 2, h * 0.1, z)], line
            )
        if thing.kind == "car" and abs(eye[2]) > d / 2:
            side = 1 if eye[2] > 0 else -1
            z = side * (d / 2 + 0.02)
            glass = self.look.lit(rgb("#a8cfe0"), haze)
            for x0, x1 in ((-0.30, -0.02), (0.02, 0.28)):
                if (
                    p := self._on_face(
                        thing,
                        [
                            (x0 * w, h * 0.56, z),
                            (x1 * w, h * 0.56, z),
                            (x1 * w * 0.92, h * 0.92, z),
                            (x0 * w * 0.92, h * 0.92, z),
                        ],
                    )
                ) is not None:
                    self.pen.cutout(p, glass, haze=haze, factor=0.6)
            for x in (-0.30, 0.30):
                wheel = np.concatenate([circle(18) * (0.095 * w) + (x * w, 0.09 * w), np.full((18, 1), z)], axis=1)
                if (p := self.view.polygon(place(wheel, thing.position, thing.yaw), self.frame)) is not None:
                    self.pen.cutout(p, self.look.lit(rgb(thing.palette[1]), haze), haze=haze)
                    self.pen.fill(p.mean(axis=0) + (p - p.mean(axis=0)) * 0.45, self.look.lit(rgb("#c8ccd4"), haze))

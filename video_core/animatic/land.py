"""The ground, its texture, water, and rooms.

Knows the stage floor and walls in metres. Does not know props or people.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.vocabulary import PLACES
from video_core.animatic.look import Color, Look, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import Floats, circle
from video_core.animatic.sky import elevation_field, enlarge
from video_core.conditioning import SceneCard
from video_core.raster.ground import FAR, height_at, outline, strips
from video_core.raster.scenery import room_height, scene_seed, walls
from video_core.raster.view import View

_GRASSY = {"forest", "field", "riverside", "mountain"}
_PAVED = {"street", "city"}
_SPECKS = {"beach": 0.5, "desert": 0.6, "snowfield": 0.5, "space": 0.7, "forest": 0.6, "mountain": 0.6}


class Land:
    """The floor of one shot."""

    def __init__(self, scene: SceneCard, look: Look) -> None:
        self.scene, self.look = scene, look
        self._kept: tuple[tuple[bytes, bytes], NDArray[np.uint8]] | None = None
        bare = "snowfield" if scene.weather == "snow" and not scene.indoor else scene.place
        self.near, self.far = (rgb(c) for c in PLACES[bare].ground)
        self.strips = strips(scene.ground)
        self.profile = outline(scene.ground)
        rng = np.random.default_rng(scene_seed(scene) + 3)
        half = scene.stage_width / 2 + 10
        n = 2600
        x, z = rng.uniform(-half, half, n), rng.uniform(-scene.stage_depth / 2 - 14, scene.stage_depth / 2 + 5, n)
        if scene.place in ("beach", "riverside"):
            z = np.where(z < -scene.stage_depth / 2 - 0.6, -z - scene.stage_depth * 0.5, z)
        self.tufts = np.stack([x, height_at(scene.ground, x), z], axis=-1)
        self.tuft_size = rng.uniform(0.6, 1.3, n)
        self.lean = rng.uniform(-0.5, 0.5, n)
        self.wind = {"wind": 1.0, "rain": 0.35, "snow": 0.3}.get(scene.weather, 0.15)
        self.walls = walls(scene)

    def draw(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        self._floor(pen, view, frame)
        if self.scene.place in ("beach", "riverside"):
            self._water(pen, view, frame, seconds)
        if self.look.flat:
            if self.scene.indoor:
                self._room(pen, view, frame)
            return
        if self.scene.place in _GRASSY:
            self._grass(pen, view, frame, seconds)
        if self.scene.place in _SPECKS:
            self._specks(pen, view, frame)
        if self.scene.indoor or self.scene.place in _PAVED:
            self._grid(pen, view, frame)
        if self.scene.indoor:
            self._room(pen, view, frame)

    def _floor(self, pen: Pen, view: View, frame: int) -> None:
        look = self.look
        eye = max(float(view.eye[frame, 1]) - float(height_at(self.scene.ground, view.eye[frame, 0])), 0.15)
        image = None if look.flat else self._soil(view, frame, eye)
        mask = np.zeros(view.size, np.uint8)
        for quad in self.strips:
            polygon = view.polygon(quad, frame)
            if polygon is None:
                continue
            (xa, ya, _), (xb, yb, _) = quad[0], quad[1]
            steep = abs(yb - ya) / max(abs(xb - xa), 1e-6)
            if steep > 2:
                facing = (view.eye[frame, 0] - xa) * (ya - yb) > 0
                shade = look.paint(mix(self.near, rgb("#5a4638"), 0.60))
                pen.fill(polygon, shade[0 if facing else 1])
                continue
            if self.scene.ground.kind == "gap" and max(ya, yb) < -0.05:
                pen.fill(polygon, look.paint(mix(self.near, rgb("#3a2c28"), 0.72))[1])
                continue
            if image is None:
                pen.fill(polygon, look.lit(mix(self.near, (90, 80, 70), min(0.25, steep * 0.3))))
                continue
            mask[:] = 0
            cv2.fillPoly(mask, [Pen.fixed(polygon)], 255, cv2.LINE_8, 4)
            source = image
            if steep > 0.02:
                k = 0.93 if (yb - ya) * self.look.toward_light[0] < 0 else 0.82
                source = np.asarray(cv2.convertScaleAbs(image, alpha=k), np.uint8)
            cv2.copyTo(source, mask, pen.image)
        self._edges(pen, view, frame)

    def _soil(self, view: View, frame: int, eye: float) -> NDArray[np.uint8]:
        """Ground colours by distance for the whole image; kept while the camera stands still."""
        pose = (view.w2c[frame].tobytes(), view.focal[frame].tobytes())
        if self._kept is not None and self._kept[0] == pose:
            return self._kept[1]
        look = self.look
        e = np.minimum(elevation_field(view, frame), -1e-3)
        distance = np.minimum(eye / -e, 300.0)
        knots = np.array([0.0, 2.0, 6.0, 14.0, 40.0, 110.0, 300.0])
        haze = [0.0 if self.scene.indoor else look.fade(d) * 0.9 for d in knots]
        colors = np.array(
            [look.lit(mix(self.near, self.far, min(d / 18, 1.0)), k) for d, k in zip(knots, haze, strict=True)]
        )
        field = np.stack([np.interp(distance, knots, colors[:, k]) for k in range(3)], axis=-1).astype(np.float32)
        self._kept = (pose, enlarge(field, view.size))
        return self._kept[1]

    def _edges(self, pen: Pen, view: View, frame: int) -> None:
        if self.scene.ground.kind == "flat" or self.look.flat:
            return
        corners = self.profile[1:-1]
        if self.scene.ground.kind == "hill":
            corners = corners[[0, -1]]
        near_z, far_z = self.scene.stage_depth, -self.scene.stage_depth * 2.5
        a = np.array([(x, y, far_z) for x, y in corners])
        b = np.array([(x, y, near_z) for x, y in corners])
        lines, seen = view.segments(a, b, frame)
        pen.strokes(list(lines[seen]), mix(self.look.outline(), self.look.lit(self.near), 0.35), self.look.line * 0.8)

    def _visible(self, points: Floats, view: View, frame: int, reach: float) -> tuple[Floats, NDArray[np.bool_]]:
        p = view.project(points, frame)
        h, w = view.size
        inside = (
            (p[:, 2] > 0.9)
            & (p[:, 2] < reach)
            & (p[:, 0] > -20)
            & (p[:, 0] < w + 20)
            & (p[:, 1] > -20)
            & (p[:, 1] < h + 20)
        )
        return p, inside

    def _grass(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        p, inside = self._visible(self.tufts, view, frame, 24.0)
        thin = np.arange(len(p)) % 100 < np.clip(120 * self.look.scale**0.5 - p[:, 2] * 3.2, 12, 100)
        if self.scene.place == "mountain":
            thin &= np.arange(len(p)) % 3 == 0
        pick = np.flatnonzero(inside & thin)
        sway = np.sin(seconds * 2.2 + self.tufts[pick, 0] * 0.9) * self.wind
        unit = np.minimum(view.focal[frame, 1] / p[pick, 2] * self.tuft_size[pick] * 0.075, 17.0 * self.look.scale)
        blades = np.array([(-0.55, -0.8), (-0.25, 0.0), (0.05, -1.15), (0.25, 0.0), (0.6, -0.75)])
        shape = blades[None] * unit[:, None, None] + p[pick, None, :2]
        bend = (self.lean[pick] * 0.5 + sway)[:, None] * unit[:, None] * np.array([1.0, 0.0, 1.2, 0.0, 1.0])
        shape[..., 0] += bend
        bands = ((0.0, 5.0), (5.0, 10.0), (10.0, 24.0))
        for k, (low, high) in enumerate(bands):
            fade = self.look.fade((low + high) / 2)
            for odd in (0, 1):
                tone = mix(self.far, rgb("#2e5030") if odd else rgb("#d8e08a"), 0.34 - 0.07 * k)
                chosen = [
                    s for s, d, i in zip(shape, p[pick, 2], pick, strict=True) if low <= d < high and i % 2 == odd
                ]
                pen.strokes(chosen, self.look.lit(tone, fade), (2.0 if k == 0 else 1.2) * self.look.scale)

    def _specks(self, pen: Pen, view: View, frame: int) -> None:
        p, inside = self._visible(self.tufts[::7], view, frame, 18.0)
        size = _SPECKS[self.scene.place]
        color = (
            mix(self.far, (90, 84, 84), 0.25)
            if self.scene.place != "snowfield"
            else mix(self.far, (150, 170, 205), 0.5)
        )
        for q, s in zip(p[inside], self.tuft_size[::7][inside], strict=True):
            r = float(view.focal[frame, 1] / q[2]) * 0.045 * s * size * 2
            if r > 0.4:
                pen.fill(q[:2] + circle(10) * (r * 1.6, r * 0.55), self.look.lit(color, self.look.fade(q[2])))

    def _grid(self, pen: Pen, view: View, frame: int) -> None:
        scene = self.scene
        step = 0.32 if scene.place in ("room", "school") else 1.0
        reach_x = scene.stage_width / 2 + (0.6 if scene.indoor else 8)
        back = -scene.stage_depth / 2 - (0.4 if scene.indoor else 14)
        front = scene.stage_depth / 2 + (0.4 if scene.indoor else 5)
        if not scene.indoor:
            front = max(front, float(np.ceil(view.eye[frame, 2])) + 1.0)
            reach_x = max(reach_x, float(np.ceil(abs(view.eye[frame, 0]))) + 8.0)
            step = 1.0 if front < 14 else 2.0
        xs = np.arange(-reach_x, reach_x + 1e-6, step)
        a = np.stack([xs, height_at(scene.ground, xs), np.full_like(xs, back)], axis=-1)
        b = np.stack([xs, height_at(scene.ground, xs), np.full_like(xs, front)], axis=-1)
        if step < 1:
            rng = np.random.default_rng(5)
            cross_x = np.repeat(xs[:-1], 3)
            cross_z = rng.uniform(back, front, len(cross_x))
            y = height_at(scene.ground, cross_x + step / 2)
            a = np.concatenate([a, np.stack([cross_x, y, cross_z], axis=-1)])
            b = np.concatenate([b, np.stack([cross_x + step, y, cross_z], axis=-1)])
        elif scene.ground.kind == "flat":
            zs = np.arange(back, front + 1e-6, step)
            a = np.concatenate([a, np.stack([np.full_like(zs, -reach_x), np.zeros_like(zs), zs], axis=-1)])
            b = np.concatenate([b, np.stack([np.full_like(zs, reach_x), np.zeros_like(zs), zs], axis=-1)])
        lines, seen = view.segments(a, b, frame)
        color = self.look.lit(mix(self.near, rgb("#4a3a34"), 0.22))
        pen.strokes(list(lines[seen]), color, self.look.scale)

    def _water(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        edge = -self.scene.stage_depth / 2 - 1.2
        far = -FAR if self.scene.place == "beach" else edge - 5.0
        base = float(min(height_at(self.scene.ground, -50.0), height_at(self.scene.ground, 50.0))) + 0.01
        wave = 0.25 * np.sin(seconds * 0.9)
        quad = np.array([(-FAR, base, far), (FAR, base, far), (FAR, base, edge + wave), (-FAR, base, edge + wave)])
        polygon = view.polygon(quad, frame)
        if polygon is None:
            return
        sea = mix(rgb("#4a90c0"), self.look.haze, 0.25)
        foam = view.polygon(quad + np.array([(0, 0, 0), (0, 0, 0), (0, 0, 0.35), (0, 0, 0.35)]), frame)
        if foam is not None and not self.look.flat:
            pen.fill(foam, self.look.lit(rgb("#f4f8f8")))
        pen.fill(polygon, self.look.lit(sea))
        if self.look.flat:
            return
        rng = np.random.default_rng(11)
        x, z = rng.uniform(-40, 40, 260), edge - rng.gamma(1.3, 6.0, 260)
        z = np.maximum(z, far + 0.2)
        drift = 0.5 * np.sin(seconds * 0.8 + x)
        a = np.stack([x + drift, np.full_like(x, base), z], axis=-1)
        length = 0.5 + 0.04 * np.abs(z)
        lines, seen = view.segments(a, a + np.stack([length, np.zeros_like(x), np.zeros_like(x)], axis=-1), frame)
        pen.strokes(list(lines[seen]), self.look.lit(mix(sea, (255, 255, 255), 0.55)), self.look.scale)

    def _room(self, pen: Pen, view: View, frame: int) -> None:
        look = self.look
        color = {"room": rgb("#e6d8c2"), "school": rgb("#dde2d4"), "hall": rgb("#cfc6cc")}[self.scene.place]
        trim: Color = mix(color, rgb("#6a4a38"), 0.6)
        top = room_height(self.scene)
        if view.eye[frame, 1] < top:
            x, z = self.scene.stage_width / 2 + 0.6, self.scene.stage_depth / 2 + 0.4
            ceiling = view.polygon(np.array([(-x, top, -z), (x, top, -z), (x, top, z), (-x, top, z)]), frame)
            if ceiling is not None:
                pen.fill(ceiling, look.paint(mix(color, (255, 252, 246), 0.35))[1])
        for k, wall in enumerate(self.walls):
            if (view.eye[frame] - wall.corners[0]) @ wall.inward <= 0:
                continue
            polygon = view.polygon(wall.corners, frame)
            if polygon is None:
                continue
            lit = float(wall.inward @ np.array(look.toward_light))
            lit_color, dark_color = look.paint(color)
            pen.fill(polygon, mix(dark_color, lit_color, float(np.clip(0.62 + 0.4 * lit, 0.3, 1.0))))
            if look.flat:
                continue
            left, right = wall.corners[0], wall.corners[1]
            self._panel(pen, view, frame, wall.corners, 0, 1, 0.0, 0.10 / top, look.lit(trim))
            span = float(np.linalg.norm(right - left))
            count = max(1, int(span // 3.4))
            if self.scene.place == "hall":
                for i in range(count + 1):
                    t = (i + 0.5) / (count + 1)
                    self._panel(
                        pen,
                        view,
                        frame,
                        wall.corners,
                        t - 0.22 / span,
                        t + 0.22 / span,
                        0.0,
                        1.0,
                        look.lit(mix(color, (255, 255, 255), 0.25)),
                    )
                continue
            if k in (0, 1, 3):
                for i in range(count):
                    t = (i + 0.5) / count
                    self._window(pen, view, frame, wall.corners, t, 1.5 / span)
        corner = [(w.corners[0], w.corners[3]) for w in self.walls if (view.eye[frame] - w.corners[0]) @ w.inward > 0]
        if corner and not look.flat:
            lines, seen = view.segments(np.array([c[0] for c in corner]), np.array([c[1] for c in corner]), frame)
            pen.strokes(list(lines[seen]), look.lit(mix(color, trim, 0.6)), look.scale)

    @staticmethod
    def _on(corners: Floats, u0: float, u1: float, v0: float, v1: float) -> Floats:
        a, b, c, d = corners
        return np.array(
            [(a + (b - a) * u) * (1 - v) + (d + (c - d) * u) * v for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
        )

    def _panel(
        self,
        pen: Pen,
        view: View,
        frame: int,
        corners: Floats,
        u0: float,
        u1: float,
        v0: float,
        v1: float,
        color: Color,
    ) -> None:
        polygon = view.polygon(self._on(corners, u0, u1, v0, v1), frame)
        if polygon is not None:
            pen.fill(polygon, color)

    def _window(self, pen: Pen, view: View, frame: int, corners: Floats, t: float, share: float) -> None:
        look = self.look
        frame_color = look.lit(rgb("#f2ece0"))
        sky = {"day": rgb("#aedcf6"), "dawn": rgb("#f8dcc8"), "sunset": rgb("#f8b070"), "night": rgb("#26345e")}[
            self.scene.time
        ]
        outside = self._on(corners, t - share / 2 - 0.012, t + share / 2 + 0.012, 0.33, 0.84)
        polygon = view.polygon(outside, frame)
        if polygon is None:
            return
        pen.cutout(polygon, frame_color, factor=0.6)
        half = share / 2
        for u0, u1 in ((t - half, t - 0.004), (t + 0.004, t + half)):
            for v0, v1 in ((0.355, 0.575), (0.60, 0.815)):
                self._panel(
                    pen,
                    view,
                    frame,
                    corners,
                    u0,
                    u1,
                    v0,
                    v1,
                    look.tone(mix(sky, (255, 255, 255), 0.18 if v0 > 0.5 else 0.0)),
                )
        reach = half * 0.22
        for u0, u1 in ((t - half - reach, t - half * 0.70), (t + half * 0.70, t + half + reach)):
            self._panel(
                pen,
                view,
                frame,
                corners,
                u0,
                u1,
                0.26,
                0.87,
                look.lit(rgb("#c86a6a") if self.scene.place == "room" else rgb("#7a9ab8")),
            )

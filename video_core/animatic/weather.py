"""Rain, snow, fog and wind in front of and among the stage.

Knows drops and flakes in space. Does not know what they fall on.
"""

from __future__ import annotations

import numpy as np

from video_core.animatic.look import PAPER, Look, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import Floats, circle, smooth
from video_core.conditioning import SceneCard
from video_core.raster.ground import height_at
from video_core.raster.scenery import scene_seed
from video_core.raster.view import View


class Weather:
    """What falls or blows through one shot."""

    def __init__(self, scene: SceneCard, look: Look) -> None:
        self.scene, self.look = scene, look
        rng = np.random.default_rng(scene_seed(scene) + 19)
        self.count = {"rain": 900, "snow": 650, "wind": 26}.get(scene.weather, 0)
        self.seeds: Floats = rng.uniform(0, 1, (self.count, 4))
        self.outside = not scene.indoor

    def draw(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        if self.look.flat or not self.outside or not self.count:
            return
        match self.scene.weather:
            case "rain":
                self._rain(pen, view, frame, seconds)
            case "snow":
                self._snow(pen, view, frame, seconds)
            case "wind":
                self._wind(pen, view, frame, seconds)

    def _box(self, view: View, frame: int, seconds: float, fall: float, drift: float) -> Floats:
        """Seeded points that fall through a box that moves with the camera but stays fixed in the world."""
        eye = view.eye[frame]
        forward = view.w2c[frame, 2, :3]
        size = np.array([16.0, 9.0, 16.0])
        centre = eye + forward * 7.0
        base = self.seeds[:, :3] * size + np.array([drift * seconds, -fall * seconds, 0.0]) * (
            0.8 + 0.4 * self.seeds[:, 3:4]
        )
        return np.asarray((base - centre + size / 2) % size + centre - size / 2)

    def _rain(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        points = self._box(view, frame, seconds, 9.0, 1.6)
        lines, seen = view.segments(points, points + np.array([-0.09, 0.50, 0.0]), frame)
        near = np.linalg.norm(points - view.eye[frame], axis=1)
        seen &= near > 0.8
        color = self.look.tone(rgb("#8fa4c8") if self.scene.time == "night" else rgb("#dfe8f2"))
        if self.look.style == "ink":
            color = mix((116, 114, 112), PAPER, float(np.clip(1 - self.look.scale, 0, 0.55)))
        pen.strokes(list(lines[seen & (near >= 4.5)]), color, 1.0)
        pen.strokes(list(lines[seen & (near < 4.5)]), color, max(1.0, 1.6 * self.look.scale))
        rng = np.random.default_rng(int(seconds * 12) + 3)
        x, z = rng.uniform(-7, 7, 40), rng.uniform(-4, 4, 40)
        at = view.project(np.stack([x, height_at(self.scene.ground, x) + 0.01, z], axis=-1), frame)
        for q in at[(at[:, 2] > 0.8) & (at[:, 2] < 12)]:
            r = float(view.focal[frame, 1] / q[2]) * 0.05
            pen.stroke(q[:2] + circle(10)[:6] * (r, -r * 0.5), color, 1.0)

    def _snow(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        points = self._box(view, frame, seconds, 1.0, 0.45)
        points[:, 0] += 0.22 * np.sin(seconds * 1.4 + self.seeds[:, 3] * 20)
        p = view.project(points, frame)
        h, w = view.size
        ok = (p[:, 2] > 0.7) & (p[:, 0] > -9) & (p[:, 0] < w + 9) & (p[:, 1] > -9) & (p[:, 1] < h + 9)
        color = self.look.tone(rgb("#c8d4ec") if self.scene.time == "night" else rgb("#ffffff"))
        for q, s in zip(p[ok], self.seeds[ok, 3], strict=True):
            r = min(float(view.focal[frame, 1] / q[2]) * 0.016 * (0.6 + s), 9.0 * self.look.scale)
            pen.fill(q[:2] + circle(8) * max(r, 0.5), color)

    def _wind(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        points = self._box(view, frame, seconds, 0.25, 4.5)
        points[:, 1] += 0.3 * np.sin(seconds * 3 + self.seeds[:, 3] * 12)
        p = view.project(points, frame)
        color = self.look.lit(rgb("#c8b060") if self.scene.place != "snowfield" else rgb("#ffffff"))
        for q, s in zip(p, self.seeds[:, 3], strict=True):
            if q[2] < 0.8:
                continue
            r = float(view.focal[frame, 1] / q[2]) * 0.06
            turn = seconds * 4 + s * 9
            leaf = np.array([(-1, 0), (0, 0.45 * np.sin(turn)), (1, 0), (0, -0.45)]) * r
            c, k = np.cos(turn * 0.7), np.sin(turn * 0.7)
            pen.fill(smooth(leaf @ np.array([[c, k], [-k, c]]) + q[:2], 2), color)

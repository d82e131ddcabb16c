"""Sky, sun, moon, stars, clouds and the far ranges on the horizon.

Knows directions and distances around the stage. Does not know the stage itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.vocabulary import TIMES
from video_core.animatic.look import Color, Look, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import Floats, circle, ellipse
from video_core.conditioning import SceneCard
from video_core.raster.ground import height_at
from video_core.raster.scenery import scene_seed
from video_core.raster.view import View

COARSE = 8
"""Smooth colour fields are computed at one pixel in this many, then enlarged."""


def elevation_field(view: View, frame: int, step: int = COARSE) -> NDArray[np.float32]:
    """Tangent-like elevation of each coarse pixel (H/step, W/step): 0 on the horizon, positive above."""
    h, w = view.size
    up = view.w2c[frame, :, 1]
    fx, fy = view.focal[frame]
    cx, cy = view.centre[frame]
    x = ((np.arange(0, w + step, step) + 0.5 - cx) / fx).astype(np.float32)
    y = ((np.arange(0, h + step, step) + 0.5 - cy) / fy).astype(np.float32)
    value = x[None] * np.float32(up[0]) + y[:, None] * np.float32(up[1]) + np.float32(up[2])
    return np.asarray(value / np.sqrt(1 + x[None] ** 2 + y[:, None] ** 2), dtype=np.float32)


def enlarge(field: NDArray[np.float32], size: tuple[int, int], step: int = COARSE) -> NDArray[np.uint8]:
    """A coarse RGB field (h,w,3) float to a full image (H,W,3)."""
    rows, columns = field.shape[:2]
    big = cv2.resize(field, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
    half = step // 2
    return np.clip(big[half : half + size[0], half : half + size[1]] + 0.5, 0, 255).astype(np.uint8)


def direction(azimuth: float, elevation: float, distance: float = 380.0) -> Floats:
    """A far point: azimuth in degrees (0 = +Z, 180 = upstage), elevation in degrees."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)]) * distance


@dataclass(frozen=True)
class Range:
    """A silhouette on the horizon: distance (m), height (m), form and colour."""

    distance: float
    height: float
    form: str
    color: Color


_GREEN, _LEAF, _STONE = rgb("#5f8a58"), rgb("#4d7a48"), rgb("#8890a0")
STANDING = ("trees", "roofs", "towers")
RANGES: dict[str, tuple[Range, ...]] = {
    "forest": (
        Range(160, 26, "hills", _GREEN),
        Range(42, 12, "trees", rgb("#4a7848")),
        Range(27, 9, "trees", rgb("#3f6a40")),
    ),
    "field": (Range(190, 30, "hills", rgb("#7a9ab0")), Range(110, 12, "hills", _GREEN), Range(70, 6, "trees", _LEAF)),
    "street": (Range(170, 24, "hills", rgb("#8fa2b0")), Range(60, 10, "roofs", rgb("#a89c98"))),
    "city": (Range(190, 70, "towers", rgb("#a4aec0")), Range(100, 44, "towers", rgb("#8c94aa"))),
    "beach": (Range(300, 14, "hills", rgb("#86a6b8")),),
    "mountain": (
        Range(300, 120, "peaks", rgb("#9aa6c0")),
        Range(170, 55, "peaks", _STONE),
        Range(80, 10, "trees", rgb("#56704e")),
    ),
    "desert": (Range(260, 34, "mesas", rgb("#c8946a")), Range(120, 10, "hills", rgb("#d8b078"))),
    "snowfield": (Range(280, 90, "peaks", rgb("#c4d0e0")), Range(90, 10, "trees", rgb("#6a8088"))),
    "riverside": (Range(180, 30, "hills", rgb("#7a98a8")), Range(60, 9, "trees", _LEAF)),
    "space": (Range(200, 22, "mesas", rgb("#7c7a88")),),
}


class Sky:
    """Everything behind the ground."""

    def __init__(self, scene: SceneCard, look: Look) -> None:
        self.scene, self.look = scene, look
        self._kept: tuple[tuple[bytes, bytes], NDArray[np.uint8]] | None = None
        self.time = TIMES[scene.time]
        rng = np.random.default_rng(scene_seed(scene) + 7)
        self.stars = np.stack([rng.uniform(0, 360, 420), rng.uniform(2, 75, 420), rng.uniform(0.3, 1, 420)], axis=-1)
        grey = {"clear": 7, "wind": 9, "cloudy": 15, "rain": 16, "snow": 12, "fog": 4}[scene.weather]
        self.clouds = [
            (
                float(rng.uniform(0, 360)),
                float(rng.uniform(9, 40)),
                float(rng.uniform(14, 44)),
                rng.uniform(-1, 1, (7, 3)),
            )
            for _ in range(grey * 2)
        ]
        self.phases = rng.uniform(0, 2 * np.pi, 16)
        self.angles = np.linspace(0, 2 * np.pi, 721)[:-1]
        self.ranges = [(r, self._silhouette(r)) for r in RANGES.get(scene.place, ())]
        self.overcast = {"cloudy": 0.55, "rain": 0.85, "snow": 0.6, "fog": 0.9}.get(scene.weather, 0.0)

    def colors(self) -> tuple[Color, Color, Color]:
        """Horizon, middle and zenith."""
        if self.scene.place == "space":
            return rgb("#181430"), rgb("#0e0c22"), rgb("#060612")
        zenith, horizon = rgb(self.time.sky[0]), rgb(self.time.sky[1])
        middle = {"sunset": rgb("#d8788c"), "dawn": rgb("#d4b4d0"), "night": rgb("#1c2850")}.get(
            self.scene.time, mix(horizon, zenith, 0.6)
        )
        cover = self.look.haze
        return tuple(mix(c, cover, self.overcast) for c in (horizon, middle, mix(zenith, cover, 0.2 * self.overcast)))  # type: ignore[return-value]

    def draw(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        """Paint the whole image with sky, then ranges."""
        if self.look.flat:
            horizon, _, zenith = self.colors()
            pen.image[:] = mix(horizon, zenith, 0.35)
        else:
            pen.image[:] = self._air(view, frame)
            self._bodies(pen, view, frame, seconds)
            if self.scene.place != "space":
                self._clouds(pen, view, frame, seconds)
        for r, top in self.ranges:
            if r.form not in STANDING:
                self._range(pen, view, frame, r, top)

    def _air(self, view: View, frame: int) -> NDArray[np.uint8]:
        """The sky's gradient and glow; kept while the camera stands still."""
        pose = (view.w2c[frame].tobytes(), view.focal[frame].tobytes())
        if self._kept is not None and self._kept[0] == pose:
            return self._kept[1]
        horizon, middle, zenith = (self.look.tone(c) for c in self.colors())
        e = elevation_field(view, frame)
        stops = np.array([horizon, mix(horizon, middle, 0.55), middle, zenith], dtype=np.float32)
        knots = np.array([0.0, 0.13, 0.34, 0.85], dtype=np.float32)
        field = np.stack([np.interp(e, knots, stops[:, k]) for k in range(3)], axis=-1).astype(np.float32)
        self._glow(field, view, frame)
        self._kept = (pose, enlarge(field, view.size))
        return self._kept[1]

    def standing(self, pen: Pen, view: View, frame: int) -> None:
        """Tree lines and roofs, which hide the far edge of the ground; drawn after it."""
        for r, top in self.ranges:
            if r.form in STANDING:
                self._range(pen, view, frame, r, top)

    def sun(self) -> tuple[float, float]:
        """Where the sun or moon is drawn, degrees: upstage, so that it is seen from the house."""
        return {"sunset": (168.0, 7.0), "dawn": (196.0, 8.0), "night": (192.0, 25.0)}.get(
            self.scene.time, (150.0, 60.0)
        )

    def _glow(self, field: NDArray[np.float32], view: View, frame: int) -> None:
        if self.scene.time == "day" or self.overcast > 0.5 or self.scene.place == "space":
            return
        at = view.project(direction(*self.sun()), frame)
        if at[2] <= 0:
            return
        rows, columns = field.shape[:2]
        y, x = np.mgrid[0:rows, 0:columns] * COARSE
        distance = np.hypot(x - at[0], (y - at[1]) * 1.5) / view.size[0]
        strength = np.exp(-(distance**2) * (9.0 if self.scene.time == "night" else 3.2)) * (
            0.30 if self.scene.time == "night" else 0.62
        )
        warm = np.array(
            self.look.tone(rgb("#b8c8f0") if self.scene.time == "night" else rgb("#fff0b8")), dtype=np.float32
        )
        field += (warm - field) * strength[..., None].astype(np.float32)

    def _bodies(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        space = self.scene.place == "space"
        if (self.scene.time == "night" and self.overcast < 0.5) or space:
            points = np.array([direction(a, e) for a, e, _ in self.stars])
            p = view.project(points, frame)
            twinkle = self.stars[:, 2] * (0.72 + 0.28 * np.sin(seconds * 3 + self.stars[:, 0]))
            for low, high, color in ((0.3, 0.55, "#8c98c8"), (0.55, 2.0, "#e8ecff")):
                pick = (p[:, 2] > 0) & (twinkle >= low) & (twinkle < high)
                lines = [
                    np.stack([q, q + 0.6]) for q in p[pick, :2] if 0 <= q[0] < view.size[1] and 0 <= q[1] < view.size[0]
                ]
                pen.strokes(lines, self.look.tone(rgb(color)), max(1.0, 1.3 * self.look.scale))
        if self.overcast > 0.5 or (self.scene.time == "day" and not space):
            return
        at = view.project(direction(*self.sun()), frame)
        if at[2] <= 0:
            return
        radius = float(view.focal[frame, 0]) * (0.045 if self.scene.time != "night" else 0.036)
        if space:
            pen.glaze(ellipse(at[:2], radius * 4.4, radius * 4.4), rgb("#4a6ad0"), 0.35, soft=radius * 0.5)
            pen.fill(ellipse(at[:2], radius * 4, radius * 4), rgb("#3f6fc8"))
            pen.fill(
                ellipse(at[:2] + np.array([-radius, -radius * 0.8]), radius * 1.9, radius * 1.2, 0.4), rgb("#7fbf8a")
            )
            return
        tint = rgb("#f4f2e0") if self.scene.time == "night" else rgb("#fff4cc")
        pen.glaze(ellipse(at[:2], radius * 2.3, radius * 2.3), self.look.tone(tint), 0.28, soft=radius * 0.7)
        pen.fill(ellipse(at[:2], radius, radius), self.look.tone(tint))
        if self.scene.time == "night":
            for dx, dy, r in ((-0.3, -0.2, 0.22), (0.25, 0.3, 0.16), (0.3, -0.35, 0.12)):
                pen.fill(
                    ellipse(at[:2] + np.array([dx, dy]) * radius, radius * r, radius * r),
                    self.look.tone(rgb("#dcd8c0")),
                )

    def _clouds(self, pen: Pen, view: View, frame: int, seconds: float) -> None:
        horizon, _, zenith = self.colors()
        light = {"sunset": rgb("#ffd0a8"), "dawn": rgb("#fff0e4"), "night": rgb("#4a5a8c")}.get(
            self.scene.time, rgb("#ffffff")
        )
        under = {"sunset": rgb("#c87890"), "dawn": rgb("#d8b8cc"), "night": rgb("#34426e")}.get(
            self.scene.time, mix(horizon, zenith, 0.45)
        )
        light, under = mix(light, self.look.haze, self.overcast * 0.75), mix(under, self.look.haze, self.overcast * 0.4)
        speed = 1.6 if self.scene.weather == "wind" else 0.25
        for azimuth, elevation, width, puffs in self.clouds:
            centre = direction(azimuth + seconds * speed, elevation, 300.0)
            at = view.project(centre, frame)
            if at[2] <= 20:
                continue
            q = float(view.focal[frame, 0]) / at[2]
            w = width * q
            if not (-w * 1.5 < at[0] < view.size[1] + w * 1.5 and -w < at[1] < view.size[0] + w):
                continue
            lobes = [
                (
                    at[:2] + np.array([p[0] * 0.8 * w, -abs(p[1]) * 0.16 * w * (1 - abs(p[0]))]),
                    w * (0.24 + 0.10 * p[2]) * (1.1 - 0.6 * abs(p[0])),
                )
                for p in puffs
            ]
            base = at[1] + 0.10 * w
            for c, r in lobes:
                pen.fill(_flat_bottom(c, r, base), self.look.tone(under))
            for c, r in lobes:
                pen.fill(_flat_bottom(c + np.array([0, -0.22 * r]), r * 0.86, base - 0.2 * r), self.look.tone(light))

    def _silhouette(self, r: Range) -> Floats:
        a, p = self.angles, self.phases
        match r.form:
            case "hills":
                y = 0.55 + 0.25 * np.sin(5 * a + p[0]) + 0.14 * np.sin(11 * a + p[1]) + 0.06 * np.sin(23 * a + p[2])
            case "peaks":
                saw = np.abs(((a * 9 / np.pi + p[3]) % 2) - 1)
                saw2 = np.abs(((a * 21 / np.pi + p[4]) % 2) - 1)
                y = 0.25 + 0.5 * saw * (0.7 + 0.3 * np.sin(3 * a + p[5])) + 0.22 * saw2 + 0.04 * np.sin(71 * a)
            case "trees":
                n = 90
                bump = np.sqrt(np.clip(1 - (((a * n / np.pi) % 2) - 1) ** 2, 0, 1))
                index = np.floor(a * n / (2 * np.pi)).astype(int)
                vary = np.random.default_rng(int(r.distance)).uniform(0.45, 1.0, n + 1)[index]
                y = 0.45 * vary + 0.5 * vary * bump
            case "roofs":
                n = 64
                index = np.floor(a * n / (2 * np.pi)).astype(int)
                t = (a * n / (2 * np.pi)) % 1
                vary = np.random.default_rng(int(r.distance)).uniform(0.4, 0.75, n + 1)[index]
                y = vary + 0.3 * (1 - np.abs(2 * t - 1))
            case "towers":
                n = 110
                index = np.floor(a * n / (2 * np.pi)).astype(int)
                y = np.random.default_rng(int(r.distance)).uniform(0.2, 1.0, n + 1)[index] ** 1.4
            case _:
                y = (
                    0.35
                    + 0.4 / (1 + np.exp(-12 * np.sin(4 * a + p[6])))
                    + 0.2 / (1 + np.exp(-16 * np.sin(9 * a + p[7])))
                )
        return np.asarray(y * r.height)

    def _range(self, pen: Pen, view: View, frame: int, r: Range, top: Floats) -> None:
        x = np.sin(self.angles) * r.distance
        standing = r.form in STANDING
        base = np.stack([x, height_at(self.scene.ground, x), np.cos(self.angles) * r.distance], axis=-1)
        low = base - (0, 0.2 if standing else 30.0, 0)
        crest = base + np.stack([np.zeros_like(top), top, np.zeros_like(top)], axis=-1)
        cam = view.to_camera(crest, frame)
        ahead = cam[:, 2] > 4.0
        wide = np.abs(cam[:, 0]) < cam[:, 2] * (view.size[1] / view.focal[frame, 0]) * 1.3 + 6
        pick = ahead & wide
        if pick.sum() < 2:
            return
        start = int(np.argmin(pick)) if not pick.all() else 0
        order = np.roll(np.arange(len(top)), -start)
        order = order[pick[order]]
        upper = view.to_pixels(cam[order], frame)
        lower = view.to_pixels(view.to_camera(low[order], frame), frame)
        haze = min(0.92, self.look.fade(r.distance) * (0.60 + r.distance / 700))
        if self.scene.place == "space":
            haze = 0.0
        color = self.look.lit(r.color, 0.0 if self.look.flat else haze)
        pen.fill(np.clip(np.concatenate([upper, lower[::-1]]), -8000, 8000), color)
        if r.form == "towers" and self.look.dark and not self.look.flat:
            self._windows(pen, view, frame, r, top)

    def _windows(self, pen: Pen, view: View, frame: int, r: Range, top: Floats) -> None:
        rng = np.random.default_rng(int(r.distance) + 1)
        pick = rng.integers(0, len(top), 900)
        up = rng.uniform(0.05, 0.92, 900) * top[pick]
        points = np.stack([np.sin(self.angles[pick]) * r.distance, up, np.cos(self.angles[pick]) * r.distance], axis=-1)
        p = view.project(points, frame)
        size = np.array([0.45, 0.7]) * view.focal[frame, 0] / r.distance
        inside = (p[:, 2] > 1) & (p[:, 0] > 0) & (p[:, 0] < view.size[1]) & (p[:, 1] > 0) & (p[:, 1] < view.size[0])
        for q in p[inside, :2]:
            pen.fill(q + circle(8)[::2] * size, self.look.tone(rgb("#f4d890")))


def _flat_bottom(centre: Floats, radius: float, base: float) -> Floats:
    ring = ellipse(centre, radius * 1.35, radius)
    ring[:, 1] = np.minimum(ring[:, 1], base)
    return ring

"""The look: how a palette colour becomes the two paints of a lit and a shaded surface.

Knows styles, light by time of day, and haze. Does not know shapes. Colours are RGB bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shotplan.vocabulary import STYLES, TIMES
from video_core.conditioning import SceneCard

Color = tuple[int, int, int]
Paint = tuple[Color, Color]
"""Lit and shaded."""


def rgb(code: str) -> Color:
    """`#rrggbb` to bytes."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(a: Color, b: Color, t: float) -> Color:
    """`a` at t=0, `b` at t=1."""
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def luma(c: Color) -> float:
    return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]


PAPER: Color = (247, 243, 233)


@dataclass(frozen=True)
class Look:
    """Style, light and air of one shot."""

    style: str
    scale: float
    """Image height / 480."""
    line: float
    """Outline width in pixels; 0 draws none."""
    line_color: Color
    light: tuple[float, float, float]
    shade: tuple[float, float, float]
    haze: Color
    """What far things fade into."""
    haze_distance: float
    """Metres at which about two thirds of a colour is haze."""
    toward_light: tuple[float, float, float]
    """Unit vector on the stage from a surface to the key light."""
    gleam: Color = (255, 214, 150)
    """What a low sun adds to lit sides."""
    gleam_share: float = 0.0
    flat: bool = False
    """Flat colours only: no lines, shades, textures or faces. For colour maps."""
    dark: bool = False
    """Lamps and windows are lit."""

    def tone(self, c: Color) -> Color:
        """A colour as this style's pigments have it."""
        if self.flat or self.style == "anime":
            return c
        if self.style == "ink":
            g = int(np.interp(luma(c), (0, 36, 80, 130, 180, 255), (24, 58, 150, 206, 234, 253)))
            return mix((g, g, g), PAPER, 0.10 + 0.25 * g / 255)
        pale = mix(c, PAPER, 0.24)
        middle = luma(pale)
        return tuple(int(np.clip(middle + (v - middle) * 1.06, 0, 255)) for v in pale)  # type: ignore[return-value]

    def lit(self, c: Color, haze: float = 0.0) -> Color:
        """A surface colour under this light, `haze` 0..1 faded."""
        r, g, b = ((v / 255) ** 2.2 * k for v, k in zip(c, self.light, strict=True))
        out = (
            round(min(r, 1) ** (1 / 2.2) * 255),
            round(min(g, 1) ** (1 / 2.2) * 255),
            round(min(b, 1) ** (1 / 2.2) * 255),
        )
        return self.tone(mix(out, self.haze, haze))

    def paint(self, c: Color | str, haze: float = 0.0) -> Paint:
        """Lit and shaded colours of a surface."""
        color = rgb(c) if isinstance(c, str) else c
        if self.flat:
            return self.lit(color), self.lit(color)
        r, g, b = (round(v * k) for v, k in zip(color, self.shade, strict=True))
        lit = (
            mix(self.lit(color, haze), self.tone(self.gleam), self.gleam_share)
            if self.gleam_share
            else self.lit(color, haze)
        )
        return lit, self.lit((min(r, 255), min(g, 255), min(b, 255)), haze)

    def fade(self, depth: float) -> float:
        """How much haze lies over something `depth` metres away."""
        return float(1 - np.exp(-max(depth - 6.0, 0.0) / self.haze_distance)) * 0.85

    def outline(self, haze: float = 0.0) -> Color:
        return mix(self.line_color, self.haze, haze * 0.8)


def look_of(scene: SceneCard, height: int, *, flat: bool = False) -> Look:
    """The look of a scene drawn `height` pixels high."""
    style = STYLES[scene.style]
    time = TIMES[scene.time]
    azimuth, elevation = np.radians(time.sun[0]), np.radians(time.sun[1])
    toward = (
        float(np.sin(azimuth) * np.cos(elevation)),
        float(np.sin(elevation)),
        float(np.cos(azimuth) * np.cos(elevation)),
    )
    horizon = rgb(time.sky[1])
    light = time.light
    if scene.indoor:
        light = tuple(1 - (1 - v) * 0.55 for v in light)  # type: ignore[assignment]
        light = (
            light[0] * (1.0 if scene.time != "night" else 1.1),
            light[1],
            light[2] * (1.0 if scene.time != "night" else 0.88),
        )
    overcast = {"clear": 0.0, "wind": 0.0, "cloudy": 0.35, "rain": 0.7, "snow": 0.45, "fog": 0.6}[scene.weather]
    grey = mix((196, 204, 212), (48, 58, 84), 1.0 if scene.time == "night" else 0.0)
    haze = mix(horizon, grey, overcast)
    dim = 1 - 0.16 * overcast
    light = (light[0] * dim, light[1] * dim, light[2] * min(1.0, dim + 0.05 * overcast))
    if scene.place == "space":
        haze = mix(rgb("#2a2640"), rgb("#b0aeb8"), 0.15)
    distance = {"fog": 7.0, "snow": 26.0, "rain": 30.0}.get(scene.weather, 46.0)
    shade = {
        "day": (0.70, 0.70, 0.84),
        "dawn": (0.72, 0.66, 0.80),
        "sunset": (0.64, 0.54, 0.72),
        "night": (0.60, 0.64, 0.82),
    }[scene.time]
    scale = height / 480
    ink = rgb(style.line_color)
    look = Look(
        style=scene.style,
        scale=scale,
        line=max(style.line * scale, 0.75),
        line_color=ink,
        light=light,
        shade=shade,
        haze=haze,
        haze_distance=distance,
        toward_light=toward,
        flat=flat,
        gleam_share=0.12 if scene.time in ("sunset", "dawn") and not scene.indoor and overcast < 0.5 else 0.0,
        dark=scene.time == "night" or (scene.time == "sunset"),
    )
    if flat:
        return replace(look, line=0.0, haze_distance=1e6, gleam_share=0.0)
    if scene.style == "watercolor":
        return replace(look, line=max(0.9 * scale, 0.5), line_color=(122, 100, 86))
    return look

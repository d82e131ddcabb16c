"""Ways across the stage: routes round props, speeds in and out, jumps and climbs.

Knows geometry in metres and seconds. Does not know plans, actors' order in time or skeletons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shotplan.plan import Limits, Prop, StageSet
from shotplan.staging.ground import half_extent, over, turned
from shotplan.staging.staged import Array
from shotplan.vocabulary import EMOTIONS, PROP_KINDS, ActionTemplate

G = 9.81
PACE = {"slow": 0.72, "normal": 1.0, "fast": 1.22}


def speeds(template: ActionTemplate, limits: Limits, pace: str, emotion: str, intensity: float) -> tuple[float, float]:
    """Cruising speed and the most the body allows for this gait, m/s."""
    base, most = {
        "walk": (0.95 * limits.walk_speed, 1.4 * limits.walk_speed),
        "run": (0.78 * limits.run_speed, limits.run_speed),
        "sneak": (0.45 * limits.walk_speed, limits.walk_speed),
        "swim": (0.7 * limits.walk_speed, 1.3 * limits.walk_speed),
        "fly": (0.9 * max(limits.run_speed, 2.5), 1.6 * max(limits.run_speed, 2.5)),
        "climb": (0.6 * limits.walk_speed, limits.walk_speed),
        "none": (0.95 * limits.walk_speed, 1.4 * limits.walk_speed),
    }[template.gait]
    tempo = 1.0 + (EMOTIONS[emotion].tempo - 1.0) * intensity
    return min(base * PACE[pace] * tempo, most), most


def profile(
    length: float, cruise: float, v_in: float = 0.0, v_out: float = 0.0, ramp: float = 0.4
) -> tuple[Array, Array]:
    """Times (K,) and metres (K,) of a way that eases from `v_in` to `cruise` and out to `v_out` in about `ramp` seconds each."""
    if length < 1e-6:
        return np.array([0.0, 1e-3]), np.array([0.0, 0.0])
    a = cruise / ramp
    s = length * 0.5 * (1 - np.cos(np.linspace(0, np.pi, 65)))
    v = np.minimum(cruise, np.minimum(np.sqrt(v_in**2 + 2 * a * s), np.sqrt(v_out**2 + 2 * a * (length - s))))
    dt = 2 * np.diff(s) / np.maximum(v[1:] + v[:-1], 1e-6)
    return np.concatenate([[0.0], np.cumsum(dt)]), s


def route(stage_set: StageSet, start: Array, goal: Array, radius: float, ignore: frozenset[str] = frozenset()) -> Array:
    """(M,2) way in (x, z) from start to goal: straight, or smoothly round solid props that stand in the way."""
    blockers = [
        p
        for p in stage_set.props
        if p.id not in ignore and PROP_KINDS[p.kind].solid and PROP_KINDS[p.kind].shape != "flat" and p.kind != "bridge"
    ]
    corners = [np.asarray(start, float), np.asarray(goal, float)]
    for _ in range(4):
        hit = _first_hit(corners, blockers, radius)
        if hit is None:
            break
        k, prop = hit
        blockers = [p for p in blockers if p.id != prop.id]
        corners[k + 1 : k + 1] = _way_round(prop, corners[k], corners[k + 1], radius, stage_set)
    return _smooth(corners, radius)


def _first_hit(corners: list[Array], props: list[Prop], radius: float) -> tuple[int, Prop] | None:
    best: tuple[float, int, Prop] | None = None
    u = np.linspace(0, 1, 41)
    for k in range(len(corners) - 1):
        line = corners[k] + u[:, None] * (corners[k + 1] - corners[k])
        for prop in props:
            inside = over(prop, line[:, 0], line[:, 1], radius)
            if inside[0] or inside[-1] or not inside.any():
                continue
            at = k + float(u[inside.argmax()])
            if best is None or at < best[0]:
                best = (at, k, prop)
    return None if best is None else (best[1], best[2])


def _way_round(prop: Prop, a: Array, b: Array, radius: float, stage_set: StageSet) -> list[Array]:
    """Two corners beside the prop, on the shorter side that stays on the stage."""
    clear = radius + 0.25
    half_w, half_d = prop.size[0] / 2 + clear, prop.size[2] / 2 + clear
    yaw = np.radians(prop.yaw)
    width_axis, depth_axis = np.array([np.cos(yaw), -np.sin(yaw)]), np.array([np.sin(yaw), np.cos(yaw)])
    centre = np.array([prop.x, prop.z])
    a_w, a_d = (float(v) for v in turned(prop, a[0], a[1]))
    b_w, b_d = (float(v) for v in turned(prop, b[0], b[1]))
    along_width = abs(b_w - a_w) >= abs(b_d - a_d)
    options = []
    for side in (1.0, -1.0):
        if along_width:
            first, last = np.sign(a_w - b_w) or -1.0, np.sign(b_w - a_w) or 1.0
            via = [
                centre + width_axis * first * half_w + depth_axis * side * half_d,
                centre + width_axis * last * half_w + depth_axis * side * half_d,
            ]
        else:
            first, last = np.sign(a_d - b_d) or -1.0, np.sign(b_d - a_d) or 1.0
            via = [
                centre + depth_axis * first * half_d + width_axis * side * half_w,
                centre + depth_axis * last * half_d + width_axis * side * half_w,
            ]
        length = float(np.linalg.norm(via[0] - a) + np.linalg.norm(via[1] - via[0]) + np.linalg.norm(b - via[1]))
        off_stage = max(abs(v[0]) - stage_set.width / 2 for v in via), max(abs(v[1]) - stage_set.depth / 2 for v in via)
        options.append((length + 20.0 * sum(max(0.0, o) for o in off_stage), -side, via))
    return min(options, key=lambda o: o[:2])[2]


def _smooth(corners: list[Array], radius: float) -> Array:
    """Cut the corners (Chaikin), then resample densely."""
    points = np.array(corners)
    if len(points) > 2:
        for _ in range(3):
            cut = np.concatenate(
                [0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], axis=1
            ).reshape(-1, 2)
            points = np.concatenate([points[:1], cut, points[-1:]])
    s = lengths(points)
    dense = np.linspace(0, s[-1], max(2, min(160, int(s[-1] / 0.06) + 2)))
    return np.stack([np.interp(dense, s, points[:, k]) for k in range(2)], axis=1)


def lengths(path: Array) -> Array:
    """(M,) metres along a path (M,2 or 3) from its first point."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])


def headings(path: Array, fallback: float) -> Array:
    """(M,) radians that a path (M,2) leads in; `fallback` where it does not move."""
    d = np.diff(path, axis=0)
    d = np.concatenate([d, d[-1:]])
    if np.abs(d).max() < 1e-9:
        return np.full(len(path), fallback)
    return np.unwrap(np.arctan2(d[:, 0], d[:, 1]))


@dataclass(frozen=True)
class Leap:
    """A ballistic arc."""

    reach: float
    """Metres before the obstacle's centre at which the feet leave the ground, and behind it at which they land."""
    rise: float
    """Metres of the apex above the straight line from take-off to landing."""
    seconds: float


def leap_over(obstacle_height: float, half_width: float, speed: float, limits: Limits) -> Leap:
    """The flattest arc at about running speed that clears a box `half_width` metres either side by 10 cm or 10 %.

    Free flight under gravity: a rise of r metres lasts sqrt(8 r / g).
    """
    clear = obstacle_height + 0.04
    half = half_width + 0.08
    rise = obstacle_height + max(0.10, 0.10 * obstacle_height)
    for _ in range(24):
        span = half / np.sqrt(max(1e-3, 1 - clear / rise))
        seconds = float(np.sqrt(8 * rise / G))
        if 2 * span / seconds <= max(limits.run_speed, 0.5) and 2 * span <= max(limits.jump_distance, 2.4 * half):
            break
        rise *= 1.05
    natural = 0.5 * min(speed * seconds, limits.jump_distance)
    reach = max(span, min(natural, 1.6 * span + 0.3))
    return Leap(reach=reach, rise=float(rise), seconds=seconds)


def arc(y0: float, y1: float, rise: float, u: Array) -> Array:
    """Height along a ballistic arc for u in 0..1."""
    return y0 + (y1 - y0) * u + 4 * rise * u * (1 - u)


def approach(stage_set: StageSet, prop: Prop, come_from: Array, distance: float) -> tuple[Array, float]:
    """Where to stand `distance` metres from the prop's surface, on the side one comes from, and the heading that faces it."""
    centre = np.array([prop.x, prop.z])
    away = np.asarray(come_from, float) - centre
    norm = float(np.linalg.norm(away))
    away = away / norm if norm > 1e-6 else np.array([0.0, 1.0])
    spot = centre + away * (half_extent(prop, away) + distance)
    return spot, float(np.arctan2(-away[0], -away[1]))

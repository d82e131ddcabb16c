"""Camera moves: a still pose becomes a pose per frame.

Knows how each move eases and how an operator keeps the subject in frame. Does not know shot sizes or obstacles.
Angles are radians; yaw turns about +Y (0 looks along +Z), pitch is up; F frames.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shotplan.staging.camera_framing import MARGIN, Pose, view_axes
from shotplan.staging.staged import Array
from shotplan.vocabulary.camera import CameraMove

HOLD = 0.08
"""Part of the shot that the camera rests at each end of a move."""


@dataclass(frozen=True)
class Path:
    """A moving camera."""

    position: Array
    """(F,3)"""
    yaw: Array
    pitch: Array
    roll: Array
    focal: Array
    """(F,) mm"""


def ease(frames: int) -> Array:
    """(F,) 0 to 1, smoothstep with a short rest at both ends."""
    t = np.linspace(0.0, 1.0, frames) if frames > 1 else np.full(1, 0.5)
    u = np.clip((t - HOLD) / (1 - 2 * HOLD), 0.0, 1.0)
    return u * u * (3 - 2 * u)


def low_pass(track: Array, fps: int, seconds: float) -> Array:
    """Gaussian smoothing of (F,) or (F,N) over time; looks both ways, so nothing lags."""
    return _smoother(len(track), seconds * fps) @ track


@lru_cache(maxsize=64)
def _smoother(frames: int, sigma: float) -> Array:
    """(F,F) weights of a Gaussian over frames; beyond the ends the first and the last frame go on."""
    reach = max(1, int(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    kernel /= kernel.sum()
    at = np.clip(np.arange(frames)[:, None] + np.arange(-reach, reach + 1), 0, frames - 1)
    weights = np.zeros((frames, frames))
    np.add.at(weights, (np.arange(frames)[:, None], at), kernel)
    weights.flags.writeable = False
    return weights


def _wrap(angle: Array) -> Array:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _toward(position: Array, target: Array) -> tuple[Array, Array]:
    d = target - position
    return np.arctan2(d[:, 0], d[:, 2]), np.arctan2(d[:, 1], np.hypot(d[:, 0], d[:, 2]))


def move_camera(
    pose: Pose,
    move: CameraMove,
    *,
    target: Array,
    outline: Array,
    main: int,
    aspect: float,
    fps: int,
    carrier: Array | None,
    name: str,
) -> Path:
    """Play `move` around the still `pose`.

    `target`: (F,3) what is framed; `outline`: (F,K,3) the points to keep in frame; `carrier`: (F,3) what the
    camera is attached to (somebody's eyes), or None; `name` seeds the hand's unrest.
    """
    frames = len(target)
    s = ease(frames)
    lead = pose.aim - target[main]
    smooth = low_pass(target, fps, 0.30)
    track = smooth + lead
    right, _, back = view_axes(pose.azimuth, pose.elevation)
    position = np.tile(pose.position, (frames, 1))
    yaw = np.full(frames, pose.azimuth + np.pi)
    pitch = np.full(frames, -pose.elevation)
    focal = np.full(frames, pose.focal)
    slack_x, slack_y = _slack(pose, target + lead, outline, aspect)
    d = pose.distance
    kind, amount = move.kind, move.amount
    growing = (kind == "dolly" and amount > 0) or (kind == "zoom" and amount > 1)
    at_main = float(np.clip(s[main], 0.4, 1.0) if growing else np.clip(s[main], 0.0, 0.6))
    still = float(np.ptp(target, axis=0).max()) < 0.15 * d
    operated = "slack"
    if carrier is not None:
        position = position + low_pass(carrier, fps, 0.25) - low_pass(carrier, fps, 0.25)[main]
        operated = "track"
    match kind:
        case "static":
            operated = operated if carrier is not None else "none"
        case "pan":
            turn = np.sign(amount) * min(abs(np.radians(amount)), 2 * slack_x if still else np.inf)
            yaw = yaw - turn * (s - 0.5)
        case "tilt":
            turn = np.sign(amount) * min(abs(np.radians(amount)), 2 * slack_y if still else np.inf)
            pitch = pitch + turn * (s - 0.5)
        case "zoom":
            focal = focal * np.exp(np.log(amount) * (s - at_main))
        case "dolly":
            position = position + back * (d * (np.exp(-amount * (s - at_main)) - 1))[:, None]
        case "truck":
            position = position + right * (d * amount * (s - 0.5))[:, None]
        case "pedestal":
            position[:, 1] += d * amount * (s - 0.5)
        case "orbit":
            angle = pose.azimuth + np.radians(amount) * (s - 0.5)
            around = np.stack(
                [
                    np.cos(pose.elevation) * np.sin(angle),
                    np.full(frames, np.sin(pose.elevation)),
                    np.cos(pose.elevation) * np.cos(angle),
                ],
                axis=1,
            )
            position = position - back * d + around * d + track - pose.aim
            operated = "track"
        case "crane":
            position[:, 1] += d * amount * (s - 0.35)
            operated = "track"
        case "follow":
            close = low_pass(target, fps, 0.18)
            position = position + close - target[main]
        case "handheld":
            operated = "track"
        case _:
            raise ValueError(f"camera move kind {kind!r} has no path")
    want_yaw, want_pitch = _toward(position, track)
    error_yaw, error_pitch = _wrap(want_yaw - yaw), want_pitch - pitch
    if operated == "track":
        yaw, pitch = yaw + error_yaw, pitch + error_pitch
    elif operated == "slack":
        keep_x, keep_y = (0.0, 0.0) if kind == "follow" else (0.8 * slack_x, 0.8 * slack_y)
        keep_x, keep_y = (slack_x if kind == "pan" else keep_x), (slack_y if kind == "tilt" else keep_y)
        yaw = yaw + low_pass(error_yaw - np.clip(error_yaw, -keep_x, keep_x), fps, 0.15)
        pitch = pitch + low_pass(error_pitch - np.clip(error_pitch, -keep_y, keep_y), fps, 0.15)
    if operated != "none":  # whatever the smoothing let slip is held back at the edge of the frame
        yaw, pitch = _hold_back(position, yaw, pitch, low_pass(target, fps, 0.08) + lead, slack_x, slack_y, fps)
    if kind == "handheld":
        shake = _unrest(frames, fps, name)
        yaw, pitch = yaw + np.radians(amount) * shake[:, 0], pitch + np.radians(amount) * shake[:, 1]
        position = position + 0.004 * d * shake[:, 2:5]
    return Path(position, yaw, pitch, np.full(frames, pose.roll), focal)


def _hold_back(
    position: Array, yaw: Array, pitch: Array, target: Array, slack_x: float, slack_y: float, fps: int
) -> tuple[Array, Array]:
    """Turn the camera by as much as the target strays beyond the slack."""
    want_yaw, want_pitch = _toward(position, target)
    error_yaw, error_pitch = _wrap(want_yaw - yaw), want_pitch - pitch
    yaw = yaw + low_pass(error_yaw - np.clip(error_yaw, -slack_x, slack_x), fps, 0.06)
    return yaw, pitch + low_pass(error_pitch - np.clip(error_pitch, -slack_y, slack_y), fps, 0.06)


def _slack(pose: Pose, aim: Array, outline: Array, aspect: float) -> tuple[float, float]:
    """Radians that the camera may turn aside and up or down before the outline, in any of its poses, leaves the frame."""
    right, up, back = view_axes(pose.azimuth, pose.elevation, pose.roll)
    rel = outline - aim[:, None]
    scale = pose.focal / 36.0 / np.maximum(pose.distance - rel @ back, 0.1 * pose.distance)
    free_x = max(0.0, 0.5 - MARGIN - float(np.abs(rel @ right * scale).max()))
    free_y = max(0.0, 0.5 - MARGIN - float(np.abs(rel @ up * scale * aspect).max()))
    return float(np.arctan(free_x * 36.0 / pose.focal)), float(np.arctan(free_y * 36.0 / (pose.focal * aspect)))


def _unrest(frames: int, fps: int, name: str) -> Array:
    """(F,5) smooth noise of about unit size, the same for the same name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    t = np.arange(frames) / fps
    speed = np.array([0.35, 0.8, 1.7])[:, None] * rng.uniform(0.8, 1.2, (3, 5))
    phase = rng.uniform(0, 2 * np.pi, (3, 5))
    weight = np.array([0.6, 0.35, 0.15])[:, None]
    return np.sum(weight * np.sin(2 * np.pi * speed * t[:, None, None] + phase), axis=1)


def camera_to_world(path: Path) -> Array:
    """(F,4,4), OpenCV axes: x right, y down, z forward; the horizon is level except for `roll`."""
    cy, sy, cp, sp = np.cos(path.yaw), np.sin(path.yaw), np.cos(path.pitch), np.sin(path.pitch)
    forward = np.stack([cp * sy, sp, cp * cy], axis=-1)
    right = np.stack([-cy, np.zeros_like(cy), sy], axis=-1)
    down = np.stack([sp * sy, -cp, sp * cy], axis=-1)  # forward x right
    cr, sr = np.cos(path.roll)[:, None], np.sin(path.roll)[:, None]
    out = np.tile(np.eye(4), (len(path.yaw), 1, 1))
    out[:, :3, 0] = cr * right - sr * down
    out[:, :3, 1] = cr * down + sr * right
    out[:, :3, 2] = forward
    out[:, :3, 3] = path.position
    return out

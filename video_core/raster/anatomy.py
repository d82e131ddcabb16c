"""From 18 joints to the points a body is drawn through: skull and its axes, chest, hips, tail, toes.

Knows joints and proportions. Does not know pixels. Every array has the frame axis first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.staging.staged import JOINTS
from video_core.raster.build import Build

Floats = NDArray[np.float64]

J = {name: i for i, name in enumerate(JOINTS)}

_GAZE = {"biped": (0.5, 0.5), "quadruped": (-5.0, 3.0), "bird": (11.0, -5.0)}
"""Weights of (eyes - ears) and (nose - ears) that sum to a level direction in staging's rest bodies."""
_SKULL = {"biped": (0.0, 0.12), "quadruped": (0.22, -0.80), "bird": (0.12, -0.50)}
"""From the ears to the middle of the skull: forward and up, in skull radii. Ears are on the crown of beasts and birds."""


@dataclass(frozen=True)
class Anatomy:
    """One actor's body points, metres."""

    joints: Floats
    """(F,18,3)"""
    skull: Floats
    """(F,3) centre of the head."""
    axes: Floats
    """(F,3,3) head axes as rows: its left, up, forward."""
    chest: Floats
    """(F,3) between the shoulders."""
    hips: Floats
    """(F,3) between the hips."""
    body: Floats
    """(F,3,3) trunk axes as rows: its left, up (spine on two legs, back on four), forward."""
    snout: Floats
    """(F,3) tip of the snout or beak."""
    tail: Floats
    """(F,5,3) along the tail, root first."""
    toes: Floats
    """(F,2,3) right and left."""
    drift: Floats
    """(F,3) metres by which soft parts (hair, tails, cloth) lag behind the body."""


def unit(v: Floats) -> Floats:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def anatomy(
    joints: NDArray[np.floating],
    root: NDArray[np.floating],
    heading: NDArray[np.floating],
    build: Build,
    body: str,
    height: float,
    fps: float,
) -> Anatomy:
    """Body points of one actor from joints (F,18,3), root (F,3), heading (F,) and body height (m)."""
    j = np.asarray(joints, dtype=np.float64)
    if body == "bird":
        j = _folded(j, build, height)
    heading = np.asarray(heading, dtype=np.float64)
    facing = np.stack([np.sin(heading), np.zeros_like(heading), np.cos(heading)], axis=-1)
    ears = (j[:, J["r_ear"]] + j[:, J["l_ear"]]) / 2
    eyes = (j[:, J["r_eye"]] + j[:, J["l_eye"]]) / 2
    left = j[:, J["l_ear"]] - j[:, J["r_ear"]]
    by_eyes, by_nose = _GAZE[body]
    gaze = (eyes - ears) * by_eyes + (j[:, J["nose"]] - ears) * by_nose
    gaze = np.where(np.linalg.norm(gaze, axis=-1, keepdims=True) < 1e-4, facing, gaze)
    sideways = np.stack([np.cos(heading), np.zeros_like(heading), -np.sin(heading)], axis=-1)
    left = unit(np.where(np.linalg.norm(left, axis=-1, keepdims=True) < 1e-4, sideways, left))
    forward = unit(gaze - left * np.sum(gaze * left, axis=-1, keepdims=True))
    up = np.cross(forward, left)
    chest = (j[:, J["r_shoulder"]] + j[:, J["l_shoulder"]]) / 2
    hips = (j[:, J["r_hip"]] + j[:, J["l_hip"]]) / 2
    spine = unit(chest - hips)
    across = unit(j[:, J["l_shoulder"]] - j[:, J["r_shoulder"]] + (j[:, J["l_hip"]] - j[:, J["r_hip"]]) * 0.5)
    if body == "quadruped":
        ahead = spine
        back = unit(np.cross(ahead, across))
        trunk = np.stack([across, back, ahead], axis=1)
    else:
        ahead = unit(np.cross(across, spine))
        trunk = np.stack([across, spine, ahead], axis=1)
    before, rise = _SKULL[body]
    skull = ears + (forward * before + up * rise) * build.head * height
    snout = skull + forward * (build.head + build.snout) * height - up * build.head * height * 0.25
    drift = lag(np.asarray(root, dtype=np.float64), fps, height)
    return Anatomy(
        j,
        skull,
        np.stack([left, up, forward], axis=1),
        chest,
        hips,
        trunk,
        snout,
        _tail(hips, trunk, build, body, height, drift, fps),
        _toes(j, facing, trunk, build, body, height),
        drift,
    )


def lag(root: Floats, fps: float, height: float, settle: float = 0.25) -> Floats:
    """How far (m) a soft part trails behind a moving body: a first-order lag with `settle` seconds, at most 0.3 body heights."""
    out = np.zeros_like(root)
    keep = float(np.exp(-1 / (fps * settle)))
    follower = root[0] if len(root) else np.zeros(3)
    if len(root) > 1:
        follower = root[0] - (root[1] - root[0]) * fps * settle * 0.8
    for f in range(len(root)):
        follower = follower * keep + root[f] * (1 - keep)
        out[f] = follower - root[f]
    size = np.linalg.norm(out, axis=-1, keepdims=True)
    most = 0.3 * height
    return np.asarray(out * (most * np.tanh(size / most) / np.maximum(size, 1e-9)))


def _folded(j: Floats, build: Build, height: float) -> Floats:
    """Lay wings that are not spread along the body: elbow and wrist (F,18,3) move to its side."""
    span = np.linalg.norm(j[:, J["l_wrist"]] - j[:, J["r_wrist"]], axis=-1) / height
    spread = np.clip((span - 0.75) / 0.25, 0, 1)[:, None]
    chest = (j[:, J["r_shoulder"]] + j[:, J["l_shoulder"]]) / 2
    hips = (j[:, J["r_hip"]] + j[:, J["l_hip"]]) / 2
    down = unit(hips - chest)
    out = j.copy()
    for s in ("r", "l"):
        shoulder = j[:, J[f"{s}_shoulder"]]
        side = unit(shoulder - chest)
        elbow = shoulder + side * build.trunk * 0.25 * height + down * 0.16 * height
        wrist = hips + side * build.trunk * 0.85 * height + down * 0.04 * height
        for name, at in ((f"{s}_elbow", elbow), (f"{s}_wrist", wrist)):
            out[:, J[name]] = at * (1 - spread) + j[:, J[name]] * spread
    return out


def _tail(hips: Floats, trunk: Floats, build: Build, body: str, height: float, drift: Floats, fps: float) -> Floats:
    frames = np.arange(len(hips)) / fps
    left, up, ahead = trunk[:, 0], trunk[:, 1], trunk[:, 2]
    length = build.tail * height
    points = []
    for k, s in enumerate(np.linspace(0, 1, 5)):
        swing = np.sin(2 * np.pi * 0.9 * frames - 1.1 * k)[:, None] * 0.16 * s * length
        if body == "quadruped":
            curve = -ahead * (0.75 * s) * length + up * length * (0.15 - 0.55 * s + 0.75 * s * s)
            at = hips - ahead * build.trunk * height * 0.75 + up * build.trunk * height * 0.35
        elif body == "bird":
            curve = -ahead * 0.75 * s * length - up * 0.6 * s * length
            at = hips - up * 0.02 * height
            swing = swing * 0.2
        else:
            curve = -ahead * length * (0.9 * s - 0.2 * s * s) + up * length * (-0.5 * s + 1.0 * s * s)
            at = hips - ahead * build.trunk * height * 0.7
        points.append(at + curve + left * swing + drift * s * 0.8)
    return np.stack(points, axis=1)


def _toes(j: Floats, facing: Floats, trunk: Floats, build: Build, body: str, height: float) -> Floats:
    toes = []
    for side in ("r", "l"):
        knee, ankle = j[:, J[f"{side}_knee"]], j[:, J[f"{side}_ankle"]]
        shin = unit(ankle - knee)
        ahead = facing if body != "biped" else trunk[:, 2]
        flat = unit(ahead - shin * np.sum(ahead * shin, axis=-1, keepdims=True) * 0.85)
        toes.append(ankle + flat * build.foot * height)
    return np.stack(toes, axis=1)

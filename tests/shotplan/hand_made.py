"""Staged people and things set up by hand, so that the camera and the rules are tested without the rest of staging."""

from __future__ import annotations

import numpy as np

from shotplan.plan import CameraSpec, Character, Prop, Shot, StageSet
from shotplan.staging.camera import solve_camera
from shotplan.staging.staged import JOINTS, StagedAction, StagedActor, StagedProp, StagedShot

# nose, neck, r/l arms, r/l legs, eyes, ears: (left, up, forward) in body heights
_BIPED = {
    "nose": (0, 0.92, 0.06),
    "neck": (0, 0.82, 0),
    "r_shoulder": (-0.11, 0.81, 0),
    "r_elbow": (-0.15, 0.63, 0),
    "r_wrist": (-0.16, 0.46, 0.03),
    "r_hip": (-0.06, 0.52, 0),
    "r_knee": (-0.06, 0.28, 0),
    "r_ankle": (-0.06, 0.04, 0),
    "r_eye": (-0.02, 0.94, 0.05),
    "r_ear": (-0.045, 0.935, 0),
}
_QUADRUPED = {
    "nose": (0, 0.78, 0.85),
    "neck": (0, 0.75, 0.45),
    "r_shoulder": (-0.12, 0.65, 0.4),
    "r_elbow": (-0.12, 0.35, 0.4),
    "r_wrist": (-0.12, 0.03, 0.42),
    "r_hip": (-0.12, 0.62, -0.4),
    "r_knee": (-0.12, 0.35, -0.45),
    "r_ankle": (-0.12, 0.03, -0.4),
    "r_eye": (-0.06, 0.87, 0.7),
    "r_ear": (-0.1, 0.96, 0.55),
}


def body(kind_body: str, height: float) -> np.ndarray:
    """(18,3) joints of a standing figure that faces +Z."""
    table = _QUADRUPED if kind_body == "quadruped" else _BIPED
    out = []
    for joint in JOINTS:
        x, y, z = table.get(joint) or table["r" + joint[1:]]
        out.append((x if joint in table else -x, y, z))
    return np.array(out) * height


def actor(
    id: str = "ann",
    kind: str = "woman",
    *,
    frames: int = 48,
    fps: int = 16,
    start=(0.0, 0.0, 0.0),
    end=None,
    heading: float = 0.0,
    action: str = "stand",
    hop: float = 0.0,
    target: str | None = None,
) -> StagedActor:
    """Somebody who stands, or slides from `start` to `end` with a hop of `hop` metres in the middle."""
    character = Character.of_kind(id, id.title(), kind)
    plan = "quadruped" if character.kind in ("fox", "horse", "mouse", "dragon", "bear") else "biped"
    a, b = np.array(start, float), np.array(end if end is not None else start, float)
    u = np.linspace(0, 1, frames)[:, None]
    root = a + (b - a) * u
    root[:, 1] += hop * np.clip(1 - ((u[:, 0] - 0.5) / 0.15) ** 2, 0, None)
    c, s = np.cos(heading), np.sin(heading)
    joints = body(plan, character.height)
    turned = np.stack([c * joints[:, 0] + s * joints[:, 2], joints[:, 1], c * joints[:, 2] - s * joints[:, 0]], axis=-1)
    seconds = frames / fps
    speed = float(np.linalg.norm(b - a)) / seconds
    acted = StagedAction(
        path="/shots/0/performances/0",
        beat="b1",
        actor=id,
        action=action,
        target=target,
        t0=0.0,
        t1=seconds,
        needed=seconds,
        start=a,
        end=b,
        distance=float(np.linalg.norm(b - a)),
        peak_speed=speed,
        speed_limit=character.limits.run_speed,
        apex=hop,
    )
    return StagedActor(
        id,
        character,
        root,
        np.full(frames, heading),
        root[:, None] + turned,
        np.zeros((frames, 4)),
        np.zeros(frames),
        (acted,),
    )


def prop(
    id: str = "log",
    kind: str = "log",
    x: float = 0.0,
    z: float = 0.0,
    *,
    frames: int = 48,
    yaw: float = 0.0,
    **changes: object,
) -> StagedProp:
    made = Prop.of_kind(id, id, kind, x, z, yaw=yaw, **changes)
    n = np.ones(frames)
    return StagedProp(id, made, n[:, None] * np.array([x, 0.0, z]), n * np.radians(yaw), n.astype(bool), 0 * n)


def shot(
    spec: CameraSpec,
    actors=(),
    props=(),
    *,
    fps: int = 16,
    aspect: float = 832 / 480,
    stage_set: StageSet | None = None,
) -> StagedShot:
    """A staged shot of these actors and props with a solved camera."""
    stage_set = stage_set or StageSet(id="wood", name="wood", place="forest")
    frames = len(actors[0].root) if actors else len(props[0].yaw) if props else 48
    camera = solve_camera(
        spec,
        actors=actors,
        props=props,
        stage_set=stage_set,
        aspect=aspect,
        fps=fps,
        frames=frames,
        acting=[a.id for a in actors],
    )
    made = Shot(id="s01", set=stage_set.id, duration=frames / fps, camera=spec)
    return StagedShot(made, 0, stage_set, fps, frames, tuple(actors), tuple(props), camera)

"""Hand-made staged shots, so that drawing can be tested without the stager and the camera solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import CameraSpec, Character, Ground, Prop, Shot, StageSet
from shotplan.staging.staged import Line, StagedActor, StagedCamera, StagedProp, StagedShot
from shotplan.vocabulary import CHARACTER_KINDS

Floats = NDArray[np.float64]


def look_at(eye: Floats, target: Floats) -> Floats:
    """Camera-to-world (F,4,4), OpenCV axes, from eye and target (F,3)."""
    forward = target - eye
    forward = forward / np.linalg.norm(forward, axis=-1, keepdims=True)
    right = np.cross(forward, np.array([0.0, 1.0, 0.0]))
    right = right / np.linalg.norm(right, axis=-1, keepdims=True)
    down = np.cross(forward, right)
    c2w = np.tile(np.eye(4), (len(eye), 1, 1))
    c2w[:, :3, 0], c2w[:, :3, 1], c2w[:, :3, 2], c2w[:, :3, 3] = right, down, forward, eye
    return c2w


def camera(
    frames: int,
    eye: tuple[float, ...],
    target: tuple[float, ...],
    focal: float = 45.0,
    *,
    to: tuple[float, ...] | None = None,
    aspect: float = 832 / 480,
) -> StagedCamera:
    t = np.linspace(0, 1, frames)[:, None]
    start, aim = np.array(eye, dtype=float), np.array(target, dtype=float)
    end = start if to is None else np.array(to, dtype=float)
    path = start + (end - start) * t
    return StagedCamera(
        CameraSpec(), (), look_at(path, np.broadcast_to(aim, path.shape)), np.full(frames, focal), aspect
    )


def _turn(local: Floats, root: Floats, heading: Floats) -> Floats:
    """Local points (F,18,3) with +Z ahead and +X the left hand to the stage."""
    c, s = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    return np.stack([x * c + z * s, y, -x * s + z * c], axis=-1) + root[:, None]


def _biped(frames: int, h: float, gait: Floats, walking: float, arms: str) -> Floats:
    s = np.sin(gait) * walking
    p = np.zeros((frames, 18, 3))

    def put(k: int, x: float, y: float | Floats, z: float | Floats) -> None:
        p[:, k, 0], p[:, k, 1], p[:, k, 2] = x * h, np.asarray(y) * h, np.asarray(z) * h

    put(0, 0, 0.915, 0.075), put(1, 0, 0.82, 0.0)
    put(14, -0.02, 0.935, 0.062), put(15, 0.02, 0.935, 0.062), put(16, -0.043, 0.93, 0.01), put(17, 0.043, 0.93, 0.01)
    for k, side in ((2, -1), (5, 1)):
        swing = -side * s
        put(k, side * 0.115, 0.81, 0)
        if arms == "hug":
            put(k + 1, side * 0.14, 0.72, 0.13), put(k + 2, side * 0.03, 0.74, 0.22)
        elif arms == "wave" and side < 0:
            put(k + 1, side * 0.2, 0.84, 0.03), put(k + 2, side * 0.2 + 0.03 * 0, 0.99, 0.06)
            p[:, k + 2, 0] += 0.05 * h * np.sin(gait * 2)
        else:
            put(k + 1, side * 0.15, 0.65, swing * 0.10), put(k + 2, side * 0.14, 0.50, 0.05 + swing * 0.20)
    for k, side in ((8, -1), (11, 1)):
        swing = side * s
        put(k, side * 0.055, 0.52, 0)
        put(k + 1, side * 0.06, 0.28, 0.02 + swing * 0.13)
        put(k + 2, side * 0.06, 0.045 + np.maximum(0, -np.cos(gait) * side) * 0.07 * walking, swing * 0.22)
    return p


def _quadruped(frames: int, h: float, gait: Floats, walking: float) -> Floats:
    s = np.sin(gait) * walking
    p = np.zeros((frames, 18, 3))

    def put(k: int, x: float, y: float | Floats, z: float | Floats) -> None:
        p[:, k, 0], p[:, k, 1], p[:, k, 2] = x * h, np.asarray(y) * h, np.asarray(z) * h

    put(0, 0, 0.86, 0.80), put(1, 0, 0.72, 0.44)
    put(14, -0.07, 0.916, 0.64), put(15, 0.07, 0.916, 0.64), put(16, -0.085, 1.0, 0.505), put(17, 0.085, 1.0, 0.505)
    for k, side in ((2, -1), (5, 1)):
        (
            put(k, side * 0.11, 0.58, 0.36),
            put(k + 1, side * 0.11, 0.32, 0.34 + 0.10 * s * side),
            put(k + 2, side * 0.11, 0.04, 0.36 + 0.28 * s * side),
        )
    for k, side in ((8, -1), (11, 1)):
        (
            put(k, side * 0.11, 0.58, -0.42),
            put(k + 1, side * 0.11, 0.34, -0.36 - 0.10 * s * side),
            put(k + 2, side * 0.11, 0.04, -0.46 - 0.28 * s * side),
        )
    return p


def _bird(frames: int, h: float, gait: Floats, flap: float) -> Floats:
    p = np.zeros((frames, 18, 3))

    def put(k: int, x: float, y: float | Floats, z: float | Floats) -> None:
        p[:, k, 0], p[:, k, 1], p[:, k, 2] = x * h, np.asarray(y) * h, np.asarray(z) * h

    put(0, 0, 0.82, 0.29), put(1, 0, 0.66, 0.05)
    put(14, -0.09, 0.88, 0.17), put(15, 0.09, 0.88, 0.17), put(16, -0.12, 0.93, 0.03), put(17, 0.12, 0.93, 0.03)
    lift = np.sin(gait) * flap
    for k, side in ((2, -1), (5, 1)):
        put(k, side * 0.18, 0.58, 0)
        put(k + 1, side * (0.24 + 0.3 * flap), 0.42 + 0.16 * flap + 0.35 * lift, -0.04)
        put(k + 2, side * (0.22 + 0.8 * flap), 0.22 + 0.36 * flap + 0.7 * lift, -0.10)
    for k, side in ((8, -1), (11, 1)):
        put(k, side * 0.08, 0.22, -0.08), put(k + 1, side * 0.08, 0.12, -0.05), put(k + 2, side * 0.08, 0.02, -0.02)
    return p


def actor(
    id: str,
    kind: str,
    frames: int,
    *,
    x: float = 0.0,
    z: float = 0.0,
    to_x: float | None = None,
    y: Floats | float = 0.0,
    heading: float = 0.0,
    walking: float = 0.0,
    arms: str = "",
    expression: tuple[float, ...] = (0.0, 0.3, 0.0, 0.8),
    talk: bool = False,
    name: str = "",
    fps: int = 16,
) -> StagedActor:
    """A puppet of `kind` that stands, walks to `to_x`, hugs or waves."""
    character = Character.of_kind(id, name or id.title(), kind)
    h = character.height
    t = np.arange(frames) / fps
    root = np.zeros((frames, 3))
    root[:, 0] = x if to_x is None else np.linspace(x, to_x, frames)
    root[:, 1], root[:, 2] = y, z
    gait = 2 * np.pi * 1.6 * t
    match CHARACTER_KINDS[kind].body:
        case "quadruped":
            local = _quadruped(frames, h, gait, walking)
        case "bird":
            local = _bird(frames, h, gait * 2, walking)
        case _:
            local = _biped(frames, h, gait, walking, arms)
    face = np.tile(np.array(expression), (frames, 1))
    if talk:
        face[:, 0] = np.abs(np.sin(t * 9)) * 0.8
    headings = np.full(frames, heading)
    return StagedActor(id, character, root, headings, _turn(local, root, headings), face, np.zeros(frames), ())


def prop(
    id: str,
    kind: str,
    frames: int,
    x: float = 0.0,
    z: float = 0.0,
    *,
    y: float = 0.0,
    yaw: float = 0.0,
    openness: Floats | float = 0.0,
    **changes: object,
) -> StagedProp:
    what = Prop.of_kind(id, id, kind, x, z, **changes)
    return StagedProp(
        id,
        what,
        np.tile(np.array([x, y, z]), (frames, 1)),
        np.full(frames, yaw),
        np.ones(frames, dtype=bool),
        np.zeros(frames) + openness,
    )


def shot(
    frames: int,
    cam: StagedCamera,
    actors: tuple[StagedActor, ...] = (),
    props: tuple[StagedProp, ...] = (),
    *,
    place: str = "forest",
    time: str = "day",
    weather: str = "clear",
    style: str = "anime",
    ground: Ground | None = None,
    lines: tuple[Line, ...] = (),
    width: float = 16.0,
    depth: float = 8.0,
    fps: int = 16,
) -> StagedShot:
    stage_set = StageSet(
        id="here",
        name="here",
        place=place,
        time=time,
        weather=weather,
        ground=ground or Ground(),
        width=width,
        depth=depth,
    )
    return StagedShot(
        Shot(id="s01", set="here", duration=frames / fps), 0, stage_set, fps, frames, actors, props, cam, lines, style
    )


def fox_jump(frames: int = 48, **more: object) -> StagedShot:
    """A fox runs from left to right and jumps a log, an owl on a branch behind."""
    t = np.linspace(0, 1, frames)
    u = np.clip((t - 0.35) / 0.3, 0, 1)
    arc = 4 * 0.75 * u * (1 - u)
    fox = actor("fox", "fox", frames, x=-2.4, to_x=2.4, y=arc, heading=np.pi / 2, walking=1.0)
    owl = actor("owl", "owl", frames, x=1.6, z=-1.4, y=0.9, expression=(0.3, 0.0, 0.8, 1.0))
    things = (
        prop("log", "log", frames),
        prop("rock", "rock", frames, 1.6, -1.4, size=(1.3, 0.9, 1.0)),
        prop("tree", "tree", frames, -2.6, -1.8),
    )
    options: dict[str, object] = {"time": "sunset"} | more
    return shot(frames, camera(frames, (0.3, 0.9, 5.6), (0.0, 0.75, 0.0), 38), (fox, owl), things, **options)  # type: ignore[arg-type]


def talk(frames: int = 32, **more: object) -> StagedShot:
    """A woman and a man talk in a room."""
    anna = actor("anna", "woman", frames, x=-0.55, heading=np.pi / 2 - 0.5, talk=True, name="Anna")
    ben = actor("ben", "man", frames, x=0.55, heading=-np.pi / 2 + 0.5, name="Ben")
    things = (
        prop("table", "table", frames, 1.9, -1.2),
        prop("chair", "chair", frames, -1.8, -1.4),
        prop("door", "door", frames, 0.3, -3.9, openness=0.5),
    )
    options: dict[str, object] = {
        "place": "room",
        "lines": (Line("anna", "I kept your letter. Did you read it?", 0.2, 1.8),),
    } | more
    return shot(frames, camera(frames, (0.0, 1.45, 3.4), (0.0, 1.2, 0.0), 45), (anna, ben), things, **options)  # type: ignore[arg-type]

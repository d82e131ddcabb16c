"""The camera solver: (size, angle, move, lens, subject, side) becomes a camera pose per frame.

Knows how the parts fit together: whom to frame, from which direction, how the move plays, and where to stand when the ideal
spot is inside something. Does not know whether the result is good film grammar: that is `shotplan.rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import CameraSpec, StageSet
from shotplan.staging import ground
from shotplan.staging.camera_framing import Pose, frame_subject, size_distance, view_axes
from shotplan.staging.camera_moves import Path, camera_to_world, low_pass, move_camera
from shotplan.staging.camera_occlusion import Solids, clearance, hidden_by, solids
from shotplan.staging.camera_subject import (
    Extent,
    actor_extent,
    choose_subject,
    main_frame,
    place_extent,
    prop_extent,
    set_spot,
    size_of,
)
from shotplan.staging.staged import Array, StagedActor, StagedCamera, StagedProp
from shotplan.vocabulary import ANGLES, LENSES, MOVES, SIDES
from shotplan.vocabulary.camera import CameraAngle

ABOVE_GROUND = 0.15
"""Metres that the camera stays above the ground."""
BODY_CLEARANCE = 0.05
"""Metres that the camera stays outside props and people."""
MOST_HIDDEN = 0.4
"""Part of the subject that may be hidden before another spot close by is tried."""
_NEARBY = tuple(
    sorted(
        ((az, el) for az in (0, -10, 10, -20, 20, -32, 32, -46, 46, -65, 65) for el in (0, 9, 20, 34)),
        key=lambda o: (abs(o[0]) + 1.3 * o[1], o[0]),
    )
)


@dataclass(frozen=True)
class _View:
    """From where, and attached to what, the subject is seen."""

    extents: tuple[Extent, ...]
    azimuth: float
    elevation: float
    least_distance: float
    carrier: Array | None = None
    eye: Array | None = None
    """(3,) where the camera must be at the main moment."""
    without: tuple[str, ...] = ()
    """Whose body the camera may be inside: the one whose eyes it uses."""


def solve_camera(
    spec: CameraSpec, *, actors: Sequence[StagedActor], props: Sequence[StagedProp], stage_set: StageSet, aspect: float, fps: int,
    frames: int, acting: Sequence[str],
) -> StagedCamera:  # fmt: skip
    """Frame the subject as asked, for every frame.

    `acting`: ids of the characters with an action of their own in this shot. `aspect`: width over height. Shapes as in
    `StagedCamera`; metres, mm, radians. Deterministic.
    """
    angle, move, size = ANGLES[spec.angle], MOVES[spec.move], size_of(spec)
    people, things = choose_subject(spec, actors, props, acting)
    main = main_frame(people or [a for a in actors if a.id in acting], fps, frames)
    view = _view(spec, angle, people, things, actors, props, stage_set, aspect, main, frames)
    focal = LENSES[spec.lens].focal_mm
    bodies = solids(actors, props, frames, without=view.without)
    subject = tuple(e.id for e in view.extents if e.id)
    blockers = solids(actors, props, frames, without=(*view.without, *subject))
    hold = _held_frames(people, fps, frames) if move.kind == "static" and view.carrier is None else None
    target, outline = _target(view.extents)
    floor = ground.height(stage_set.ground, np.linspace(stage_set.ground.x0 - 1, stage_set.ground.x1 + 1, 24))
    flat = stage_set.ground.kind == "flat" or float(np.ptp(floor)) == 0.0
    best: tuple[float, Path] | None = None
    for turn, lift in _NEARBY:
        azimuth, elevation = view.azimuth + np.radians(turn), min(view.elevation + np.radians(lift), 1.45)
        for _ in range(3):  # a camera that would be in the ground is lifted, and then framed again
            pose = frame_subject(
                view.extents, size, main=main, hold=hold, azimuth=azimuth, elevation=elevation, roll=np.radians(angle.roll),
                focal=focal, aspect=aspect, least_distance=view.least_distance,
            )  # fmt: skip
            spot = pose.position
            under = float(ground.height(stage_set.ground, spot[0])) + ABOVE_GROUND - spot[1]
            if under <= 1e-6 or view.eye is not None:
                break
            elevation = min(elevation + float(np.arcsin(min(0.9, 1.05 * under / pose.distance + 0.002))), 1.45)
        if view.eye is not None:
            pose = _from_eye(pose, view.eye, view.extents, main)
        path = move_camera(
            pose, move, target=target, outline=outline, main=main, aspect=aspect, fps=fps, carrier=view.carrier,
            name=f"{spec.subject}{spec.size}{frames}",
        )  # fmt: skip
        path = _above_ground(path, pose, stage_set, flat)
        cost = _badness(path, bodies, blockers, view.extents, main) + (abs(turn) + 1.3 * lift) / 200
        if best is None or cost < best[0] - 1e-9:
            best = (cost, path)
        if view.eye is not None or best[0] < (abs(turn) + 1.3 * lift) / 200 + 1e-6:
            break
    assert best is not None
    path = best[1]
    return StagedCamera(spec=spec, subject=subject, c2w=camera_to_world(path), focal_mm=path.focal, aspect=aspect)


def _view(
    spec: CameraSpec, angle: CameraAngle, people: list[StagedActor], things: list[StagedProp], actors: Sequence[StagedActor],
    props: Sequence[StagedProp], stage_set: StageSet, aspect: float, main: int, frames: int,
) -> _View:  # fmt: skip
    size, side = size_of(spec), SIDES[spec.side]
    extents = tuple([actor_extent(a, size) for a in people] or [prop_extent(p, size) for p in things])
    if not extents:
        spot = set_spot(stage_set, props, 0.0, frames)
        spot[:, 1] = ground.height(stage_set.ground, spot[:, 0])
        extents = (place_extent("", spot, np.zeros(frames), size),)
    lead = extents[0]
    if len(extents) > 1:
        facing = np.arctan2(
            sum(np.sin(e.heading[main]) for e in extents), sum(np.cos(e.heading[main]) for e in extents)
        )
    else:
        facing = float(lead.heading[main])
    azimuth = np.radians(side.azimuth) + (0.0 if side.of_stage else float(facing))
    elevation = np.radians(angle.elevation)
    # Someone's face must not touch the lens: a very short lens asked for a very close shot steps back and zooms instead.
    least = max((0.11 * a.character.height + 0.03 for a in people), default=0.05)
    if angle.relation == "over_shoulder" and people:
        other = _partner(people, actors, main)
        if other is not None:
            subject = extents[0] if other.id != extents[0].id else extents[-1]
            return _over_shoulder(subject, other, azimuth, spec, aspect, main, size_least=least)
    if angle.relation == "pov" and people:
        return _point_of_view(people[0], spec, actors, props, main, frames)
    return _View(extents, float(azimuth), float(elevation), least)


def _partner(people: Sequence[StagedActor], actors: Sequence[StagedActor], main: int) -> StagedActor | None:
    """Over whose shoulder the subject is seen: the second of two subjects, the one it acts on, or the nearest person."""
    lead = people[0]
    if len(people) > 1:
        return people[1]
    others = [a for a in actors if a.id != lead.id]
    acted_on = {x.target for x in lead.actions} | {a.id for a in others if any(x.target == lead.id for x in a.actions)}
    return min(
        others,
        key=lambda a: (a.id not in acted_on, float(np.linalg.norm(a.root[main] - lead.root[main]))),
        default=None,
    )


def _over_shoulder(
    subject: Extent, other: StagedActor, azimuth: float, spec: CameraSpec, aspect: float, main: int, size_least: float
) -> _View:
    """Behind the other person, past the shoulder that is nearer to the side asked for."""
    height = other.character.height
    head = other.joints[main, 14:18].mean(axis=0)
    away = head - subject.center[main]
    away[1] = 0.0
    gap = max(float(np.linalg.norm(away)), 0.3)
    base = float(np.arctan2(away[0], away[2]))
    back = 0.5 * height
    behind = gap + back
    focal = LENSES[spec.lens].focal_mm
    focal *= max(1.0, behind / size_distance(subject.length, size_of(spec), focal, aspect))
    # The shoulder ends a quarter of the frame away from the middle, so that it is in the picture and the subject is free.
    beside = float(np.arctan2(0.18 * height + 0.25 * back * 18.0 / focal, gap))
    turn = float((azimuth - base + np.pi) % (2 * np.pi) - np.pi)
    rise = head[1] + 0.02 * height - float(subject.center[main, 1])
    elevation = float(np.arctan2(rise, behind)) + np.radians(ANGLES[spec.angle].elevation) * 0.3
    return _View(
        (subject,),
        base + (beside if turn >= 0 else -beside),
        float(np.clip(elevation, -0.5, 1.1)),
        max(behind, size_least),
    )


def _point_of_view(
    viewer: StagedActor,
    spec: CameraSpec,
    actors: Sequence[StagedActor],
    props: Sequence[StagedProp],
    main: int,
    frames: int,
) -> _View:
    """From the viewer's eyes toward what it acts on, else the nearest person, else straight ahead."""
    size = size_of(spec)
    height = viewer.character.height
    eyes = viewer.joints[:, (14, 15)].mean(axis=1)
    seen: Extent | None = None
    for target in (x.target for x in viewer.actions):
        actor = next((a for a in actors if a.id == target and a.id != viewer.id), None)
        prop = next((p for p in props if p.id == target), None)
        if actor is not None:
            seen = actor_extent(actor, size)
        elif prop is not None:
            seen = prop_extent(prop, size)
        if seen is not None:
            break
    if seen is None:
        others = [a for a in actors if a.id != viewer.id]
        if others:
            nearest = min(others, key=lambda a: (float(np.linalg.norm(a.root[main] - viewer.root[main])), a.id))
            seen = actor_extent(nearest, size)
    if seen is None:
        ahead = np.stack([np.sin(viewer.heading), np.zeros(frames), np.cos(viewer.heading)], axis=1)
        seen = place_extent("", viewer.root + ahead * max(3.0, 2.5 * height), viewer.heading, size)
    gaze = seen.center - eyes
    flat = np.linalg.norm(gaze, axis=1, keepdims=True)
    eye = eyes + gaze / np.maximum(flat, 0.05) * 0.12 * height
    back = eye[main] - seen.center[main]
    distance = max(float(np.linalg.norm(back)), 0.1)
    azimuth, elevation = float(np.arctan2(back[0], back[2])), float(np.arcsin(np.clip(back[1] / distance, -0.99, 0.99)))
    return _View((seen,), azimuth, elevation, 0.0, carrier=eye, eye=eye[main], without=(viewer.id,))


def _from_eye(pose: Pose, eye: Array, extents: Sequence[Extent], main: int) -> Pose:
    """The same picture from a fixed point: the lens changes, within half to three times its length, instead of the distance."""
    back = eye - pose.aim
    distance = max(float(np.linalg.norm(back)), 0.1)
    focal = float(np.clip(pose.focal * distance / pose.distance, pose.focal * 0.5, pose.focal * 3.0))
    elevation = float(np.arcsin(np.clip(back[1] / distance, -0.99, 0.99)))
    return replace(
        pose, azimuth=float(np.arctan2(back[0], back[2])), elevation=elevation, distance=distance, focal=focal
    )


def _held_frames(people: Sequence[StagedActor], fps: int, frames: int) -> NDArray[np.intp]:
    """Frames in which a still camera should hold its subject: not while somebody is still coming in or already leaving."""
    keep = np.ones(frames, dtype=bool)
    for x in (x for a in people for x in a.actions):
        first, last = int(x.t0 * fps), int(np.ceil(x.t1 * fps))
        if x.action == "enter":
            keep[: first + int(0.65 * (last - first))] = False
        elif x.action == "leave":
            keep[first + int(0.35 * (last - first)) :] = False
    return np.flatnonzero(keep) if keep.any() else np.arange(frames)


def _target(extents: Sequence[Extent]) -> tuple[Array, Array]:
    """(F,3) what the operator keeps in frame, and the outline (F,K,3) of everything framed."""
    outline = np.concatenate([e.outline for e in extents], axis=1)
    if len(extents) == 1:
        return extents[0].center, outline
    return (outline.min(axis=1) + outline.max(axis=1)) / 2, outline


def _above_ground(path: Path, pose: Pose, stage_set: StageSet, flat: bool) -> Path:
    """Lift the camera where its way would come too near to the ground, and tilt so that the aim stays where it was."""
    if flat:
        floor = np.full(len(path.yaw), float(ground.height(stage_set.ground, 0.0)))
    else:
        near = path.position[:, :1] + np.array([[-0.3, 0.0, 0.3]])
        floor = ground.height(stage_set.ground, near).max(axis=1)
    lift = floor + ABOVE_GROUND - path.position[:, 1]
    if lift.max() <= 0:
        return path
    # A smooth upper bound of the lift that is needed, so that the camera glides over a step.
    lift = np.maximum(lift, low_pass(np.maximum(lift, 0.0), 16, 0.25))
    lift = np.maximum(lift, 0.0)
    position = path.position.copy()
    position[:, 1] += lift
    tilt = np.arctan(lift * np.cos(path.pitch) / pose.distance)
    return replace(path, position=position, pitch=path.pitch - tilt)


def _badness(path: Path, bodies: Solids, blockers: Solids, extents: Sequence[Extent], main: int) -> float:
    """0 for a spot outside every body that sees its subject; 100 and more inside something."""
    gap = float(clearance(path.position, bodies)[0].min())
    cost = 0.0 if gap >= BODY_CLEARANCE else 100.0 + 100.0 * (BODY_CLEARANCE - gap)
    frames = np.unique(np.linspace(0, len(path.yaw) - 1, 5).astype(int))
    frames = np.unique(np.append(frames, main))
    points = np.concatenate([e.outline[frames] for e in extents], axis=1)
    hidden = float(hidden_by(path.position[frames], points, blockers.at(frames)).any(axis=-1).mean())
    return cost + (3.0 * (hidden - MOST_HIDDEN) + 1.0 if hidden > MOST_HIDDEN else 0.0)


__all__ = ["ABOVE_GROUND", "solve_camera", "view_axes"]

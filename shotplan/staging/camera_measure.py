"""What the camera of a staged shot really shows, measured from its poses.

Knows size, coverage, headroom, occlusion and clearance of a finished shot. Does not know what was right or wrong about it.
Every result is per frame, (F,), unless said otherwise.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.camera_occlusion import Solids, clearance, hidden_by, solids
from shotplan.staging.camera_subject import (
    WHOLE_BODY_RANK,
    Extent,
    actor_extent,
    head_top,
    main_frame,
    prop_extent,
    size_of,
)
from shotplan.staging.staged import Array, StagedActor, StagedProp, StagedShot
from shotplan.vocabulary import ANGLES

Measurable = StagedActor | StagedProp


def extent(staged: StagedShot, thing: Measurable) -> Extent:
    """What the shot's size asks to show of an actor or a prop."""
    size = size_of(staged.camera.spec)
    return actor_extent(thing, size) if isinstance(thing, StagedActor) else prop_extent(thing, size)


def subjects(staged: StagedShot) -> list[Measurable]:
    """The actors or the prop that the camera frames; empty for the set itself."""
    found = [staged.actor(i) or staged.prop(i) for i in staged.camera.subject]
    return [x for x in found if x is not None]


def frame_points(staged: StagedShot, points: Array) -> Array:
    """World points (F,K,3) as (F,K,3): x and y in frame widths and heights from the top left, 0..1 inside; depth in metres."""
    camera = staged.camera
    height = 1000.0
    width = height * camera.aspect
    rel = points - camera.c2w[:, None, :3, 3]
    local = np.einsum("fji,fkj->fki", camera.c2w[:, :3, :3], rel)
    depth = local[..., 2]
    scale = (camera.focal_mm / 36.0 * width)[:, None] / np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return np.stack([local[..., 0] * scale / width + 0.5, local[..., 1] * scale / height + 0.5, depth], axis=-1)


def measured_fill(staged: StagedShot, thing: Measurable) -> Array:
    """Part of the frame height that the reference segment of `thing` fills, measured square to the view at the segment's depth.

    For full and wider sizes a figure that is longer than high counts by what it fills of the frame, if that is more.
    """
    e = extent(staged, thing)
    p = frame_points(staged, e.center[:, None])
    camera = staged.camera
    fill = e.length * camera.focal_mm * camera.aspect / 36.0 / np.maximum(p[:, 0, 2], 1e-3)
    size = size_of(camera.spec)
    if size.rank <= WHOLE_BODY_RANK:
        body = frame_points(staged, e.body)
        front = (body[..., 2] > 0.05).all(axis=1)
        room = np.ptp(body[..., :2], axis=1).max(axis=1) / 0.95 * size.fill
        fill = np.where(front, np.maximum(fill, room), fill)
    return fill


def asked_fill(staged: StagedShot) -> float:
    """Part of the frame height that the asked shot size gives the reference segment."""
    return size_of(staged.camera.spec).fill


def main_moment(staged: StagedShot) -> int:
    """The frame for which the size was asked."""
    people = [x for x in subjects(staged) if isinstance(x, StagedActor)]
    acting = [a for a in staged.actors if a.actions]
    return main_frame(people or acting, staged.fps, staged.frames)


def shown_size(staged: StagedShot) -> float | None:
    """Fill of the tallest subject at the main moment, the nearer to what was asked of that and the shot's median; None for a set."""
    things = subjects(staged)
    if not things:
        return None
    tallest = max(things, key=lambda t: extent(staged, t).length)
    fill = measured_fill(staged, tallest)
    return float(min((fill[main_moment(staged)], np.median(fill)), key=lambda v: abs(v - asked_fill(staged))))


def frame_coverage(staged: StagedShot, thing: Measurable) -> Array:
    """Part (0..1) of the asked outline of `thing` that is inside the frame, occlusion aside."""
    p = frame_points(staged, extent(staged, thing).outline)
    inside = (p[..., 0] >= 0) & (p[..., 0] <= 1) & (p[..., 1] >= 0) & (p[..., 1] <= 1) & (p[..., 2] > 0.02)
    return inside.mean(axis=1)


def visible_fraction(staged: StagedShot, thing: Measurable, *, step: int = 1) -> Array:
    """Part (0..1) of the outline of `thing` that no other person or prop hides; every `step`-th frame, (ceil(F/step),)."""
    frames = np.arange(0, staged.frames, step)
    bodies = _others(staged, thing).at(frames)
    points = extent(staged, thing).outline[frames]
    return 1.0 - hidden_by(staged.camera.c2w[frames, :3, 3], points, bodies).any(axis=-1).mean(axis=1)


def occluder(staged: StagedShot, thing: Measurable, *, step: int = 1) -> str | None:
    """Id of what hides most of `thing` over the shot, None when nothing hides it."""
    frames = np.arange(0, staged.frames, step)
    bodies = _others(staged, thing).at(frames)
    hidden = hidden_by(staged.camera.c2w[frames, :3, 3], extent(staged, thing).outline[frames], bodies).mean(
        axis=(0, 1)
    )
    if not len(hidden) or hidden.max() <= 0:
        return None
    return (*bodies.box_ids, *bodies.capsule_ids)[int(hidden.argmax())]


def _others(staged: StagedShot, thing: Measurable) -> Solids:
    without = {thing.id, *_viewer(staged)}
    if ANGLES[staged.camera.spec.angle].relation == "over_shoulder":  # the shoulder belongs in the picture
        without |= {a.id for a in staged.actors if a.id not in staged.camera.subject}
    return solids(staged.actors, staged.props, staged.frames, without=without)


def _viewer(staged: StagedShot) -> set[str]:
    """Whose eyes the camera uses."""
    if ANGLES[staged.camera.spec.angle].relation != "pov":
        return set()
    eye = staged.camera.c2w[0, :3, 3]
    near = [a for a in staged.actors if np.linalg.norm(a.joints[0, 0] - eye) < 0.6 * a.character.height]
    return {a.id for a in near if a.id not in staged.camera.subject}


def head_room(staged: StagedShot, actor: StagedActor) -> Array:
    """Part of the frame height between the frame's top and the top of the head; negative when the head is cut."""
    return frame_points(staged, head_top(actor)[:, None])[:, 0, 1]


def camera_clearance(staged: StagedShot) -> tuple[Array, list[str]]:
    """Metres from the camera to the nearest person or prop, negative inside, and whose it is per frame."""
    bodies = solids(staged.actors, staged.props, staged.frames, without=_viewer(staged))
    return clearance(staged.camera.c2w[:, :3, 3], bodies)


def camera_speed(staged: StagedShot) -> tuple[Array, Array]:
    """Metres per second and radians per second of the camera, (F-1,) each."""
    position, forward = staged.camera.c2w[:, :3, 3], staged.camera.c2w[:, :3, 2]
    turn = np.arccos(np.clip(np.sum(forward[1:] * forward[:-1], axis=1), -1, 1))
    return np.linalg.norm(np.diff(position, axis=0), axis=1) * staged.fps, turn * staged.fps

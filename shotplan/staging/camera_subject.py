"""What a camera frames: the measurable extent of a character, a prop or an empty set.

Knows where the top of the head, the reference segment and the outline points of a subject are in each frame. Does not know
where the camera stands.
Shapes: F frames, P outline points. Metres, stage axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shotplan.plan import CameraSpec, StageSet
from shotplan.staging.staged import Array, StagedActor, StagedProp
from shotplan.vocabulary import CHARACTER_KINDS, SHOT_SIZES
from shotplan.vocabulary.camera import ShotSize
from shotplan.vocabulary.cast import BodyPlan

WHOLE_BODY_RANK = 2
"""Sizes up to this rank (full and wider) show the whole figure."""
HEAD: dict[BodyPlan, float] = {"biped": 1.0, "quadruped": 1.25, "bird": 1.7}
"""A close-up is of a head, and an animal's head is a larger part of its height: the reference segment is longer by this."""
_HEAD = (14, 15, 16, 17)
_PERSON = 1.7


@dataclass(frozen=True)
class Extent:
    """One framed thing through the shot."""

    id: str
    top: Array
    """(F,3) top of the head, or of the prop."""
    center: Array
    """(F,3) middle of what the shot size asks to show."""
    length: float
    """Metres of the reference segment."""
    outline: Array
    """(F,P,3) points that the size asks to have in frame."""
    body: Array
    """(F,B,3) points of the whole figure, whatever the size."""
    heading: Array
    """(F,) radians."""
    eyes: Array
    """(F,3)"""


def head_top(actor: StagedActor) -> Array:
    """(F,3) top of the head, from the head's joints and the body's own height."""
    height = actor.character.height
    head = actor.joints[:, _HEAD].mean(axis=1)
    tallest = float(np.max(head[:, 1] - actor.root[:, 1]))
    crown = height - tallest if 0.75 * height < tallest < height else 0.07 * height
    if CHARACTER_KINDS[actor.character.kind].body == "biped":
        up = head - actor.joints[:, 1]
        up = up / np.maximum(np.linalg.norm(up, axis=-1, keepdims=True), 1e-9)
        lying = np.clip(1.6 - 2.0 * up[:, 1:2], 0.0, 1.0)  # a nod must not move the crown about; lying down does
        up = up * lying + np.array([0.0, 1.0, 0.0]) * (1 - lying)
    else:
        up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), head.shape)
    return head + up * crown


def actor_extent(actor: StagedActor, size: ShotSize) -> Extent:
    """Where `actor` is and what `size` asks to show of it."""
    height, joints = actor.character.height, actor.joints
    plan = CHARACTER_KINDS[actor.character.kind].body
    biped = plan == "biped"
    top = head_top(actor)
    hips = (joints[:, 8] + joints[:, 11]) / 2
    neck = joints[:, 1]
    length = size.segment * height * (HEAD[plan] if size.rank >= 6 else HEAD[plan] ** 0.5 if size.rank == 5 else 1.0)
    down = np.broadcast_to(np.array([0.0, -1.0, 0.0]), top.shape)
    if biped:
        spine = hips - neck
        spine = spine / np.maximum(np.linalg.norm(spine, axis=-1, keepdims=True), 1e-9)
        lying = np.clip(1.8 + 2.0 * spine[:, 1:2], 0.0, 1.0)
        down = down * (1 - lying) + spine * lying
    bottom = top + down * length
    bottom[:, 1] = np.maximum(bottom[:, 1], np.minimum(actor.root[:, 1], joints[..., 1].min(axis=1)))
    rear = hips + (hips - neck) * (0.05 if biped else 0.4)
    crest = top - down * (0.05 if biped else 0.2) * height  # hair and ears
    body = np.concatenate([joints, crest[:, None], rear[:, None]], axis=1)
    middle = (body.min(axis=1) + body.max(axis=1)) / 2
    center = (top + bottom) / 2
    whole = size.rank <= WHOLE_BODY_RANK
    if whole:
        center = middle
        outline = body
    elif size.rank == 8:  # an extreme close-up is of the eyes
        eyes = joints[:, (14, 15)].mean(axis=1)
        center = eyes
        around = (
            0.25 * length * np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1], [0, 1, 0], [0, -1, 0]], dtype=float)
        )
        outline = center[:, None] + around
    else:
        weight = 0.0 if biped else float(np.clip((size.segment - 0.36) / 0.64, 0.0, 1.0))
        center = center.copy()
        center[:, (0, 2)] = center[:, (0, 2)] * (1 - weight) + middle[:, (0, 2)] * weight
        # What must stay in frame: the segment and the shoulders. A big close-up cuts into the head on purpose.
        wide, keep = {6: (0.07, 0.95), 7: (0.05, 0.8)}.get(size.rank, (0.11, 1.0))
        around = wide * height * np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]], dtype=float)
        half = keep * (top - center)[:, None]
        forehead = 0.0 if biped or size.rank > 5 else 0.08 * height
        outline = np.concatenate(
            [
                center[:, None] + half + 0.4 * around + np.array([0.0, forehead, 0.0]),
                center[:, None] + around,
                center[:, None] - half + 0.4 * around,
            ],
            axis=1,
        )
    eyes = joints[:, (14, 15)].mean(axis=1)
    return Extent(actor.id, top, center, length, outline, body, actor.heading, eyes)


def prop_extent(prop: StagedProp, size: ShotSize) -> Extent:
    """Where `prop` is. A flat or long thing counts as at least 0.6 of its longest side high; closer sizes show half of it."""
    width, height, depth = prop.prop.size
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)]) * (
        width,
        height,
        depth,
    )
    c, s = np.cos(prop.yaw)[:, None], np.sin(prop.yaw)[:, None]
    turned = np.stack(
        [c * corners[:, 0] + s * corners[:, 2], 0 * c + corners[:, 1], c * corners[:, 2] - s * corners[:, 0]], axis=-1
    )
    body = turned + prop.position[:, None]
    reference = max(height, 0.6 * max(width, depth))
    length = max(0.12, reference * max(size.segment, 0.5))
    top = prop.position + np.array([0.0, height, 0.0])
    center = prop.position + np.array([0.0, max(height / 2, height - length / 2), 0.0])
    outline = (
        body
        if size.rank <= WHOLE_BODY_RANK
        else center[:, None] + np.array([[0, 0.45, 0], [0, -0.45, 0]]) * min(length, height)
    )
    return Extent(prop.id, top, center, length, outline, body, prop.yaw, center)


def place_extent(id: str, spot: Array, heading: Array, size: ShotSize, height: float = _PERSON) -> Extent:
    """An empty spot framed as if a person stood there. `spot`: (F,3) on the ground."""
    top = spot + np.array([0.0, height, 0.0])
    length = size.segment * height
    center = top - (0.0, length / 2, 0.0)
    points = np.stack([top, center, top - (0.0, length, 0.0)], axis=1)
    return Extent(id, top, center, length, points, points, heading, top - (0.0, 0.1 * height, 0.0))


def set_spot(stage_set: StageSet, props: Sequence[StagedProp], ground_y: float, frames: int) -> Array:
    """(F,3) the spot that an empty set is framed around: the middle of its props, or of the stage."""
    if props:
        x, z = np.mean([p.position[0, (0, 2)] for p in props], axis=0)
    else:
        x, z = 0.0, 0.0
    x, z = (float(np.clip(v, -0.3 * n, 0.3 * n)) for v, n in ((x, stage_set.width), (z, stage_set.depth)))
    return np.tile(np.array([x, ground_y, z]), (frames, 1))


def choose_subject(
    spec: CameraSpec, actors: Sequence[StagedActor], props: Sequence[StagedProp], acting: Sequence[str]
) -> tuple[list[StagedActor], list[StagedProp]]:
    """Who is framed: `spec.subject`, else everyone who acts, else everyone on stage. Both lists are empty for the set itself."""
    if spec.subject is not None:
        named = [a for a in actors if a.id == spec.subject]
        things = [p for p in props if p.id == spec.subject]
        if named or things:
            return named, things if not named else []
    group = [a for a in actors if a.id in acting] or list(actors)
    return group, []


def main_frame(actors: Sequence[StagedActor], fps: int, frames: int) -> int:
    """The frame the size is asked for: the contact, the height of the jump, or the middle of the first beat's action."""
    actions = [x for a in actors for x in a.actions]
    if not actions:
        return frames // 2
    main = next((x for x in actions if x.beat is not None), actions[0])
    if main.contact_time is not None:
        moment = main.contact_time
    else:
        moment = (main.t0 + main.t1) / 2
        actor = next(a for a in actors if a.id == main.actor)
        first, last = int(main.t0 * fps), min(frames, int(main.t1 * fps) + 1)
        if main.apex > 0.05 and last > first:
            moment = (first + int(np.argmax(actor.root[first:last, 1]))) / fps
    return int(np.clip(round(moment * fps), 0, frames - 1))


def size_of(spec: CameraSpec) -> ShotSize:
    return SHOT_SIZES[spec.size]

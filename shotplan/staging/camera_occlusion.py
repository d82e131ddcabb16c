"""Solid bodies as a camera meets them: is it inside one, and does one stand between it and the subject.

Knows oriented boxes (props) and capsules (people). Does not know framing.
Shapes: F frames, K rays per frame, B boxes, C capsules. Metres.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.staging.staged import Array, StagedActor, StagedProp
from shotplan.vocabulary import CHARACTER_KINDS, PROP_KINDS


@dataclass(frozen=True)
class Solids:
    """Props as boxes and people as capsules, per frame."""

    box_center: Array
    """(F,B,3) middle of the base."""
    box_yaw: Array
    """(F,B)"""
    box_size: Array
    """(B,3)"""
    box_ids: tuple[str, ...]
    a: Array
    """(F,C,3) one end of each capsule."""
    b: Array
    """(F,C,3) the other end."""
    radius: Array
    """(C,)"""
    capsule_ids: tuple[str, ...]

    def at(self, frames: NDArray[np.intp]) -> Solids:
        """The same bodies at some frames."""
        return Solids(
            self.box_center[frames], self.box_yaw[frames], self.box_size, self.box_ids, self.a[frames], self.b[frames], self.radius,
            self.capsule_ids,
        )  # fmt: skip


def solids(
    actors: Sequence[StagedActor], props: Sequence[StagedProp], frames: int, *, without: Collection[str] = ()
) -> Solids:
    """Everything that can be bumped into or hide something, except `without`.

    Things in a hand and things flat on the ground do not count.
    """
    held = {h for a in actors for h in a.holds if h}
    boxes = [
        p for p in props
        if p.id not in without and p.id not in held and not PROP_KINDS[p.prop.kind].handheld and p.prop.size[1] > 0.1 and p.visible.any()
    ]  # fmt: skip
    ends_a, ends_b, radii, ids = [], [], [], []
    for actor in actors:
        if actor.id in without:
            continue
        height = actor.character.height
        biped = CHARACTER_KINDS[actor.character.kind].body == "biped"
        head = actor.joints[:, 14:18].mean(axis=1)
        neck = actor.joints[:, 1]
        hips = (actor.joints[:, 8] + actor.joints[:, 11]) / 2
        feet = (actor.joints[:, 10] + actor.joints[:, 13]) / 2
        for a, b, r in ((head, neck, 0.075), (neck, hips, 0.1 if biped else 0.17), (hips, feet, 0.07)):
            ends_a.append(a)
            ends_b.append(b)
            radii.append(r * height)
            ids.append(actor.id)
    return Solids(
        np.stack([p.position for p in boxes], axis=1) if boxes else np.zeros((frames, 0, 3)),
        np.stack([p.yaw for p in boxes], axis=1) if boxes else np.zeros((frames, 0)),
        np.array([p.prop.size for p in boxes]).reshape(-1, 3),
        tuple(p.id for p in boxes),
        np.stack(ends_a, axis=1) if ends_a else np.zeros((frames, 0, 3)),
        np.stack(ends_b, axis=1) if ends_b else np.zeros((frames, 0, 3)),
        np.array(radii),
        tuple(ids),
    )


def _to_boxes(points: Array, bodies: Solids) -> Array:
    """World points (F,K,3) in each box's own axes, (F,K,B,3), the box centred on the origin."""
    rel = points[:, :, None, :] - bodies.box_center[:, None]
    c, s = np.cos(bodies.box_yaw)[:, None], np.sin(bodies.box_yaw)[:, None]
    x = c * rel[..., 0] - s * rel[..., 2]
    z = s * rel[..., 0] + c * rel[..., 2]
    return np.stack([x, rel[..., 1] - bodies.box_size[:, 1] / 2, z], axis=-1)


def clearance(points: Array, bodies: Solids) -> tuple[Array, list[str]]:
    """Signed distance (F,) from `points` (F,3) to the nearest body, negative inside, and that body's id per frame ("" if none)."""
    frames = len(points)
    parts: list[Array] = []
    ids: list[str] = []
    if len(bodies.box_ids):
        q = np.abs(_to_boxes(points[:, None], bodies)[:, 0]) - bodies.box_size / 2
        parts.append(np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0))
        ids += bodies.box_ids
    if len(bodies.capsule_ids):
        ab = bodies.b - bodies.a
        t = np.sum((points[:, None] - bodies.a) * ab, axis=-1) / np.maximum(np.sum(ab * ab, axis=-1), 1e-12)
        near = bodies.a + np.clip(t, 0, 1)[..., None] * ab
        parts.append(np.linalg.norm(points[:, None] - near, axis=-1) - bodies.radius)
        ids += bodies.capsule_ids
    if not parts:
        return np.full(frames, np.inf), [""] * frames
    distance = np.concatenate(parts, axis=1)
    nearest = distance.argmin(axis=1)
    return distance[np.arange(frames), nearest], [ids[i] for i in nearest]


def hidden_by(eye: Array, points: Array, bodies: Solids) -> Array:
    """(F,K,B+C) bool: whether each body stands between `eye` (F,3) and each of `points` (F,K,3). Boxes first, then capsules."""
    frames, count = points.shape[:2]
    out = np.zeros((frames, count, len(bodies.box_ids) + len(bodies.capsule_ids)), dtype=bool)
    if len(bodies.box_ids):
        start = _to_boxes(np.repeat(eye[:, None], 1, axis=1), bodies)
        end = _to_boxes(points, bodies)
        half = bodies.box_size / 2 * 0.92  # a box is a generous outline of most props
        d = end - start
        d = np.where(np.abs(d) < 1e-9, 1e-9, d)
        t0, t1 = (-half - start) / d, (half - start) / d
        enter, leave = np.minimum(t0, t1).max(axis=-1), np.maximum(t0, t1).min(axis=-1)
        inside = (np.abs(end) <= half).all(axis=-1)
        out[..., : len(bodies.box_ids)] = (enter < leave) & (leave > 0.0) & (enter < 0.98) & ~inside
    if len(bodies.capsule_ids):
        out[..., len(bodies.box_ids) :] = _segments_meet(eye, points, bodies)
    return out


def _segments_meet(eye: Array, points: Array, bodies: Solids) -> Array:
    """Whether the sight line passes through each capsule before it reaches the point.

    Closest points of two segments: Ericson, "Real-Time Collision Detection" (2005), 5.1.9.
    """
    d1 = (points - eye[:, None])[:, :, None]
    d2 = (bodies.b - bodies.a)[:, None]
    r = (eye[:, None] - bodies.a)[:, None]
    a, e, f = np.sum(d1 * d1, -1), np.sum(d2 * d2, -1), np.sum(d2 * r, -1)
    a, e = np.maximum(a, 1e-12), np.maximum(e, 1e-12)
    b, c = np.sum(d1 * d2, -1), np.sum(d1 * r, -1)
    s = np.clip((b * f - c * e) / np.maximum(a * e - b * b, 1e-12), 0.0, 0.97)
    t = np.clip((b * s + f) / e, 0.0, 1.0)
    s = np.clip((b * t - c) / a, 0.0, 0.97)
    gap = np.linalg.norm(r + d1 * s[..., None] - d2 * t[..., None], axis=-1)
    return gap < bodies.radius * 0.9

"""From controls to 18 joints: rigid trunk and head, two-bone arms and legs.

Knows bones. Does not know poses or time.
"""

from __future__ import annotations

import numpy as np

from shotplan.plan import Ground
from shotplan.staging.ground import height
from shotplan.staging.skeleton.bodies import Body
from shotplan.staging.skeleton.controls import (
    BODY,
    ELBOW_L,
    ELBOW_R,
    FOOT_L,
    FOOT_R,
    GRIP,
    HAND_L,
    HAND_R,
    HEAD,
    KNEE_L,
    KNEE_R,
    PELVIS,
    REACH_L,
    REACH_R,
    TRUNK,
    rotate,
    to_body,
    to_stage,
)
from shotplan.staging.staged import Array


def two_bone(a: Array, b: Array, pole: Array, upper: Array, lower: Array) -> tuple[Array, Array]:
    """Middle and end joints of limbs from `a` toward `b` (n,k,3) that bend toward `pole`; bones (k,) keep their length."""
    d = b - a
    distance = np.linalg.norm(d, axis=-1)
    reach = np.clip(distance, np.abs(upper - lower) + 1e-4, (upper + lower) * 0.999)
    n = d / np.maximum(distance, 1e-9)[..., None]
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    out = np.sqrt(np.maximum(upper**2 - along**2, 0.0))
    side = pole - (pole * n).sum(-1, keepdims=True) * n
    size = np.linalg.norm(side, axis=-1, keepdims=True)
    other = np.stack([-n[..., 1], n[..., 0], np.zeros_like(n[..., 0])], axis=-1) + 1e-6
    side = np.where(size > 1e-5, side / np.maximum(size, 1e-9), other / np.linalg.norm(other, axis=-1, keepdims=True))
    return a + n * along[..., None] + side * out[..., None], a + n * reach[..., None]


def joints(body: Body, c: Array, root: Array, heading: Array, ground: Ground, rest_y: Array) -> Array:
    """(F,18,3) stage metres from controls (F,CHANNELS,3), feet at `root` (F,3) and `heading` (F,).

    `rest_y` (F,) is the height of what carries the actor; planted feet follow the ground around it.
    """
    n = len(c)
    quad = body.plan == "quadruped"
    grip = c[:, GRIP, 0]
    pelvis = np.zeros((n, 1, 3))
    pelvis[:, 0] = c[:, PELVIS]
    pelvis[:, 0, 1] += body.pelvis
    pelvis[:, 0, 2] += body.rear if quad else 0.0
    feet = c[:, [FOOT_R, FOOT_L]].copy()
    hands = c[:, [HAND_R, HAND_L]].copy()
    paws = np.concatenate([feet, hands], axis=1) if quad else feet
    stage = to_stage(paws, root, heading)
    here = height(ground, stage[..., 0])
    slope = np.clip(here - height(ground, root[:, 0])[:, None], -0.25 * body.height, 0.25 * body.height) * grip[:, None]
    on_prop = (rest_y - height(ground, root[:, 0]) > 0.03)[:, None]
    slope = np.where(on_prop, 0.0, slope)
    paws[..., 1] += slope + np.where(on_prop, 0.0, grip[:, None] * (height(ground, root[:, 0]) - root[:, 1])[:, None])
    floor = here - root[:, 1, None]
    paws[..., 1] = np.maximum(paws[..., 1], floor + 0.2 * body.ankle)
    feet = paws[:, :2]
    hips = np.stack([body.hip, body.hip * [-1, 1, 1]])[None].repeat(n, 0)
    shoulders = np.stack([body.shoulder, body.shoulder * [-1, 1, 1]])[None].repeat(n, 0)
    trunk = np.concatenate([shoulders, np.broadcast_to(body.neck, (n, 1, 3))], axis=1)
    if quad:
        pitch = np.arctan2(slope[:, :2].mean(1) - slope[:, 2:].mean(1), body.fore[2] - body.rear)
        c = c.copy()
        c[:, TRUNK, 0] += pitch
    trunk = rotate(rotate(trunk, c[:, TRUNK]), c[:, BODY])
    hips = rotate(rotate(hips, c[:, TRUNK]), c[:, BODY])
    head = rotate(np.broadcast_to(body.head, (n, 5, 3)), c[:, HEAD])
    head = rotate(rotate(head, c[:, TRUNK] if not quad else c[:, TRUNK] * [0.6, 1.0, 0.5]), c[:, BODY])
    drop = _sink(hips + pelvis, feet, body, grip)
    pelvis[:, 0, 1] -= drop
    shoulder, neck = trunk[:, :2] + pelvis, trunk[:, 2:] + pelvis
    hips = hips + pelvis
    poles = c[:, [ELBOW_R, ELBOW_L]]
    if not quad:
        hands = shoulder + rotate(rotate(hands * body.arm_length, c[:, TRUNK]), c[:, BODY])
        poles = rotate(rotate(poles, c[:, TRUNK]), c[:, BODY])
    else:
        hands = paws[:, 2:]
    weight = np.clip(c[:, GRIP, 1:3], 0.0, 1.0)
    if (weight > 1e-3).any():
        points = to_body(c[:, [REACH_R, REACH_L]] / np.maximum(c[:, GRIP, 1:3], 1e-6)[..., None], root, heading)
        hands = np.where(weight[..., None] > 1e-3, hands + weight[..., None] * (points - hands), hands)
    elbow, wrist = two_bone(shoulder, hands, poles, np.full(2, body.arm[0]), np.full(2, body.arm[1]))
    knee, ankle = two_bone(hips, feet, c[:, [KNEE_R, KNEE_L]], np.full(2, body.leg[0]), np.full(2, body.leg[1]))
    face = neck + head
    local = np.stack(
        [face[:, 0], neck[:, 0], shoulder[:, 0], elbow[:, 0], wrist[:, 0], shoulder[:, 1], elbow[:, 1], wrist[:, 1], hips[:, 0], knee[:, 0],
         ankle[:, 0], hips[:, 1], knee[:, 1], ankle[:, 1], face[:, 1], face[:, 2], face[:, 3], face[:, 4]], axis=1,
    )  # fmt: skip
    return to_stage(local, root, heading)


def _sink(hips: Array, feet: Array, body: Body, grip: Array) -> Array:
    """(n,) metres by which hips must sink (or, below 0, rise) so that feet are within a leg's length."""
    d = feet - hips
    across = d[..., 0] ** 2 + d[..., 2] ** 2
    length = 0.995 * body.leg_length
    highest = feet[..., 1] + np.sqrt(np.maximum(length**2 - across, (0.2 * length) ** 2))
    down = np.maximum(hips[..., 1] - highest, 0.0).max(axis=1) * grip
    below = feet[..., 1] - np.sqrt(np.maximum(length**2 - across, 0.0)) - (hips[..., 1] - down[:, None])
    return np.asarray(down - np.maximum(below, 0.0).max(axis=1))

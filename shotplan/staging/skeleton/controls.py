"""Controls: the few vectors per frame that say how a body is held, before bones are solved.

Knows channels and rotations. Does not know any pose. A set of controls is an array (n, CHANNELS, 3). Axes: right, up,
forward of the actor; rotations are (pitch forward, yaw to the left, roll to the right) in radians.
Blending two sets of controls linearly keeps every bone its length, because bones are solved afterwards.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.skeleton.bodies import Body
from shotplan.staging.staged import Array

PELVIS, BODY, TRUNK, HEAD, HAND_R, HAND_L, FOOT_R, FOOT_L, ELBOW_R, ELBOW_L, KNEE_R, KNEE_L, GRIP, REACH_R, REACH_L = (
    range(15)
)
CHANNELS = 15
"""PELVIS: offset of mid-hip from its standing height, m. BODY: rotation of the whole body about mid-hip. TRUNK, HEAD: rotations on top
of that. HANDS: from the shoulder in the trunk's axes, in arm lengths (bipeds, birds), or from the root in metres (quadrupeds).
FEET: from the root, m above the ground they stand on. ELBOWS, KNEES: where they point. GRIP: (feet follow the ground 0..1, weight
of REACH_R, weight of REACH_L). REACHES: world points for the hands, multiplied by their weight."""


def hang(body: Body) -> Array:
    """(3,) right hand from the shoulder when the arm hangs, in arm lengths."""
    if body.plan == "bird":
        return np.array([0.10, -0.30, -0.22])
    return np.array([0.16, -0.95, 0.10])


def standing(body: Body, n: int) -> Array:
    """(n, CHANNELS, 3) controls of a body that stands still."""
    c = np.zeros((n, CHANNELS, 3))
    quad = body.plan == "quadruped"
    hand = body.fore if quad else hang(body)
    c[:, HAND_R], c[:, HAND_L] = hand, mirrored(hand)
    foot = np.array([body.stance, body.ankle, body.rear])
    c[:, FOOT_R], c[:, FOOT_L] = foot, mirrored(foot)
    back = {"quadruped": (0.0, 0.0, -1.0), "bird": (0.5, 0.6, -1.0), "biped": (0.35, -0.2, -1.0)}[body.plan]
    knee = (0.0, 0.0, 1.0)
    c[:, ELBOW_R], c[:, ELBOW_L] = back, mirrored(np.array(back))
    c[:, KNEE_R], c[:, KNEE_L] = knee, mirrored(np.array(knee))
    c[:, GRIP, 0] = 1.0
    return c


def mirrored(v: Array) -> Array:
    """The same vector for the other side of the body."""
    return np.asarray(v) * np.array([-1.0, 1.0, 1.0])


def rotate(points: Array, angles: Array) -> Array:
    """Turn points (n,k,3) by (n,3) pitch, yaw, roll: roll first, then pitch, then yaw."""
    right, up, forward = points[..., 0], points[..., 1], points[..., 2]
    p, y, r = (angles[:, None, k] for k in range(3))
    right, up = right * np.cos(r) + up * np.sin(r), up * np.cos(r) - right * np.sin(r)
    forward, up = forward * np.cos(p) + up * np.sin(p), up * np.cos(p) - forward * np.sin(p)
    right, forward = right * np.cos(y) - forward * np.sin(y), forward * np.cos(y) + right * np.sin(y)
    return np.stack([right, up, forward], axis=-1)


def to_stage(points: Array, root: Array, heading: Array) -> Array:
    """Points (n,k,3) in body axes at (n,3) roots to stage metres."""
    s, c = np.sin(heading)[:, None], np.cos(heading)[:, None]
    right, up, forward = points[..., 0], points[..., 1], points[..., 2]
    return np.stack(
        [root[:, None, 0] - right * c + forward * s, root[:, None, 1] + up, root[:, None, 2] + right * s + forward * c],
        axis=-1,
    )


def to_body(points: Array, root: Array, heading: Array) -> Array:
    """Stage points (n,k,3) to body axes."""
    d = points - root[:, None]
    s, c = np.sin(heading)[:, None], np.cos(heading)[:, None]
    return np.stack([-d[..., 0] * c + d[..., 2] * s, d[..., 1], d[..., 0] * s + d[..., 2] * c], axis=-1)


def smooth(u: Array) -> Array:
    """0..1 with soft ends."""
    u = np.clip(u, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def bump(u: Array, rise: float = 0.3, fall: float = 0.3) -> Array:
    """0 to 1 in the first part of u, back to 0 in the last."""
    return smooth(u / rise) * smooth((1.0 - u) / fall)

"""Walking, running, sneaking, crawling: feet planted along the way, the body carried above them.

Knows footfalls. A foot in stance stays on its print; prints are places on the way, so feet never slide.
Sources: duty factors and phases of walk, trot and gallop from Alexander, "Principles of Animal Locomotion" (2003); arm swing and bob
from Williams, "The Animator's Survival Kit" (2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shotplan.staging.cue import Steps
from shotplan.staging.ground import height
from shotplan.staging.skeleton.clip import Clip, pose
from shotplan.staging.skeleton.controls import (
    ELBOW_L,
    ELBOW_R,
    FOOT_L,
    FOOT_R,
    GRIP,
    HAND_L,
    HAND_R,
    HEAD,
    PELVIS,
    TRUNK,
    mirrored,
    smooth,
    standing,
    to_body,
)
from shotplan.staging.staged import Array


@dataclass(frozen=True)
class Gait:
    """Numbers of one gait; lengths as fractions of the body's own."""

    stride: float
    """Of the walking stride."""
    duty: float
    """Part of the cycle a foot is on the ground."""
    lift: float
    """Foot lift, of the leg length."""
    bob: float
    """Pelvis rise and fall, of the leg length."""
    crouch: float
    """Pelvis lowering, of the leg length."""
    lean: float
    """Trunk forward, radians."""
    swing: float
    """Arm swing, radians either way."""
    elbow: float
    """Elbow bend, radians."""


BIPED = {
    "walk": Gait(1.0, 0.60, 0.14, 0.020, 0.025, 0.06, 0.48, 0.30),
    "run": Gait(1.9, 0.34, 0.36, 0.055, 0.07, 0.26, 0.85, 1.55),
    "sneak": Gait(0.62, 0.70, 0.22, 0.012, 0.16, 0.38, 0.20, 1.25),
    "push": Gait(0.55, 0.66, 0.12, 0.010, 0.14, 0.42, 0.0, 0.5),
}
QUAD = {
    "walk": Gait(1.0, 0.62, 0.20, 0.012, 0.02, 0.0, 0.0, 0.0),
    "run": Gait(2.3, 0.34, 0.42, 0.075, 0.05, 0.0, 0.0, 0.0),
    "sneak": Gait(0.7, 0.70, 0.22, 0.008, 0.18, 0.0, 0.0, 0.0),
    "push": Gait(0.55, 0.66, 0.15, 0.010, 0.08, 0.0, 0.0, 0.0),
}
WALK_FEET = {"r_hind": 0.0, "l_hind": 0.5, "r_fore": 0.25, "l_fore": 0.75}
TROT_FEET = {"r_hind": 0.0, "l_hind": 0.5, "r_fore": 0.5, "l_fore": 0.0}
GALLOP_FEET = {"r_hind": 0.0, "l_hind": 0.12, "r_fore": 0.50, "l_fore": 0.64}


def walked(steps: Steps, clock: Array, stretch: float) -> Array:
    """(n,) metres walked at shot times `clock`."""
    return np.interp(clock, steps.t * stretch, steps.s)


def print_at(steps: Steps, s: Array, heading_offset: float, side: float, ahead: float) -> Array:
    """(n,2) stage (x, z) of a print at `s` metres of the way, `side` metres to the right and `ahead` metres forward of it."""
    length = steps.path_s[-1]
    at = np.clip(s, 0.0, length)
    step = min(0.05, 0.25 * length)
    a, b = np.clip(at - step, 0, length), np.clip(at + step, 0, length)
    x, z = (np.interp(at, steps.path_s, steps.path_xz[:, k]) for k in range(2))
    dx, dz = (
        np.interp(b, steps.path_s, steps.path_xz[:, k]) - np.interp(a, steps.path_s, steps.path_xz[:, k])
        for k in range(2)
    )
    n = np.maximum(np.hypot(dx, dz), 1e-9)
    dx, dz = dx / n, dz / n
    if heading_offset:
        c, s_ = np.cos(heading_offset), np.sin(heading_offset)
        dx, dz = dx * c + dz * s_, dz * c - dx * s_
    return np.stack([x - dz * side + dx * ahead, z + dx * side + dz * ahead], axis=-1)


def foot(
    clip: Clip, gait: Gait, stride: float, offset: float, side: float, ahead: float, limb: float, backward: float
) -> tuple[Array, Array]:
    """One foot along the clip's way: (n,3) place in body axes (m) and (n,) swing 0..1 (0 on the ground)."""
    steps = clip.cue.steps
    assert steps is not None
    length = float(steps.path_s[-1])
    s = walked(steps, clip.clock, clip.stretch)
    cycle = s / stride + offset
    number = np.floor(cycle)
    part = cycle - number
    mid = (number + 0.5 * gait.duty - offset) * stride
    here = np.clip(mid, 0, length)
    there = np.clip(mid + stride, 0, length)
    lift_off = np.clip((number + gait.duty - offset) * stride, 0, length)
    land = np.clip((number + 1 - offset) * stride, 0, length)
    p = np.where(part > gait.duty, np.clip((s - lift_off) / np.maximum(land - lift_off, 1e-6), 0, 1), 0.0)
    glide = p * p * (3 - 2 * p)
    a, b = print_at(steps, here, backward, side, ahead), print_at(steps, there, backward, side, ahead)
    xz = a + glide[:, None] * (b - a)
    # the ground under a print decides its height, so that a foot stays level during its stance
    ya, yb = height(clip.ground, a[:, 0]), height(clip.ground, b[:, 0])
    y = ya + glide * (yb - ya)
    span = np.clip((there - here) / stride, 0, 1)
    rise = 4 * p * (1 - p) * span
    rise = rise * (1.0 + 0.35 * np.sin(np.pi * (1 - p)) * (p < 0.5))
    up = gait.lift * limb * rise + np.abs(yb - ya) * 0.8 * rise
    local = to_body(np.stack([xz[:, 0], clip.root[:, 1], xz[:, 1]], 1)[:, None], clip.root, clip.heading)[:, 0]
    under = height(clip.ground, xz[:, 0])
    local[:, 1] = clip.body.ankle + up + np.maximum(y - under, 0.0) + np.minimum(y - under, 0.0) * (p > 0) * 0
    return local, p * span


def cadence(clip: Clip, gait: Gait, stride: float) -> float:
    """The stride changed slightly so that the way is a whole number of steps."""
    steps = clip.cue.steps
    assert steps is not None
    length = float(steps.path_s[-1])
    halves = max(1, round(2 * length / stride))
    return 2 * length / halves


@pose("walk", "run", "sneak")
def travel(clip: Clip) -> Array:
    """Go along a way on two or four legs."""
    name = {"jump_land": "run", "pull": "push"}.get(clip.cue.pose, clip.cue.pose)
    if clip.cue.steps is None or float(clip.cue.steps.path_s[-1]) < 0.02:
        return standing(clip.body, clip.n)
    return _four_legs(clip, QUAD[name], name) if clip.body.plan == "quadruped" else _two_legs(clip, BIPED[name], name)


def _effort(clip: Clip) -> tuple[Array, Array]:
    """Metres walked and how much of the cruising speed is reached, 0..1."""
    steps = clip.cue.steps
    assert steps is not None
    s = walked(steps, clip.clock, clip.stretch)
    t = steps.t * clip.stretch
    v = np.gradient(steps.s, np.maximum(t, t[0] + np.arange(len(t)) * 1e-7))
    speed = np.interp(clip.clock, t, v)
    return s, smooth(speed / max(float(np.max(v)), 1e-6) * 1.15)


def _backward(clip: Clip) -> float:
    """pi when the actor walks backward along its way, so that right stays right."""
    steps = clip.cue.steps
    assert steps is not None
    d = steps.path_xz[-1] - steps.path_xz[0]
    if np.linalg.norm(d) < 1e-6 or (len(steps.path_xz) > 2 and np.linalg.norm(d) < 0.5 * steps.path_s[-1]):
        return 0.0
    ahead = d[0] * np.sin(clip.heading[-1]) + d[1] * np.cos(clip.heading[-1])
    return float(np.pi) if ahead < -0.3 * np.linalg.norm(d) else 0.0


def _two_legs(clip: Clip, gait: Gait, name: str) -> Array:
    body = clip.body
    c = standing(body, clip.n)
    stride = cadence(clip, gait, gait.stride * body.stride)
    s, effort = _effort(clip)
    narrow = {"walk": 0.65, "run": 0.35}.get(name, 0.8) if body.plan == "biped" else 0.9
    back = _backward(clip)
    start = 0.5 * gait.duty
    for channel, sign, offset in ((FOOT_R, 1.0, start), (FOOT_L, -1.0, start + 0.5)):
        side = sign * body.stance * narrow
        c[:, channel], swing = foot(clip, gait, stride, offset, side, body.rear, body.leg_length, back)
        if name == "run":
            c[:, channel, 1] += 0.10 * body.leg_length * np.sin(np.pi * np.clip(swing * 1.6, 0, 1)) * effort
    phase = 2 * np.pi * s / stride
    beat = np.cos(2 * phase) if name != "run" else -np.cos(2 * phase)
    c[:, PELVIS, 1] = body.leg_length * effort * (gait.bob * beat - gait.crouch)
    c[:, PELVIS, 0] = 0.022 * body.height * np.cos(phase) * effort * (name != "run")
    c[:, TRUNK, 0] = gait.lean * effort
    c[:, TRUNK, 1] = 0.13 * np.sin(phase) * effort * (1.6 if name == "run" else 1.0)
    c[:, TRUNK, 2] = (0.05 if name != "run" else 0.07) * np.cos(phase) * effort
    c[:, HEAD, 0] = -0.6 * gait.lean * effort
    c[:, HEAD, 1] = -0.10 * np.sin(phase) * effort
    if body.plan == "biped":
        _swing_arms(
            c, gait, phase, effort, name, 0.6 if body.height > 0 and body.arm_length < 0.31 * body.height else 1.0
        )
    else:
        c[:, PELVIS, 2] = 0.02 * body.height * np.sin(2 * phase) * effort
        c[:, HEAD, 0] += -0.12 * np.sin(2 * phase) * effort
    if name == "run":
        air = smooth(np.maximum(0, np.abs(np.sin(phase)) - 0.75) * 4) * effort
        c[:, GRIP, 0] = 1 - 0.3 * air
    return c


def _swing_arms(c: Array, gait: Gait, phase: Array, effort: Array, name: str, size: float) -> None:
    """Each arm swings against the leg of its own side; the forearm follows a little late."""
    n = len(c)
    for channel, elbow, sign in ((HAND_R, ELBOW_R, 1.0), (HAND_L, ELBOW_L, -1.0)):
        wave = sign * np.sin(phase)
        late = sign * np.sin(phase - 0.35)
        upper = (gait.swing * wave * size + (0.05 if name == "walk" else -0.12)) * effort
        bend = 0.14 + (gait.elbow - 0.14) * effort + 0.30 * np.maximum(0, late) * effort
        hand = np.zeros((n, 3))
        hand[:, 1] = -0.53 * np.cos(upper) - 0.47 * np.cos(upper + bend)
        hand[:, 2] = 0.53 * np.sin(upper) + 0.47 * np.sin(upper + bend)
        hand[:, 0] = 0.13 + 0.03 * effort - (0.16 * np.maximum(0, late) * effort if name == "run" else 0.0)
        if name == "sneak":
            hand = hand * [1, 0.75, 1.0] + np.array([0.05, 0.12, 0.12])
        c[:, channel] = hand if sign > 0 else mirrored(hand)
        c[:, elbow] = np.array([0.35, -0.3, -1.0]) * ([1, 1, 1] if sign > 0 else [-1, 1, 1])


def _four_legs(clip: Clip, gait: Gait, name: str) -> Array:
    body = clip.body
    c = standing(body, clip.n)
    stride = cadence(clip, gait, gait.stride * body.stride)
    s, effort = _effort(clip)
    steps = clip.cue.steps
    assert steps is not None
    feet = GALLOP_FEET if name == "run" else WALK_FEET
    back = _backward(clip)
    start = 0.5 * gait.duty
    for channel, key, sign, ahead in (
        (FOOT_R, "r_hind", 1, body.rear),
        (FOOT_L, "l_hind", -1, body.rear),
        (HAND_R, "r_fore", 1, body.fore[2]),
        (HAND_L, "l_fore", -1, body.fore[2]),
    ):
        side = sign * body.stance * (0.75 if name == "run" else 0.9)
        limb = body.leg_length if "hind" in key else body.arm[0] + body.arm[1]
        c[:, channel], swing = foot(clip, gait, stride, start + feet[key], side, float(ahead), limb, back)
        if name == "run":
            c[:, channel, 1] += 0.16 * limb * np.sin(np.pi * np.clip(swing, 0, 1)) * effort
    phase = 2 * np.pi * s / stride
    if name == "run":
        c[:, PELVIS, 1] = body.leg_length * effort * (gait.bob * np.sin(phase + 2.2) - gait.crouch)
        c[:, TRUNK, 0] = 0.15 * np.sin(phase + 0.5) * effort
        c[:, HEAD, 0] = (0.22 - 0.12 * np.sin(phase + 0.2)) * effort
    else:
        c[:, PELVIS, 1] = body.leg_length * effort * (gait.bob * np.cos(2 * phase) - gait.crouch)
        c[:, PELVIS, 0] = 0.012 * body.height * np.cos(phase) * effort
        c[:, TRUNK, 0] = 0.02 * np.cos(2 * phase + 0.8) * effort
        c[:, TRUNK, 1] = 0.03 * np.sin(phase) * effort
        c[:, HEAD, 0] = (0.08 + 0.06 * np.cos(2 * phase + 1.0)) * effort + (0.35 * effort if name == "sneak" else 0.0)
    return c

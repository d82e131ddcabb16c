"""Standing, sitting, kneeling, lying, and getting up again.

Knows how a resting body is held, for every body plan. Does not know gestures.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.skeleton.clip import Clip, pose
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
    TRUNK,
    mirrored,
    smooth,
    standing,
)
from shotplan.staging.staged import Array

Vector = tuple[float, float, float]


def both(c: Array, right: int, left: int, value: Vector | Array) -> None:
    """The same vector on both sides of the body."""
    c[:, right], c[:, left] = value, mirrored(np.asarray(value))


def stand(clip: Clip) -> Array:
    """Breathing, and weight that goes slowly from foot to foot."""
    body = clip.body
    c = standing(body, clip.n)
    shift = np.sin(0.31 * clip.idle + 2.0 * clip.phase)
    breath = np.sin(clip.idle)
    c[:, PELVIS, 0] = 0.014 * body.height * shift * (body.plan == "biped")
    c[:, PELVIS, 1] = 0.0025 * body.height * breath - (
        0.012 * body.height if body.plan != "quadruped" else 0.004 * body.height
    )
    c[:, TRUNK, 0] = 0.012 * breath
    c[:, TRUNK, 2] = -0.03 * shift * (body.plan == "biped")
    c[:, HEAD, 2] = 0.03 * shift
    if body.plan == "biped":
        for k, sign in ((HAND_R, 1.0), (HAND_L, -1.0)):
            c[:, k, 1] += 0.012 * breath
            c[:, k, 2] += 0.02 * sign * shift
    return c


def sit(clip: Clip) -> Array:
    """Seated on something `seat` metres high, or on the ground."""
    body = clip.body
    c = stand(clip)
    seat = clip.cue.seat or 0.0
    h = body.height
    if body.plan == "quadruped":
        _haunches(c, clip)
        return c
    if body.plan == "bird":
        c[:, PELVIS, 1] = -0.45 * body.pelvis + seat
        if seat > 0:
            c[:, FOOT_R, 1] += seat
            c[:, FOOT_L, 1] += seat
        return c
    low = 0.075 * h
    thigh, shin = body.leg
    if seat > 0.12 * h:
        c[:, PELVIS, 1] = seat + low - body.pelvis
        reach = thigh * 0.98
        foot_y = max(body.ankle, seat + low - shin - 0.02 * h)
        drop = seat + low - foot_y
        ahead = reach + 0.02 * h if drop <= shin * 1.05 else reach * 0.9
        both(c, FOOT_R, FOOT_L, (0.07 * h, foot_y, ahead))
        both(c, HAND_R, HAND_L, (0.02, -0.66, 0.50))
        c[:, TRUNK, 0] += 0.05
    else:
        c[:, PELVIS, 1] = low + seat - body.pelvis
        both(c, FOOT_R, FOOT_L, (0.10 * h, body.ankle, 0.62 * body.leg_length))
        both(c, HAND_R, HAND_L, (0.06, -0.58, 0.60))
        c[:, TRUNK, 0] += 0.22
        c[:, HEAD, 0] -= 0.16
    both(c, KNEE_R, KNEE_L, (0.25, 1.0, 0.8))
    c[:, GRIP, 0] = 0.3
    return c


def _haunches(c: Array, clip: Clip) -> None:
    """A four-legged animal sits: rump down, fore legs straight."""
    body = clip.body
    tilt = 0.62
    rump = 0.24 * body.pelvis / 0.62
    seat = clip.cue.seat or 0.0
    rump = max(rump, 0.30 * body.leg_length) + seat
    c[:, PELVIS, 1] = rump - body.pelvis
    reach = np.hypot(body.shoulder[1], body.shoulder[2])
    shoulder_y = rump + reach * np.sin(tilt)
    limit = 0.97 * (body.arm[0] + body.arm[1]) + body.ankle
    if shoulder_y > limit:
        tilt = float(np.arcsin(np.clip((limit - rump) / reach, 0, 0.9)))
    c[:, TRUNK, 0] -= tilt
    fore_z = body.rear + reach * np.cos(tilt)
    both(c, HAND_R, HAND_L, (body.stance * 0.7, body.ankle + seat, fore_z + 0.02 * body.height))
    both(c, FOOT_R, FOOT_L, (body.stance * 1.25, body.ankle + seat, body.rear + 0.45 * body.leg_length))
    both(c, KNEE_R, KNEE_L, (0.4, 1.0, 0.6))
    c[:, HEAD, 0] += tilt * 0.35
    c[:, GRIP, 0] = 0.3


def kneel(clip: Clip) -> Array:
    """One knee on the ground; a four-legged animal crouches, a bird squats."""
    body = clip.body
    c = stand(clip)
    h = body.height
    if body.plan == "quadruped":
        c[:, PELVIS, 1] -= 0.45 * body.leg_length
        c[:, HEAD, 0] += 0.25
        return c
    if body.plan == "bird":
        c[:, PELVIS, 1] -= 0.5 * body.pelvis
        return c
    thigh, shin = body.leg
    c[:, PELVIS, 1] = thigh * 0.98 + 0.02 * h - body.pelvis
    c[:, FOOT_L] = (-body.stance, body.ankle, 0.92 * thigh)
    c[:, FOOT_R] = (body.stance, body.ankle * 1.2, -0.92 * shin)
    c[:, KNEE_R] = (0.0, -1.0, 0.6)
    c[:, KNEE_L] = (-0.1, 0.3, 1.0)
    c[:, TRUNK, 0] += 0.14
    c[:, HAND_L] = (-0.02, -0.62, 0.52)
    c[:, HAND_R] = (0.10, -0.85, 0.20)
    c[:, GRIP, 0] = 0.4
    return c


def lie(clip: Clip) -> Array:
    """On the back; a four-legged animal on its belly with the head down, a bird on its belly."""
    body = clip.body
    c = standing(body, clip.n)
    h = body.height
    breath = np.sin(clip.idle * 0.8)
    seat = clip.cue.seat or 0.0
    if body.plan == "quadruped":
        low = 0.15 * h + seat
        c[:, PELVIS, 1] = low - body.pelvis + 0.004 * h * breath
        c[:, TRUNK, 0] = np.arctan2(body.shoulder[1] * 0.8, body.shoulder[2])
        both(c, HAND_R, HAND_L, (body.stance * 1.1, body.ankle + seat, body.fore[2] + 0.20 * h))
        both(c, FOOT_R, FOOT_L, (body.stance * 1.5, body.ankle + seat, body.rear + 0.30 * h))
        both(c, KNEE_R, KNEE_L, (0.5, 1.0, 0.7))
        c[:, HEAD, 0] = 0.55
        c[:, GRIP, 0] = 0.2
        return c
    if body.plan == "bird":
        c[:, PELVIS, 1] = -0.6 * body.pelvis + seat
        c[:, TRUNK, 0] = 0.35
        c[:, GRIP, 0] = 0.3
        return c
    c[:, PELVIS, 1] = 0.075 * h + seat - body.pelvis + 0.002 * h * breath
    c[:, PELVIS, 2] = 0.02 * h
    c[:, BODY, 0] = -1.5
    both(c, FOOT_R, FOOT_L, (0.09 * h, body.ankle + seat + 0.01 * h, 0.95 * body.leg_length))
    c[:, FOOT_L, 2] -= 0.12 * body.leg_length
    both(c, KNEE_R, KNEE_L, (0.2, 1.0, 0.2))
    both(c, HAND_R, HAND_L, (0.30, -0.88, 0.05))
    both(c, ELBOW_R, ELBOW_L, (1.0, 0.0, -0.2))
    c[:, HEAD, 0] = 0.15
    c[:, GRIP, 0] = 0.0
    return c


def astride(clip: Clip) -> Array:
    """On a mount or in a vehicle: the root is the seat."""
    body = clip.body
    c = stand(clip)
    h = body.height
    if body.plan != "biped":
        c[:, PELVIS, 1] -= 0.3 * body.leg_length
        c[:, GRIP, 0] = 0.0
        return c
    c[:, PELVIS, 1] = 0.03 * h - body.pelvis + 0.01 * h * np.sin(2 * np.pi * 1.9 * clip.clock)
    both(c, FOOT_R, FOOT_L, (0.19 * h, -0.62 * body.leg_length, 0.22 * h))
    both(c, KNEE_R, KNEE_L, (0.7, 0.5, 1.0))
    both(c, HAND_R, HAND_L, (-0.12, -0.52, 0.62))
    c[:, TRUNK, 0] += 0.12
    c[:, GRIP, 0] = 0.0
    return c


def fallen(clip: Clip) -> Array:
    """Face down after a fall."""
    body = clip.body
    if body.plan != "biped":
        c = lie(clip)
        c[:, TRUNK, 2] += 0.25
        return c
    h = body.height
    c = standing(body, clip.n)
    c[:, PELVIS, 1] = 0.075 * h - body.pelvis
    c[:, BODY, 0] = 1.42
    both(c, FOOT_R, FOOT_L, (0.10 * h, body.ankle, -0.94 * body.leg_length))
    c[:, FOOT_R, 2] += 0.2 * body.leg_length
    c[:, FOOT_R, 0] += 0.06 * h
    both(c, KNEE_R, KNEE_L, (0.6, -0.6, 0.4))
    c[:, HAND_R] = (0.50, 0.66, 0.12)
    c[:, HAND_L] = (-0.42, 0.30, 0.14)
    both(c, ELBOW_R, ELBOW_L, (1.0, 0.2, 0.3))
    c[:, HEAD, 0] = -0.35
    c[:, HEAD, 1] = 0.5
    c[:, GRIP, 0] = 0.0
    return c


def hover(clip: Clip) -> Array:
    """In the air on beating wings."""
    from shotplan.staging.skeleton.flight import flap

    return flap(clip, level=0.35)


POSTURES = {
    "stand": stand,
    "sit": sit,
    "kneel": kneel,
    "lie": lie,
    "astride": astride,
    "fallen": fallen,
    "hover": hover,
}


def held(clip: Clip) -> Array:
    """The posture that the cue rests on."""
    return POSTURES[clip.cue.posture](clip)


@pose("stand")
def resting(clip: Clip) -> Array:
    return held(clip)


@pose("sit")
def sitting(clip: Clip) -> Array:
    return sit(clip)


@pose("kneel")
def kneeling(clip: Clip) -> Array:
    return kneel(clip)


@pose("lie")
def lying(clip: Clip) -> Array:
    return lie(clip)


@pose("astride")
def riding(clip: Clip) -> Array:
    return astride(clip)


@pose("stand_up")
def standing_up(clip: Clip) -> Array:
    """From the held posture to standing, leaning forward on the way."""
    a, b = held(clip), stand(clip)
    w = smooth((clip.u - 0.1) / 0.85)[:, None, None]
    c = a + w * (b - a)
    c[:, TRUNK, 0] += 0.45 * np.sin(np.pi * np.clip(clip.u, 0, 1)) * (clip.body.plan == "biped")
    c[:, GRIP, 0] = np.minimum(c[:, GRIP, 0], w[:, 0, 0])
    return c


@pose("turn")
def turning(clip: Clip) -> Array:
    """The head leads, the feet step round."""
    c = held(clip)
    if clip.cue.posture != "stand":
        return c
    u = np.clip(clip.u, 0, 1)
    rate = np.gradient(clip.heading) if clip.n > 1 else np.zeros(clip.n)
    way = np.sign(rate.sum())
    c[:, HEAD, 1] += 0.35 * way * np.sin(np.pi * u)
    c[:, TRUNK, 1] += 0.15 * way * np.sin(np.pi * u)
    beats = max(1, round(clip.seconds / 0.3))
    step = np.sin(np.pi * beats * u)
    lift = 0.10 * clip.body.leg_length
    c[:, FOOT_R, 1] += lift * np.maximum(0, step)
    c[:, FOOT_L, 1] += lift * np.maximum(0, -step)
    c[:, PELVIS, 1] -= 0.02 * clip.body.leg_length * np.abs(step)
    if clip.body.plan == "quadruped":
        c[:, HAND_R, 1] += lift * np.maximum(0, -step)
        c[:, HAND_L, 1] += lift * np.maximum(0, step)
    return c

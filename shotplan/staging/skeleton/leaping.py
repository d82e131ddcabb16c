"""Jumping, climbing, crawling and falling bodies.

Knows anticipation, tuck, reach and absorption. Does not know the arc: the root does that.
"""

from __future__ import annotations

import numpy as np

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
    KNEE_L,
    KNEE_R,
    PELVIS,
    TRUNK,
    bump,
    mirrored,
    smooth,
    standing,
)
from shotplan.staging.skeleton.gait import travel
from shotplan.staging.skeleton.postures import both, fallen, stand
from shotplan.staging.staged import Array


@pose("jump_crouch")
def gather(clip: Clip) -> Array:
    """Anticipation: knees bend, arms swing back."""
    body = clip.body
    c = stand(clip)
    w = smooth(clip.u * 1.6)
    if body.plan == "quadruped":
        c[:, PELVIS, 1] -= 0.34 * body.leg_length * w
        c[:, TRUNK, 0] -= 0.22 * w
        c[:, HEAD, 0] -= 0.1 * w
        return c
    c[:, PELVIS, 1] -= (0.30 if body.plan == "biped" else 0.4) * body.leg_length * w
    c[:, PELVIS, 2] -= 0.06 * body.height * w
    c[:, TRUNK, 0] += 0.55 * w
    c[:, HEAD, 0] -= 0.4 * w
    if body.plan == "biped":
        back = np.array([0.22, -0.70, -0.62])
        c[:, HAND_R] += w[:, None] * (back - c[:, HAND_R])
        c[:, HAND_L] += w[:, None] * (mirrored(back) - c[:, HAND_L])
    return c


@pose("jump", "jump_air")
def air(clip: Clip) -> Array:
    """Off the ground: stretched at take-off, tucked at the top, feet forward for the landing."""
    body = clip.body
    c = standing(body, clip.n)
    u = np.clip(clip.u, 0, 1)
    tuck = np.sin(np.pi * u) ** 0.8
    off, down = smooth(1 - u / 0.4), smooth((u - 0.6) / 0.4)
    h, leg = body.height, body.leg_length
    c[:, GRIP, 0] = 0.0
    if body.plan == "quadruped":
        c[:, TRUNK, 0] = -0.42 * off + 0.40 * down
        c[:, HEAD, 0] = 0.25 * off - 0.30 * down
        for k, s in ((HAND_R, 1.0), (HAND_L, -1.0)):
            c[:, k, 2] = body.fore[2] + h * (0.10 * off + 0.20 * tuck + 0.10 * down)
            c[:, k, 1] = body.ankle + h * (0.34 * tuck + 0.22 * off * (u > 0.02))
            c[:, k, 0] = s * body.stance * 0.8
        for k, s in ((FOOT_R, 1.0), (FOOT_L, -1.0)):
            c[:, k, 2] = body.rear - h * (0.30 * off + 0.22 * tuck) + h * 0.22 * down
            c[:, k, 1] = body.ankle + h * (0.26 * tuck + 0.20 * down)
            c[:, k, 0] = s * body.stance * 0.8
        return c
    c[:, TRUNK, 0] = 0.22 + 0.25 * tuck - 0.25 * off
    c[:, HEAD, 0] = -0.15
    if body.plan == "bird":
        up = np.sin(2 * np.pi * (3.0 * clip.t + 0.25))
        hand = np.stack([np.full(clip.n, 0.8), 0.35 * up, np.full(clip.n, -0.05)], 1)
        c[:, HAND_R], c[:, HAND_L] = hand, mirrored(hand)
        c[:, [FOOT_R, FOOT_L], 1] += (0.3 * leg * tuck)[:, None]
        return c
    running = clip.cue.steps is not None or np.linalg.norm(clip.root[-1] - clip.root[0]) > 0.4 * h
    split = 0.26 * leg * (1.0 if running else 0.15)
    c[:, FOOT_R, 1] = body.ankle + leg * 0.44 * tuck
    c[:, FOOT_L, 1] = body.ankle + leg * 0.34 * tuck
    c[:, FOOT_R, 2] = split * (1.3 * tuck + 0.4 * down) + 0.12 * leg * tuck
    c[:, FOOT_L, 2] = -split * (1.1 * off + 0.9 * tuck) + 0.35 * split * down
    up = np.array([0.42, 0.30, 0.68])
    mid = np.array([0.55, -0.25, 0.45])
    hand = mid + (up - mid) * (smooth(u / 0.25) * smooth((0.75 - u) / 0.4))[:, None]
    c[:, HAND_R], c[:, HAND_L] = hand, mirrored(hand) * [1, 1, 0.6 if running else 1.0]
    both(c, ELBOW_R, ELBOW_L, (0.9, -0.5, -0.4))
    return c


@pose("jump_land")
def land(clip: Clip) -> Array:
    """Absorb: knees bend deeply, then come up; on the move when there is a way on."""
    body = clip.body
    moving = clip.cue.steps is not None
    c = travel(clip) if moving else stand(clip)
    w = smooth(clip.u / 0.35) * smooth((1.05 - clip.u) / 0.7)
    depth = 0.15 if moving else 0.32
    c[:, PELVIS, 1] -= depth * body.leg_length * w
    if body.plan == "quadruped":
        c[:, TRUNK, 0] += 0.22 * smooth(clip.u / 0.25) * smooth((0.8 - clip.u) / 0.6)
        return c
    c[:, TRUNK, 0] += (0.24 if moving else 0.42) * w
    c[:, HEAD, 0] -= (0.15 if moving else 0.3) * w
    if body.plan == "biped":
        hand = np.array([0.5, -0.55, 0.30])
        c[:, HAND_R] += 0.8 * w[:, None] * (hand - c[:, HAND_R])
        c[:, HAND_L] += 0.8 * w[:, None] * (mirrored(hand) - c[:, HAND_L])
    return c


@pose("climb")
def climb(clip: Clip) -> Array:
    """Hand over hand, knee over knee."""
    body = clip.body
    c = standing(body, clip.n)
    beat = 2 * np.pi * clip.t / 0.9
    h, leg = body.height, body.leg_length
    c[:, GRIP, 0] = 0.0
    rising = np.gradient(clip.root[:, 1]) if clip.n > 2 else np.zeros(clip.n)
    if body.plan == "quadruped":
        c[:, TRUNK, 0] = np.clip(-rising * 22, -0.7, 0.6)
        for k, _, z, ph in (
            (HAND_R, 1.0, body.fore[2], 0.0),
            (HAND_L, -1.0, body.fore[2], np.pi),
            (FOOT_R, 1.0, body.rear, np.pi),
            (FOOT_L, -1.0, body.rear, 0.0),
        ):
            c[:, k, 1] = body.ankle + 0.10 * h * (1 + np.sin(beat + ph))
            c[:, k, 2] = z + 0.08 * h * np.cos(beat + ph)
        return c
    c[:, TRUNK, 0] = 0.42
    c[:, TRUNK, 2] = 0.08 * np.sin(beat)
    c[:, HEAD, 0] = -0.5
    c[:, PELVIS, 1] = -0.14 * leg + 0.02 * h * np.sin(2 * beat)
    for k, s, ph in ((FOOT_R, 1.0, 0.0), (FOOT_L, -1.0, np.pi)):
        c[:, k, 1] = body.ankle + 0.17 * leg * (1 + np.sin(beat + ph))
        c[:, k, 2] = 0.16 * leg * (0.4 + np.sin(beat + ph))
        c[:, k, 0] = s * body.stance * 1.5
    for k, s, ph in ((HAND_R, 1.0, np.pi), (HAND_L, -1.0, 0.0)):
        c[:, k] = np.stack([np.full(clip.n, s * 0.22), 0.15 + 0.34 * np.sin(beat + ph), np.full(clip.n, 0.68)], 1)
    both(c, ELBOW_R, ELBOW_L, (0.9, -0.8, 0.0))
    both(c, KNEE_R, KNEE_L, (0.5, 0.2, 1.0))
    return c


@pose("fall")
def falling(clip: Clip) -> Array:
    """Trip, arms flail, and down on the front with a small bounce."""
    u = np.clip(clip.u, 0, 1)
    a, b = stand(clip), fallen(clip)
    w = smooth((u - 0.12) / 0.52) ** 1.4
    bounce = 0.10 * np.sin(np.pi * np.clip((u - 0.66) / 0.2, 0, 1))
    c = a + (w - bounce * w)[:, None, None] * (b - a)
    c[:, GRIP, 0] = 1 - smooth(u / 0.5)
    if clip.body.plan == "biped":
        flail = bump(u, 0.15, 0.5)[:, None]
        spin = np.stack([0.6 + 0 * u, 0.5 * np.cos(14 * u), 0.55 + 0.2 * np.sin(14 * u)], 1)
        c[:, HAND_R] += flail * 0.8 * (spin - c[:, HAND_R])
        c[:, HAND_L] += flail * 0.8 * (mirrored(spin) - c[:, HAND_L])
        # the hips swing down on an arc, not along a line
        c[:, PELVIS, 2] += 0.10 * clip.body.height * np.sin(np.pi * w)
        c[:, PELVIS, 1] += 0.12 * clip.body.height * np.sin(np.pi * w) ** 2
    return c


@pose("crawl")
def crawl(clip: Clip) -> Array:
    """On hands and knees; animals creep low."""
    body = clip.body
    if body.plan != "biped" or clip.cue.steps is None:
        c = travel_low(clip)
        return c
    c = standing(body, clip.n)
    h, _leg = body.height, body.leg_length
    from shotplan.staging.skeleton.gait import walked

    s = walked(clip.cue.steps, clip.clock, clip.stretch)
    phase = 2 * np.pi * s / (0.42 * h)
    thigh, shin = body.leg
    c[:, PELVIS, 1] = thigh * 0.95 + 0.02 * h - body.pelvis
    c[:, PELVIS, 2] = -0.18 * h
    c[:, TRUNK, 0] = 1.28
    c[:, TRUNK, 2] = 0.06 * np.sin(phase)
    c[:, HEAD, 0] = -0.85
    for k, sgn in ((FOOT_R, 1.0), (FOOT_L, -1.0)):
        c[:, k] = np.stack(
            [
                np.full(clip.n, sgn * body.stance),
                body.ankle + 0.02 * h * np.maximum(0, np.cos(phase * 1.0) * sgn),
                -0.18 * h - shin * 0.92 + 0.07 * h * np.sin(phase) * sgn,
            ],
            1,
        )
    c[:, KNEE_R] = c[:, KNEE_L] = (0.0, -1.0, 0.5)
    for k, sgn in ((HAND_R, 1.0), (HAND_L, -1.0)):
        c[:, k] = np.stack(
            [
                np.full(clip.n, sgn * 0.1),
                0.10 - 0.28 * np.sin(phase) * sgn,
                0.93 - 0.10 * np.maximum(0, -np.cos(phase) * sgn),
            ],
            1,
        )
    c[:, GRIP, 0] = 0.5
    return c


def travel_low(clip: Clip) -> Array:
    """An animal's creep: its sneak, lower."""
    from dataclasses import replace

    c = travel(replace(clip, cue=replace(clip.cue, pose="sneak")))
    c[:, PELVIS, 1] -= 0.14 * clip.body.leg_length
    return c

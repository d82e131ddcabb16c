"""Flying and swimming: bodies that nothing stands under.

Knows wing beats and strokes. Source: wing-beat frequency falls with size, about 3.98 m^-0.27 Hz (Pennycuick 1996), slowed here to be seen.
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


def flap(clip: Clip, level: float = 1.0) -> Array:
    """Wing beats; `level` 1 is level flight, 0 is upright."""
    body = clip.body
    c = standing(body, clip.n)
    h = body.height
    hertz = float(np.clip(2.6 / np.sqrt(max(h, 0.1) / 0.3), 1.4, 3.2))
    beat = 2 * np.pi * hertz * clip.clock + 6.0 * clip.phase
    up = np.sin(beat) + 0.18 * np.sin(2 * beat)
    late = np.sin(beat - 0.7)
    c[:, PELVIS, 1] = 0.05 * h - 0.05 * h * np.sin(beat - 0.4)
    c[:, GRIP, 0] = 0.0
    if body.plan == "biped":
        c[:, BODY, 0] = 1.25 * level
        hand = np.stack([np.full(clip.n, 0.16), 0.93 + 0.02 * up, np.full(clip.n, 0.12)], 1)
        c[:, HAND_R], c[:, HAND_L] = hand, mirrored(hand)
        c[:, HEAD, 0] = -0.75 * level
        back = np.sin(1.25 * level)
        for k, s in ((FOOT_R, 1.0), (FOOT_L, -1.0)):
            c[:, k] = np.stack(
                [
                    np.full(clip.n, s * 0.05 * h),
                    body.pelvis - body.leg_length * np.cos(1.3 * level) + 0.03 * h * s * late,
                    np.full(clip.n, -body.leg_length * back),
                ],
                1,
            )
        c[:, KNEE_R] = c[:, KNEE_L] = (0.0, -1.0, 0.3)
        return c
    if body.plan == "quadruped":
        c[:, HEAD, 0] = -0.05
        for k, s, z in (
            (HAND_R, 1.0, body.fore[2] + 0.18 * h),
            (HAND_L, -1.0, body.fore[2] + 0.18 * h),
            (FOOT_R, 1.0, body.rear - 0.22 * h),
            (FOOT_L, -1.0, body.rear - 0.22 * h),
        ):
            c[:, k] = np.stack(
                [np.full(clip.n, s * body.stance), 0.32 * h + 0.03 * h * late * s, np.full(clip.n, z)], 1
            )
        return c
    c[:, BODY, 0] = 0.95 * level
    c[:, HEAD, 0] = -0.85 * level
    lift = 0.75 * up
    hand = np.stack(
        [0.90 * np.cos(lift) * np.where(up > 0, 0.84, 1.0), np.sin(0.3) * 0 + 0.25 * late * level, 0.0 * up], 1
    )
    # wings beat across the body's back-to-belly axis, which is forward when the trunk lies level
    hand[:, 2] = -0.92 * np.sin(lift) * level
    hand[:, 1] += 0.92 * np.sin(lift) * (1 - level)
    hand[:, 1] *= 0.4 + 0.6 * (1 - level) if level > 0.9 else 1.0
    c[:, HAND_R], c[:, HAND_L] = hand, mirrored(hand)
    c[:, ELBOW_R], c[:, ELBOW_L] = (0.2, 0.5, -1.0), (-0.2, 0.5, -1.0)
    tuck = body.pelvis - 0.10 * h
    for k, s in ((FOOT_R, 1.0), (FOOT_L, -1.0)):
        c[:, k] = (s * 0.05 * h, tuck, -0.16 * h * level)
    return c


@pose("fly")
def flying(clip: Clip) -> Array:
    """Level flight with a steeper attitude at both ends of the way."""
    level = 1.0
    c = flap(clip, level)
    ends = 1 - smooth(clip.u / 0.15) * smooth((1 - clip.u) / 0.15)
    c[:, BODY, 0] -= 0.5 * ends
    c[:, HEAD, 0] += 0.4 * ends
    return c


@pose("swim")
def swimming(clip: Clip) -> Array:
    """A crawl stroke, or a dog's paddle."""
    body = clip.body
    c = standing(body, clip.n)
    h = body.height
    beat = 2 * np.pi * clip.clock / 1.3 * clip.tempo
    if body.plan == "quadruped":
        c[:, PELVIS, 1] = -0.18 * h + 0.015 * h * np.sin(beat)
        for k, s, z, ph in (
            (HAND_R, 1.0, body.fore[2], 0.0),
            (HAND_L, -1.0, body.fore[2], np.pi),
            (FOOT_R, 1.0, body.rear, np.pi),
            (FOOT_L, -1.0, body.rear, 0.0),
        ):
            c[:, k] = np.stack(
                [
                    np.full(clip.n, s * body.stance),
                    body.ankle + 0.05 * h + 0.05 * h * np.cos(beat + ph),
                    z + 0.14 * h * np.sin(beat + ph),
                ],
                1,
            )
        c[:, HEAD, 0] = -0.15
        c[:, GRIP, 0] = 0.0
        return c
    if body.plan == "bird":
        c[:, PELVIS, 1] = -0.6 * body.pelvis + 0.01 * h * np.sin(beat)
        c[:, GRIP, 0] = 0.0
        return c
    c[:, PELVIS, 1] = 0.16 * h - body.pelvis + 0.012 * h * np.sin(2 * beat)
    c[:, BODY, 0] = 1.38
    c[:, HEAD, 0] = -0.55
    c[:, TRUNK, 2] = 0.0
    c[:, TRUNK, 1] = 0.0
    c[:, HEAD, 1] = 0.35 * np.sin(beat)
    for k, e, s, ph in ((HAND_R, ELBOW_R, 1.0, 0.0), (HAND_L, ELBOW_L, -1.0, np.pi)):
        turn = beat + ph
        c[:, k] = np.stack([np.full(clip.n, s * 0.22), 0.88 * np.cos(turn), -0.60 * np.sin(turn)], 1)
        c[:, e] = (s, 0.2, -0.6)
    for k, s in ((FOOT_R, 1.0), (FOOT_L, -1.0)):
        c[:, k] = np.stack(
            [
                np.full(clip.n, s * 0.05 * h),
                0.14 * h + s * 0.05 * h * np.sin(3 * beat),
                np.full(clip.n, -0.96 * body.leg_length),
            ],
            1,
        )
    c[:, KNEE_R] = c[:, KNEE_L] = (0.0, -1.0, 0.2)
    c[:, GRIP, 0] = 0.0
    return c

"""Gestures: waving, nodding, pointing, talking and the like, on whatever posture the body rests in.

Knows gestures for arms, paws and wings. Does not know things (handling) or partners (together).
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
    PELVIS,
    REACH_L,
    REACH_R,
    TRUNK,
    bump,
    mirrored,
    smooth,
)
from shotplan.staging.skeleton.postures import held
from shotplan.staging.staged import Array


def arm(
    c: Array,
    side: int,
    hand: Array | tuple[float, float, float],
    weight: Array,
    elbow: tuple[float, float, float] | None = None,
) -> None:
    """Bring a biped's or bird's hand to a place (right-hand axes, arm lengths from its shoulder)."""
    h, e = (HAND_R, ELBOW_R) if side > 0 else (HAND_L, ELBOW_L)
    hand = np.asarray(hand, dtype=float)
    goal = hand if side > 0 else mirrored(hand)
    c[:, h] += weight[:, None] * (goal - c[:, h])
    if elbow is not None:
        pole = np.asarray(elbow) if side > 0 else mirrored(np.asarray(elbow))
        c[:, e] += weight[:, None] * (pole - c[:, e])


def reach(c: Array, side: int, point: Array, weight: Array) -> None:
    """Bring a hand, paw or wing tip toward stage points (n,3)."""
    channel, k = (REACH_R, 1) if side > 0 else (REACH_L, 2)
    c[:, channel] = weight[:, None] * point
    c[:, GRIP, k] = weight


def paw(c: Array, clip: Clip, side: int, up: float, ahead: float, weight: Array) -> None:
    """Lift a four-legged animal's fore paw, in heights."""
    k = HAND_R if side > 0 else HAND_L
    c[:, k, 1] += weight * up * clip.body.height
    c[:, k, 2] += weight * ahead * clip.body.height
    c[:, PELVIS, 0] -= side * 0.03 * clip.body.height * weight


def upright(clip: Clip) -> bool:
    return clip.body.plan == "biped"


def on_off(clip: Clip, rise: float = 0.3, fall: float = 0.3) -> Array:
    """(n,) weight of a gesture: up within `rise` seconds, down within `fall`."""
    return smooth(clip.t / rise) * smooth((clip.seconds - clip.t) / fall)


@pose("wave")
def wave(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.35, 0.35)
    swing = np.sin(clip.cycle(0.52))
    side = clip.cue.side
    if clip.body.plan == "quadruped":
        paw(c, clip, side, 0.30, 0.14, w)
        c[:, HAND_R if side > 0 else HAND_L, 0] += 0.05 * clip.body.height * swing * w
    elif clip.body.plan == "bird":
        arm(c, side, np.stack([0.75 + 0 * swing, 0.45 + 0.2 * swing, 0.1 + 0 * swing], 1), w)
    else:
        arm(
            c,
            side,
            np.stack([0.52 + 0.24 * swing, 0.66 - 0.06 * np.abs(swing), 0.22 + 0 * swing], 1),
            w,
            (1.0, -0.9, 0.0),
        )
        c[:, TRUNK, 2] -= 0.05 * w * side
        c[:, TRUNK, 2] += 0.02 * swing * w
    c[:, HEAD, 2] += 0.10 * w * side
    return c


@pose("nod")
def nod(clip: Clip) -> Array:
    c = held(clip)
    beat = np.maximum(0, np.sin(2 * np.pi * clip.t / 0.55))
    c[:, HEAD, 0] += 0.34 * beat * on_off(clip, 0.1, 0.2)
    c[:, TRUNK, 0] += 0.05 * beat
    return c


@pose("shake_head")
def shake_head(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.15, 0.25)
    c[:, HEAD, 1] += 0.55 * np.sin(2 * np.pi * clip.t / 0.6) * w
    c[:, TRUNK, 1] += 0.06 * np.sin(2 * np.pi * clip.t / 0.6 - 0.5) * w
    c[:, HEAD, 0] += 0.08 * w
    return c


@pose("point")
def point(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.35, 0.3)
    side = clip.cue.side
    if clip.body.plan == "quadruped":
        paw(c, clip, side, 0.26, 0.20, w)
        c[:, HEAD, 0] -= 0.1 * w
        return c
    if clip.target is not None:
        reach(c, side, clip.target, w)
    else:
        arm(c, side, (0.10, 0.08, 0.98), w)
    c[:, TRUNK, 1] += 0.18 * side * w
    c[:, TRUNK, 0] += 0.06 * w
    return c


@pose("bow")
def bow(clip: Clip) -> Array:
    c = held(clip)
    w = bump(clip.u, 0.35, 0.4)
    if clip.body.plan == "quadruped":
        c[:, TRUNK, 0] += 0.42 * w
        for k in (HAND_R, HAND_L):
            c[:, k, 2] += 0.16 * clip.body.height * w
        c[:, HEAD, 0] -= 0.1 * w
        return c
    c[:, TRUNK, 0] += 0.95 * w
    c[:, PELVIS, 2] -= 0.08 * clip.body.height * w
    c[:, HEAD, 0] += 0.15 * w
    if upright(clip):
        for side in (1, -1):
            arm(c, side, (0.02, -0.85, 0.42), w)
    return c


@pose("cheer")
def cheer(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.3, 0.35)
    beat = clip.cycle(0.62)
    hop = np.abs(np.sin(beat / 2)) * w
    if clip.cue.posture == "stand":
        c[:, PELVIS, 1] += clip.body.leg_length * (0.06 * hop - 0.05 * w)
        if clip.body.plan != "quadruped":
            for k in (FOOT_R, FOOT_L):
                c[:, k, 1] += 0.03 * clip.body.leg_length * hop
    if clip.body.plan == "quadruped":
        c[:, TRUNK, 0] -= 0.16 * hop
        paw(c, clip, 1, 0.12, 0.05, hop)
        paw(c, clip, -1, 0.12, 0.05, hop)
        c[:, HEAD, 0] -= 0.25 * w
        return c
    lift = 0.78 + 0.16 * np.sin(beat)
    for side in (1, -1):
        arm(c, side, np.stack([0.42 + 0.08 * np.sin(beat + side), lift, 0.18 + 0 * beat], 1), w, (1.0, 0.0, -0.2))
    c[:, TRUNK, 0] -= 0.10 * w
    c[:, HEAD, 0] -= 0.22 * w
    return c


@pose("cry")
def cry(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.5, 0.4)
    sob = np.sin(clip.cycle(0.42)) * (0.6 + 0.4 * np.sin(clip.cycle(1.9)))
    c[:, TRUNK, 0] += (0.26 + 0.03 * sob) * w * (clip.body.plan != "quadruped")
    c[:, HEAD, 0] += (0.42 + 0.04 * sob) * w
    c[:, PELVIS, 1] += 0.006 * clip.body.height * sob * w
    if upright(clip):
        for side in (1, -1):
            arm(c, side, (-0.28, 0.28, 0.42), w, (0.8, -1.0, 0.3))
    return c


@pose("shrug")
def shrug(clip: Clip) -> Array:
    c = held(clip)
    w = bump(clip.u, 0.3, 0.35)
    c[:, HEAD, 2] += 0.20 * w
    if upright(clip):
        for side in (1, -1):
            arm(c, side, (0.48, -0.30, 0.42), w, (0.6, -1.0, -0.4))
        c[:, PELVIS, 1] += 0.008 * clip.body.height * w
    elif clip.body.plan == "bird":
        for side in (1, -1):
            arm(c, side, (0.5, -0.1, 0.0), w)
    return c


@pose("clap")
def clap(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.3, 0.3)
    apart = 0.5 + 0.5 * np.sin(clip.cycle(0.36))
    if clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.16, 0.05, w * apart)
        return c
    for side in (1, -1):
        arm(c, side, np.stack([-0.30 + 0.38 * apart, -0.06 + 0 * apart, 0.66 + 0 * apart], 1), w, (0.9, -0.8, -0.1))
    c[:, HEAD, 0] -= 0.05 * w
    return c


@pose("pray")
def pray(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.5, 0.4)
    c[:, HEAD, 0] += 0.40 * w
    if upright(clip):
        for side in (1, -1):
            arm(c, side, (-0.31, -0.02, 0.46), w, (0.9, -1.0, 0.1))
        c[:, TRUNK, 0] += 0.08 * w
    return c


@pose("think")
def think(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.45, 0.4)
    c[:, HEAD, 2] += (0.16 + 0.05 * np.sin(clip.idle)) * w
    c[:, HEAD, 0] += 0.08 * w
    if upright(clip):
        arm(c, 1, (-0.26, 0.10, 0.42), w, (0.5, -1.0, 0.3))
        arm(c, -1, (-0.34, -0.42, 0.38), w, (0.8, -0.6, -0.2))
    elif clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.12, 0.03, w)
    return c


@pose("look")
def look(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.5, 0.5)
    c[:, TRUNK, 0] += 0.06 * w * (clip.body.plan != "quadruped")
    c[:, HEAD, 2] += 0.05 * np.sin(0.7 * clip.idle) * w
    if clip.cue.emotion in ("surprised", "afraid"):
        jolt = np.exp(-(((clip.t - 0.25) / 0.16) ** 2)) * clip.cue.intensity
        c[:, TRUNK, 0] -= 0.16 * jolt * (clip.body.plan != "quadruped")
        c[:, PELVIS, 1] += 0.02 * clip.body.height * jolt
        if upright(clip):
            for side in (1, -1):
                arm(c, side, (0.26, -0.42, 0.48), 0.8 * w, (0.8, -0.9, -0.4))
        elif clip.body.plan == "bird":
            for side in (1, -1):
                arm(c, side, (0.55, -0.05, 0.0), jolt)
    return c


@pose("talk")
def talk(clip: Clip) -> Array:
    """Hands that mark the phrase, a nod on the stresses; each speaker has its own rhythm."""
    c = held(clip)
    w = on_off(clip, 0.35, 0.4) * (0.55 + 0.45 * clip.cue.intensity)
    a = clip.cycle(1.7) + 6.0 * clip.phase
    stress = np.maximum(0, np.sin(1.9 * a)) ** 2
    c[:, HEAD, 0] += (0.13 * stress - 0.03) * w
    c[:, HEAD, 2] += 0.06 * np.sin(0.63 * a) * w
    c[:, TRUNK, 0] += 0.05 * np.sin(0.8 * a) * w * (clip.body.plan != "quadruped")
    c[:, TRUNK, 1] += 0.07 * np.sin(0.5 * a) * w
    if upright(clip):
        right = w * smooth(0.6 + 0.9 * np.sin(0.5 * a))
        left = w * smooth(0.35 - 0.9 * np.sin(0.5 * a + 0.6))
        arm(
            c,
            1,
            np.stack([0.20 + 0.16 * np.sin(a), -0.38 + 0.22 * stress, 0.56 + 0.06 * np.cos(a)], 1),
            right,
            (0.7, -1.0, -0.4),
        )
        arm(
            c,
            -1,
            np.stack([0.18 + 0.14 * np.sin(a + 1.3), -0.42 + 0.20 * stress, 0.52 + 0.06 * np.cos(a)], 1),
            left,
            (0.7, -1.0, -0.4),
        )
    elif clip.body.plan == "bird":
        arm(c, 1, (0.35, -0.15, 0.1), 0.6 * w * stress)
    return c


@pose("perform")
def perform(clip: Clip) -> Array:
    """Something that has no template: an open, presenting gesture that comes and goes."""
    c = held(clip)
    w = on_off(clip, 0.4, 0.4)
    a = clip.cycle(2.2) + 6.0 * clip.phase
    c[:, TRUNK, 1] += 0.16 * np.sin(a) * w
    c[:, PELVIS, 0] += 0.02 * clip.body.height * np.sin(a) * w
    c[:, HEAD, 0] -= 0.06 * w
    if clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.18, 0.06, w * np.maximum(0, np.sin(a)))
        paw(c, clip, -1, 0.18, 0.06, w * np.maximum(0, -np.sin(a)))
        return c
    for side in (1, -1):
        open_ = smooth(0.55 + 0.6 * np.sin(a + 0.9 * side))
        arm(c, side, np.stack([0.42 + 0.12 * np.sin(a), -0.28 + 0.34 * open_, 0.46 + 0 * a], 1), w, (0.8, -0.9, -0.3))
    return c

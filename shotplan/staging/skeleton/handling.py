"""Hands at things: picking up, putting down, pushing, opening, throwing, eating, reading.

Knows where hands go relative to a thing and the mouth. Does not move the thing: that is props.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.skeleton.clip import Clip, pose
from shotplan.staging.skeleton.controls import FOOT_L, FOOT_R, GRIP, HEAD, KNEE_R, PELVIS, TRUNK, bump, smooth
from shotplan.staging.skeleton.gait import travel
from shotplan.staging.skeleton.gestures import arm, on_off, paw, reach, upright
from shotplan.staging.skeleton.postures import held
from shotplan.staging.staged import Array

CARRY = (0.06, -0.46, 0.56)
"""Where a hand carries something, in arm lengths from the shoulder."""
MOUTH = (-0.22, 0.20, 0.40)


def stoop(c: Array, clip: Clip, weight: Array) -> None:
    """Bend knees and back so that hands or muzzle come down to the target; low things need more."""
    body = clip.body
    if clip.cue.posture != "stand":
        c[:, TRUNK, 0] += 0.25 * weight
        return
    level = 0.05 * body.height if clip.target is None else float(np.mean(clip.target[:, 1] - clip.root[:, 1]))
    low = float(np.clip((0.46 * body.height - level) / (0.42 * body.height), 0, 1))
    if body.plan == "quadruped":
        c[:, HEAD, 0] += 0.75 * low * weight
        c[:, TRUNK, 0] += 0.24 * low * weight
        return
    if body.plan == "bird":
        c[:, TRUNK, 0] += 0.9 * low * weight
        c[:, HEAD, 0] += 0.3 * low * weight
        return
    c[:, PELVIS, 1] -= 0.52 * low * body.leg_length * weight
    c[:, PELVIS, 2] -= 0.10 * low * body.height * weight
    c[:, TRUNK, 0] += (0.20 + 0.62 * low) * weight
    c[:, HEAD, 0] -= 0.25 * low * weight
    c[:, FOOT_R, 2] -= 0.10 * low * body.height * weight
    c[:, FOOT_L, 2] += 0.06 * low * body.height * weight


@pose("pick_up")
def pick_up(clip: Clip) -> Array:
    c = held(clip)
    u = clip.u
    down = smooth(u / 0.42) * smooth((0.98 - u) / 0.42)
    stoop(c, clip, down)
    if upright(clip):
        after = smooth((u - 0.52) / 0.4)
        if clip.target is not None:
            grab = smooth(u / 0.40) * (1 - smooth((u - 0.5) / 0.25))
            reach(c, 1, clip.target, grab)
        arm(c, 1, CARRY, after, (0.7, -1.0, -0.5))
        arm(c, -1, (0.22, -0.72, 0.30), down)
    return c


@pose("put_down")
def put_down(clip: Clip) -> Array:
    c = held(clip)
    u = clip.u
    down = smooth(u / 0.5) * smooth((1.0 - u) / 0.4)
    stoop(c, clip, down)
    if upright(clip):
        arm(c, 1, CARRY, 1 - smooth(u / 0.4), (0.7, -1.0, -0.5))
        arm(c, 1, (0.0, -0.62, 0.74), down)
        arm(c, -1, (0.22, -0.72, 0.30), down)
    return c


@pose("push", "pull")
def push(clip: Clip) -> Array:
    """Lean into it (or back from it), both hands on the target."""
    moving = clip.cue.steps is not None
    c = travel(clip) if moving else held(clip)
    w = smooth(clip.t / 0.35) if moving else on_off(clip, 0.3, 0.35)
    way = 1.0 if clip.cue.pose == "push" else -1.0
    if clip.body.plan == "quadruped":
        c[:, HEAD, 0] += 0.45 * w
        return c
    strain = 0.03 * np.sin(clip.cycle(0.5)) * w
    c[:, TRUNK, 0] += (0.32 * way + strain) * w * (0.4 if moving and way > 0 else 1.0)
    c[:, PELVIS, 1] -= 0.08 * clip.body.leg_length * w
    c[:, HEAD, 0] -= 0.12 * w * way
    if not moving and clip.cue.posture == "stand":
        c[:, FOOT_R, 2] -= 0.14 * clip.body.height * w * way
        c[:, FOOT_L, 2] += 0.05 * clip.body.height * w * way
    for side in (1, -1):
        arm(c, side, (-0.02, -0.18 - 0.1 * (way < 0), 0.86), w, (0.8, -0.8, -0.2))
    return c


@pose("open")
def open_(clip: Clip) -> Array:
    c = held(clip)
    u = clip.u
    w = bump(u, 0.3, 0.3)
    if clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.30, 0.20, w)
        return c
    back = smooth((u - 0.35) / 0.45)
    hand = np.stack([0.05 + 0.40 * back, -0.28 + 0 * u, 0.84 - 0.28 * back], 1)
    arm(c, 1, hand, w, (0.8, -0.9, -0.3))
    c[:, TRUNK, 0] += (0.14 - 0.20 * back) * w
    c[:, TRUNK, 1] += -0.22 * back * w
    if clip.target is not None:
        stoop(c, clip, 0.6 * w)
    return c


@pose("give", "receive")
def give(clip: Clip) -> Array:
    """A hand goes out to the other's hand, meets it half-way through, and comes back."""
    c = held(clip)
    u = clip.u
    w = smooth(u / 0.4) * smooth((1.0 - u) / 0.35)
    giving = clip.cue.pose == "give"
    if clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.30, 0.18, w)
        c[:, HEAD, 0] += 0.1 * w
        return c
    if giving:
        arm(c, 1, CARRY, 1 - smooth((u - 0.5) / 0.3), (0.7, -1.0, -0.4))
    else:
        arm(c, 1, CARRY, smooth((u - 0.5) / 0.3) * 0.6, (0.7, -1.0, -0.4))
    if clip.target is not None and upright(clip):
        own = clip.root + np.array([0.0, 0.62 * clip.body.height, 0.0])
        middle = 0.5 * (own + clip.target)
        middle[:, 1] -= 0.06 * clip.body.height
        reach(c, 1, middle, w)
    else:
        arm(c, 1, (-0.12, -0.18, 0.88), w, (0.7, -1.0, -0.2))
    c[:, TRUNK, 0] += 0.12 * w
    c[:, TRUNK, 1] += 0.16 * w
    return c


@pose("throw")
def throw(clip: Clip) -> Array:
    """Wind up, step, whip, follow through."""
    c = held(clip)
    u = clip.u
    wind, whip = smooth(u / 0.36) * (1 - smooth((u - 0.42) / 0.16)), smooth((u - 0.42) / 0.16)
    after = whip * smooth((1 - u) / 0.3)
    if clip.body.plan == "quadruped":
        c[:, HEAD, 0] += 0.35 * wind - 0.35 * after
        return c
    arm(c, 1, CARRY, 1 - smooth(u / 0.2), (0.7, -1.0, -0.4))
    arm(c, 1, (0.55, 0.42, -0.55), wind, (1.0, 0.2, -0.6))
    arm(c, 1, (-0.05, 0.15, 0.96), smooth((u - 0.42) / 0.10) * (1 - smooth((u - 0.58) / 0.14)))
    arm(c, 1, (-0.40, -0.62, 0.52), smooth((u - 0.56) / 0.16) * smooth((1 - u) / 0.25))
    arm(c, -1, (0.10, 0.10, 0.78), wind)
    c[:, TRUNK, 1] += -0.55 * wind + 0.45 * after
    c[:, TRUNK, 0] += -0.12 * wind + 0.34 * after
    c[:, PELVIS, 2] += clip.body.height * (-0.04 * wind + 0.07 * after)
    if clip.cue.posture == "stand":
        stepping = np.sin(np.pi * np.clip((u - 0.2) / 0.3, 0, 1))
        c[:, FOOT_L, 2] += 0.16 * clip.body.height * smooth((u - 0.2) / 0.3) * smooth((1 - u) / 0.2)
        c[:, FOOT_L, 1] += 0.10 * clip.body.leg_length * stepping
        c[:, FOOT_R, 2] -= 0.08 * clip.body.height * smooth(u / 0.3) * smooth((1 - u) / 0.2)
    return c


@pose("kick")
def kick(clip: Clip) -> Array:
    c = held(clip)
    u = clip.u
    back, out = (
        smooth(u / 0.34) * (1 - smooth((u - 0.36) / 0.14)),
        smooth((u - 0.36) / 0.14) * (1 - smooth((u - 0.62) / 0.32)),
    )
    h, leg = clip.body.height, clip.body.leg_length
    c[:, FOOT_R, 2] += h * (-0.26 * back + 0.36 * out)
    c[:, FOOT_R, 1] += leg * (0.36 * back + 0.34 * out)
    if clip.body.plan == "quadruped":
        c[:, TRUNK, 0] += 0.1 * out
        return c
    c[:, KNEE_R] = (0.1, 0.3, 1.0)
    c[:, TRUNK, 0] += 0.14 * back - 0.26 * out
    c[:, TRUNK, 1] += 0.30 * back - 0.30 * out
    c[:, PELVIS, 0] -= 0.03 * h * (back + out)
    if upright(clip):
        arm(c, -1, (0.35, -0.35, 0.62), np.maximum(0.6 * back, out))
        arm(c, 1, (0.55, -0.55, -0.45), np.maximum(0.5 * back, out))
    return c


@pose("touch")
def touch(clip: Clip) -> Array:
    c = held(clip)
    w = bump(clip.u, 0.3, 0.3)
    stoop(c, clip, 0.7 * w)
    if clip.body.plan == "quadruped":
        paw(c, clip, 1, 0.24, 0.20, w)
        return c
    stroke = 0.05 * clip.body.height * np.sin(clip.cycle(0.7))
    if clip.target is not None:
        reach(c, 1, clip.target + np.stack([0 * stroke, stroke, 0 * stroke], 1), 0.95 * w)
    else:
        arm(c, 1, (-0.05, -0.05, 0.85), w)
    return c


@pose("eat", "drink")
def eat(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.35, 0.35)
    drinking = clip.cue.pose == "drink"
    bite = 0.5 + 0.5 * np.sin(clip.cycle(1.4 if drinking else 0.9) - np.pi / 2)
    if not upright(clip):
        stoop(c, clip, w)
        c[:, HEAD, 0] += 0.12 * bite * w
        return c
    low, high = np.array(CARRY), np.array(MOUTH)
    arm(c, 1, low + bite[:, None] * (high - low), w, (0.9, -1.0, 0.0))
    arm(c, -1, (0.05, -0.5, 0.5), 0.6 * w)
    c[:, HEAD, 0] += (-0.30 * bite if drinking else 0.14 * (1 - bite)) * w
    return c


@pose("read")
def read(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.4, 0.4)
    c[:, HEAD, 0] += (0.30 + 0.03 * np.sin(clip.idle)) * w
    c[:, HEAD, 1] += 0.07 * np.sin(clip.cycle(2.4)) * w
    if upright(clip):
        for side in (1, -1):
            arm(c, side, (-0.18, -0.22, 0.60), w, (0.7, -1.0, -0.2))
    return c


@pose("write")
def write(clip: Clip) -> Array:
    c = held(clip)
    w = on_off(clip, 0.4, 0.4)
    c[:, HEAD, 0] += 0.36 * w
    c[:, TRUNK, 0] += 0.26 * w * (clip.body.plan != "quadruped")
    scribble = np.stack(
        [0.10 * np.sin(clip.cycle(2.0)) + 0.03 * np.sin(clip.cycle(0.3)), 0.02 * np.sin(clip.cycle(0.22)), 0 * clip.t],
        1,
    )
    if upright(clip):
        arm(c, 1, np.array([-0.05, -0.40, 0.64]) + scribble, w, (0.8, -0.9, -0.2))
        arm(c, -1, (-0.05, -0.46, 0.60), w, (0.8, -0.9, -0.2))
    return c


def carry(c: Array, weight: Array) -> None:
    """Keep what is held in front of the body while something else is done."""
    free = weight * (1 - np.clip(c[:, GRIP, 1], 0, 1))
    arm(c, 1, CARRY, free, (0.7, -1.0, -0.5))

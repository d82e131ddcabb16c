"""Two bodies in one action: hugging, fighting, dancing.

Knows one side of each; the partner plays the same pose facing the other way, `side` telling them apart.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.skeleton.clip import Clip, pose
from shotplan.staging.skeleton.controls import FOOT_L, FOOT_R, GRIP, HEAD, PELVIS, TRUNK, smooth
from shotplan.staging.skeleton.gestures import arm, on_off, paw, upright
from shotplan.staging.skeleton.postures import held
from shotplan.staging.staged import Array


@pose("hug")
def hug(clip: Clip) -> Array:
    """Arms open on the way in, close round the other, sway."""
    c = held(clip)
    w = on_off(clip, 0.55, 0.5)
    sway = np.sin(clip.cycle(2.4))
    c[:, PELVIS, 0] += 0.012 * clip.body.height * sway * w * clip.cue.side
    if clip.body.plan == "quadruped":
        c[:, HEAD, 0] -= 0.12 * w
        c[:, HEAD, 2] += 0.35 * w * clip.cue.side
        paw(c, clip, 1, 0.22, 0.12, w)
        return c
    c[:, TRUNK, 0] += 0.14 * w
    c[:, HEAD, 2] += 0.28 * w * clip.cue.side
    opening = smooth(clip.t / 0.3) * (1 - smooth((clip.t - 0.25) / 0.4))
    high = 0.06 * clip.cue.side
    if clip.target is not None:
        tall = float(np.mean(clip.target[:, 1] - clip.root[:, 1])) / max(clip.body.height, 1e-3)
        lift = float(np.clip((tall - 0.72) * 2.2, -0.55, 0.6))
    else:
        lift = 0.0
    c[:, TRUNK, 0] += 0.35 * max(0.0, -lift) * w
    arm(c, 1, (-0.34, lift + 0.02 + high, 0.72), w, (1.0, -0.3, 0.1))
    arm(c, -1, (-0.34, lift - 0.12 - high, 0.70), w, (1.0, -0.3, 0.1))
    for side in (1, -1):
        arm(c, side, (0.62, lift + 0.05, 0.62), opening, (1.0, -0.5, -0.2))
    return c


@pose("fight")
def fight(clip: Clip) -> Array:
    """Guard, jab, cross and sway back; the partner is half a round later."""
    c = held(clip)
    w = on_off(clip, 0.3, 0.35)
    round_ = clip.t * clip.tempo / 1.5 + (0.0 if clip.cue.side > 0 else 0.5)
    part = round_ - np.floor(round_)

    def hit(at: float, long: float = 0.10) -> Array:
        return np.exp(-(((part - at) / long) ** 2))

    jab, cross, dodge = hit(0.14, 0.07), hit(0.34, 0.08), hit(0.72, 0.12)
    bounce = np.sin(clip.cycle(0.45) + (0 if clip.cue.side > 0 else 1.3))
    h, leg = clip.body.height, clip.body.leg_length
    if clip.body.plan == "quadruped":
        c[:, TRUNK, 0] -= (0.34 * np.maximum(jab, cross) - 0.12 * dodge) * w
        c[:, PELVIS, 1] -= 0.12 * leg * w * (1 - 0.4 * np.maximum(jab, cross))
        c[:, PELVIS, 2] += 0.14 * h * (np.maximum(jab, cross) - 0.6 * dodge) * w
        paw(c, clip, 1, 0.34, 0.22, jab * w)
        paw(c, clip, -1, 0.34, 0.22, cross * w)
        c[:, HEAD, 0] += (0.18 - 0.3 * np.maximum(jab, cross)) * w
        return c
    c[:, PELVIS, 1] -= leg * (0.10 + 0.015 * bounce + 0.08 * dodge) * w
    c[:, PELVIS, 2] += h * (0.06 * jab + 0.08 * cross - 0.10 * dodge) * w
    c[:, FOOT_L, 2] += 0.12 * h * w
    c[:, FOOT_R, 2] -= 0.12 * h * w
    c[:, FOOT_R, 0] += 0.03 * h * w
    c[:, TRUNK, 0] += (0.20 + 0.12 * jab + 0.16 * cross - 0.40 * dodge) * w
    c[:, TRUNK, 1] += (-0.35 - 0.20 * jab + 0.85 * cross) * w
    c[:, HEAD, 1] += (0.30 + 0.20 * jab - 0.70 * cross) * w
    c[:, HEAD, 2] += 0.30 * dodge * w * clip.cue.side
    if clip.body.plan == "bird":
        for side, beat in ((1, jab), (-1, cross)):
            arm(c, side, (0.7, 0.3, 0.2), w * np.maximum(0.4, beat))
        return c
    arm(c, 1, (-0.18, -0.02, 0.40), w, (0.9, -1.0, 0.0))
    arm(c, -1, (-0.10, 0.02, 0.50), w, (0.9, -1.0, 0.0))
    arm(c, -1, (-0.12, 0.08, 0.99), w * jab)
    arm(c, 1, (-0.22, 0.08, 0.99), w * cross)
    return c


@pose("dance")
def dance(clip: Clip) -> Array:
    """Weight from foot to foot on the beat, hips against shoulders, arms that follow late."""
    c = held(clip)
    w = on_off(clip, 0.4, 0.4)
    a = clip.cycle(1.1)
    h, leg = clip.body.height, clip.body.leg_length
    sway, late = np.sin(a), np.sin(a - 0.6)
    down = np.abs(np.cos(a))
    c[:, PELVIS, 1] -= leg * (0.03 + 0.06 * down) * w
    c[:, HEAD, 2] += 0.14 * late * w
    if clip.cue.posture == "stand":
        c[:, FOOT_R, 1] += 0.16 * leg * np.maximum(0, sway) ** 2 * w
        c[:, FOOT_L, 1] += 0.16 * leg * np.maximum(0, -sway) ** 2 * w
    if clip.body.plan == "quadruped":
        c[:, TRUNK, 1] += 0.16 * sway * w
        paw(c, clip, 1, 0.18, 0.05, w * np.maximum(0, -sway))
        paw(c, clip, -1, 0.18, 0.05, w * np.maximum(0, sway))
        c[:, HEAD, 0] -= 0.1 * down * w
        return c
    c[:, PELVIS, 0] -= 0.045 * h * sway * w
    c[:, TRUNK, 2] += 0.14 * sway * w
    c[:, TRUNK, 1] += 0.25 * late * w
    for side in (1, -1):
        lift = smooth(0.5 + 0.5 * side * np.sin(a / 2))
        wave = np.stack([0.52 + 0.14 * late * side, -0.22 + 0.82 * lift, 0.36 + 0.12 * sway * side], 1)
        arm(c, side, wave, w, (1.0, -0.6, -0.3))
    if not upright(clip):
        c[:, GRIP, 0] = 1.0
    return c

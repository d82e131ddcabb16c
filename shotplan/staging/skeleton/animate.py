"""From cues to joints: every cue's pose, blended over time, with feeling, gaze and the ground.

Knows how poses are layered. Does not know what any pose looks like or what the cues mean for props.
"""

from __future__ import annotations

import numpy as np

from shotplan.plan import Character, Ground
from shotplan.staging.cue import Cue
from shotplan.staging.skeleton import flight, gait, gestures, handling, leaping, postures, together  # noqa: F401  (they register their poses)
from shotplan.staging.skeleton.bodies import Body, body_of
from shotplan.staging.skeleton.clip import POSES, Clip
from shotplan.staging.skeleton.controls import CHANNELS, GRIP, HEAD, PELVIS, TRUNK, smooth, to_body
from shotplan.staging.skeleton.solve import joints
from shotplan.staging.staged import Array
from shotplan.vocabulary import EMOTIONS

HANDS_BUSY = {
    "pick_up",
    "put_down",
    "give",
    "receive",
    "throw",
    "eat",
    "drink",
    "read",
    "climb",
    "jump_air",
    "fall",
    "lie",
    "push",
    "pull",
    "open",
}
SHARP = {
    "jump_crouch": 0.07,
    "jump_air": 0.06,
    "jump_land": 0.08,
    "fall": 0.10,
    "turn": 0.12,
    "fight": 0.10,
    "kick": 0.10,
}
BLEND = 0.22
"""Seconds either side of a boundary over which two poses mix."""


def animate(
    character: Character, cues: list[Cue], root: Array, heading: Array, ground: Ground, rest_y: Array, times: Array, stretch: float,
    targets: list[Array | None], gaze: Array | None, phase: float, carrying: Array | None = None,
) -> Array:  # fmt: skip
    """(F,18,3) joints of one actor.

    `cues`: in time order, covering the shot; `targets`: for each cue the (F,3) stage point it is about, or None;
    `gaze`: (F,3) what is looked at, NaN where nothing is; `carrying`: (F,) how much the right hand is busy carrying something, 0..1.
    """
    body = body_of(character)
    c = np.zeros((len(times), CHANNELS, 3))
    total = np.zeros(len(times))
    for k, cue in enumerate(cues):
        weight = _weight(cues, k, times, stretch)
        on = np.flatnonzero(weight > 1e-4)
        if not len(on):
            continue
        f = slice(int(on[0]), int(on[-1]) + 1)
        seconds = max((cue.t1 - cue.t0) * stretch, 1e-3)
        tempo = 1.0 + (EMOTIONS[cue.emotion].tempo - 1.0) * cue.intensity
        target = targets[k]
        clip = Clip(
            cue=cue, body=body, t=np.clip(times[f] - cue.t0 * stretch, 0, seconds), seconds=seconds, root=root[f], heading=heading[f],
            ground=ground, clock=times[f], phase=phase, stretch=stretch, target=None if target is None else target[f], tempo=tempo,
        )  # fmt: skip
        controls = POSES[cue.pose](clip)
        feel(controls, body, cue, clip)
        if carrying is not None and body.plan == "biped" and cue.pose not in HANDS_BUSY:
            handling.carry(controls, carrying[f])
        c[f] += weight[f, None, None] * controls
        total[f] += weight[f]
    c /= np.maximum(total, 1e-9)[:, None, None]
    if gaze is not None:
        look(c, body, root, heading, gaze, times)
    return joints(body, c, root, heading, ground, rest_y)


def _weight(cues: list[Cue], k: int, times: Array, stretch: float) -> Array:
    """(F,) how much cue k counts: cues hand over to each other around their boundaries."""
    cue = cues[k]
    w = np.ones(len(times))
    if k > 0:
        h = _handover(cues[k - 1], cue) * stretch
        w *= smooth((times - cue.t0 * stretch + h) / (2 * h))
    if k + 1 < len(cues):
        after = cues[k + 1]
        h = _handover(cue, after) * stretch
        w *= 1 - smooth((times - after.t0 * stretch + h) / (2 * h))
    return w


def _handover(a: Cue, b: Cue) -> float:
    longest = 0.5 * min(a.t1 - a.t0, b.t1 - b.t0)
    return max(0.02, min(SHARP.get(a.pose, BLEND), SHARP.get(b.pose, BLEND), longest))


def feel(c: Array, body: Body, cue: Cue, clip: Clip) -> None:
    """Posture of the emotion: slump or pride in trunk, head and hands; a tremble of fear."""
    slump = EMOTIONS[cue.emotion].slump * cue.intensity
    if cue.posture in ("lie", "fallen"):
        return
    scale = 0.5 if body.plan == "quadruped" else 1.0
    c[:, TRUNK, 0] += scale * (0.22 if slump > 0 else 0.10) * slump * (body.plan != "quadruped")
    c[:, HEAD, 0] += scale * (0.38 if slump > 0 else 0.18) * slump
    c[:, PELVIS, 1] -= 0.02 * max(slump, 0.0) * body.leg_length
    if cue.emotion == "afraid":
        shake = 0.012 * cue.intensity * np.sin(2 * np.pi * 9.0 * clip.clock)
        c[:, TRUNK, 1] += shake
        c[:, HEAD, 1] -= 1.5 * shake


def look(c: Array, body: Body, root: Array, heading: Array, gaze: Array, times: Array) -> None:
    """Turn the head toward what is looked at, as far as a neck goes, without snapping."""
    seen = ~np.isnan(gaze[:, 0])
    points = np.where(seen[:, None], gaze, root)
    d = to_body(points[:, None], root, heading)[:, 0]
    d[:, 1] -= body.pelvis + body.neck[1] + body.head[0, 1]
    flat = np.maximum(np.hypot(d[:, 0], d[:, 2]), 0.05)
    yaw = np.clip(np.arctan2(-d[:, 0], d[:, 2]), -1.15, 1.15) * (np.abs(np.arctan2(-d[:, 0], d[:, 2])) < 2.7)
    pitch = np.clip(-np.arctan2(d[:, 1], flat), -0.55, 0.6)
    strength = seen * np.clip(c[:, GRIP, 0] * 0.6 + 0.4, 0, 1)
    step = times[1] - times[0] if len(times) > 1 else 0.1
    width = max(1, round(0.3 / step))
    kernel = np.hanning(width + 2)[1:-1]
    kernel /= kernel.sum()

    def eased(v: Array) -> Array:
        padded = np.concatenate([np.full(width, v[0]), v, np.full(width, v[-1])])
        return np.convolve(padded, kernel, mode="same")[width:-width]

    c[:, HEAD, 1] += 0.85 * eased(yaw * strength) - 0.5 * c[:, TRUNK, 1]
    c[:, HEAD, 0] += 0.8 * eased(pitch * strength)

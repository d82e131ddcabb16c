"""Faces over time: feeling, blinks and a speaking mouth.

Knows curves. Does not know where a face is.
"""

from __future__ import annotations

import zlib

import numpy as np

from shotplan.staging.cue import Cue
from shotplan.staging.staged import Array, Line
from shotplan.vocabulary import EMOTIONS


def expression(actor: str, cues: list[Cue], lines: list[Line], times: Array, stretch: float, seed: int) -> Array:
    """(F,4) mouth_open, smile, brow, eye_open of one actor; blinks come every two to five seconds at times drawn from `seed`."""
    n = len(times)
    out = np.zeros((n, 4))
    weight = np.zeros(n)
    for cue in cues:
        e = EMOTIONS[cue.emotion]
        neutral = EMOTIONS["neutral"]
        k = cue.intensity
        face = np.array([e.mouth * k, e.smile * k, e.brow * k, neutral.eyes + (e.eyes - neutral.eyes) * k])
        t0, t1 = cue.t0 * stretch, cue.t1 * stretch
        w = 1 / (1 + np.exp(-(times - t0) / 0.06)) * 1 / (1 + np.exp((times - t1) / 0.06))
        out += w[:, None] * face
        weight += w
    out /= np.maximum(weight, 1e-6)[:, None]
    rng = np.random.default_rng([seed, zlib.crc32(actor.encode())])
    t = float(rng.uniform(0.4, 2.5))
    while t < (times[-1] if n else 0.0):
        out[:, 3] *= 1 - np.exp(-(((times - t) / 0.07) ** 2))
        t += float(rng.uniform(2.0, 5.0))
    for cue in cues:
        if cue.posture == "lie" and cue.pose in ("lie", "stand"):
            out[:, 3] *= 1 - np.clip((times - cue.t0 * stretch - 1.2) / 0.6, 0, 1) * (times <= cue.t1 * stretch + 0.05)
    for line in lines:
        if line.speaker == actor:
            out[:, 0] = np.maximum(out[:, 0], speech(line, times))
    out[:, 1:3] = np.clip(out[:, 1:3], -1, 1)
    out[:, [0, 3]] = np.clip(out[:, [0, 3]], 0, 1)
    return out


def speech(line: Line, times: Array) -> Array:
    """(F,) mouth opening for a line: about five syllables a second, closed at commas and stops."""
    u = (times - line.t0) / max(line.t1 - line.t0, 1e-6)
    on = (u >= 0) & (u <= 1)
    text = line.text
    where = np.clip((u * len(text)).astype(int), 0, max(len(text) - 1, 0))
    pause = np.array([ch in " ,.;:!?，。！？、…" for ch in text] or [True])[where]
    t = times - line.t0
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4.7 * t) * np.cos(2 * np.pi * 1.3 * t + 0.4)
    return np.asarray(np.where(on, np.where(pause, 0.12, np.clip(syllables, 0.08, 1.0)), 0.0))

"""Subtitles: who speaks and what, at the foot of the frame.

Knows lines of dialogue in time. Does not know fonts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.lettering import measure, undrawable, wrap, write
from video_core.animatic.look import mix, rgb
from video_core.conditioning import LineCard, SceneCard

LEAST_HEIGHT = 144
"""Smaller images carry no captions: nobody could read them."""


def undrawable_lines(scene: SceneCard) -> list[LineCard]:
    """Lines that hold characters for which there is no letter shape."""
    return [line for line in scene.lines if undrawable(line.text)]


def draw_caption(image: NDArray[np.uint8], scene: SceneCard, seconds: float) -> None:
    """Draw the line being spoken, if any, in place."""
    h, w = image.shape[:2]
    if h < LEAST_HEIGHT:
        return
    line = next((x for x in scene.lines if x.t0 - 0.05 <= seconds <= x.t1 + 0.35), None)
    if line is None or undrawable(line.text):
        return
    size = max(11, round(h * 0.047))
    actor = next((a for a in scene.actors if a.id == line.speaker), None)
    name = actor.name if actor else line.speaker
    if undrawable(name):
        name = line.speaker
    color = rgb(actor.palette[3]) if actor else (255, 220, 120)
    bright = mix(color, (255, 255, 255), 0.59)
    rows = wrap(line.text, size, int(w * 0.80), weight=500, lines=2)
    step = round(size * 1.32)
    y = h - round(h * 0.045) - step * (len(rows) - 1)
    edge = max(1, round(h / 240))
    tag = max(10, round(size * 0.74))
    width = measure(name, tag, weight=600)
    write(
        image,
        name,
        ((w - width) // 2, y - round(size * 1.18)),
        tag,
        bright,
        weight=600,
        halo=(24, 20, 30),
        halo_width=edge,
    )
    for row in rows:
        x = (w - measure(row, size, weight=500)) // 2
        write(image, row, (x, y), size, (255, 255, 255), weight=500, halo=(24, 20, 30), halo_width=edge)
        y += step

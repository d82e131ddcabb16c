"""Dialogue lifted off the frames before they are finished, and written again afterwards: sharp, at the finished size, in no filter.

Knows how every backend letters dialogue (`video_core.animatic.caption`). Does not know stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from video_core.animatic.caption import draw_caption
from video_core.conditioning import SceneCard
from video_core.finishing.stage import Bytes

REACH = 3
"""Pixels around a letter that are painted over with it: what video coding smeared there."""


def lift(frames: Iterable[Bytes], scene: SceneCard, fps: int) -> Iterator[Bytes]:
    """The frames (H,W,3) with what is lettered on them painted over from its surroundings (Telea 2004)."""
    for f, frame in enumerate(frames):
        yield without_letters(frame, scene, f / fps)


def without_letters(frame: Bytes, scene: SceneCard, seconds: float) -> Bytes:
    """One frame (H,W,3) with what is lettered on it painted over."""
    letters = np.zeros(frame.shape, np.uint8)
    draw_caption(letters, scene, seconds)
    white = np.full(frame.shape, 255, np.uint8)
    draw_caption(white, scene, seconds)
    mask: Bytes = np.any((letters > 0) | (white < 255), axis=-1).astype(np.uint8)
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return frame
    mask = np.asarray(cv2.dilate(mask, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)), np.uint8)
    top, bottom = max(0, rows[0] - 4 * REACH), min(len(frame), rows[-1] + 4 * REACH)
    out = frame.copy()
    out[top:bottom] = cv2.inpaint(np.ascontiguousarray(frame[top:bottom]), np.ascontiguousarray(mask[top:bottom]), 5, cv2.INPAINT_TELEA)
    return out


def letter(frames: Iterable[Bytes], scene: SceneCard, fps: int) -> Iterator[Bytes]:
    """The frames (H,W,3) with the line being spoken written on them."""
    for f, frame in enumerate(frames):
        out = np.ascontiguousarray(frame)
        if out is frame and not frame.flags.writeable:
            out = frame.copy()
        draw_caption(out, scene, f / fps)
        yield out

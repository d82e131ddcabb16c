"""Pose pictures as the pose estimators of two video models draw them.

vace     DWPose: 17 limbs as ellipses of half-width 4 at 60 % brightness, 18 joints as discs of radius 4 at full colour, 68 face
         landmarks as white discs of radius 3, no hands; drawn on a canvas whose short side is 1024 and then shrunk.
animate  Wan-Animate's "aapose": the same limbs without the dimming pass and two more to the toes, half-width by the picture's size.

Knows colours, order and sizes. Does not know where joints come from. Joints in the order of `shotplan.staging.staged.JOINTS`.
Source: VACE `vace/annotators/dwpose/util.py`, `pose.py`; Wan2.2 `animate/preprocess/human_visualization.py` (`draw_aapose_new`, v2).
VACE's own `pose.py` turns the canvas's channels around at the end (red limbs come out blue), which no other program that feeds VACE
does; `channel_order="bgr"` reproduces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.staging.staged import LIMBS
from video_core.raster.pose import RAINBOW, SHOWN

Video = NDArray[np.uint8]
ChannelOrder = Literal["rgb", "bgr"]

CANVAS = 1024
"""Short side of the canvas that VACE's annotator draws on."""
_HALF_WIDTH, _FACE_RADIUS = 4, 3
_TOE_LIMBS = ((13, 18), (10, 19))
_ANIMATE_COLOURS = (*RAINBOW, (200, 200, 0), (100, 100, 0))


def canvas_size(size: tuple[int, int], short: int = CANVAS) -> tuple[int, int]:
    """(H, W) of the canvas for a picture of `size`: short side about `short`, both sides multiples of 64."""
    scale = short / min(size)
    height, width = (int(np.round(side * scale / 64.0)) * 64 for side in size)
    return height, width


def draw_dwpose(
    joints: NDArray[np.floating],
    faces: Sequence[NDArray[np.floating]],
    size: tuple[int, int],
    *,
    channel_order: ChannelOrder = "rgb",
) -> NDArray[np.uint8]:
    """One VACE pose picture (H,W,3) from joints (N,18,3: pixel x, pixel y, visibility) and faces, (68,2) pixels each."""
    height, width = canvas_size(size)
    scale = np.array([width / size[1], height / size[0]])
    canvas = np.zeros((height, width, 3), np.uint8)
    people = [np.concatenate([person[:, :2] * scale, person[:, 2:]], axis=1) for person in joints]
    for limb, colour in zip(LIMBS, RAINBOW, strict=False):
        for person in people:
            _limb(canvas, person, limb, _HALF_WIDTH, _dimmed(colour))
    for joint, colour in enumerate(RAINBOW):
        for person in people:
            if person[joint, 2] >= SHOWN:
                cv2.circle(canvas, _pixel(person[joint]), _HALF_WIDTH, colour, -1)
    for face in faces:
        for point in face * scale:
            x, y = _pixel(point)
            if x > 0 and y > 0:
                cv2.circle(canvas, (x, y), _FACE_RADIUS, (255, 255, 255), -1)
    if channel_order == "bgr":
        canvas = np.ascontiguousarray(canvas[..., ::-1])
    grown = size[0] * size[1] > height * width
    return np.asarray(
        cv2.resize(canvas, (size[1], size[0]), interpolation=cv2.INTER_LANCZOS4 if grown else cv2.INTER_AREA),
        dtype=np.uint8,
    )


def draw_aapose(joints: NDArray[np.floating], toes: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.uint8]:
    """One Wan-Animate pose picture (H,W,3) of one person: joints (18,3) and toes (2,3: left, right), pixels and visibility."""
    canvas = np.zeros((*size, 3), np.uint8)
    half = max(int(min(size) / 200) - 1, 1)
    person = np.concatenate([joints, toes])
    for limb, colour in zip((*LIMBS, *_TOE_LIMBS), _ANIMATE_COLOURS, strict=False):
        _limb(canvas, person, limb, half, _dimmed(colour))
    for point, colour in zip(person, _ANIMATE_COLOURS, strict=True):
        if point[2] >= SHOWN:
            cv2.circle(canvas, _pixel(point), half, colour, -1)
    return canvas


def _limb(
    canvas: NDArray[np.uint8],
    person: NDArray[np.floating],
    limb: tuple[int, int],
    half: int,
    colour: tuple[int, int, int],
) -> None:
    a, b = person[limb[0]], person[limb[1]]
    if min(a[2], b[2]) < SHOWN:
        return
    length = float(np.hypot(a[0] - b[0], a[1] - b[1]))
    angle = float(np.degrees(np.arctan2(a[1] - b[1], a[0] - b[0])))
    centre = (int((a[0] + b[0]) / 2), int((a[1] + b[1]) / 2))
    cv2.fillConvexPoly(
        canvas, np.asarray(cv2.ellipse2Poly(centre, (int(length / 2), half), int(angle), 0, 360, 1)), colour
    )


def _dimmed(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    r, g, b = (int(part * 0.6) for part in colour)
    return r, g, b


def _pixel(point: NDArray[np.floating]) -> tuple[int, int]:
    return int(point[0]), int(point[1])

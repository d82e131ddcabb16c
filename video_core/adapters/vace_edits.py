"""VACE's editing tasks as a video and a mask: keep some pixels or frames, draw the rest.

Mask: 255 (white) is drawn, 0 (black) is kept; pixels that are drawn without a control are mid grey. AniSora's masks mean the opposite.
Source: VACE `vace/annotators/{inpainting,outpainting,frameref,composition}.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.pictures import Picture, check_picture

Video = NDArray[np.uint8]
Mask = NDArray[np.uint8]

GREY = 127
"""What VACE's annotators put where nothing is known (127.5, cut to a whole number)."""
DRAWN, KEPT = 255, 0


@dataclass(frozen=True)
class Edit:
    """A video and which of its pixels VACE draws anew."""

    video: Video
    """(F,H,W,3)"""
    mask: Mask
    """(F,H,W): 255 drawn, 0 kept."""


def inpaint(video: Video, draw: NDArray[np.bool_]) -> Edit:
    """Draw anew where `draw` (F,H,W) or (H,W) is true. Raises `ConditioningError` when the shapes do not match."""
    if video.shape[:3] != draw.shape and video.shape[1:3] != draw.shape:
        raise ConditioningError(
            f"the video is {video.shape[:3]} and its mask {draw.shape}",
            todo="give one mask per frame, of the same size",
        )
    where = np.broadcast_to(draw, video.shape[:3])
    return Edit(np.where(where[..., None], np.uint8(GREY), video), np.where(where, np.uint8(DRAWN), np.uint8(KEPT)))


def outpaint(video: Video, size: tuple[int, int], *, top: int, left: int) -> Edit:
    """Put a video (F,H,W,3) with its corner at (top, left) of a larger frame and draw the rest.

    Raises `ConditioningError` when it does not lie inside the frame.
    """
    frames, h, w, _ = video.shape
    if top < 0 or left < 0 or top + h > size[0] or left + w > size[1]:
        raise ConditioningError(
            f"a video of {h}x{w} at ({top}, {left}) does not lie inside {size[0]}x{size[1]}",
            todo="choose a larger size or another place",
        )
    out = np.full((frames, *size, 3), GREY, np.uint8)
    mask = np.full((frames, *size), DRAWN, np.uint8)
    out[:, top : top + h, left : left + w] = video
    mask[:, top : top + h, left : left + w] = KEPT
    return Edit(out, mask)


def known_frames(pictures: Mapping[int, Picture], frames: int, size: tuple[int, int]) -> Edit:
    """Keep whole frames and draw all others: first frame, last frame, first clip, or any.

    Raises `ConditioningError` when a frame is outside the clip, has another size, or none is given.
    """
    if not pictures:
        raise ConditioningError("no frame of the clip is known", todo="give at least one, or use a control video")
    out = np.full((frames, *size, 3), GREY, np.uint8)
    mask = np.full((frames, *size), DRAWN, np.uint8)
    for number, picture in pictures.items():
        check_picture(picture, f"frame {number}")
        if not 0 <= number < frames or picture.shape[:2] != size:
            raise ConditioningError(
                f"frame {number} of {picture.shape[0]}x{picture.shape[1]} is not one of {frames} frames of {size[0]}x{size[1]}",
                todo="scale it to the clip's size and put it between 0 and the last frame",
            )
        out[number], mask[number] = picture, KEPT
    return Edit(out, mask)


def over_control(edit: Edit, control: Video) -> Edit:
    """A control video where `edit` draws: VACE's composition of "extension" or "repaint" with "control"."""
    if edit.video.shape != control.shape:
        raise ConditioningError(
            f"the control video is {control.shape} and the clip {edit.video.shape}", todo="draw it at the clip's size"
        )
    return Edit(np.where(edit.mask[..., None] > 0, control, edit.video), edit.mask)


def compose_controls(base: Video, over: Video, where: NDArray[np.bool_]) -> Video:
    """Two controls in one picture: `over` where (F,H,W) is true, `base` elsewhere; VACE's composition of "control" with "control"."""
    return np.where(where[..., None], over, base)

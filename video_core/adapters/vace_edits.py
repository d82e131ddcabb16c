"""VACE's editing tasks as a video and a mask: some pixels or frames are kept, the rest is drawn.

Mask: 255 (white) is drawn, 0 (black) is kept; pixels that are drawn without a control are mid grey. AniSora's masks mean the opposite.
What is kept comes from a bundle's key frames and keep-mask: whole frames (first, last, a first clip), all but an actor, or all of a smaller
picture (`video_core.retouch.redraw`).
Source: VACE `vace/annotators/{inpainting,outpainting,frameref,composition}.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError

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

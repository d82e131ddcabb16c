"""The face video that drives Wan2.2-Animate: square crops of the driving frames around one person's face.

Knows the crop. Does not know who drew the driving frames. Source: Wan2.2 `animate/preprocess/utils.py` `get_face_bboxes`, scale 1.3.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.animate_pose import actor_number
from video_core.adapters.heads import head_of, is_person
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning

SIDE = 512
_LARGER = 1.3


def face_box(
    landmarks: NDArray[np.floating], size: tuple[int, int], larger: float = _LARGER
) -> tuple[int, int, int, int]:
    """The crop (x0, x1, y0, y1) around landmarks (68,2) in pixels of a picture (H, W).

    Their box, grown to `larger` times its area in its own aspect; three quarters of the added height go above it.
    """
    (x0, y0), (x1, y1) = landmarks.min(axis=0), landmarks.max(axis=0)
    width, height = float(x1 - x0), float(y1 - y0)
    area = width * height * larger
    across = (np.sqrt(area * (width / height)) - width) / 2
    down = (np.sqrt(area * (height / width)) - height) / 4
    h, w = size
    return int(max(x0 - across, 0)), int(min(x1 + across, w)), int(max(y0 - 3 * down, 0)), int(min(y1 + down, h))


def animate_face_video(
    frames: NDArray[np.uint8], conditioning: Conditioning, actor: str, *, side: int = SIDE
) -> tuple[NDArray[np.uint8], tuple[ControlUse, ...]]:
    """Crops (F,side,side,3) of driving frames (F,H,W,3) at the conditioning's size; black where no face is seen.

    Black is what the model is given when it must go without a face. Raises `ConditioningError` for an actor who is not there and when
    the frames do not belong to the conditioning.
    """
    n = actor_number(conditioning, actor)
    if frames.shape != (conditioning.frames, *conditioning.size, 3):
        raise ConditioningError(
            f"the driving frames are {frames.shape} and the shot {conditioning.frames} frames of {conditioning.size}",
            todo="render the driving frames from the same conditioning",
        )
    head = head_of(conditioning, n)
    out = np.zeros((len(frames), side, side, 3), np.uint8)
    seen = 0
    for f in np.flatnonzero(head.seen):
        x0, x1, y0, y1 = face_box(head.drawn[f], conditioning.size)
        if x1 - x0 > 1 and y1 - y0 > 1:
            out[f] = cv2.resize(frames[f, y0:y1, x0:x1], (side, side))
            seen += 1
    name = conditioning.scene.actors[n].name
    if not is_person(conditioning, n):
        use = ControlUse("expressions", "ignored", f"{name} has no human face; the face video is black")
    elif not seen:
        use = ControlUse("expressions", "ignored", f"{name}'s face is never seen; the face video is black")
    else:
        note = f"{name}'s face as drawn, in {seen} of {len(frames)} frames; the model was trained on filmed faces"
        use = ControlUse("expressions", "approximated", note)
    return out, (use,)

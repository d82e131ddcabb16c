"""The control videos VACE was trained to read, drawn from a shot's conditioning: pose, depth, layout, scribble, grey.

Knows what each looks like. Does not know which one a shot should use (`vace_choice`) or how it is masked (`vace`).
All are RGB (F,H,W,3) at the conditioning's size. Source: VACE `vace/annotators/{pose,depth,layout,scribble,gray}.py`.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.adapters.dwpose import ChannelOrder, draw_dwpose
from video_core.adapters.heads import head_of, is_person
from video_core.conditioning import Conditioning

Video = NDArray[np.uint8]

_BOX_LINE, _CONTOUR_LINE = 2, 3
_STEP, _FAR_STEP, _FAR_RATIO = 0.06, 0.01, 0.25
"""A jump of inverse depth between two neighbouring pixels that makes an outline inside one thing: part of the shot's range; far away
less is enough when it is also a large part of the nearer value."""


def pose_video(conditioning: Conditioning, *, face: bool = True, channel_order: ChannelOrder = "rgb") -> Video:
    """Every actor as DWPose draws people: limbs, joints and, for people, face landmarks. No hands: VACE's pose task has none."""
    heads = [
        head_of(conditioning, n) for n in range(len(conditioning.scene.actors)) if face and is_person(conditioning, n)
    ]
    out = np.empty((conditioning.frames, *conditioning.size, 3), np.uint8)
    for f in range(conditioning.frames):
        faces = [head.face[f] for head in heads if head.seen[f]]
        out[f] = draw_dwpose(conditioning.joints_2d[f], faces, conditioning.size, channel_order=channel_order)
    return out


def depth_video(conditioning: Conditioning, *, per_frame: bool = False) -> Video:
    """Inverse depth, near is white: the bundle's 0..1 as 0..255, cut to whole numbers.

    That is one range for the whole shot, however it is cut into clips, so that nothing flickers or jumps. `per_frame` stretches every
    frame on its own from black to white, as VACE's annotator does.
    """
    out = np.empty((*conditioning.inverse_depth.shape, 3), np.uint8)
    low, high = 0.0, 1.0
    for image, depth in zip(out, conditioning.inverse_depth, strict=True):
        if per_frame:
            low, high = float(depth.min()), float(depth.max())
        scaled = (depth.astype(np.float32) - low) / max(high - low, 1e-6)
        image[:] = (scaled * 255.0).clip(0, 255).astype(np.uint8)[..., None]
    return out


def layout_video(conditioning: Conditioning, *, shape: Literal["box", "contour"] = "box") -> Video:
    """Where every actor is, in black on white: its box (2 px) or the outline of its visible parts (3 px)."""
    out = np.full((conditioning.frames, *conditioning.size, 3), 255, np.uint8)
    for f, image in enumerate(out):
        for n in range(len(conditioning.scene.actors)):
            if shape == "box":
                x0, y0, x1, y1 = (int(v) for v in conditioning.boxes[f, n])
                if x1 > x0 and y1 > y0:
                    cv2.rectangle(image, (x0, y0), (x1, y1), (0, 0, 0), _BOX_LINE)
            else:
                mask = (conditioning.instance_ids[f] == n + 1).astype(np.uint8)
                outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
                cv2.drawContours(image, outlines, -1, (0, 0, 0), _CONTOUR_LINE)
    return out


def scribble_video(conditioning: Conditioning) -> Video:
    """Dark outlines on white: where one thing ends and another begins, and where depth jumps inside one.

    VACE's own come from a contour network on a picture; these come from the instance ids and the depth, and are thinner inside.
    """
    out = np.empty((conditioning.frames, *conditioning.size, 3), np.uint8)
    for image, ids, inverse in zip(out, conditioning.instance_ids, conditioning.inverse_depth, strict=True):
        depth = inverse.astype(np.float32)
        edge = np.zeros(ids.shape, np.uint8)
        for axis in (0, 1):
            ahead = np.diff(ids.astype(np.int16), axis=axis) != 0
            step = np.abs(np.diff(depth, axis=axis))
            inside = (slice(0, -1), slice(None)) if axis == 0 else (slice(None), slice(0, -1))
            far = (step > _FAR_STEP) & (step > _FAR_RATIO * (depth[inside] + step))
            edge[inside] |= (ahead | far | (step > _STEP)).astype(np.uint8)
        lines = cv2.GaussianBlur(cv2.dilate(edge * np.uint8(255), np.ones((2, 2), np.uint8)), (3, 3), 0)
        image[:] = (255 - lines)[..., None]
    return out


def grey_video(video: Video) -> Video:
    """The luminance of a video (F,H,W,3), three times: VACE's colouring task."""
    return np.stack([np.repeat(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2) for frame in video])

"""From a conditioning bundle to the embedded model's control maps, at the model's small size.

Knows how each map is drawn. Does not know the channels they become (`controls`) or the network.
Maps are drawn at twice the size and averaged down, so that a pixel on an edge says how the edge runs through it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.vocabulary import STYLES, TIMES, WEATHERS
from video_core.animatic.draw import instance_colors
from video_core.conditioning import Conditioning, SceneCard
from video_core.embedded.controls import Bytes, ControlMaps
from video_core.raster.pose import draw_pose

OVER = 2
"""How much larger maps are drawn than they are used."""


def context_of(scene: SceneCard) -> tuple[int, int, int]:
    """The network's ids of style, time of day and weather; 0 where a word is not in its vocabulary."""

    def place(word: str, vocabulary: object) -> int:
        words = list(vocabulary)  # type: ignore[call-overload]
        return words.index(word) + 1 if word in words else 0

    return place(scene.style, STYLES), place(scene.time, TIMES), place(scene.weather, WEATHERS)


def shrink(frames: NDArray[np.generic], size: tuple[int, int]) -> Bytes:
    """Frames (F,H,W) or (F,H,W,3) averaged to `size`, as bytes."""
    small = [cv2.resize(np.asarray(f), size[::-1], interpolation=cv2.INTER_AREA) for f in frames]
    return np.asarray(np.rint(np.stack(small)), np.uint8)


def edges_of(ids: Bytes) -> Bytes:
    """255 on the first pixel to the right of and below every change of instance id; (F,H,W) -> (F,H,W)."""
    out = np.zeros_like(ids)
    out[:, :, 1:][ids[:, :, 1:] != ids[:, :, :-1]] = 255
    out[:, 1:][ids[:, 1:] != ids[:, :-1]] = 255
    return out


def control_maps(bundle: Conditioning, size: tuple[int, int]) -> ControlMaps:
    """Draw the control maps of a bundle at `size` (H, W)."""
    large = (size[0] * OVER, size[1] * OVER)
    joints = bundle.joints_2d.copy()
    joints[..., 0] *= large[1] / bundle.size[1]
    joints[..., 1] *= large[0] / bundle.size[0]
    ids = np.stack([cv2.resize(f, large[::-1], interpolation=cv2.INTER_NEAREST) for f in bundle.instance_ids])
    depth = bundle.inverse_depth.astype(np.float32) * 255
    return ControlMaps(
        pose=shrink(draw_pose(joints, large), size),
        depth=shrink(depth, size),
        colour=shrink(instance_colors(bundle, size=large), size),
        edges=shrink(edges_of(ids), size),
    )

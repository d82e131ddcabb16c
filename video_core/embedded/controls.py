"""The control maps of the embedded model: which channel means what, and how they are stacked.

Knows the channel order and the scaling of pixels to numbers. Does not know the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Bytes = NDArray[np.uint8]

GROUPS: dict[str, slice] = {
    "pose": slice(0, 3),
    "depth": slice(3, 4),
    "colour": slice(4, 7),
    "edges": slice(7, 8),
    "kept": slice(8, 11),
    "keep": slice(11, 12),
}
"""Channels of each control. A control that is not given is all zeros in its channels, which training has seen."""
CHANNELS = 12


@dataclass(frozen=True)
class ControlMaps:
    """The drawn controls of one clip, F frames of (H, W), bytes."""

    pose: Bytes
    """(F,H,W,3) OpenPose-coloured limbs on black."""
    depth: Bytes
    """(F,H,W) inverse depth, near is 255."""
    colour: Bytes
    """(F,H,W,3) flat colour of whatever is seen: body parts, things, ground, sky."""
    edges: Bytes
    """(F,H,W) 255 where one instance ends and another begins."""

    def __getitem__(self, frames: slice) -> ControlMaps:
        return ControlMaps(self.pose[frames], self.depth[frames], self.colour[frames], self.edges[frames])

    def __len__(self) -> int:
        return len(self.depth)


def pixels_to_tensor(frames: Bytes) -> Tensor:
    """(F,H,W,3) bytes to (3,F,H,W) float32 in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(3, 0, 1, 2).float().div_(127.5).sub_(1)


def tensor_to_pixels(video: Tensor) -> Bytes:
    """(3,F,H,W) in [-1, 1] to (F,H,W,3) bytes."""
    clean = video.float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
    array: NDArray[Any] = clean.permute(1, 2, 3, 0).contiguous().numpy()
    return array


def stack(maps: ControlMaps, kept: Bytes | None = None, keep: Bytes | None = None) -> Tensor:
    """The network's control input (CHANNELS, F, H, W), float32.

    `kept` (F,H,W,3) are given pixels and `keep` (F,H,W) is 255 where they hold; both None when nothing is given.
    """
    f, h, w = maps.depth.shape
    out = torch.zeros(CHANNELS, f, h, w)
    out[GROUPS["pose"]] = torch.from_numpy(np.ascontiguousarray(maps.pose)).permute(3, 0, 1, 2).float().div_(255)
    out[GROUPS["depth"]] = torch.from_numpy(np.ascontiguousarray(maps.depth))[None].float().div_(255)
    out[GROUPS["colour"]] = pixels_to_tensor(maps.colour)
    out[GROUPS["edges"]] = torch.from_numpy(np.ascontiguousarray(maps.edges))[None].float().div_(255)
    if kept is not None and keep is not None:
        give(out, pixels_to_tensor(kept), torch.from_numpy(np.ascontiguousarray(keep)).float().div(255))
    return out


def give(controls: Tensor, kept: Tensor, keep: Tensor) -> None:
    """Write given pixels into `controls` (C,F,H,W) in place: kept (3,F,H,W) in [-1, 1], keep (F,H,W) 0 or 1."""
    controls[GROUPS["kept"]] = kept * keep
    controls[GROUPS["keep"]] = keep

"""The bank of training clips: one uncompressed .npz per clip, written by `generate`, read by `train`.

Knows the file layout and how a window of a clip becomes tensors. Does not know what is drawn in it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from video_core.embedded.controls import GROUPS, Bytes, ControlMaps, give, pixels_to_tensor, stack

DROPOUT = {"pose": 0.12, "depth": 0.12, "colour": 0.04, "edges": 0.12}
"""How often a control is missing. Without colours the picture is anyone's guess, and guesses make noisy gradients."""
CONTEXT_DROPOUT = 0.08


@dataclass(frozen=True)
class Clip:
    """A drawn clip, its controls and its context."""

    target: Bytes
    """(F,H,W,3)"""
    maps: ControlMaps
    ids: Bytes
    """(F,H,W) instance ids, 0 background."""
    context: tuple[int, int, int]
    """Ids of style, time of day and weather; 0 is not given."""
    joints: NDArray[np.float32]
    """(F,N,18,3) pixel x, pixel y, visibility 0..1."""


def write_clip(path: Path, clip: Clip) -> None:
    """Write one clip; the file appears under its name only when complete."""
    temporary = path.with_name(path.name + ".part")
    with open(temporary, "wb") as file:
        np.savez(
            file, target=clip.target, pose=clip.maps.pose, depth=clip.maps.depth, colour=clip.maps.colour,
            edges=clip.maps.edges, ids=clip.ids, context=np.array(clip.context, np.int64), joints=clip.joints,
        )  # fmt: skip
    os.replace(temporary, path)


def read_clip(path: Path) -> Clip:
    """Read one clip."""
    with np.load(path) as z:
        maps = ControlMaps(z["pose"], z["depth"], z["colour"], z["edges"])
        style, time, weather = (int(v) for v in z["context"])
        return Clip(z["target"], maps, z["ids"], (style, time, weather), z["joints"])


def clip_paths(folder: Path) -> list[Path]:
    """The complete clips in a bank, in a stable order."""
    return sorted(folder.glob("*.npz"))


@dataclass(frozen=True)
class Batch:
    """What one training step on one clip needs."""

    video: Tensor
    """(B,3,F,H,W) in [-1, 1]"""
    controls: Tensor
    """(B,C,F,H,W)"""
    context: Tensor
    """(B,3)"""

    @classmethod
    def join(cls, batches: Sequence[Batch]) -> Batch:
        """Batches of the same frame count and size as one."""
        return cls(*(torch.cat([getattr(b, name) for b in batches]) for name in ("video", "controls", "context")))

    def to(self, device: torch.device) -> Batch:
        return Batch(self.video.to(device), self.controls.to(device), self.context.to(device))


def draw(
    paths: Sequence[Path],
    rng: np.random.Generator,
    frames: int,
    crop: tuple[int, int] | None = None,
) -> Batch:
    """A random window of `frames` frames of a random clip, with controls and context dropped at random.

    `crop` (h, w) takes a random part of the picture; None the whole of it.

    Given pixels: in half the draws the first 1 to 4 frames, as when a shot goes on; in one of ten a single frame
    anywhere, as when a key frame is given.
    """
    clip = read_clip(paths[int(rng.integers(len(paths)))])
    start = int(rng.integers(len(clip.target) - frames + 1))
    height, width = clip.target.shape[1:3]
    h, w = crop or (height, width)
    y, x = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    part = (slice(start, start + frames), slice(y, y + h), slice(x, x + w))
    video = pixels_to_tensor(clip.target[part])
    m = clip.maps
    controls = stack(ControlMaps(m.pose[part], m.depth[part], m.colour[part], m.edges[part]))
    for group, dropout in DROPOUT.items():
        if rng.random() < dropout:
            controls[GROUPS[group]] = 0
    keep, kind = torch.zeros(frames, *video.shape[2:]), rng.random()
    if kind < 0.5:
        keep[: int(rng.integers(1, 5))] = 1
    elif kind < 0.6:
        keep[int(rng.integers(frames))] = 1
    give(controls, video, keep)
    context = [0 if rng.random() < CONTEXT_DROPOUT else c for c in clip.context]
    return Batch(video[None], controls[None], torch.tensor([context]))

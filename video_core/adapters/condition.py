"""The 20-channel condition of Wan image-to-video models, before its pixels go through the VAE.

Every Wan I2V checkpoint (Wan2.1 and 2.2 I2V, FLF2V, AniSora V2 to V3.2, anymask, ATI) reads the same layout beside its 16 noise
channels: 4 mask channels, then 16 latent channels. Only what is filled in differs; see the adapters that build it.
Knows the layout and the folding of a frame mask. Does not know a VAE: encode `pixels`, normalise with (mean, std), then `channels`.
Source: diffusers `WanImageToVideoPipeline.prepare_latents`; Index-anisora `image2video.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.grid import TEMPORAL, Grid
from video_core.adapters.pictures import Picture, Pixels
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class KeyFrame:
    """A picture that the clip must show at a frame."""

    frame: int
    """0 .. F-1."""
    image: Picture


@dataclass(frozen=True)
class I2VCondition:
    """What a Wan image-to-video model is given of one clip."""

    pixels: Pixels
    """(3,F,H,W) in [-1, 1]; 0 (mid grey) where nothing is known."""
    mask: Floats
    """(4,T,h,w): 1 where known."""
    clip_image: Picture
    """(H,W,3) for the CLIP branch of Wan2.1 models."""
    grid: Grid
    report: tuple[ControlUse, ...]

    def channels(self, latents: torch.Tensor) -> torch.Tensor:
        """Mask and normalised latents (B,16,T,h,w) of `pixels` as the condition (B,20,T,h,w). Raises on another shape."""
        expected = (self.grid.latent_frames, self.grid.latent_height, self.grid.latent_width)
        if latents.ndim != 5 or tuple(latents.shape[2:]) != expected:
            raise ConditioningError(
                f"the latents have shape {tuple(latents.shape)}, not (B, 16, {', '.join(map(str, expected))})",
                todo="encode `pixels` of the same condition",
            )
        mask = torch.from_numpy(self.mask).to(latents).expand(len(latents), -1, -1, -1, -1)
        return torch.cat([mask, latents], dim=1)


def fold_mask(mask: NDArray[np.floating]) -> Floats:
    """A mask per frame (F,h,w) as (4,T,h,w): frame 0 four times, then four frames to a latent, in order.

    So frame f >= 1 is channel (f+3) % 4 of latent (f+3) // 4. Raises `ConditioningError` unless F is 4n+1.
    """
    if len(mask) % TEMPORAL != 1:
        raise ConditioningError(
            f"a mask of {len(mask)} frames cannot be folded: it must have 4n+1", todo="pad the clip"
        )
    spread = np.concatenate([np.repeat(mask[:1], TEMPORAL, axis=0), mask[1:]])
    return np.ascontiguousarray(spread.reshape(-1, TEMPORAL, *mask.shape[1:]).swapaxes(0, 1), dtype=np.float32)


def key_frames_of(conditioning: Conditioning) -> tuple[KeyFrame, ...]:
    """The key frames of a bundle in order of time. Raises `ConditioningError` when two are at one frame or one is outside."""
    numbers = [int(n) for n in conditioning.key_frame_numbers]
    check_key_frames(numbers, conditioning.frames, f"shot {conditioning.scene.shot}")
    pairs = sorted(zip(numbers, conditioning.key_frames, strict=True), key=lambda pair: pair[0])
    return tuple(KeyFrame(number, image) for number, image in pairs)


def check_key_frames(numbers: list[int], frames: int, where: str = "") -> None:
    """Raises `ConditioningError` when a key frame is outside the clip or two fall on the same frame."""
    for number in numbers:
        if not 0 <= number < frames:
            raise ConditioningError(
                f"a key frame is at frame {number}, but the clip has frames 0 to {frames - 1}",
                where=where,
                todo="move it inside the clip or make the clip longer",
            )
    twice = sorted({n for n in numbers if numbers.count(n) > 1})
    if twice:
        raise ConditioningError(
            f"several key frames fall on frame {', '.join(map(str, twice))}",
            where=where,
            todo="keep one of them, or move them apart",
        )


def kept_pixels(conditioning: Conditioning) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bundle's given pixels: a video (F,H,W,3), black where nothing is given, and which pixels are kept (F,H,W).

    A key frame without a mask of its own is kept whole. Raises `ConditioningError` when the keep-mask keeps pixels of a frame that has
    no key frame, or a key frame is illegal.
    """
    video = np.zeros((conditioning.frames, *conditioning.size, 3), np.uint8)
    keep = conditioning.keep_mask >= 128
    masked: NDArray[np.bool_] = np.asarray(keep.reshape(len(keep), -1).any(axis=1))
    given = np.zeros(conditioning.frames, bool)
    for key in key_frames_of(conditioning):
        video[key.frame], given[key.frame] = key.image, True
        if not masked[key.frame]:
            keep[key.frame] = True
    if (masked & ~given).any():
        raise ConditioningError(
            f"the keep-mask keeps pixels of frame {int(np.flatnonzero(masked & ~given)[0])}, which has no key frame",
            where=f"shot {conditioning.scene.shot}",
            todo="give the picture whose pixels are kept, or clear the mask there",
        )
    return video, keep

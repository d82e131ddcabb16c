"""Wan2.2 TI2V-5B: the first frame is a clean latent, and its tokens are told that they are at time 0.

Knows the mask, the model input and the timestep per token. Does not know the VAE (48 channels, 16x16x4; sides divide by 32).
Source: diffusers `WanImageToVideoPipeline` with `expand_timesteps`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.grid import Grid
from video_core.adapters.pictures import Fit, Picture, Pixels, fit_picture
from video_core.backends.backend import ControlUse


@dataclass(frozen=True)
class TI2VCondition:
    """The first frame of one clip."""

    pixels: Pixels
    """(3,1,H,W) in [-1, 1]; encodes to one latent frame (48,1,h,w)."""
    mask: NDArray[np.float32]
    """(1,T,h,w): 0 where given, 1 where drawn."""
    grid: Grid
    report: tuple[ControlUse, ...]

    def model_input(self, first: torch.Tensor, noisy: torch.Tensor) -> torch.Tensor:
        """The first frame's latent (B,48,1,h,w) put over the noisy latents (B,48,T,h,w). Use it again after the last step."""
        mask = torch.from_numpy(self.mask).to(noisy)
        return (1 - mask) * first + mask * noisy

    def timesteps(self, t: torch.Tensor) -> torch.Tensor:
        """One timestep per token (1, tokens): 0 for the tokens of the first frame, `t` for the rest."""
        step = self.grid.patch
        mask = torch.from_numpy(self.mask)[0, :, ::step, ::step].to(t.device)
        return (mask * t).flatten()[None]


def ti2v_condition(first: Picture | None, frames: int, size: tuple[int, int], *, fit: Fit = "crop") -> TI2VCondition:
    """The condition of a clip of `frames` at `size` (H, W) that begins with `first`.

    Raises `ConditioningError` when there is no first frame or the model cannot take the size or the number of frames.
    """
    grid = Grid.of(frames, size, spatial=16)
    if first is None:
        raise ConditioningError(
            "image-to-video needs a first frame and there is none",
            todo="give a key frame at frame 0, or run TI2V-5B from text",
        )
    pixels, note = fit_picture(first, size, fit, "the first frame")
    mask = np.ones((1, grid.latent_frames, grid.latent_height, grid.latent_width), np.float32)
    mask[:, 0] = 0
    report = (ControlUse("first frame", "approximated" if note else "honoured", note or "given as it is"),)
    return TI2VCondition(pixels[:, None], mask, grid, report)

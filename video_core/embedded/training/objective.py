"""What the model is trained to do: rectified flow with x-prediction (Liu et al. 2022; Li & He 2025, arXiv 2511.13720).

Knows the noise path and the loss. Does not know where clips come from or how steps are taken.
Path: x_t = (1 - t) x + t eps, so t = 0 is clean. The network predicts x; the loss is on the velocity (x_t - x) / t.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from video_core.embedded.pipeline import shot_noise
from video_core.embedded.training.bank import Batch

T_FLOOR = 0.05
PURE_NOISE = 0.2
"""Share of clips trained at pure noise, where few-step sampling starts."""


class Network(Protocol):
    def __call__(self, sample: Tensor, controls: Tensor, timestep: Tensor, context: Tensor) -> Tensor: ...


def noise_like(video: Tensor, generator: torch.Generator) -> Tensor:
    """The pipeline's own noise for clips (B,3,F,H,W)."""
    return torch.stack([shot_noise(video.shape[2], (video.shape[3], video.shape[4]), generator) for _ in video])


def noise_levels(count: int, generator: torch.Generator, mean: float = 0.6, spread: float = 1.2) -> Tensor:
    """Noise levels (B,): logit-normal, leaning to noisy, and a share of exactly 1."""
    t = torch.sigmoid(torch.randn(count, generator=generator) * spread + mean)
    return torch.where(torch.rand(count, generator=generator) < PURE_NOISE, torch.ones(()), t)


def velocity_loss(network: Network, batch: Batch, t: Tensor, noise: Tensor, dtype: torch.dtype) -> Tensor:
    """Mean squared velocity error of clips at noise levels t (B,); the network's inputs are cast to `dtype`."""
    level = t[:, None, None, None, None]
    noisy = torch.lerp(batch.video, noise, level)
    predicted = network(noisy.to(dtype), batch.controls.to(dtype), t, batch.context)
    return ((predicted.float() - batch.video) / level.clamp_min(T_FLOOR)).square().mean()

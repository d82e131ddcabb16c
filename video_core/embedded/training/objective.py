"""What the model is trained to do: rectified flow with x-prediction (Liu et al. 2022; Li & He 2025, arXiv 2511.13720).

Knows the noise path and the loss. Does not know where clips come from or how steps are taken.
Path: x_t = (1 - t) x + t eps, so t = 0 is clean. The network predicts x; the loss is on the velocity (x_t - x) / t, with
t no smaller than `T_FLOOR`. Sampling takes at most 8 steps, so noise levels below 1/8 are never met and none is trained.
The usual choice, logit-normal t with a floor of 0.05, spends nearly all of the gradient on taking little noise away; the
controls say what the picture is, so the step that counts is the first one, from pure noise, and half of the clips train it.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from video_core.embedded.pipeline import shot_noise
from video_core.embedded.training.bank import Batch

T_FLOOR = 0.7
T_LEAST = 0.12
PURE_NOISE = 0.5
"""Share of clips trained at pure noise, where few-step sampling starts."""


class Network(Protocol):
    def __call__(self, sample: Tensor, controls: Tensor, timestep: Tensor, context: Tensor) -> Tensor: ...


def noise_like(video: Tensor, generator: torch.Generator) -> Tensor:
    """The pipeline's own noise for clips (B,3,F,H,W)."""
    return torch.stack([shot_noise(video.shape[2], (video.shape[3], video.shape[4]), generator) for _ in video])


def noise_levels(count: int, generator: torch.Generator) -> Tensor:
    """Noise levels (B,): even between `T_LEAST` and 1, and a share of exactly 1."""
    t = T_LEAST + (1 - T_LEAST) * torch.rand(count, generator=generator)
    return torch.where(torch.rand(count, generator=generator) < PURE_NOISE, torch.ones(()), t)


def velocity_loss(network: Network, batch: Batch, t: Tensor, noise: Tensor, dtype: torch.dtype) -> Tensor:
    """Mean squared velocity error of clips at noise levels t (B,); the network's inputs are cast to `dtype`."""
    level = t[:, None, None, None, None]
    noisy = torch.lerp(batch.video, noise, level)
    predicted = network(noisy.to(dtype), batch.controls.to(dtype), t, batch.context)
    return ((predicted.float() - batch.video) / level.clamp_min(T_FLOOR)).square().mean()

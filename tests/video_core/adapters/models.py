"""Tiny randomly initialised models in diffusers' own pipelines, to compare its preparation code with the adapters'."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanAnimatePipeline,
    WanImageToVideoPipeline,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from numpy.typing import NDArray


@cache
def vae() -> AutoencoderKLWan:
    """The Wan2.1 VAE's structure: 16 channels, 8x8x4."""
    torch.manual_seed(0)
    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    ).eval()


@cache
def vae_5b() -> AutoencoderKLWan:
    """The Wan2.2 TI2V VAE's structure: 48 channels, 16x16x4."""
    torch.manual_seed(0)
    return AutoencoderKLWan(
        base_dim=3,
        z_dim=48,
        in_channels=12,
        out_channels=12,
        is_residual=True,
        patch_size=2,
        latents_mean=[0.1] * 48,
        latents_std=[0.9] * 48,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        scale_factor_spatial=16,
        scale_factor_temporal=4,
        temperal_downsample=[False, True, True],
    ).eval()


@torch.no_grad()
def encode(pixels: NDArray[np.float32] | torch.Tensor, model: AutoencoderKLWan | None = None) -> torch.Tensor:
    """Normalised latents (1,z,T,h,w) of pixels (3,F,H,W): (mode - mean) / std, as the Wan pipelines do it in float32."""
    model = model or vae()
    latents = model.encode(torch.as_tensor(pixels)[None]).latent_dist.mode()
    mean = torch.tensor(model.config.latents_mean).view(1, -1, 1, 1, 1)
    per_std = 1.0 / torch.tensor(model.config.latents_std).view(1, -1, 1, 1, 1)
    return (latents - mean) * per_std


@cache
def image_to_video(expand_timesteps: bool = False) -> WanImageToVideoPipeline:
    model = vae_5b() if expand_timesteps else vae()
    return WanImageToVideoPipeline(
        tokenizer=None,
        text_encoder=None,
        vae=model,
        scheduler=UniPCMultistepScheduler(),
        expand_timesteps=expand_timesteps,
    )


@cache
def vace() -> WanVACEPipeline:
    torch.manual_seed(0)
    transformer = WanVACETransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        text_dim=32,
        freq_dim=32,
        ffn_dim=32,
        num_layers=2,
        vace_layers=[0],
        vace_in_channels=96,
        rope_max_seq_len=32,
    )
    return WanVACEPipeline(
        tokenizer=None, text_encoder=None, vae=vae(), scheduler=UniPCMultistepScheduler(), transformer=transformer
    )


@cache
def animate() -> WanAnimatePipeline:
    return WanAnimatePipeline(
        tokenizer=None,
        text_encoder=None,
        vae=vae(),
        scheduler=UniPCMultistepScheduler(),
        image_processor=None,
        image_encoder=None,
        transformer=None,
    )


def noise_picture(size: tuple[int, int], seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def noise_video(frames: int, size: tuple[int, int], seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (frames, *size, 3), dtype=np.uint8)


def unfolded(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """A folded mask (4,T,h,w) back as (F,h,w)."""
    return mask.swapaxes(0, 1).reshape(-1, *mask.shape[2:])[3:]

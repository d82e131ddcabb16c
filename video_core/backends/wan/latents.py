"""Pixels to latents and back: the Wan VAE, or TAEHV for a fast decode.

Knows normalisation, tiling and the disk cache of encodings. Does not know what is encoded.
Latents here are normalised: (raw - mean) / std of the VAE's configuration, float32.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.backends.wan.disk_cache import DiskCache
from video_core.ledger import digest_of

OnDevice = Callable[[Any], AbstractContextManager[Any]]
"""Puts a module on the device for a while."""


class Latents:
    """One VAE with what it needs."""

    def __init__(self, vae: Any, vae_digest: str, cache: DiskCache, on_device: OnDevice, *, tiling: bool, taehv: Any = None) -> None:
        self.vae, self._digest, self._cache, self._on_device, self._taehv = vae, vae_digest, cache, on_device, taehv
        if tiling:
            vae.enable_tiling()
        self._tiling = tiling
        shape = (1, vae.config.z_dim, 1, 1, 1)
        self.mean = torch.tensor(vae.config.latents_mean).view(shape)
        self.std = torch.tensor(vae.config.latents_std).view(shape)

    @torch.no_grad()
    def encode(self, pixels: NDArray[np.float32]) -> torch.Tensor:
        """(3,F,H,W) in [-1, 1] to (1,C,T,h,w) on the CPU; kept on disk."""
        content = np.ascontiguousarray(pixels)
        key = digest_of("vae", self._digest, str(self._tiling), str(content.shape), _hash(content))
        kept = self._cache.get(key)
        if kept is not None:
            return kept
        with self._on_device(self.vae) as vae:
            video = torch.from_numpy(content)[None].to(device=_device(vae), dtype=vae.dtype)
            latents = vae.encode(video).latent_dist.mode().float().cpu()
        latents = (latents - self.mean) / self.std
        self._cache.put(key, latents)
        return latents

    @torch.no_grad()
    def decode(self, latents: torch.Tensor) -> NDArray[np.uint8]:
        """(1,C,T,h,w) to frames (F,H,W,3) RGB. Raises `RenderError` when the latents are not numbers."""
        if not bool(torch.isfinite(latents).all()):
            raise RenderError(
                "the model's output holds numbers that are not finite", where="denoising",
                todo="lower guidance or LoRA strength, or use --option weights=bf16",
            )  # fmt: skip
        if self._taehv is not None:
            with self._on_device(self._taehv) as fast:
                video = fast.decode(latents.to(device=_device(fast), dtype=next(fast.parameters()).dtype))[0].float().cpu()
        else:
            raw = latents.float().cpu() * self.std + self.mean
            with self._on_device(self.vae) as vae:
                video = vae.decode(raw.to(device=_device(vae), dtype=vae.dtype), return_dict=False)[0][0].float().cpu()
                video = video / 2 + 0.5
        frames = (video.clamp(0, 1) * 255).round().to(torch.uint8)
        return np.ascontiguousarray(frames.permute(1, 2, 3, 0).numpy())


def _device(module: Any) -> torch.device:
    return next(iter(module.parameters())).device


def _hash(content: NDArray[np.float32]) -> str:
    return hashlib.sha256(content.data).hexdigest()

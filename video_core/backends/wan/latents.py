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
import torch.distributed as dist
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.backends.wan.disk_cache import DiskCache
from video_core.ledger import digest_of
from video_core.parallel.columns import columns_to_first, decode_columns, encode_columns
from video_core.parallel.group import ALONE, Group

OnDevice = Callable[[Any], AbstractContextManager[Any]]
"""Puts a module on the device for a while."""


class Latents:
    """One VAE with what it needs."""

    def __init__(
        self, vae: Any, vae_digest: str, cache: DiskCache, on_device: OnDevice, *, tiling: bool, taehv: Any = None, spread: Group = ALONE
    ) -> None:  # fmt: skip
        """`spread`: the processes that encode and decode columns of the picture each."""
        self._spread = spread
        if spread.size > 1:
            spread.helps["encode"] = self._encode_columns
        self.vae, self._digest, self._cache, self._on_device, self._taehv = vae, vae_digest, cache, on_device, taehv
        if tiling:
            vae.enable_tiling()
        self._tiling = tiling
        self.layout = torch.channels_last_3d
        """Memory order of the VAE's convolutions on a GPU: the one that cuDNN's kernels work in, so that nothing is turned round for them
        (LightX2V pull request 860: 9 % less time, 78 % with torch 2.9; SGLang has it for Wan on one GPU). The numbers are the same."""
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
            self._lay_out(vae)
            video = torch.from_numpy(content)[None].to(device=_device(vae), dtype=vae.dtype)
            if self._divides(content.shape[-1] // vae.spatial_compression_ratio):
                latents = self._spread.together("encode", tuple(video.shape), given=(video,))
            else:
                latents = vae.encode(video).latent_dist.mode()
        latents = latents.float().cpu()
        latents = (latents - self.mean) / self.std
        self._cache.put(key, latents)
        return latents

    @torch.no_grad()
    def decode(self, latents: torch.Tensor) -> NDArray[np.uint8]:
        """(1,C,T,h,w) to frames (F,H,W,3) RGB. Raises `RenderError` when the latents are not numbers.

        When decoding is spread, all processes call this and the first one has the frames; the others get none.
        """
        if not bool(torch.isfinite(latents).all()):
            raise RenderError(
                "the model's output holds numbers that are not finite", where="denoising",
                todo="lower guidance or LoRA strength, or use --option weights=bf16",
            )  # fmt: skip
        if self._taehv is not None:
            with self._on_device(self._taehv) as fast:
                return _pictures(_bytes(fast.decode(latents.to(device=_device(fast), dtype=next(fast.parameters()).dtype))[0].float()))
        raw = latents.float().cpu() * self.std + self.mean
        with self._on_device(self.vae) as vae:
            self._lay_out(vae)
            raw = raw.to(device=_device(vae), dtype=vae.dtype)
            if self._divides(raw.shape[-1]):
                own = _bytes(decode_columns(vae, raw, self._spread)[0].float().div_(2).add_(0.5)).cpu()
                film = columns_to_first(own, raw.shape[-1], self._spread)
                return np.empty((0, 0, 0, 3), np.uint8) if film is None else _pictures(film)
            video = vae.decode(raw, return_dict=False)[0][0].float()
            return _pictures(_bytes(video.div_(2).add_(0.5)))

    def _divides(self, columns: int) -> bool:
        """Whether every process gets a column of the latent."""
        return 1 < self._spread.size <= columns

    @torch.no_grad()
    def _encode_columns(self, shape: tuple[int, ...], video: torch.Tensor | None = None) -> torch.Tensor:
        """What all processes do for the first one, which has the video (1,3,F,H,W): the whole latent."""
        with self._on_device(self.vae) as vae:
            self._lay_out(vae)
            video = torch.empty(shape, device=_device(vae), dtype=vae.dtype) if video is None else video
            dist.broadcast(video, 0)
            return encode_columns(vae, video, self._spread)

    def _lay_out(self, vae: Any) -> None:
        if _device(vae).type == "cuda":
            for module in vae.modules():
                if isinstance(module, torch.nn.Conv3d):
                    module.weight.data = module.weight.data.contiguous(memory_format=self.layout)


def _bytes(video: torch.Tensor) -> torch.Tensor:
    """(3,F,H,W) in [0, 1], which is used up, as bytes; made where it is: a quarter to bring home."""
    return video.clamp_(0, 1).mul_(255).round_().to(torch.uint8)


def _pictures(film: torch.Tensor) -> NDArray[np.uint8]:
    """Bytes (3,F,H,W) to frames (F,H,W,3)."""
    return np.ascontiguousarray(film.permute(1, 2, 3, 0).cpu().numpy())


def _device(module: Any) -> torch.device:
    return next(iter(module.parameters())).device


def _hash(content: NDArray[np.float32]) -> str:
    return hashlib.sha256(content.data).hexdigest()

"""The Wan autoencoder with the columns of the picture split over the group: each process computes its own, and the edges are exchanged.

Knows the layers of `AutoencoderKLWan` that look sideways: convolutions take the neighbours' edge columns where they would pad with
zeros, attention gathers its small map. So the pictures are those of one process, without seams and without work done twice; what a
process has to hold shrinks with the group. Does not know latents' statistics or frames. Source of the idea: DistVAE (xDiT), which
splits patches of image autoencoders the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
import torch.distributed as dist
from diffusers.models.autoencoders.autoencoder_kl_wan import WanAttentionBlock, WanCausalConv3d
from torch.nn import functional

from video_core.parallel.group import Group
from video_core.parallel.shares import shares, whole


def decode_columns(vae: Any, latents: torch.Tensor, group: Group) -> torch.Tensor:
    """The own columns (1,3,F,H,W/n) of the decoded (1,C,T,h,w); all processes call it with the same latents."""
    start, end = shares(latents.shape[-1], group.size)[group.rank]
    with _sideways(vae.decoder, group, latents.shape[-1]):
        shown: torch.Tensor = vae.decode(latents[..., start:end], return_dict=False)[0]
    return shown


def encode_columns(vae: Any, pixels: torch.Tensor, group: Group) -> torch.Tensor:
    """All columns of the latent (1,C,T,h,w) of `pixels` (1,3,F,H,W), in every process; all call it with the same pixels."""
    stride = vae.spatial_compression_ratio
    width = pixels.shape[-1] // stride
    start, end = shares(width, group.size)[group.rank]
    with _sideways(vae.encoder, group, width):
        latents = vae.encode(pixels[..., start * stride : end * stride]).latent_dist.mode()
    return whole(latents, width, group, dim=-1)


def columns_to_first(part: torch.Tensor, width: int, group: Group) -> torch.Tensor | None:
    """Every process's columns side by side in the first process, None in the others. `part` is on the CPU; `width`: of the latent."""
    cuts = shares(width, group.size)
    if not group.first:
        dist.send(part.contiguous(), 0)
        return None
    scale, parts = part.shape[-1] // (cuts[0][1] - cuts[0][0]), [part]
    for rank, (start, end) in enumerate(cuts[1:], 1):
        received = torch.empty((*part.shape[:-1], (end - start) * scale), dtype=part.dtype)
        dist.recv(received, rank)
        parts.append(received)
    return torch.cat(parts, dim=-1)


@contextmanager
def _sideways(half: torch.nn.Module, group: Group, width: int) -> Iterator[None]:
    """Let the layers of the encoder or decoder take what lies beside the own columns from the neighbours. `width`: of the latent."""
    changed: list[torch.nn.Module] = []
    for module in half.modules():
        forward = _forward_of(module, group, width)
        if forward is not None:
            module.__dict__["forward"] = MethodType(forward, module)
            changed.append(module)
    try:
        yield
    finally:
        for module in changed:
            del module.__dict__["forward"]


def _forward_of(module: torch.nn.Module, group: Group, width: int) -> Callable[..., torch.Tensor] | None:
    def causal(conv: Any, x: torch.Tensor, cache_x: torch.Tensor | None = None) -> torch.Tensor:
        padding = list(conv._padding)
        if cache_x is not None and padding[4] > 0:
            x = torch.cat([cache_x.to(x.device), x], dim=2)
            padding[4] -= cache_x.shape[2]
        x = _with_neighbours(x, group, padding[0], padding[1])
        return torch.nn.Conv3d.forward(conv, functional.pad(x, [0, 0, *padding[2:]]))

    def flat(conv: Any, x: torch.Tensor) -> torch.Tensor:
        up, side = conv.padding
        x = _with_neighbours(x, group, side, side)
        return functional.conv2d(x, conv.weight, conv.bias, conv.stride, (up, 0), conv.dilation, conv.groups)

    def pad(zero: Any, x: torch.Tensor) -> torch.Tensor:
        left, right, top, bottom = zero.padding
        return functional.pad(_with_neighbours(x, group, left, right), (0, 0, top, bottom))

    def attention(block: Any, x: torch.Tensor) -> torch.Tensor:
        start, end = shares(width, group.size)[group.rank]
        return type(block).forward(block, whole(x, width, group, dim=-1))[..., start:end]

    match module:
        case WanCausalConv3d() if module._padding[0]:
            return causal
        case torch.nn.Conv2d(padding=(_, side)) if side:
            return flat
        case torch.nn.ZeroPad2d():
            return pad
        case WanAttentionBlock():
            return attention
    return None


def _with_neighbours(x: torch.Tensor, group: Group, left: int, right: int) -> torch.Tensor:
    """`x` (...,w) with `left` columns of the process before it and `right` of the one after; zeros at the picture's edges."""
    before = x.new_zeros((*x.shape[:-1], left))
    after = x.new_zeros((*x.shape[:-1], right))
    last = group.size - 1
    # what the process after needs of me is its `left`, what the one before needs is its `right`
    wishes = []
    if group.rank > 0:
        wishes += _swap(x[..., :right], before, group.rank - 1)
    if group.rank < last:
        wishes += _swap(x[..., x.shape[-1] - left :], after, group.rank + 1)
    if wishes:
        for request in dist.batch_isend_irecv(wishes):
            request.wait()
    return torch.cat([before, x, after], dim=-1)


def _swap(own: torch.Tensor, theirs: torch.Tensor, other: int) -> list[dist.P2POp]:
    sent = [dist.P2POp(dist.isend, own.contiguous(), other)] if own.shape[-1] else []
    return sent + ([dist.P2POp(dist.irecv, theirs, other)] if theirs.shape[-1] else [])

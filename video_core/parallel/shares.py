"""Something long cut into one share per process, and the shares put together again.

Knows which process has which share, also where they cannot be equal. Does not know what is shared.
"""

from __future__ import annotations

import itertools

import torch
import torch.distributed as dist

from video_core.parallel.group import Group


def shares(count: int, size: int) -> list[tuple[int, int]]:
    """(start, end) of each process's share of `count` things, as `torch.tensor_split` cuts: the first ones get the rest."""
    each, rest = divmod(count, size)
    starts = [n * each + min(n, rest) for n in range(size + 1)]
    return list(itertools.pairwise(starts))


def whole(part: torch.Tensor, count: int, group: Group, *, dim: int) -> torch.Tensor:
    """Every process's share of `count` things along `dim`, one after the other, in every process.

    Shares are made equal before they are sent: gloo sends no others.
    """
    cuts = shares(count, group.size)
    widest = cuts[0][1] - cuts[0][0]
    moved = part.movedim(dim, -1)
    padded = torch.nn.functional.pad(moved, (0, widest - moved.shape[-1])).contiguous()
    parts = [torch.empty_like(padded) for _ in cuts]
    dist.all_gather(parts, padded)
    return torch.cat([each[..., : end - start] for each, (start, end) in zip(parts, cuts, strict=True)], dim=-1).movedim(-1, dim)

"""Picks one token from those the grammar allows.

Knows logits and sampling settings. Does not know what the tokens mean.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from agents.model import Sampling


class Choice(NamedTuple):
    token: int
    probability: float
    """Of the token among the allowed ones, at temperature 1."""


def allowed_tokens(bitmask: bytes, vocab: int) -> torch.Tensor:
    """The token ids whose bit is set, ascending, int64."""
    bits = np.unpackbits(np.frombuffer(bitmask, dtype=np.uint8), bitorder="little", count=vocab)
    return torch.from_numpy(np.flatnonzero(bits))


def choose(logits: torch.Tensor, allowed: torch.Tensor, sampling: Sampling, noise: torch.Generator) -> Choice:
    """Pick among `allowed` (n,) by their `logits` (n,): the best at temperature 0, else sampled within `top_p`.

    `noise` belongs to one request, so that what others ask never changes its answer.
    """
    at_one = torch.softmax(logits, dim=0)
    if sampling.temperature <= 0:
        index = int(logits.argmax())
    else:
        weights = torch.softmax(logits / sampling.temperature, dim=0)
        if sampling.top_p < 1:
            ordered, order = weights.sort(descending=True)
            before = ordered.cumsum(0) - ordered
            weights = torch.zeros_like(weights).scatter(0, order, ordered.where(before < sampling.top_p, 0.0))
        index = int(torch.multinomial(weights, 1, generator=noise))
    return Choice(int(allowed[index]), float(at_one[index]))

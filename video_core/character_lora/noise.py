"""Noise levels and targets of flow matching.

Knows distributions over a level's range, and the straight path between picture and noise. Does not know models.
x_s = (1 - s) x + s e, and the model predicts e - x (Lipman et al. 2022; Liu et al. 2022); its timestep is 1000 s. With two experts each
sees only its own levels: the high-noise one those at and above the boundary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch

TRAIN_STEPS = 1000
_EDGE = 1e-4
"""Levels stay this far from 0 and 1, where a logit-normal has no end."""


@dataclass(frozen=True)
class Levels:
    """The noise levels of one expert."""

    how: Literal["logit_normal", "uniform"]
    shift: float
    low: float = 0.0
    high: float = 1.0

    def at(self, share: float) -> float:
        """The level below which this share (0..1) of all levels lies, drawn from the whole distribution but inside the range."""
        first, last = (self._share(_unshifted(min(max(s, _EDGE), 1 - _EDGE), self.shift)) for s in (self.low, self.high))
        even = self._level(first + share * (last - first))
        return self.shift * even / (1 + (self.shift - 1) * even)

    def _share(self, even: float) -> float:
        return even if self.how == "uniform" else _NORMAL.cdf(torch.logit(torch.tensor(even, dtype=torch.float64))).item()

    def _level(self, share: float) -> float:
        if self.how == "uniform":
            return share
        inside = torch.tensor(min(max(share, 1e-9), 1 - 1e-9), dtype=torch.float64)
        return torch.sigmoid(_NORMAL.icdf(inside)).item()


_NORMAL = torch.distributions.Normal(torch.tensor(0.0, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64))


def _unshifted(level: float, shift: float) -> float:
    return level / (shift - (shift - 1) * level)


def levels_of(how: Literal["logit_normal", "uniform"], shift: float, boundary: float, expert: int) -> Levels:
    """Of expert 0 (the only or high-noise one) or 1. `boundary`: 0 with one expert."""
    if not boundary:
        return Levels(how, shift)
    return Levels(how, shift, low=boundary) if expert == 0 else Levels(how, shift, high=boundary)


def noised(latents: torch.Tensor, noise: torch.Tensor, level: float) -> tuple[torch.Tensor, torch.Tensor]:
    """What the model is given at a level, and what it shall answer."""
    if not math.isfinite(level):
        raise ValueError("a noise level is a number between 0 and 1")
    return (1 - level) * latents + level * noise, noise - latents

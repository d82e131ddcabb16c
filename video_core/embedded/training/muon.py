"""Muon: momentum whose every matrix is made orthogonal before it is applied (Jordan et al. 2024).

Knows weights of two and more dimensions; vectors and tables belong to another optimiser. `torch.optim.Muon` takes matrices
only, this takes convolutions too, as matrices of (out, in * height * width).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest matrix with singular values about 1, by a quintic Newton-Schulz iteration in bfloat16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.bfloat16()
    x = (x.T if tall else x) / (x.norm() + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; the update's size follows the matrix's shape."""

    def __init__(self, weights: Iterable[Tensor], lr: float = 0.01, momentum: float = 0.95, decay: float = 0.02) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update of every weight that has a gradient."""
        for group in self.param_groups:
            rate, momentum = group["lr"], group["momentum"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["mean"] = torch.zeros_like(weight)
                mean = state["mean"].mul_(momentum).add_(weight.grad)
                matrix = (weight.grad + momentum * mean).flatten(1)
                update = orthogonal(matrix) * max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                weight.mul_(1 - rate * group["decay"]).add_(update.reshape(weight.shape), alpha=-rate)

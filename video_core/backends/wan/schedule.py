"""The noise levels of a run and the solver that goes from one to the next.

Knows diffusers' flow-matching schedulers. Does not know models.

`unipc` is what Wan and AniSora are sampled with. `euler` takes exactly the points shift * s / (1 + (shift - 1) * s) of
s = 1, 1-1/n, ..., 1/n, at which LightX2V's step-distilled models were trained: with shift 5, 4 steps are at 1000, 937.5, 833.3, 625.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

Solver = Literal["unipc", "euler"]
TRAIN_STEPS = 1000


def make_schedule(solver: Solver, steps: int, shift: float, device: torch.device | str = "cpu") -> Any:
    """A scheduler with its timesteps set."""
    if solver == "unipc":
        unipc: Any = UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift, num_train_timesteps=TRAIN_STEPS
        )
        unipc.set_timesteps(steps, device=device)
        return unipc
    euler: Any = FlowMatchEulerDiscreteScheduler(shift=shift, num_train_timesteps=TRAIN_STEPS)
    euler.set_timesteps(sigmas=list(np.linspace(1.0, 0.0, steps + 1)[:-1]), device=device)
    return euler

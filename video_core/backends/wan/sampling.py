"""Steps, guidance, shift and solver of a render: what is set, else what the family was sampled with.

Knows the few-step recipe. Does not know schedulers.
"""

from __future__ import annotations

from dataclasses import dataclass

from video_core.backends.wan.families import SMALL, Family
from video_core.backends.wan.schedule import Solver
from video_core.backends.wan.settings import WanSettings

FEW_STEPS, FEW_STEP_SHIFT = 4, 5.0
"""LightX2V's step-distilled models and LoRAs: timesteps 1000, 937.5, 833.3, 625."""


@dataclass(frozen=True)
class Sampling:
    steps: int
    guidance: tuple[float, float]
    """High-noise (or only) and low-noise expert; 1 is one pass a step."""
    shift: float
    """Flow shift of the schedule."""
    small_shift: float
    """The same for pictures of at most 480x832 pixels."""
    solver: Solver

    def shift_at(self, size: tuple[int, int]) -> float:
        """Flow shift for a picture of (H, W)."""
        return self.small_shift if size[0] * size[1] <= SMALL else self.shift


def sampling(settings: WanSettings, family: Family) -> Sampling:
    """The numbers of a render."""
    few = settings.few_step
    high = settings.guidance if settings.guidance is not None else 1.0 if few else family.guidance[0]
    low = settings.guidance_low
    if low is None:
        low = high if settings.guidance is not None or few else family.guidance[1]
    shift = settings.shift or (FEW_STEP_SHIFT if few else None)
    return Sampling(
        steps=settings.steps or (FEW_STEPS if few else family.steps),
        guidance=(high, low),
        shift=shift or family.flow_shift,
        small_shift=shift or family.small_shift or family.flow_shift,
        solver=settings.solver or ("euler" if few else "unipc"),
    )

"""The loop from noise to latents.

Knows two experts, guidance and the scheduler. Does not know what conditions the model or how latents become pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from video_core.backends.wan.feeds import Feed


class ExpertsLike(Protocol):
    dtype: torch.dtype

    def number_at(self, timestep: float, train_steps: int) -> int: ...

    def __getitem__(self, number: int) -> Any: ...


@dataclass(frozen=True)
class Words:
    """Prompt embeddings (1,512,D)."""

    positive: torch.Tensor
    negative: torch.Tensor | None = None
    """None: guidance is 1 and nobody needs it."""


@torch.no_grad()
def denoise(
    experts: ExpertsLike,
    noise: torch.Tensor,
    schedule: Any,
    feed: Feed,
    words: Words,
    guidance: tuple[float, float],
    *,
    told: Callable[[int, int], None] | None = None,
) -> torch.Tensor:
    """Latents (1,C,T,h,w) in float32, the feed's leading frames included. `guidance`: of expert 0 and expert 1.

    At guidance 1 the model runs once a step: the unconditional pass would be multiplied by nothing.
    """
    latents = noise.float()
    steps = schedule.timesteps
    for i, t in enumerate(steps):
        number = experts.number_at(float(t), schedule.config.num_train_timesteps)
        model = experts[number]
        inputs = latents.to(experts.dtype)
        predicted = _run(model, "cond", feed.arguments(inputs, t, unconditional=False), words.positive)
        if guidance[number] > 1:
            if words.negative is None:
                raise ValueError("guidance above 1 needs the embedding of a negative prompt")
            away = _run(model, "uncond", feed.arguments(inputs, t, unconditional=True), words.negative)
            predicted = away + guidance[number] * (predicted - away)
        latents = schedule.step(predicted.float(), t, latents, return_dict=False)[0]
        latents = feed.held(latents, float(schedule.sigmas[i + 1]))
        if told is not None:
            told(i + 1, len(steps))
    return latents


def _run(model: Any, context: str, arguments: dict[str, Any], words: torch.Tensor) -> torch.Tensor:
    dtype = arguments["hidden_states"].dtype
    cast = {k: v.to(dtype) if torch.is_tensor(v) and v.is_floating_point() and k != "timestep" else v for k, v in arguments.items()}
    with model.cache_context(context):
        return model(**cast, encoder_hidden_states=words.to(cast["hidden_states"]), return_dict=False)[0]

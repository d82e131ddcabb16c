"""The training loop of one expert: resumable at any step, to the same numbers.

Knows optimisation and measuring. Does not know files of pictures, checkpoints of models, or how an adapter is exported.
Every random choice is drawn from (seed, expert, sample number), so a run that was killed goes on exactly as it would have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from shotplan.errors import RenderError
from video_core.adapters.ti2v import ti2v_condition
from video_core.backends.wan.families import Family
from video_core.backends.wan.feeds import CleanFirstFeed, Feed, ImageFeed, TextFeed
from video_core.character_lora.cache import Encoded, Example, read_example, read_words
from video_core.character_lora.checkpoint import State, Tensors, load_state, save_state
from video_core.character_lora.network import Adapter
from video_core.character_lora.noise import TRAIN_STEPS, Levels, noised
from video_core.character_lora.settings import TrainSettings
from video_core.ledger import digest_of

MEASURED_AT = 4
"""Noise levels at which every held-out sample is measured, spread evenly over those that are trained."""
LARGEST_GRADIENT = 1.0
SMOOTHED = 0.98
"""How slowly the loss that is shown follows the loss of each step."""


@dataclass(frozen=True)
class Step:
    """What is told after every step."""

    expert: int
    step: int
    steps: int
    loss: float
    """Running mean."""
    measured: float | None = None
    """On held-out samples, when it was measured after this step."""


@dataclass(frozen=True)
class Trained:
    """A finished adapter."""

    adapter: Tensors
    measured: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Trainer:
    """Trains one expert's adapter; see `run`."""

    model: Any
    adapter: Adapter
    family: Family
    levels: Levels
    settings: TrainSettings
    encoded: Encoded
    device: torch.device
    dtype: torch.dtype
    expert: int = 0

    def run(self, state_file: Path, told: Callable[[Step], None]) -> Trained:
        """Train to `settings.steps`, from the checkpoint when there is one. Raises `RenderError` when the loss is no number."""
        settings, names = self.settings, list(self.adapter)
        state = load_state(state_file, dict(self.adapter))
        if state is None:
            begin = {n: p.detach().clone() for n, p in self.adapter.items()}
            state = State(0, begin, {}, {}, {n: t.clone() for n, t in begin.items()} if settings.average else {}, self._measured(0))
            save_state(state_file, state)
            self._tell(told, 0, math.nan, state.measured)
        if state.step > settings.steps:
            raise RenderError(
                f"this training has already done {state.step} steps", where=str(state_file), todo=f"give --steps {state.step} or more"
            )
        optimiser = self._optimiser(state)
        average = {name: tensor.to(self.device) for name, tensor in state.average.items()}
        measured, shown = list(state.measured), math.nan
        for step in range(state.step, settings.steps):
            for group in optimiser.param_groups:
                group["lr"] = settings.learning_rate * min(1.0, (step + 1) / (settings.warmup + 1))
            loss = self._gradients(step)
            torch.nn.utils.clip_grad_norm_(self.adapter.values(), LARGEST_GRADIENT, foreach=False)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            for name, mean in average.items():
                mean.lerp_(self.adapter[name].detach(), 1 - settings.average)
            done = step + 1
            shown = loss if math.isnan(shown) else SMOOTHED * shown + (1 - SMOOTHED) * loss
            fresh = self._measured(done, average) if done % settings.validate_every == 0 or done == settings.steps else ()
            measured += fresh
            if done % settings.save_every == 0 or done == settings.steps:
                save_state(state_file, self._state(done, optimiser, names, average, tuple(measured)))
            self._tell(told, done, shown, fresh)
        final = average or {name: parameter.detach() for name, parameter in self.adapter.items()}
        return Trained({name: tensor.cpu().clone() for name, tensor in final.items()}, tuple(measured))

    def _gradients(self, step: int) -> float:
        total = 0.0
        for k in range(step * self.settings.accumulate, (step + 1) * self.settings.accumulate):
            loss = self._loss(*self._draw(k)) / self.settings.accumulate
            loss.backward()
            total += float(loss.detach())
        if not math.isfinite(total):
            raise RenderError(
                f"the loss at step {step + 1} is no number", where="training", todo="give a smaller --learning-rate, or weights=bf16"
            )
        return total

    def _draw(self, k: int) -> tuple[Example, float, torch.Tensor, torch.Tensor, bool]:
        """The k-th training sample with its level, noise and words, and whether its first frame is given (where it may be)."""
        paths = self.encoded.training
        epoch, n = divmod(k, len(paths))
        order = torch.randperm(len(paths), generator=self._generator("order", epoch))
        example, draw = read_example(paths[int(order[n])]), self._generator("sample", k)
        share, silent, first = torch.rand(3, generator=draw, dtype=torch.float64).tolist()
        noise = torch.randn(example.latents.shape, generator=draw)
        words = read_words(self.encoded.silence) if silent < self.settings.caption_dropout else example.words
        return example, self.levels.at(share), noise, words, first < 0.5

    def _loss(self, example: Example, level: float, noise: torch.Tensor, words: torch.Tensor, first_given: bool) -> torch.Tensor:
        latents = example.latents.to(self.device)
        inputs, target = noised(latents, noise.to(self.device), level)
        feed = self._feed(example, latents, first_given)
        arguments = feed.arguments(inputs, torch.tensor(level * TRAIN_STEPS, device=self.device), unconditional=False)
        cast = {
            k: v.to(self.dtype) if torch.is_tensor(v) and v.is_floating_point() and k != "timestep" else v for k, v in arguments.items()
        }
        predicted = self.model(**cast, encoder_hidden_states=words.to(self.device, self.dtype), return_dict=False)[0]
        if isinstance(feed, CleanFirstFeed):  # the first latent frame is given, not drawn
            predicted, target = predicted[:, :, 1:], target[:, :, 1:]
        return torch.nn.functional.mse_loss(predicted.float(), target)

    def _feed(self, example: Example, latents: torch.Tensor, first_given: bool) -> Feed:
        if example.condition is not None:
            image = example.image.to(self.device, self.dtype) if example.image is not None else None
            return ImageFeed(example.condition.to(self.device), image)
        if self.family.kind == "ti2v" and latents.shape[2] > 1 and first_given:
            stride = self.family.stride
            size = (latents.shape[3] * stride, latents.shape[4] * stride)
            empty = torch.zeros(*size, 3, dtype=torch.uint8).numpy()
            return CleanFirstFeed(ti2v_condition(empty, (latents.shape[2] - 1) * 4 + 1, size), latents[:, :, :1])
        return TextFeed()

    @torch.no_grad()
    def _measured(self, step: int, average: Tensors | None = None) -> tuple[tuple[int, float], ...]:
        """(step, mean loss on held-out samples at fixed levels with fixed noise); nothing when none are held out."""
        if not self.encoded.held_out:
            return ()
        kept = {name: parameter.data for name, parameter in self.adapter.items()}
        for name, mean in (average or {}).items():
            self.adapter[name].data = mean
        losses = []
        for n, path in enumerate(self.encoded.held_out):
            example = read_example(path)
            for m in range(MEASURED_AT):
                noise = torch.randn(example.latents.shape, generator=self._generator("held out", n * MEASURED_AT + m))
                losses.append(float(self._loss(example, self.levels.at((m + 0.5) / MEASURED_AT), noise, example.words, False)))
        for name, data in kept.items():
            self.adapter[name].data = data
        return ((step, sum(losses) / len(losses)),)

    def _optimiser(self, state: State) -> torch.optim.AdamW:
        for name, parameter in self.adapter.items():
            parameter.data.copy_(state.adapter[name])
        optimiser = torch.optim.AdamW(
            list(self.adapter.values()), lr=self.settings.learning_rate, weight_decay=self.settings.weight_decay, foreach=False
        )
        for name in state.first:
            parameter = self.adapter[name]
            optimiser.state[parameter] = {
                "step": torch.tensor(float(state.step)), "exp_avg": state.first[name].to(self.device),
                "exp_avg_sq": state.second[name].to(self.device),
            }  # fmt: skip
        return optimiser

    def _state(
        self, step: int, optimiser: torch.optim.AdamW, names: Sequence[str], average: Tensors, measured: tuple[tuple[int, float], ...]
    ) -> State:
        kept = {name: optimiser.state[self.adapter[name]] for name in names}
        first, second = ({name: s[key] for name, s in kept.items()} for key in ("exp_avg", "exp_avg_sq"))
        return State(step, {n: p.detach() for n, p in self.adapter.items()}, first, second, average, measured)

    def _generator(self, what: str, number: int) -> torch.Generator:
        seed = int(digest_of(str(self.settings.seed), str(self.expert), what, str(number))[:15], 16)
        return torch.Generator().manual_seed(seed)

    def _tell(self, told: Callable[[Step], None], step: int, loss: float, fresh: tuple[tuple[int, float], ...]) -> None:
        told(Step(self.expert, step, self.settings.steps, loss, fresh[-1][1] if fresh else None))

"""Train the embedded model on a bank of clips; stop at any time, start again, and it goes on where it was.

    python -m video_core.embedded.training.train --bank runs/embedded/bank --held runs/embedded/held --minutes 70

Knows the optimiser, the moving average of the weights, and the checkpoint. Does not know the loss (`objective`) or the
clips (`bank`). Every random choice follows from (seed, step, clip), so a resumed run takes the choices an unbroken one
would. On a CPU each worker thread works on its own clip with one core: on a busy machine that loses far less than
splitting every operation over cores.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import Tensor

from video_core.embedded.controls import Bytes
from video_core.embedded.model import EkonteVideoModel
from video_core.embedded.pipeline import EmbeddedVideoPipeline
from video_core.embedded.training.bank import Batch, clip_paths, draw, read_clip
from video_core.embedded.training.muon import Muon
from video_core.embedded.training.objective import noise_levels, noise_like, velocity_loss
from video_core.precision import fast_dtype


@dataclass(frozen=True)
class Recipe:
    """Everything that shapes a run."""

    bank: Path
    held: Path | None
    out: Path
    minutes: float
    """Training time in all, over every resumed part; the learning rate falls to zero over its last third."""
    batch: int = 2
    frames: tuple[int, ...] = (4, 4, 8)
    """Clip lengths to draw from."""
    crop: tuple[int, int] | None = (80, 136)
    """Part of the picture trained on for the first `crop_share` of the time, whole pictures after: more steps early."""
    crop_share: float = 0.85
    rate: float = 0.003
    """Muon's learning rate; AdamW's is a third of it, and a twelfth for what time and context act through: one such
    step moves every channel of every frame."""
    warmup: int = 50
    ema: float = 0.995
    seed: int = 0
    device: str = "cpu"
    workers: int = 2
    save_minutes: float = 3.0


OUTSIDE = ("stem", "head", "shortcut", "distance")
CHOSEN_BY_CONTEXT = ("film", "tint", "time", "context", "cond")


def split_weights(model: EkonteVideoModel) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Hidden matrices and convolutions; inputs, outputs and vectors; and what time and context act through."""
    inner: list[Tensor] = []
    outer: list[Tensor] = []
    modulation: list[Tensor] = []
    for name, weight in model.named_parameters():
        parts = name.split(".")
        if any(part in CHOSEN_BY_CONTEXT for part in parts):
            modulation.append(weight)
        elif weight.ndim < 2 or any(part in OUTSIDE for part in parts):
            outer.append(weight)
        else:
            inner.append(weight)
    return inner, outer, modulation


def adam(weights: list[Tensor], rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(weights, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)


class Trainer:
    """A model, its moving average and its optimiser, at a step."""

    def __init__(self, recipe: Recipe, config: dict[str, Any] | None = None) -> None:
        self.recipe, self.device = recipe, torch.device(recipe.device)
        torch.manual_seed(recipe.seed)
        self.model = EkonteVideoModel(**(config or {})).to(self.device).to(memory_format=torch.channels_last)
        self.average = EkonteVideoModel(**(config or {})).to(self.device).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.model.state_dict())
        self.weights: list[Tensor] = list(self.model.parameters())
        inner, outer, modulation = split_weights(self.model)
        rate = recipe.rate
        self.optimizers: list[tuple[torch.optim.Optimizer, float]] = [
            (Muon(inner, lr=rate), rate), (adam(outer, rate / 3), rate / 3), (adam(modulation, rate / 12), rate / 12),
        ]  # fmt: skip
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else fast_dtype()
        self.step, self.clips, self.seconds = 0, 0, 0.0
        self.norm = 0.0
        """Usual norm of the gradient; 0 before the first step."""

    @property
    def checkpoint(self) -> Path:
        return self.recipe.out / "checkpoint.pt"

    def resume(self) -> bool:
        """Go on from the checkpoint in the output folder, if there is one."""
        if not self.checkpoint.is_file():
            return False
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        for (optimizer, _), saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.clips, self.seconds = state["step"], state["clips"], state["seconds"]
        return True

    def save(self) -> None:
        """Write the checkpoint under a temporary name, then rename."""
        state = {
            "model": self.model.state_dict(), "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer, _ in self.optimizers],
            "step": self.step, "clips": self.clips, "seconds": self.seconds, "config": dict(self.model.config),
        }  # fmt: skip
        temporary = self.checkpoint.with_name("checkpoint.pt.part")
        torch.save(state, temporary)
        os.replace(temporary, self.checkpoint)

    def schedule(self) -> float:
        """Multiplier of the learning rates now: warm-up, level, then down to zero over the last third of the time."""
        left = 1 - self.seconds / (self.recipe.minutes * 60)
        return min(1.0, (self.step + 1) / self.recipe.warmup) * max(0.0, min(1.0, left * 3))

    def gradients(self, batch: Batch, key: tuple[int, ...]) -> tuple[list[Tensor], float]:
        """Gradients and loss of some clips; `key` seeds their noise."""
        generator = torch.Generator().manual_seed(int(np.random.SeedSequence(key).generate_state(1)[0]))
        noise = noise_like(batch.video, generator).to(self.device)
        t = noise_levels(len(batch.video), generator).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            loss = velocity_loss(self.model, batch.to(self.device), t, noise, self.dtype)
        return list(torch.autograd.grad(loss, self.weights)), loss.item()

    def clip(self, most: float = 2.0) -> None:
        """Scale gradients of more than `most` times the usual norm down to it; the usual norm is a running mean."""
        norm = float(torch.nn.utils.get_total_norm([w.grad for w in self.weights if w.grad is not None]))
        usual = self.norm or norm
        if norm > most * usual:
            torch.nn.utils.clip_grads_with_norm_(self.weights, most * usual, torch.tensor(norm))
        self.norm = 0.98 * usual + 0.02 * min(norm, most * usual)

    def train_step(self, paths: Sequence[Path], pool: ThreadPoolExecutor) -> float:
        """One optimiser step on `recipe.batch` clips; returns their mean loss."""
        recipe = self.recipe
        length = int(np.random.default_rng((recipe.seed, self.step)).choice(recipe.frames))

        crop = recipe.crop if self.seconds < recipe.crop_share * recipe.minutes * 60 else None

        def drawn(i: int) -> Batch:
            seeds = (recipe.seed, self.step, i)
            try:
                return draw(paths, np.random.default_rng(seeds), length, crop)
            except FileNotFoundError:  # the bank is being drawn anew
                return draw(clip_paths(recipe.bank), np.random.default_rng(seeds), length, crop)

        if self.device.type == "cuda":
            whole = Batch.join(list(pool.map(drawn, range(recipe.batch))))
            parts = [self.gradients(whole, (recipe.seed, self.step))]
        else:
            parts = list(pool.map(lambda i: self.gradients(drawn(i), (recipe.seed, self.step, i)), range(recipe.batch)))
        for weight, *grads in zip(self.weights, *(g for g, _ in parts), strict=True):
            weight.grad = torch.stack(grads).mean(0) if len(grads) > 1 else grads[0]
        self.clip()
        for optimizer, rate in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * self.schedule()
            optimizer.step()
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), self.weights, 1 - decay)
        self.step, self.clips = self.step + 1, self.clips + recipe.batch
        return float(np.mean([loss for _, loss in parts]))

    def run(self) -> None:
        """Train until the recipe's minutes are used up; logs to `log.jsonl`, writes sheets of held-out samples."""
        recipe = self.recipe
        recipe.out.mkdir(parents=True, exist_ok=True)
        print(f"{'resumed' if self.resume() else 'new run'} at step {self.step}", flush=True)
        losses: list[float] = []
        saved, start, before = time.monotonic(), time.monotonic(), self.seconds
        with ThreadPoolExecutor(recipe.workers, initializer=lambda: torch.set_num_threads(1)) as pool:
            while self.seconds < recipe.minutes * 60:
                if not losses:
                    paths = clip_paths(recipe.bank)
                losses.append(self.train_step(paths, pool))
                self.seconds = before + time.monotonic() - start
                last = self.seconds >= recipe.minutes * 60
                if len(losses) == 25 or last:
                    self.log(loss=float(np.mean(losses)), bank=len(paths))
                    losses = []
                if last or time.monotonic() - saved > recipe.save_minutes * 60:
                    self.save()
                    self.sheet()
                    saved = time.monotonic()

    def log(self, **more: float) -> None:
        minutes = round(self.seconds / 60, 2)
        line = {"step": self.step, "clips": self.clips, "minutes": minutes, "schedule": round(self.schedule(), 3)} | more
        with open(self.recipe.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)

    def sheet(self, clips: int = 6) -> None:
        """Write `sheet-<step>.png`: of held-out clips the flat colours, the target, the model at 4 steps and at 1."""
        if self.recipe.held is None:
            return
        rows: list[Bytes] = []
        pipeline = EmbeddedVideoPipeline(self.average, FlowMatchEulerDiscreteScheduler())
        for path in clip_paths(self.recipe.held)[:clips]:
            clip = read_clip(path)
            maps, at = clip.maps[slice(0, 8)], 4
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype == torch.bfloat16):
                drawn = [pipeline(maps, clip.context, steps=steps)[at] for steps in (4, 1)]
            rows.append(np.concatenate([maps.colour[at], clip.target[at], *drawn], axis=1))
        cv2.imwrite(str(self.recipe.out / f"sheet-{self.step:06d}.png"), np.concatenate(rows)[..., ::-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bank", type=Path, default=Path("runs/embedded/bank"))
    parser.add_argument("--held", type=Path, default=None, help="bank of clips never trained on, for the sample sheets")
    parser.add_argument("--out", type=Path, default=Path("runs/embedded"))
    parser.add_argument("--minutes", type=float, default=75.0)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--frames", type=int, nargs="+", default=[4, 4, 8])
    parser.add_argument("--rate", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    o = parser.parse_args()
    torch.set_num_threads(1)
    Trainer(
        Recipe(
            bank=o.bank, held=o.held, out=o.out, minutes=o.minutes, batch=o.batch, frames=tuple(o.frames), rate=o.rate,
            seed=o.seed, device=o.device, workers=o.workers,
        )
    ).run()  # fmt: skip


if __name__ == "__main__":
    main()

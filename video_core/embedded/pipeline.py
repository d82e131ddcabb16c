"""Sampling: control maps in, drawn frames out.

Knows the noise, the schedule, and how a shot of any length is made of clips that melt into each other. Does not know plans or
bundles (`maps` draws the controls from a bundle) nor film size (`video_core.upscale`).

Clips of a shot are given nothing of each other: controls and shared noise make them alike. Handing the last frames over, as large
models need it, made this one darker or brighter from clip to clip (`evals.bench.long_shots`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.utils.logging import disable_progress_bar
from safetensors import SafetensorError
from torch import Tensor

from shotplan.errors import RenderError
from video_core.embedded.controls import GROUPS, Bytes, ControlMaps, pixels_to_tensor, stack, tensor_to_pixels
from video_core.embedded.model import EkonteVideoModel
from video_core.precision import fast_dtype

WEIGHTS = Path(__file__).parent / "weights"
CLIP = 16
"""Frames per clip."""
OVERLAP = 2
"""Frames that are drawn by two clips, and melt from one to the other."""
SIZE = (120, 208)
"""(H, W) the shipped weights were trained at."""
MAX_STEPS = 8
SHARED_NOISE = 0.85
"""Part of the noise variance common to all frames of a shot (PYoCo, Ge et al. 2023): still things get still noise."""

Progress = Callable[[int, int], None]
"""Called with (done, total) denoising steps."""


@dataclass(frozen=True)
class Window:
    """Frames start..stop of a shot, of which the first `shared` are drawn by the window before too."""

    start: int
    stop: int
    shared: int


def windows(frames: int, clip: int = CLIP, overlap: int = OVERLAP) -> list[Window]:
    """Cut a shot of `frames` frames into clips of at most `clip` frames, evenly long, that overlap by `overlap`."""
    if frames <= clip:
        return [Window(0, frames, 0)]
    count = -(-(frames - overlap) // (clip - overlap))
    edges = [round(i * (frames - overlap) / count) for i in range(count + 1)]
    return [Window(a, b + overlap, overlap if i else 0) for i, (a, b) in enumerate(pairwise(edges))]


def shot_noise(frames: int, size: tuple[int, int], generator: torch.Generator, shared: float = SHARED_NOISE) -> Tensor:
    """Gaussian noise (3,F,H,W) of unit variance, a part of it common to all frames."""
    still = torch.randn(3, 1, *size, generator=generator)
    own = torch.randn(3, frames, *size, generator=generator)
    return own.mul_((1 - shared) ** 0.5).add_(still, alpha=shared**0.5)


class EmbeddedVideoPipeline(DiffusionPipeline):
    """Draws a shot with the small video model of this project."""

    def __init__(self, model: EkonteVideoModel, scheduler: FlowMatchEulerDiscreteScheduler) -> None:
        super().__init__()
        self.model: EkonteVideoModel
        self.scheduler: Any
        self.register_modules(model=model, scheduler=scheduler)

    @classmethod
    def load(cls, folder: Path = WEIGHTS, dtype: torch.dtype | None = None) -> Self:
        """The pipeline with its trained weights, in the number format that is fast here unless one is named.

        Raises `RenderError` when weights are missing, corrupt or of another network.
        """
        todo = "restore video_core/embedded/weights from the repository, or train and export (see MODEL_CARD.md)"
        if not (folder / "model_index.json").is_file():
            raise RenderError("the embedded model has no weights", where=str(folder), todo=todo)
        disable_progress_bar()  # the parts are two small files
        try:
            pipeline: Any = cls.from_pretrained(folder, dtype=dtype or fast_dtype(), local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, SafetensorError) as e:
            why = f"the embedded model's weights cannot be loaded: {e}"
            raise RenderError(why, where=str(folder), todo=todo) from e
        assert isinstance(pipeline, cls)
        for name, value in pipeline.model.named_parameters():
            if not bool(torch.isfinite(value).all()):
                why = f"the embedded model's weights are damaged: {name} is not finite"
                raise RenderError(why, where=str(folder), todo=todo)
        pipeline.model.to(memory_format=torch.channels_last)  # type: ignore[call-arg]
        return pipeline

    @torch.inference_mode()
    def __call__(
        self,
        maps: ControlMaps,
        context: tuple[int, int, int],
        *,
        steps: int = 4,
        generator: torch.Generator | None = None,
        strength: float = 1.0,
        init: Bytes | None = None,
        kept: Bytes | None = None,
        keep: Bytes | None = None,
        progress: Progress | None = None,
    ) -> Bytes:
        """Frames (F,H,W,3) for control maps of F frames, H and W divisible by 8.

        `context`: ids of style, time of day and weather (`maps.context_of`). `steps`: 1..8 per clip. `generator`: a CPU
        generator; the same seed gives the same frames. `strength` below 1 starts from `init` (F,H,W,3), noised that
        far; 1 starts from pure noise. `kept` (F,H,W,3) holds where `keep` (F,H,W) is 255. Raises `RenderError`.
        """
        frames, height, width = maps.depth.shape
        self._check(frames, height, width, steps, strength, init)
        generator = generator or torch.Generator().manual_seed(0)
        controls = stack(maps, kept, keep)
        noise = shot_noise(frames, (height, width), generator)
        origin = None if init is None or strength >= 1 else pixels_to_tensor(init)
        ids = torch.tensor([context], device=self.model.device)
        out = torch.empty(3, frames, height, width)
        cuts, done = windows(frames), 0
        for cut in cuts:
            part = controls[:, cut.start : cut.stop]
            x = noise[:, cut.start : cut.stop]
            if origin is not None:
                x = torch.lerp(origin[:, cut.start : cut.stop], x, strength)
            for sample in self._denoise(x, part, ids, steps, strength if origin is not None else 1.0):
                x, done = sample, done + 1
                if progress is not None:
                    progress(done, steps * len(cuts))
            x = torch.where(part[GROUPS["keep"]] > 0.5, part[GROUPS["kept"]], x)
            before, share = out[:, cut.start : cut.start + cut.shared], torch.arange(1, cut.shared + 1).view(1, -1, 1, 1) / (cut.shared + 1)
            x[:, : cut.shared] = before * (1 - share) + x[:, : cut.shared] * share
            out[:, cut.start : cut.stop] = x
        return tensor_to_pixels(out)

    def _denoise(
        self, x: Tensor, controls: Tensor, context: Tensor, steps: int, strength: float
    ) -> Iterator[Tensor]:
        """Yield the sample (3,F,H,W) after each Euler step from noise level `strength` to 0."""
        device, dtype = self.model.device, self.model.dtype
        levels = np.linspace(strength, 0.0, steps + 1)[:-1].astype(np.float32)
        self.scheduler.set_timesteps(sigmas=levels.tolist(), device=device)
        sample, given = x[None].to(device), controls[None].to(device, dtype)
        for t, sigma in zip(self.scheduler.timesteps, self.scheduler.sigmas[:-1], strict=True):
            clean = self.model(sample.to(dtype), given, sigma[None], context).float()
            sample = self.scheduler.step((sample - clean) / sigma, t, sample, return_dict=False)[0]
            yield sample[0].cpu()

    @staticmethod
    def _check(frames: int, height: int, width: int, steps: int, strength: float, init: Bytes | None) -> None:
        if frames < 1 or height % 8 or width % 8 or not height or not width:
            raise RenderError(
                f"the embedded model cannot draw {frames} frames of {height}x{width}",
                todo="give at least one frame, with height and width divisible by 8",
            )
        if not 1 <= steps <= MAX_STEPS:
            raise RenderError(f"{steps} denoising steps are not possible", todo=f"choose 1 to {MAX_STEPS}")
        if not 0 < strength <= 1:
            raise RenderError(f"strength {strength} is not possible", todo="choose more than 0 and at most 1")
        if strength < 1 and init is None:
            raise RenderError("strength below 1 needs frames to start from", todo="give init or set strength to 1")
        if init is not None and init.shape != (frames, height, width, 3):
            raise RenderError(
                f"init is {init.shape}, the controls are {(frames, height, width)}",
                todo="draw init at the controls' size",
            )

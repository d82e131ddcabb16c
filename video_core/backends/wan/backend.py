"""The `wan` backend: Wan2.1, Wan2.2, AniSora, VACE and Wan-Animate through diffusers' models.

    check      files, headers, LoRAs, sizes: everything that can fail early does so here, in one line
    render     prompt -> embeddings; bundle -> clips -> conditions -> noise -> latents -> frames, joined; and the report

Knows the order of things. Does not know files and memory (`parts`), the loop (`denoise`) or the conditions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.adapters.vace_choice import choose_control
from video_core.animatic.caption import draw_caption
from video_core.backends.backend import Clip, ControlUse, Progress
from video_core.backends.wan.conditions import Conditions, clip_grid
from video_core.backends.wan.denoise import Words, denoise
from video_core.backends.wan.families import Family
from video_core.backends.wan.identity import Identities, identities, with_triggers
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.prompt import clean, model_prompt
from video_core.backends.wan.reporting import report_of
from video_core.backends.wan.sampling import Sampling, sampling
from video_core.backends.wan.schedule import make_schedule
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.long_shot import Window, draw_long, windows
from video_core.planner import OptionSet

DECODE_SHARE = 0.1
"""Part of a clip's time that decoding takes, for the progress bar."""


class WanBackend:
    """One checkpoint, loaded when the first shot is rendered and kept for the next."""

    name = "wan"

    def __init__(self, settings: WanSettings) -> None:
        self.settings = settings
        self.parts = Parts(settings)

    def check(self) -> None:
        """Looks at every file's header. Raises `RenderError` when something is missing, damaged or does not fit."""
        self.parts.check()
        self._overlap()

    def check_film(self, size: tuple[int, int], fps: int) -> None:
        """Raises `RenderError` when the model cannot draw frames of (H, W), or not with this machine's memory."""
        unit = self.family.size_multiple
        if size[0] % unit or size[1] % unit:
            near = tuple(max(1, round(side / unit)) * unit for side in size)
            raise RenderError(
                f"{self.family.name} cannot draw {size[0]}x{size[1]}: both sides must divide by {unit}", where="--size",
                todo=f"give --size {near[0]}x{near[1]}",
            )  # fmt: skip
        self.parts.plan(size, self._longest, self.sampling)

    def version(self) -> str:
        """Changes with the weights, LoRAs and everything that is set."""
        return self.parts.digest

    def key_frames_needed(self, frames: int) -> tuple[int, ...]:
        """Frames of a shot that must be given as pictures before it can be drawn."""
        parts = self._windows(frames)
        match self.family.key_frames:
            case "first" if self.family.kind != "ti2v":
                return (0,)
            case "any_of_8" | "reference":
                return (0,)
            case "any" if self.family.anymask:
                return (0,)
            case "first_last":
                return (0, *(min(window.start + window.length, frames) - 1 for window in parts))
        return ()

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Frames at the bundle's size. Raises `RenderError`, `ConditioningError`."""
        started = time.monotonic()
        self.check_film(conditioning.size, conditioning.scene.fps)
        self.parts.settle(conditioning.size, self._longest, self.sampling)
        clips = self._windows(conditioning.frames)
        identity = identities(conditioning.scene, self.family, packed=self.parts.matched.checkpoint.high.gguf)
        self.parts.wear(identity)
        words, motion = self._words(conditioning, identity)
        control = self._control(conditioning)
        rows: list[list[ControlUse]] = []

        def draw(number: int, window: Window, clip: Conditioning) -> NDArray[np.uint8]:
            told = _part(progress, number, len(clips))
            frames, report = self._clip(conditioning, clip, number, window, words, control, told)
            rows.append(report)
            return frames

        frames = draw_long(conditioning, clips, draw)
        for f, frame in enumerate(frames):
            draw_caption(frame, conditioning.scene, f / conditioning.scene.fps)
        notes = (*self.parts.matched.notes, *self.parts.experts.notes)
        report = report_of(conditioning, self.family, self.sampling, clips, rows, motion=motion, options=self.options, notes=notes)
        return Clip(frames, conditioning.scene.fps, (*report, *identity.report), time.monotonic() - started)

    @property
    def family(self) -> Family:
        return self.parts.family

    @property
    def options(self) -> OptionSet:
        """The option set in use; before the first shot, what was asked for."""
        return self.parts.options

    @cached_property
    def sampling(self) -> Sampling:
        return sampling(self.settings, self.family)

    def _clip(
        self, shot: Conditioning, clip: Conditioning, number: int, window: Window, words: Words, control: tuple[str, ...],
        told: Callable[[float], None],
    ) -> tuple[NDArray[np.uint8], list[ControlUse]]:  # fmt: skip
        sample, parts = self.sampling, self.parts
        conditions = self._conditions(shot, control)
        grid = clip_grid(self.family, clip.frames, clip.size)
        draw = torch.Generator("cpu").manual_seed(clip.scene.seed + number)

        def noise_of(latent_frames: int) -> torch.Tensor:
            shape = (1, self.family.latent_channels, latent_frames, grid.latent_height, grid.latent_width)
            return torch.randn(shape, generator=draw, dtype=torch.float32).to(parts.device)

        noise = noise_of(grid.latent_frames)
        feed, report = conditions.feed(clip, window.overlap, noise)
        if feed.lead:
            noise = torch.cat([noise_of(feed.lead), noise], dim=2)
        schedule = make_schedule(sample.solver, sample.steps, sample.shift, parts.device)
        parts.experts.begin()
        latents = denoise(
            parts.experts, noise, schedule, feed, words, sample.guidance,
            told=lambda done, total: told((1 - DECODE_SHARE) * done / total),
        )  # fmt: skip
        parts.experts.rest()
        frames = parts.latents.decode(latents[:, :, feed.lead :])
        told(1.0)
        return frames, report

    def _conditions(self, shot: Conditioning, control: tuple[str, ...]) -> Conditions:
        parts = self.parts
        config = parts.matched.checkpoint.high.config or {}
        settings = self.settings.model_copy(update={"control": control})
        return Conditions(
            self.family, settings, parts.latents, lambda: parts.image_encoder, parts.device, parts.experts.dtype,
            shot=shot, face_side=int(config.get("motion_encoder_size") or 512),
        )  # fmt: skip

    def _control(self, conditioning: Conditioning) -> tuple[str, ...]:
        """The control of the whole shot: all its clips are driven by the same."""
        if self.family.kind == "vace" and self.settings.control == ("auto",):
            return (choose_control(conditioning)[0],)
        return self.settings.control

    @property
    def _longest(self) -> int:
        """Frames of the longest clip that may be asked for."""
        return self._windows(10**6)[0].length

    def _windows(self, frames: int) -> tuple[Window, ...]:
        longest = self.settings.clip_frames or self.family.max_frames
        return windows(frames, longest, self._overlap(), self.family.frame_grid)

    def _overlap(self) -> int:
        asked = self.settings.overlap or self.family.overlap
        if asked > 1 and self.family.overlap == 1 and self.family.kind != "animate":
            raise RenderError(
                f"{self.family.name} is handed one frame from clip to clip, not {asked}", where="--set overlap", todo="leave it out"
            )
        return asked

    def _words(self, conditioning: Conditioning, identity: Identities) -> tuple[Words, float]:
        scene, settings = conditioning.scene, self.settings
        motion = settings.motion_score if settings.motion_score is not None else scene.motion_score
        prompt, motion = model_prompt(
            with_triggers(scene.prompt, identity.triggers), self.family, motion=motion, aesthetic=settings.aesthetic_score,
        )  # fmt: skip
        texts = [prompt]
        if max(self.sampling.guidance) > 1:
            texts.append(clean(settings.negative_prompt or scene.negative_prompt or self.family.negative))
        found = self.parts.embeddings(texts)
        return Words(found[0], found[1] if len(found) > 1 else None), motion


def _part(progress: Progress | None, number: int, count: int) -> Callable[[float], None]:
    def told(share: float) -> None:
        if progress is not None:
            progress(round(1000 * (number + share) / count), 1000)

    return told

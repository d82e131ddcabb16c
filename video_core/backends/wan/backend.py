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
from video_core.backends.backend import Clip, ControlUse, Progress, Retakes
from video_core.backends.wan.conditions import Conditions, clip_grid
from video_core.backends.wan.denoise import Words, denoise
from video_core.backends.wan.families import Family
from video_core.backends.wan.feeds import Feed
from video_core.backends.wan.identity import Identities, identities, with_triggers
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.prompt import as_long_as_fits, clean, model_prompt
from video_core.backends.wan.reporting import Said, report_of
from video_core.backends.wan.sampling import Sampling, sampling
from video_core.backends.wan.schedule import make_schedule
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning, SceneCard
from video_core.long_shot.draw import Window, draw_long, joins_of, windows
from video_core.parallel.group import ALONE, Group
from video_core.planner import OptionSet

MakeFeed = Callable[[torch.Tensor], tuple[Feed, list[ControlUse]]]
"""From a clip's noise to its condition and what became of the controls."""
DECODE_SHARE = 0.1
"""Part of a clip's time that decoding takes, for the progress bar."""


class WanBackend:
    """One checkpoint, loaded when the first shot is rendered and kept for the next."""

    name = "wan"

    def __init__(self, settings: WanSettings, group: Group = ALONE) -> None:
        """`group`: the processes that draw every clip together; all but the first call `follow` while that one renders."""
        self.settings, self.group = settings, group
        self.parts = Parts(settings, group)

    def check(self) -> None:
        """Looks at every file's header. Raises `RenderError` when something is missing, damaged or does not fit."""
        self.parts.check()
        self._overlap()

    def check_film(self, size: tuple[int, int], fps: int, *, elsewhere: bool = False) -> None:
        """Raises `RenderError` when the model cannot draw frames of (H, W), or not with this machine's memory and GPUs."""
        unit = self.family.size_multiple
        if size[0] % unit or size[1] % unit:
            near = tuple(max(1, round(side / unit)) * unit for side in size)
            raise RenderError(
                f"{self.family.name} cannot draw {size[0]}x{size[1]}: both sides must divide by {unit}", where="--size",
                todo=f"give --size {near[0]}x{near[1]}",
            )  # fmt: skip
        if not self.parts.settled and not elsewhere:  # what is loaded takes the memory that it was planned for
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

    def keeps_pixels(self) -> bool:
        """Whether the model takes a mask per pixel: VACE and anymask do."""
        return self.family.kind == "vace" or self.family.anymask

    def retakes(self, conditioning: Conditioning) -> Retakes:
        """VACE has a scale; the others take their pictures whole and have nothing to turn up."""
        if self.family.kind != "vace":
            return Retakes(why=f"{self.family.name} has no scale for its condition")
        if self.settings.control == ("none",):
            return Retakes(why="VACE draws without a control video (--set control=none)")
        return Retakes(control=True)

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Frames at the bundle's size. Raises `RenderError`, `ConditioningError`."""
        started = time.monotonic()
        clips, identity, words, said = self._begin(conditioning.scene, conditioning.frames, conditioning.size)
        control = self._control(conditioning)
        rows: list[list[ControlUse]] = []

        def draw(number: int, window: Window, clip: Conditioning) -> NDArray[np.uint8]:
            conditions, told = self._conditions(conditioning, control), _part(progress, number, len(clips))

            def feed(noise: torch.Tensor) -> tuple[Feed, list[ControlUse]]:
                return conditions.feed(clip, window.overlap, noise)

            frames, report = self._clip(clip.frames, clip.size, clip.scene.seed + number, words, feed, told)
            rows.append(report)
            return frames

        frames = draw_long(conditioning, clips, draw)
        for f, frame in enumerate(frames):
            draw_caption(frame, conditioning.scene, f / conditioning.scene.fps)
        notes = (*self.parts.matched.notes, *self.parts.experts.notes)
        report = report_of(conditioning, self.family, self.sampling, clips, rows, said=said, options=self.options, notes=notes)
        seconds, joins = time.monotonic() - started, joins_of(clips, conditioning.frames)
        return Clip(frames, conditioning.scene.fps, (*report, *identity.report), seconds, joins)

    def follow(self, scene: SceneCard, frames: int, size: tuple[int, int]) -> None:
        """What the others of the group do while the first one renders a shot of so many frames of (H, W). Raises `RenderError`."""
        clips, _, words, _ = self._begin(scene, frames, size)
        for number, window in enumerate(clips):
            self._clip(window.length, size, scene.seed + number, words, _only_the_first, lambda share: None)

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

    def _begin(self, scene: SceneCard, frames: int, size: tuple[int, int]) -> tuple[tuple[Window, ...], Identities, Words, Said]:
        """The shot's clips, adapters, words and what they say; the model is planned and wears the adapters."""
        self.check_film(size, scene.fps, elsewhere=True)
        self.parts.settle(size, self._longest, self.sampling)
        identity = identities(scene, self.family, packed=self.parts.matched.checkpoint.high.gguf)
        self.parts.wear(identity)
        words, said = self.group.from_first(lambda: self._words(scene, identity))
        return self._windows(frames), identity, words, said

    def _clip(
        self, frames: int, size: tuple[int, int], seed: int, words: Words, make: MakeFeed, told: Callable[[float], None]
    ) -> tuple[NDArray[np.uint8], list[ControlUse]]:
        """One clip. In a group all processes draw the same noise, the first one encodes the conditions and gets the frames."""
        sample, parts, group = self.sampling, self.parts, self.group
        grid = clip_grid(self.family, frames, size)
        draw = torch.Generator("cpu").manual_seed(seed)

        def noise_of(latent_frames: int) -> torch.Tensor:
            shape = (1, self.family.latent_channels, latent_frames, grid.latent_height, grid.latent_width)
            return torch.randn(shape, generator=draw, dtype=torch.float32).to(parts.device)

        noise = noise_of(grid.latent_frames)
        if group.size > 1 and parts.options.vae_spread:
            _ = parts.latents  # the first process may need help with encoding
        feed, report = group.from_first(lambda: make(noise))
        if feed.lead:
            noise = torch.cat([noise_of(feed.lead), noise], dim=2)
        parts.check_shares(noise.shape)
        schedule = make_schedule(sample.solver, sample.steps, sample.shift_at(size), parts.device)
        parts.experts.begin()
        latents = denoise(
            parts.experts, noise, schedule, feed, words, sample.guidance,
            told=lambda done, total: told((1 - DECODE_SHARE) * done / total),
        )  # fmt: skip
        parts.experts.rest()
        if not group.first and not parts.options.vae_spread:
            return np.empty((0, *size, 3), np.uint8), report
        pictures = parts.latents.decode(latents[:, :, feed.lead :])
        told(1.0)
        return pictures, report

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

    def _words(self, scene: SceneCard, identity: Identities) -> tuple[Words, Said]:
        settings = self.settings
        motion = settings.motion_score if settings.motion_score is not None else scene.motion_score

        def whole(prompt: str) -> tuple[str, float]:
            return model_prompt(prompt, self.family, motion=motion, aesthetic=settings.aesthetic_score)

        said = clean(with_triggers(scene.prompt, identity.triggers))
        prompt, left_out = as_long_as_fits(said, lambda words: whole(words)[0], self.parts.reads_whole)
        texts = [prompt]
        if max(self.sampling.guidance) > 1:
            texts.append(clean(settings.negative_prompt or scene.negative_prompt or self.family.negative))
        found = self.parts.embeddings(texts)
        return Words(found[0], found[1] if len(found) > 1 else None), Said(whole(said)[1], left_out)


def _only_the_first(noise: torch.Tensor) -> tuple[Feed, list[ControlUse]]:
    raise AssertionError("conditions are encoded by the first process alone")


def _part(progress: Progress | None, number: int, count: int) -> Callable[[float], None]:
    def told(share: float) -> None:
        if progress is not None:
            progress(round(1000 * (number + share) / count), 1000)

    return told

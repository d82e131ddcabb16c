"""The `wan` backend: Wan2.1, Wan2.2, AniSora, VACE and Wan-Animate through diffusers' models.

    check      files, headers, LoRAs, sizes: everything that can fail early does so here, in one line
    render     prompt -> embeddings; bundle -> clips -> conditions -> noise -> latents -> frames, joined; and the report

Knows the order of things and what is held in memory when. Does not know the loop (`denoise`), the conditions or the files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.adapters.vace_choice import choose_control
from video_core.animatic.caption import draw_caption
from video_core.backends.backend import Clip, ControlUse, Progress
from video_core.backends.wan.conditions import Conditions, clip_grid
from video_core.backends.wan.denoise import Words, denoise
from video_core.backends.wan.disk_cache import DiskCache, default_folder
from video_core.backends.wan.experts import Experts, release
from video_core.backends.wan.families import Family
from video_core.backends.wan.latents import Latents
from video_core.backends.wan.match import Matched, match
from video_core.backends.wan.prompt import clean, model_prompt
from video_core.backends.wan.reporting import report_of
from video_core.backends.wan.sampling import Sampling, sampling
from video_core.backends.wan.schedule import make_schedule
from video_core.backends.wan.settings import WanSettings
from video_core.backends.wan.text import embed
from video_core.checkpoints.header import fingerprint
from video_core.checkpoints.inspect import diffusers_config
from video_core.checkpoints.load import load_image_encoder, load_text_encoder, load_tokenizer, load_vae
from video_core.checkpoints.locate import Part, local_path, locate
from video_core.checkpoints.lora import Lora, locate_lora
from video_core.checkpoints.taehv import check_taehv, load_taehv
from video_core.conditioning import Conditioning
from video_core.ledger import digest_of
from video_core.long_shot import Window, draw_long, windows
from video_core.planner import Machine, OptionSet, machine_here, plan_load
from video_core.planner.memory import PROCESS

DECODE_SHARE = 0.1
"""Part of a clip's time that decoding takes, for the progress bar."""


class WanBackend:
    """One checkpoint, loaded when the first shot is rendered and kept for the next."""

    name = "wan"

    def __init__(self, settings: WanSettings) -> None:
        self.settings = settings
        self._options: OptionSet | None = None
        """How the model was loaded, from the first shot on."""

    def check(self) -> None:
        """Looks at every file's header. Raises `RenderError` when something is missing, damaged or does not fit."""
        _ = self._matched, self._loras, self._taehv_path, self._asked, self._device
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
        self._plan(size)

    def version(self) -> str:
        """Changes with the weights, LoRAs and everything that is set."""
        return self._version

    @cached_property
    def _version(self) -> str:
        checkpoint = self._matched.checkpoint
        parts = [checkpoint.high.files.paths, checkpoint.low.files.paths if checkpoint.low else ()]
        parts += [_files(part) for part in (checkpoint.vae, checkpoint.text_encoder, checkpoint.image_encoder)]
        weights = [fingerprint(tuple(paths)) for paths in parts if paths]
        loras = [lora.digest() for pair in self._loras for lora in pair]
        fast = [fingerprint((self._taehv_path,))] if self._taehv_path else []
        where = {"checkpoint", "checkpoint_low", "base", "lora", "lora_low", "taehv", "cache", "device", "option", "model"}
        told = self.settings.model_dump_json(exclude=where)
        return digest_of(self.family.name, told, *self._asked.lossy, *weights, "loras", *loras, "fast", *fast)

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
        self._options = self._options or self._plan(conditioning.size)
        parts = self._windows(conditioning.frames)
        words, motion = self._words(conditioning)
        control = self._control(conditioning)
        rows: list[list[ControlUse]] = []

        def draw(number: int, window: Window, clip: Conditioning) -> NDArray[np.uint8]:
            told = _part(progress, number, len(parts))
            frames, report = self._clip(conditioning, clip, number, window, words, control, told)
            rows.append(report)
            return frames

        frames = draw_long(conditioning, parts, draw)
        for f, frame in enumerate(frames):
            draw_caption(frame, conditioning.scene, f / conditioning.scene.fps)
        notes = (*self._matched.notes, *self._experts.notes)
        report = report_of(conditioning, self.family, self.sampling, parts, rows, motion=motion, options=self.options, notes=notes)
        return Clip(frames, conditioning.scene.fps, report, time.monotonic() - started)

    @property
    def family(self) -> Family:
        return self._matched.family

    @cached_property
    def sampling(self) -> Sampling:
        return sampling(self.settings, self.family)

    def _clip(
        self, shot: Conditioning, clip: Conditioning, number: int, window: Window, words: Words, control: tuple[str, ...],
        told: Callable[[float], None],
    ) -> tuple[NDArray[np.uint8], list[ControlUse]]:  # fmt: skip
        sample = self.sampling
        conditions = self._conditions(shot, control)
        grid = clip_grid(self.family, clip.frames, clip.size)
        draw = torch.Generator("cpu").manual_seed(clip.scene.seed + number)

        def noise_of(latent_frames: int) -> torch.Tensor:
            shape = (1, self.family.latent_channels, latent_frames, grid.latent_height, grid.latent_width)
            return torch.randn(shape, generator=draw, dtype=torch.float32).to(self._device)

        noise = noise_of(grid.latent_frames)
        feed, report = conditions.feed(clip, window.overlap, noise)
        if feed.lead:
            noise = torch.cat([noise_of(feed.lead), noise], dim=2)
        schedule = make_schedule(sample.solver, sample.steps, sample.shift, self._device)
        latents = denoise(
            self._experts, noise, schedule, feed, words, sample.guidance,
            told=lambda done, total: told((1 - DECODE_SHARE) * done / total),
        )  # fmt: skip
        self._experts.rest()
        frames = self._latents.decode(latents[:, :, feed.lead :])
        told(1.0)
        return frames, report

    def _conditions(self, shot: Conditioning, control: tuple[str, ...]) -> Conditions:
        config = self._matched.checkpoint.high.config or {}
        settings = self.settings.model_copy(update={"control": control})
        return Conditions(
            self.family, settings, self._latents, lambda: self._image_encoder, self._device, self._experts.dtype,
            shot=shot, face_side=int(config.get("motion_encoder_size") or 512),
        )  # fmt: skip

    def _control(self, conditioning: Conditioning) -> tuple[str, ...]:
        """The control of the whole shot: all its clips are driven by the same."""
        if self.family.kind == "vace" and self.settings.control == ("auto",):
            return (choose_control(conditioning)[0],)
        return self.settings.control

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

    def _words(self, conditioning: Conditioning) -> tuple[Words, float]:
        scene, settings = conditioning.scene, self.settings
        motion = settings.motion_score if settings.motion_score is not None else scene.motion_score
        prompt, motion = model_prompt(scene.prompt, self.family, motion=motion, aesthetic=settings.aesthetic_score)
        texts = [prompt]
        if max(self.sampling.guidance) > 1:
            texts.append(clean(settings.negative_prompt or scene.negative_prompt or self.family.negative))
        checkpoint = self._matched.checkpoint
        assert checkpoint.text_encoder is not None
        assert checkpoint.tokenizer is not None
        part, tokens = checkpoint.text_encoder, checkpoint.tokenizer

        def load() -> tuple[Any, torch.nn.Module]:
            return load_tokenizer(tokens), load_text_encoder(part, self._experts.dtype).to(self._device)

        found, computed = embed(texts, load, self._cache, self._text_digest, self._experts.dtype)
        if computed:
            release()  # the encoder is as large as the transformer and not needed again
        moved = [words.to(self._device) for words in found]
        return Words(moved[0], moved[1] if len(moved) > 1 else None), motion

    @cached_property
    def _text_digest(self) -> str:
        checkpoint = self._matched.checkpoint
        tokens = tuple(sorted(path for path in checkpoint.tokenizer.iterdir() if path.is_file())) if checkpoint.tokenizer else ()
        return digest_of(fingerprint(_files(checkpoint.text_encoder)), fingerprint(tokens))

    @cached_property
    def _matched(self) -> Matched:
        settings = self.settings
        return match(locate(settings.checkpoint, low=settings.checkpoint_low, base=settings.base), settings.model)

    @cached_property
    def _loras(self) -> tuple[tuple[Lora, ...], tuple[Lora, ...]]:
        high, low = (tuple(locate_lora(word) for word in words) for words in (self.settings.lora, self.settings.lora_low))
        if low and self._matched.checkpoint.low is None:
            raise RenderError("there is one expert only", where="--set lora_low", todo="give the LoRA as --set lora=FILE")
        if high and not low and self._matched.checkpoint.low is not None:
            raise RenderError(
                "the LoRA is given for the high-noise expert alone", where="--set lora",
                todo="give that of the low-noise expert as --set lora_low=FILE (the same file when it is one for both)",
            )  # fmt: skip
        return high, low

    @property
    def options(self) -> OptionSet:
        """The option set in use; before the first shot, what was asked for."""
        return self._options or self._asked

    def _plan(self, size: tuple[int, int]) -> OptionSet:
        """The option set for clips of this size, checked against this machine's memory. Raises `RenderError` naming one that fits."""
        matched, sample = self._matched, self.sampling
        experts = [matched.checkpoint.high, *([matched.checkpoint.low] if matched.checkpoint.low else [])]
        configs = [
            expert.config or diffusers_config(found, heads=self.family.heads, vace_layers=self.family.vace_layers)
            for expert, found in zip(experts, matched.architectures, strict=True)
        ]
        here = Machine(None, ram=machine_here().ram + PROCESS) if self._device.type == "cpu" else None  # this process is there already
        frames = self._windows(10**6)[0].length
        asked = self._asked if self.settings.option or self._loras[0] or experts[0].gguf else None
        return plan_load(configs, size, frames, sample.steps, max(sample.guidance), asked, here).options

    @cached_property
    def _asked(self) -> OptionSet:
        """What `--set option=...` says, with what follows from the files."""
        options = OptionSet.from_words(self.settings.option)
        if self._loras[0]:
            options = options.but(lora="fused")
        if self._matched.checkpoint.high.gguf and not options.weights.startswith("gguf"):
            options = options.but(weights="gguf_q8_0")
        if options.vae_decoder == "taehv" and not self.settings.taehv:
            raise RenderError("the fast decoder has no file", where="--option vae_decoder", todo="give --set taehv=taew2_1.safetensors")
        if options.gpus > 1:
            raise RenderError(
                f"{options.words()} needs {options.gpus} GPUs in one worker group", where="--option", todo="leave it out on one GPU"
            )
        return options

    @cached_property
    def _device(self) -> torch.device:
        if self.settings.device != "auto":
            return torch.device(self.settings.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    @cached_property
    def _taehv_path(self) -> Path | None:
        if not self.settings.taehv:
            return None
        path = local_path(self.settings.taehv)
        check_taehv(path, self.family.latent_channels)
        return path

    @cached_property
    def _cache(self) -> DiskCache:
        return DiskCache(Path(self.settings.cache) if self.settings.cache else default_folder())

    @cached_property
    def _experts(self) -> Experts:
        return Experts(self._matched, self.options, self._device, self._loras)

    @cached_property
    def _latents(self) -> Latents:
        part = self._matched.checkpoint.vae
        assert part is not None
        vae = load_vae(part, torch.bfloat16 if self.options.vae_dtype == "bf16" else torch.float32)
        fast = load_taehv(self._taehv_path, self.family.latent_channels) if self._taehv_path else None
        digest = digest_of(fingerprint(_files(part)), self.options.vae_dtype)
        return Latents(vae, digest, self._cache, self._on_device, tiling=self.options.vae_tiling, taehv=fast)

    @cached_property
    def _image_encoder(self) -> Any:
        part = self._matched.checkpoint.image_encoder
        assert part is not None
        return load_image_encoder(part).to(self._device)

    @contextmanager
    def _on_device(self, module: Any) -> Iterator[Any]:
        """The module on the device; when weights are offloaded it does not stay there."""
        module.to(self._device)
        try:
            yield module
        finally:
            if self.options.offload != "none":
                module.to("cpu")
                release()


def _files(part: Part | None) -> tuple[Path, ...]:
    if part is None:
        return ()
    if part.original:
        return (part.path,)
    return tuple(sorted(path for path in part.path.iterdir() if path.suffix in (".safetensors", ".bin", ".json")))


def _part(progress: Progress | None, number: int, count: int) -> Callable[[float], None]:
    def told(share: float) -> None:
        if progress is not None:
            progress(round(1000 * (number + share) / count), 1000)

    return told

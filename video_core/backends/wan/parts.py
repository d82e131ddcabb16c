"""The parts of one checkpoint, each found at once and loaded when it is first needed: experts, VAE, encoders, LoRAs.

Knows files, option sets and what is held in memory when. Does not know conditions, noise or clips.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from shotplan.errors import RenderError
from video_core.backends.wan.disk_cache import DiskCache, default_folder
from video_core.backends.wan.experts import Experts, release
from video_core.backends.wan.families import Family
from video_core.backends.wan.identity import Identities
from video_core.backends.wan.latents import Latents
from video_core.backends.wan.match import Matched, match
from video_core.backends.wan.sampling import Sampling
from video_core.backends.wan.settings import WanSettings
from video_core.backends.wan.text import embed
from video_core.checkpoints.gguf_file import gguf_weights
from video_core.checkpoints.header import fingerprint
from video_core.checkpoints.inspect import diffusers_config
from video_core.checkpoints.load import load_image_encoder, load_text_encoder, load_tokenizer, load_vae
from video_core.checkpoints.locate import Part, local_path, locate
from video_core.checkpoints.lora import Lora, locate_lora
from video_core.checkpoints.taehv import check_taehv, load_taehv
from video_core.ledger import digest_of
from video_core.planner import Machine, OptionSet, machine_here, plan_load
from video_core.planner.memory import PROCESS

FILES_AND_PLACES = {"checkpoint", "checkpoint_low", "base", "lora", "lora_low", "taehv", "cache", "device", "option", "model"}
"""Settings that name files, told apart by their content, or that say where and how, not what."""


class Parts:
    """One checkpoint. Every attribute raises `RenderError` when what it stands for is missing, damaged or does not fit."""

    def __init__(self, settings: WanSettings) -> None:
        self.settings = settings
        self._options: OptionSet | None = None
        """How the model is loaded, once that is settled."""

    def check(self) -> None:
        """Looks at every file's header; loads nothing."""
        _ = self.matched, self.loras, self._taehv_path, self.asked, self.device

    @property
    def family(self) -> Family:
        return self.matched.family

    @cached_property
    def matched(self) -> Matched:
        settings = self.settings
        return match(locate(settings.checkpoint, low=settings.checkpoint_low, base=settings.base), settings.model)

    @cached_property
    def loras(self) -> tuple[tuple[Lora, ...], tuple[Lora, ...]]:
        """For the high-noise (or only) expert, and for the low-noise one."""
        high, low = (tuple(locate_lora(word) for word in words) for words in (self.settings.lora, self.settings.lora_low))
        if low and self.matched.checkpoint.low is None:
            raise RenderError("there is one expert only", where="--set lora_low", todo="give the LoRA as --set lora=FILE")
        if high and not low and self.matched.checkpoint.low is not None:
            raise RenderError(
                "the LoRA is given for the high-noise expert alone", where="--set lora",
                todo="give that of the low-noise expert as --set lora_low=FILE (the same file when it is one for both)",
            )  # fmt: skip
        return high, low

    @cached_property
    def digest(self) -> str:
        """Changes with the weights, LoRAs and everything that is set."""
        checkpoint = self.matched.checkpoint
        parts = [checkpoint.high.files.paths, checkpoint.low.files.paths if checkpoint.low else ()]
        parts += [_files(part) for part in (checkpoint.vae, checkpoint.text_encoder, checkpoint.image_encoder)]
        weights = [fingerprint(tuple(paths)) for paths in parts if paths]
        loras = [lora.digest() for pair in self.loras for lora in pair]
        fast = [fingerprint((self._taehv_path,))] if self._taehv_path else []
        told = self.settings.model_dump_json(exclude=FILES_AND_PLACES)
        return digest_of(self.family.name, told, *self.asked.lossy, *weights, "loras", *loras, "fast", *fast)

    # --- how they are loaded -----------------------------------------------------------------------------------------

    @property
    def options(self) -> OptionSet:
        """The option set in use; before it is settled, what was asked for."""
        return self._options or self.asked

    def settle(self, size: tuple[int, int], frames: int, sample: Sampling) -> None:
        """Decide how the model is loaded, by its first clip: (H, W) and frames. Later clips change nothing."""
        self._options = self._options or self.plan(size, frames, sample)

    def plan(self, size: tuple[int, int], frames: int, sample: Sampling) -> OptionSet:
        """The option set for such clips, checked against this machine's memory. Raises `RenderError` naming one that fits."""
        matched = self.matched
        experts = [matched.checkpoint.high, *([matched.checkpoint.low] if matched.checkpoint.low else [])]
        configs = [
            expert.config or diffusers_config(found, heads=self.family.heads, vace_layers=self.family.vace_layers)
            for expert, found in zip(experts, matched.architectures, strict=True)
        ]
        here = Machine(None, ram=machine_here().ram + PROCESS) if self.device.type == "cpu" else None  # this process is there already
        asked = self.asked if self.settings.option or self.loras[0] or experts[0].gguf else None
        return plan_load(configs, size, frames, sample.steps, max(sample.guidance), asked, here).options

    @cached_property
    def asked(self) -> OptionSet:
        """What `--set option=...` says, with what follows from the files."""
        options = OptionSet.from_words(self.settings.option)
        if self.loras[0]:
            options = options.but(lora="fused")
        high = self.matched.checkpoint.high
        if high.gguf:
            own = gguf_weights(high.header)
            if options.weights not in ("bf16", own):
                raise RenderError(
                    f"weights={options.weights} is not the GGUF file's own format, {own}", where="--option weights", todo="leave it out"
                )
            options = options.but(weights=own)
        if options.vae_decoder == "taehv" and not self.settings.taehv:
            raise RenderError("the fast decoder has no file", where="--option vae_decoder", todo="give --set taehv=taew2_1.safetensors")
        if options.gpus > 1:
            raise RenderError(
                f"{options.words()} needs {options.gpus} GPUs in one worker group", where="--option", todo="leave it out on one GPU"
            )
        return options

    @cached_property
    def device(self) -> torch.device:
        if self.settings.device != "auto":
            return torch.device(self.settings.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    # --- the parts ---------------------------------------------------------------------------------------------------

    @cached_property
    def experts(self) -> Experts:
        return Experts(self.matched, self.options, self.device, self.loras)

    def wear(self, identity: Identities) -> None:
        """The next clips are drawn with these characters' adapters besides the LoRAs that are set."""
        self.experts.wear((self.loras[0] + identity.high, self.loras[1] + identity.low))

    @cached_property
    def latents(self) -> Latents:
        part = self.matched.checkpoint.vae
        assert part is not None
        vae = load_vae(part, torch.bfloat16 if self.options.vae_dtype == "bf16" else torch.float32)
        fast = load_taehv(self._taehv_path, self.family.latent_channels) if self._taehv_path else None
        digest = digest_of(fingerprint(_files(part)), self.options.vae_dtype)
        return Latents(vae, digest, self.cache, self._on_device, tiling=self.options.vae_tiling, taehv=fast)

    @cached_property
    def image_encoder(self) -> Any:
        """CLIP's vision tower, on the device."""
        part = self.matched.checkpoint.image_encoder
        assert part is not None
        return load_image_encoder(part).to(self.device)

    def embeddings(self, texts: list[str]) -> list[torch.Tensor]:
        """(1,512,D) of each text on the device; known ones come from disk and load no encoder."""
        checkpoint = self.matched.checkpoint
        assert checkpoint.text_encoder is not None
        assert checkpoint.tokenizer is not None
        part, tokens = checkpoint.text_encoder, checkpoint.tokenizer

        def load() -> tuple[Any, torch.nn.Module]:
            return load_tokenizer(tokens), load_text_encoder(part, self.experts.dtype).to(self.device)

        found, computed = embed(texts, load, self.cache, self._text_digest, self.experts.dtype)
        if computed:
            release()  # the encoder is as large as the transformer and not needed again
        return [words.to(self.device) for words in found]

    @cached_property
    def cache(self) -> DiskCache:
        return DiskCache(Path(self.settings.cache) if self.settings.cache else default_folder())

    @cached_property
    def _text_digest(self) -> str:
        checkpoint = self.matched.checkpoint
        tokens = tuple(sorted(path for path in checkpoint.tokenizer.iterdir() if path.is_file())) if checkpoint.tokenizer else ()
        return digest_of(fingerprint(_files(checkpoint.text_encoder)), fingerprint(tokens))

    @cached_property
    def _taehv_path(self) -> Path | None:
        if not self.settings.taehv:
            return None
        path = local_path(self.settings.taehv)
        check_taehv(path, self.family.latent_channels)
        return path

    @contextmanager
    def _on_device(self, module: Any) -> Iterator[Any]:
        """The module on the device; when weights are offloaded it does not stay there."""
        module.to(self.device)
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

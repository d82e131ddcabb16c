"""The parts of one checkpoint, each found at once and loaded when it is first needed: experts, VAE, encoders, LoRAs.

Knows files, option sets and what is held in memory when. Does not know conditions, noise or clips.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from shotplan.errors import RenderError
from video_core.adapters.vace_references import MOST
from video_core.backends.wan.disk_cache import DiskCache, default_folder
from video_core.backends.wan.experts import Experts, release
from video_core.backends.wan.families import Family
from video_core.backends.wan.identity import Identities
from video_core.backends.wan.latents import Latents
from video_core.backends.wan.match import Matched, match
from video_core.backends.wan.sampling import Sampling
from video_core.backends.wan.settings import WanSettings
from video_core.backends.wan.text import embed, is_cut, may_be_cut
from video_core.checkpoints.gguf_file import gguf_weights
from video_core.checkpoints.header import fingerprint
from video_core.checkpoints.inspect import diffusers_config
from video_core.checkpoints.load import load_image_encoder, load_text_encoder, load_tokenizer, load_vae
from video_core.checkpoints.locate import Part, local_path, locate
from video_core.checkpoints.lora import Lora, locate_lora
from video_core.checkpoints.taehv import check_taehv, load_taehv
from video_core.ledger import digest_of
from video_core.parallel.group import ALONE, Group
from video_core.planner import ClipSpec, Machine, OptionSet, machine_here, plan_load
from video_core.planner.machine import GB
from video_core.planner.memory import PROCESS, memory
from video_core.planner.models import model_of_configs
from video_core.planner.predict import USABLE

FILES_AND_PLACES = {*WanSettings.FILES, "device", "option", "model", "gpus"}
"""Settings that name files, told apart by their content, or that say where and how, not what."""


class Parts:
    """One checkpoint. Every attribute raises `RenderError` when what it stands for is missing, damaged or does not fit."""

    def __init__(self, settings: WanSettings, group: Group = ALONE) -> None:
        self.settings, self.group = settings, group
        self._options: OptionSet | None = None
        """How the model is loaded, once that is settled."""
        self._text: tuple[Any, torch.nn.Module] | None = None
        """Tokenizer and text encoder while they are there."""
        self._text_stays = False

    def check(self) -> None:
        """Looks at every file's header; loads nothing."""
        _ = self.matched, self.loras, self._taehv_path, self.asked, self.device, self.processes

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

    @property
    def settled(self) -> bool:
        """Whether it is decided how the model is loaded."""
        return self._options is not None

    def check_shares(self, noise: tuple[int, ...]) -> None:
        """Raises `RenderError` when the group cannot deal out the tokens of noise (1,C,T,h,w) evenly and was not allowed otherwise."""
        patch = model_of_configs(self._configs).dit.patch
        tokens = math.prod(side // step for side, step in zip(noise[2:], patch, strict=True))
        if tokens % self.group.size and not self.options.ulysses_anything:
            raise RenderError(
                f"{tokens} tokens of a clip cannot be dealt out evenly to {self.group.size} GPUs", where="--option ulysses",
                todo="add ulysses_anything to the option, or give --gpus instead, which does",
            )  # fmt: skip

    def settle(self, size: tuple[int, int], frames: int, sample: Sampling) -> None:
        """Decide how the model is loaded, by its first clip: (H, W) and frames. Later clips change nothing."""
        if self._options is None:
            if self.group.size != self.processes:
                raise RenderError(
                    f"{self.processes} processes are to share a clip and {self.group.size} are here", where="worker group",
                    todo="make the backend with `make_backend`, which starts them",
                )  # fmt: skip
            self._options = self.group.from_first(lambda: self.plan(size, frames, sample))
            self._text_stays = self.group.first and self._room_for_text(size, frames, sample)

    def _room_for_text(self, size: tuple[int, int], frames: int, sample: Sampling) -> bool:
        """Whether the text encoder can stay on the GPU beside all that is resident, so that the next shot's prompt loads nothing."""
        card = machine_here().gpu
        if self.device.type != "cuda" or card is None or self.options.offload != "none" or self.options.text_device == "cpu":
            return False
        model = model_of_configs(self._configs)
        needed = memory(model, ClipSpec(size, frames, sample.steps, max(sample.guidance)), self.options).gpu
        return needed + model.text_parameters * 2 / GB <= card.memory * USABLE

    def plan(self, size: tuple[int, int], frames: int, sample: Sampling) -> OptionSet:
        """The option set for such clips, checked against this machine's memory. Raises `RenderError` naming one that fits."""
        count, here = self.processes, None
        if self.device.type == "cpu":  # these processes are there already
            here = Machine(None, gpus=count, ram=machine_here().ram + PROCESS * count)
        together = self._together(size)
        asked = self.asked if self.settings.option or self.loras[0] or self.matched.checkpoint.high.gguf else None
        if asked is not None:
            spread = together.get("vae_spread", False) and asked.vae_decoder == "wan" and not asked.vae_tiling
            asked = asked.but(**together | ({"vae_spread": spread} if together else {}))
        pictures = MOST if self.family.kind == "vace" else 0  # settled once, for shots with any number of them
        return plan_load(
            self._configs, size, frames, sample.steps, max(sample.guidance), asked, here, references=pictures, gpus=count, together=together
        ).options

    @cached_property
    def processes(self) -> int:
        """How many processes share one clip: as many of the GPUs asked for as can. Raises `RenderError` when they are not there."""
        said, wanted = self.asked.gpus, self.settings.gpus
        if said > 1 and wanted not in (None, said):
            raise RenderError(f"{self.asked.words()} is for {said} GPUs and --gpus says {wanted}", where="--gpus", todo="leave one out")
        heads = model_of_configs(self._configs).dit.heads
        count = said if said > 1 else max(n for n in range(1, (wanted or 1) + 1) if heads % n == 0)
        if count == 1 or self.group.size > 1:
            return count
        if self.settings.device == "auto" and self.device.type == "cpu":
            raise RenderError(f"{count} GPUs are to share a clip and there is none", where="--gpus", todo="leave it out")
        if self.device.index is not None:
            raise RenderError(
                f"{count} GPUs share a clip and one of them is named: {self.settings.device}", where="--set device",
                todo="leave it out; the environment variable CUDA_VISIBLE_DEVICES says which GPUs are used",
            )  # fmt: skip
        if self.device.type == "cuda" and torch.cuda.device_count() < count:
            there = torch.cuda.device_count()
            raise RenderError(f"{count} GPUs are to share a clip and there are {there}", where="--gpus", todo=f"give --gpus {there}")
        return count

    def _together(self, size: tuple[int, int]) -> dict[str, Any]:
        """How the processes share clips of (H, W), where the options do not say it: a clip may have any number of frames."""
        if self.processes == 1 or self.asked.gpus > 1:
            return {}
        model = model_of_configs(self._configs)
        tokens = model.dit.tokens(1, *model.vae.latent(size, 1)[1:])
        return {"ulysses": self.processes, "ulysses_anything": tokens % self.processes > 0, "vae_spread": True}

    @cached_property
    def _configs(self) -> list[dict[str, Any]]:
        matched = self.matched
        experts = [matched.checkpoint.high, *([matched.checkpoint.low] if matched.checkpoint.low else [])]
        return [
            expert.config or diffusers_config(found, heads=self.family.heads, vace_layers=self.family.vace_layers)
            for expert, found in zip(experts, matched.architectures, strict=True)
        ]

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
        return options

    @cached_property
    def device(self) -> torch.device:
        if self.settings.device != "auto":
            return torch.device(self.settings.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    # --- the parts ---------------------------------------------------------------------------------------------------

    @cached_property
    def experts(self) -> Experts:
        return Experts(self.matched, self.options, self.device, self.loras, self.group)

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
        spread = self.group if self.options.vae_spread else ALONE
        return Latents(vae, digest, self.cache, self._on_device, tiling=self.options.vae_tiling, taehv=fast, spread=spread)

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
        part = checkpoint.text_encoder

        def load() -> tuple[Any, torch.nn.Module]:
            if self._text is None:
                where = torch.device("cpu") if self.options.text_device == "cpu" else self.device
                self._text = self._tokenizer, load_text_encoder(part, self.experts.dtype).to(where)
            return self._text

        found, computed = embed(texts, load, self.cache, self._text_digest, self.experts.dtype)
        if computed and not self._text_stays:
            self._text = None
            release()  # the encoder is as large as a streamed model may be on the GPU
        return [words.to(self.device) for words in found]

    def reads_whole(self, text: str) -> bool:
        """Whether nothing of a prompt is cut off."""
        return not may_be_cut(text) or not is_cut(text, self._tokenizer)

    @cached_property
    def _tokenizer(self) -> Any:
        assert self.matched.checkpoint.tokenizer is not None
        return load_tokenizer(self.matched.checkpoint.tokenizer)

    @cached_property
    def cache(self) -> DiskCache:
        return DiskCache(Path(self.settings.cache) if self.settings.cache else default_folder())

    @cached_property
    def _text_digest(self) -> str:
        checkpoint = self.matched.checkpoint
        home = checkpoint.tokenizer
        inside = sorted(path for path in home.iterdir() if path.is_file()) if home and home.is_dir() else [home] if home else []
        tokens = tuple(inside)
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

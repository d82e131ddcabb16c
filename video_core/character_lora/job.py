"""A whole training, in order: folder, checks, encoding, each expert's adapter, and the character that has it.

Knows where things are kept. Does not know the terminal.

    characters/hana/training/samples/         encoded samples, shared by all trainings of the character
    characters/hana/training/<name>/          checkpoints; the name is the digest of everything that decides the result
    characters/hana/adapters/<family>*.safetensors
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import torch

from shotplan.characters.member import FILE, AdapterEntry, Member, Trained, read_member, write_member
from shotplan.errors import RenderError
from video_core.backends.wan.experts import release
from video_core.backends.wan.families import Family
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.settings import WanSettings
from video_core.character_lora.cache import Encoded, encode, size_of
from video_core.character_lora.dataset import Dataset, read_dataset
from video_core.character_lora.export import write_adapter
from video_core.character_lora.memory import check_fits, takes
from video_core.character_lora.network import add_adapter, hold_in_float8
from video_core.character_lora.noise import levels_of
from video_core.character_lora.samples import Sample, said_of, samples_of
from video_core.character_lora.settings import TrainSettings
from video_core.character_lora.train import Step, Trainer
from video_core.character_lora.train import Trained as Finished
from video_core.checkpoints.inspect import diffusers_config
from video_core.checkpoints.load import load_transformer
from video_core.ledger import digest_of
from video_core.planner import Machine, machine_here

FORMAT = "ekonte.character-lora/1"
TRAIN_INSTEAD = {"vace": "text-to-video", "animate": "image-to-video"}
"""Kinds whose control branch is not trained: the adapter of the model that they were made from is used for them too."""
EXPERTS = {1: ("",), 2: (".high", ".low")}


class Listener(Protocol):
    """Hears how far a training is."""

    def note(self, text: str) -> None: ...

    def encoding(self, done: int, total: int) -> None: ...

    def stepped(self, step: Step) -> None: ...


@dataclass(frozen=True)
class Request:
    """What is to be trained."""

    name: str
    """As scripts call the character."""
    id: str
    pictures: Path
    characters: Path
    checkpoint: WanSettings
    trigger: str
    settings: TrainSettings


@dataclass(frozen=True)
class Result:
    """A character that can be drawn."""

    character: Path
    entry: AdapterEntry
    measured: dict[str, tuple[tuple[int, float], ...]]
    """Per expert, (step, loss on held-out samples)."""


def train_character(request: Request, listener: Listener, *, machine: Machine | None = None) -> Result:
    """Train, or go on where a run was stopped. Raises `RenderError` or `CharacterError`, all that can before anything is loaded."""
    settings = request.settings
    home = request.characters / request.id
    member = read_member(home) if (home / FILE).is_file() else Member(id=request.id, names=(request.name,))
    dataset = read_dataset(request.pictures, trigger=request.trigger, otherwise=member.look)
    parts = Parts(request.checkpoint)
    parts.check()
    family = _trainable(parts)
    samples = samples_of(
        dataset, limit=settings.size, unit=family.size_multiple, longest=min(settings.frames, family.max_frames), grid=family.frame_grid,
        fps=family.fps, share=settings.held_out,
    )  # fmt: skip
    for note in (*dataset.notes, *_said(dataset, samples, family, settings)):
        listener.note(note)
    weights = _weights(settings, parts.device)
    largest = max((s.bucket for s in samples), key=lambda b: b[0] * b[1] * b[2])
    listener.note(check_fits(takes(_config(parts), family, settings, weights, largest), machine or _used(parts.device), weights, largest))

    training = home / "training"
    encoded = encode(samples, parts, training / "samples", listener.encoding)
    used, held = len(encoded.training), len(encoded.held_out)
    listener.note(f"{used} samples to train on, {held} held out, {size_of(encoded.training) / 1e6:.0f} MB on disk")
    _let_go(parts)
    run = training / digest_of(FORMAT, parts.digest, dataset.digest, settings.named(), weights)[:16]
    finished = [_expert(number, parts, family, encoded, settings, weights, run, listener) for number in range(family.experts)]

    entry = _entry(request, family, parts, dataset, finished)
    before = next((a for a in member.adapters if a.family == family.name), None)
    if before is not None:  # the strength is the user's
        entry = entry.model_copy(update={"strength": before.strength})
    files = [entry.file, entry.file_low]
    for number, done in enumerate(finished):
        write_adapter(home / files[number], done.adapter, _told(request, family, parts, dataset, number))
    write_member(home, member.with_adapter(entry))
    names = [suffix.removeprefix(".") or "adapter" for suffix in EXPERTS[family.experts]]
    return Result(home, entry, {name: done.measured for name, done in zip(names, finished, strict=True)})


def _trainable(parts: Parts) -> Family:
    family, checkpoint = parts.family, parts.matched.checkpoint
    if family.kind in TRAIN_INSTEAD:
        raise RenderError(
            f"{family.name} is not trained itself", where=str(checkpoint.source),
            todo=f"train on the {TRAIN_INSTEAD[family.kind]} model of the same size: its adapter is used for {family.name} too",
        )  # fmt: skip
    if checkpoint.high.gguf:
        raise RenderError("a GGUF file cannot be trained on", where=checkpoint.source, todo="give the same model's safetensors weights")
    return family


def _weights(settings: TrainSettings, device: torch.device) -> Literal["bf16", "fp8", "fp32"]:
    if settings.weights != "auto":
        return settings.weights
    return "fp32" if device.type == "cpu" else "bf16"


def _used(device: torch.device) -> Machine:
    """This machine, without its GPU when that is not what is trained on."""
    here = machine_here()
    return replace(here, gpu=None) if device.type == "cpu" else here


def _config(parts: Parts) -> dict[str, Any]:
    matched = parts.matched
    found = matched.architectures[0]
    return matched.checkpoint.high.config or diffusers_config(found, heads=parts.family.heads, vace_layers=parts.family.vace_layers)


def _said(dataset: Dataset, samples: tuple[Sample, ...], family: Family, settings: TrainSettings) -> list[str]:
    notes = [f"{dataset.count('picture')} pictures and {dataset.count('clip')} clips for {family.name}"]
    notes += said_of(samples, settings.size, family.size_multiple)
    if not any(sample.held_out for sample in samples):
        notes.append("nothing is held out (there are fewer than four files, or held_out is 0), so that learning is not measured")
    if family.kind in ("i2v", "flf2v") and not dataset.count("clip"):
        notes.append(f"{family.name} is given its first frame, so that pictures alone teach it little: add clips")
    return notes


def _let_go(parts: Parts) -> None:
    """Free the encoders before the transformer is loaded."""
    for name in ("latents", "image_encoder", "experts"):
        parts.__dict__.pop(name, None)
    release()


def _expert(
    number: int, parts: Parts, family: Family, encoded: Encoded, settings: TrainSettings, weights: str, run: Path, listener: Listener
) -> Finished:
    checkpoint = parts.matched.checkpoint
    source = checkpoint.low if number and checkpoint.low else checkpoint.high
    dtype = torch.float32 if weights == "fp32" else torch.bfloat16
    model: Any = load_transformer(
        source, parts.matched.architectures[number], heads=family.heads, vace_layers=family.vace_layers, dtype=dtype
    )
    adapter = add_adapter(model, settings, settings.seed + number)
    if weights == "fp8":
        hold_in_float8(model)
    model.to(parts.device)
    levels = levels_of(settings.timesteps, settings.shift, family.boundary if family.experts == 2 else 0.0, number)
    trainer = Trainer(model, adapter, family, levels, settings, encoded, parts.device, dtype, number)
    done = trainer.run(run / f"expert{number}.safetensors", listener.stepped)
    del model, trainer
    adapter.clear()
    release()
    return done


def _entry(request: Request, family: Family, parts: Parts, dataset: Dataset, finished: list[Finished]) -> AdapterEntry:
    files = [f"adapters/{family.name}{suffix}.safetensors" for suffix in EXPERTS[family.experts]]
    held = {
        suffix.removeprefix(".") or "adapter": (done.measured[0][1], done.measured[-1][1])
        for suffix, done in zip(EXPERTS[family.experts], finished, strict=True)
        if done.measured
    }
    told = request.settings.model_dump(mode="json", exclude={"save_every", "validate_every"})
    trained = Trained(
        base=request.checkpoint.checkpoint, base_digest=parts.digest, dataset_digest=dataset.digest, pictures=dataset.count("picture"),
        clips=dataset.count("clip"), settings=told, held_out=held,
    )  # fmt: skip
    return AdapterEntry(
        family=family.name, file=files[0], file_low=files[1] if len(files) == 2 else "", trigger=request.trigger, trained=trained
    )


def _told(request: Request, family: Family, parts: Parts, dataset: Dataset, number: int) -> dict[str, str]:
    settings = request.settings
    return {
        "rank": str(settings.rank), "alpha": str(settings.rank), "trigger": request.trigger, "character": request.name,
        "family": family.name, "expert": EXPERTS[family.experts][number].removeprefix(".") or "only", "base_digest": parts.digest,
        "dataset_digest": dataset.digest, "steps": str(settings.steps), "seed": str(settings.seed),
        "learning_rate": f"{settings.learning_rate:g}", "modelspec.architecture": f"{family.name}/lora", "modelspec.title": request.name,
        "modelspec.trigger_phrase": request.trigger, "ss_network_dim": str(settings.rank), "ss_network_alpha": str(settings.rank),
    }  # fmt: skip

"""Samples as what a transformer is trained on: latents, embeddings and conditions, computed once and kept on disk.

Knows which adapter of `video_core.adapters` conditions which family, and that encoders are let go of before a transformer is loaded. Does
not train. One file per sample; its name is the digest of everything that it depends on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from shotplan.errors import RenderError
from video_core.adapters.condition import I2VCondition, KeyFrame
from video_core.adapters.first_last import first_last_condition
from video_core.adapters.keyframes import anisora_condition
from video_core.adapters.pictures import Picture, video_pixels
from video_core.adapters.vision import clip_pixels
from video_core.backends.wan.disk_cache import DiskCache
from video_core.backends.wan.families import Family
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.text import LENGTH
from video_core.character_lora.samples import Sample, frames_of
from video_core.ledger import digest_of, write_bytes

FORMAT = "ekonte.training-sample/1"
LARGEST = 100_000_000_000
"""Bytes that encoders may keep while samples are being made."""
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Example:
    """One sample, encoded; on the CPU."""

    latents: torch.Tensor
    """(1,C,T,h,w) normalised, float32."""
    words: torch.Tensor
    """(1,512,D) embedding of the caption."""
    condition: torch.Tensor | None = None
    """(1,20,T,h,w) of image-to-video models."""
    image: torch.Tensor | None = None
    """(n,tokens,D) CLIP features of the pictures given."""


@dataclass(frozen=True)
class Encoded:
    """All samples of a training, as files."""

    training: tuple[Path, ...]
    held_out: tuple[Path, ...]
    silence: Path
    """The embedding of no words."""


def encode(samples: Sequence[Sample], parts: Parts, folder: Path, told: Told) -> Encoded:
    """Make the files that are missing; encoders are loaded only then, one after the other. Raises `RenderError`, `CharacterError`."""
    base = parts.digest
    paths = [folder / f"{_name(sample, base, parts.family)}.safetensors" for sample in samples]
    silence = folder / f"{digest_of(FORMAT, base, 'silence')}.safetensors"
    missing = [(sample, path) for sample, path in zip(samples, paths, strict=True) if not path.is_file()]
    if missing or not silence.is_file():
        parts.cache = DiskCache(folder / "encoders", at_most=LARGEST)
        captions = sorted({sample.source.caption for sample, _ in missing})
        words = dict(zip(["", *captions], (w.cpu() for w in parts.embeddings(["", *captions])), strict=True))
        _write(silence, {"words": _trimmed(words[""])})
        paths_missing = (path for _, path in missing)
        for n, (path, (sample, frames)) in enumerate(zip(paths_missing, frames_of([s for s, _ in missing]), strict=True), start=1):
            _write(path, _encoded(frames, parts) | {"words": _trimmed(words[sample.source.caption])})
            told(n, len(missing))
        shutil.rmtree(folder / "encoders", ignore_errors=True)
    held = tuple(path for sample, path in zip(samples, paths, strict=True) if sample.held_out)
    return Encoded(tuple(path for path in paths if path not in held), held, silence)


def read_example(path: Path) -> Example:
    """Raises `RenderError` when the file is gone or damaged."""
    tensors = _read(path)
    return Example(tensors["latents"], _padded(tensors["words"]), tensors.get("condition"), tensors.get("image"))


def read_words(path: Path) -> torch.Tensor:
    """(1,512,D)."""
    return _padded(_read(path)["words"])


def _read(path: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as e:
        path.unlink(missing_ok=True)
        raise RenderError(f"an encoded sample is damaged: {e}", where=str(path), todo="run the same command again, it is made anew") from e


def _name(sample: Sample, base: str, family: Family) -> str:
    return digest_of(FORMAT, base, family.name, sample.source.digest, sample.source.caption, f"{sample.size} {sample.numbers}")


def _encoded(frames: NDArray[np.uint8], parts: Parts) -> dict[str, torch.Tensor]:
    tensors = {"latents": parts.latents.encode(video_pixels(frames)).float()}
    condition = _condition(parts.family, list(frames))
    if condition is not None:
        tensors["condition"] = condition.channels(parts.latents.encode(condition.pixels))
        if parts.family.image_tokens:
            given = [condition.clip_image, *([frames[-1]] if parts.family.kind == "flf2v" else [])]
            tensors["image"] = _features(given, parts)
    return tensors


def _condition(family: Family, frames: list[Picture]) -> I2VCondition | None:
    """What an image-to-video model is given of a clip: its first frame, and its last where the model takes one."""
    if family.kind not in ("i2v", "flf2v"):
        return None
    first, size = frames[0], (frames[0].shape[0], frames[0].shape[1])
    if family.key_frames == "any_of_8":
        return anisora_condition([KeyFrame(0, first)], len(frames), size)
    last = frames[-1] if family.kind == "flf2v" and len(frames) > 1 else None
    return first_last_condition(first, len(frames), size, last=last)


@torch.no_grad()
def _features(pictures: list[Picture], parts: Parts) -> torch.Tensor:
    encoder = parts.image_encoder
    side = int(encoder.config.image_size)
    pixels = torch.cat([clip_pixels(picture, side) for picture in pictures]).to(parts.device, next(encoder.parameters()).dtype)
    features: torch.Tensor = encoder(pixels, output_hidden_states=True).hidden_states[-2]
    return features.cpu()


def _trimmed(words: torch.Tensor) -> torch.Tensor:
    """Without the zeros after a text's end; at least one row."""
    used = int(words[0].ne(0).any(dim=-1).nonzero().max()) + 1 if bool(words.ne(0).any()) else 1
    return words[:, :used].contiguous()


def _padded(words: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.pad(words, (0, 0, 0, LENGTH - words.shape[1]))


def _write(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    write_bytes(path, save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}))


def size_of(paths: Sequence[Path]) -> int:
    """Bytes on disk."""
    return sum(os.path.getsize(path) for path in paths)

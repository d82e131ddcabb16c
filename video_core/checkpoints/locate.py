"""Where the parts of a video model are: a diffusers folder, an original folder, one transformer file, or a Hub id.

Knows folder layouts and the local Hub cache. Downloads nothing. Does not read tensors or know which model it should be.

    diffusers   model_index.json, transformer/, transformer_2/, vae/, text_encoder/, tokenizer/, image_encoder/, image_processor/
    original    *.safetensors or high_noise_model/ + low_noise_model/, *_VAE.pth, models_t5_*.pth, models_clip_*.pth, google/umt5-xxl/
    one file    the transformer alone; the other parts lie beside it, or come from `base`, a folder or Hub id of any layout
    ComfyUI     models/diffusion_models/, vae/, text_encoders/, clip_vision/ (see `split_files`)
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shotplan.errors import RenderError
from video_core.checkpoints.header import Files, Header, check_archive, read_headers, weight_files
from video_core.checkpoints.split_files import SplitFiles, models_folder, split_files

SHARD = re.compile(r"-\d+-of-(\d+)\.safetensors$")
HUB_ID = re.compile(r"^[\w.-]+/[\w.-]+(/[\w./-]+)?$")


@dataclass(frozen=True)
class Weights:
    """One diffusion transformer on disk."""

    files: Files
    header: Header = field(repr=False)
    config: dict[str, Any] | None = None
    """diffusers configuration; None for original files, whose own config.json says less than the tensors do."""

    @property
    def gguf(self) -> bool:
        return self.files.paths[0].suffix == ".gguf"


@dataclass(frozen=True)
class Part:
    """A component besides the transformers: a folder of its own library, or one original `.pth` file."""

    path: Path
    original: bool = False


@dataclass(frozen=True)
class Checkpoint:
    """Every part of a model, found but not loaded."""

    source: str
    high: Weights
    """The only expert, or the high-noise one."""
    low: Weights | None = None
    index: dict[str, Any] = field(default_factory=dict)
    """`model_index.json`, when there is one."""
    vae: Part | None = None
    text_encoder: Part | None = None
    tokenizer: Path | None = None
    image_encoder: Part | None = None
    image_processor: Path | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the files were found."""
        return self.high.files.notes + (self.low.files.notes if self.low else ())


def locate(checkpoint: str, *, low: str = "", base: str = "") -> Checkpoint:
    """Find every part. `low`: file of the low-noise expert; `base`: where the other parts of a single file are.

    Raises `RenderError`, one line each: no such path, not in the Hub cache, missing or damaged files.
    """
    if not checkpoint:
        raise RenderError("the wan backend needs a model", where="--checkpoint", todo="give --checkpoint FOLDER, FILE or a Hub id")
    path = local_path(checkpoint)
    found = _file(checkpoint, path) if path.is_file() else _folder(checkpoint, path)
    if low:
        found = replace(found, low=_one_file(local_path(low), "low-noise expert"))
    if base:
        found = _with_parts_of(found, local_path(base))
    return found


def local_path(name: str) -> Path:
    """The path of that name, or the folder of that Hub id in the local cache. Raises `RenderError` saying how to get it."""
    path = Path(name).expanduser()
    if path.exists():
        return path
    if not HUB_ID.match(name) or name.startswith((".", "/", "~")) or path.suffix in (".safetensors", ".gguf", ".pth"):
        raise RenderError("there is no such file or folder", where=name, todo="check the path, or give a Hub id such as owner/model")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    owner, model, *inside = name.split("/", 2)
    try:
        folder = Path(snapshot_download(f"{owner}/{model}", local_files_only=True), *inside)
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError) as e:
        raise RenderError(
            "the model is not in the local Hub cache", where=name,
            todo=f"download it first: hf download {owner}/{model}" + (f' --include "{inside[0]}/*"' if inside else ""),
        ) from e  # fmt: skip
    if not folder.exists():
        raise RenderError(
            f"the downloaded model has no {inside[0]}", where=name,
            todo=f'download it: hf download {owner}/{model} --include "{inside[0]}/*"',
        )
    return folder


def _folder(source: str, path: Path) -> Checkpoint:
    if (path / "model_index.json").is_file():
        return _diffusers(source, path)
    if (path / "transformer").is_dir():
        raise RenderError("the folder has no model_index.json", where=str(path), todo="download the whole repository, not only its weights")
    if (path / "high_noise_model").is_dir() or (path / "low_noise_model").is_dir() or any(path.glob("*.safetensors")):
        return _original(source, path)
    inside = sorted({file.parent for file in path.glob("*/*.safetensors")} | {folder.parent for folder in path.glob("*/high_noise_model")})
    raise RenderError(
        "the folder holds no video model", where=str(path),
        todo=f"give one of its folders: {', '.join(folder.name for folder in inside[:8])}" if inside
        else "give a folder with model_index.json, or with the original *.safetensors files",
    )  # fmt: skip


def _diffusers(source: str, path: Path) -> Checkpoint:
    index = read_json(path / "model_index.json")
    experts = [name for name in ("transformer", "transformer_2") if _listed(index, name)]
    if not experts:
        raise RenderError(
            f"{index.get('_class_name', 'this pipeline')} has no transformer", where=str(path), todo="give a pipeline of the Wan family"
        )
    weights = {name: _expert(path / name, name) for name in experts}
    if "transformer" not in weights:
        raise RenderError("the high-noise expert is missing", where=str(path / "transformer"), todo="download the folder transformer")

    def part(name: str) -> Part | None:
        if not _listed(index, name):
            return None
        if not (path / name).is_dir():
            raise RenderError(f"the {name.replace('_', ' ')} is missing", where=str(path / name), todo=f"download the folder {name}")
        return Part(path / name) if name in ("tokenizer", "image_processor") else _with_weights(path / name)

    tokenizer, processor = part("tokenizer"), part("image_processor")
    return Checkpoint(
        source, weights["transformer"], weights.get("transformer_2"), index, vae=part("vae"), text_encoder=part("text_encoder"),
        tokenizer=tokenizer.path if tokenizer else None, image_encoder=part("image_encoder"),
        image_processor=processor.path if processor else None,
    )  # fmt: skip


def _listed(index: dict[str, Any], name: str) -> bool:
    entry = index.get(name)
    return isinstance(entry, list) and len(entry) == 2 and entry[0] is not None


def _expert(folder: Path, name: str) -> Weights:
    if not folder.is_dir():
        what = "low-noise expert" if name == "transformer_2" else "transformer"
        raise RenderError(f"the {what} is missing", where=str(folder), todo=f"download the folder {name}")
    files = weight_files(folder, name)
    return Weights(files, read_headers(files), read_json(folder / "config.json"))


def _original(source: str, path: Path) -> Checkpoint:
    high, low = path / "high_noise_model", path / "low_noise_model"
    if high.is_dir() or low.is_dir():
        for folder, what in ((high, "high-noise"), (low, "low-noise")):
            if not folder.is_dir():
                raise RenderError(f"the {what} expert is missing", where=str(folder), todo="download both experts")
        experts = [_original_weights(high, "high-noise expert"), _original_weights(low, "low-noise expert")]
    else:
        experts = [_original_weights(path, "transformer")]
    found = Checkpoint(source, experts[0], experts[1] if len(experts) > 1 else None)
    return _with_original_parts(found, path)


def _original_weights(folder: Path, what: str) -> Weights:
    files = weight_files(folder, what)
    return Weights(files, read_headers(files))


def _with_original_parts(found: Checkpoint, path: Path) -> Checkpoint:
    def pth(pattern: str) -> Part | None:
        file = next(iter(sorted(path.glob(pattern))), None)
        if file is None:
            return None
        check_archive(file)
        return Part(file, original=True)

    tokenizer = next((path / name for name in ("google/umt5-xxl", "google", "tokenizer") if any((path / name).glob("*token*"))), None)
    vae, text, image = pth("*VAE*.pth"), pth("models_t5_*.pth"), pth("models_clip_*.pth")
    split = SplitFiles() if vae and text and tokenizer else split_files(path, found.high.header)

    def or_split(part: Part | None, file: Path | None) -> Part | None:
        return part or (Part(file, original=True) if file else None)

    return replace(
        found, vae=or_split(vae, split.vae), text_encoder=or_split(text, split.text_encoder),
        image_encoder=or_split(image, split.image_encoder), tokenizer=tokenizer or split.tokenizer,
    )  # fmt: skip


def _file(source: str, path: Path) -> Checkpoint:
    return _with_original_parts(Checkpoint(source, _one_file(path, "transformer")), models_folder(path))


def _one_file(path: Path, what: str) -> Weights:
    if path.is_dir():
        return _original_weights(path, what)
    if path.suffix == ".gguf":
        from video_core.checkpoints.gguf_file import read_gguf_header

        return Weights(Files((path,)), read_gguf_header(path))
    if path.suffix in (".pth", ".pt", ".bin", ".ckpt"):
        raise RenderError(f"the {what} is a PyTorch archive", where=str(path), todo="give the .safetensors file of the same model")
    shard = SHARD.search(path.name)
    if shard and int(shard[1]) > 1:
        told = f"this is one of the {int(shard[1])} files of the {what}"
        raise RenderError(told, where=str(path), todo=f"give its folder, {path.parent}")
    files = Files((path,))
    return Weights(files, read_headers(files))


def _with_parts_of(found: Checkpoint, base: Path) -> Checkpoint:
    """Fill what `found` lacks from another model's folder, whose transformer is not looked at."""
    if (base / "model_index.json").is_file():
        folders = {name: base / name for name in ("vae", "text_encoder", "tokenizer", "image_encoder", "image_processor")}
        have = {name: folder for name, folder in folders.items() if folder.is_dir()}
        return replace(
            found, vae=found.vae or _part(have, "vae"), text_encoder=found.text_encoder or _part(have, "text_encoder"),
            tokenizer=found.tokenizer or have.get("tokenizer"), image_encoder=found.image_encoder or _part(have, "image_encoder"),
            image_processor=found.image_processor or have.get("image_processor"),
        )  # fmt: skip
    other = _with_original_parts(Checkpoint(str(base), found.high), base)
    return replace(
        found, vae=found.vae or other.vae, text_encoder=found.text_encoder or other.text_encoder,
        tokenizer=found.tokenizer or other.tokenizer, image_encoder=found.image_encoder or other.image_encoder,
    )  # fmt: skip


def _part(have: dict[str, Path], name: str) -> Part | None:
    return _with_weights(have[name]) if name in have else None


def _with_weights(folder: Path) -> Part:
    """A component whose weights are there and whole. Raises `RenderError`."""
    if not any(folder.glob("*.bin")):
        read_headers(weight_files(folder, folder.name.replace("_", " ")))
    return Part(folder)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object. Raises `RenderError` when it is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise RenderError(f"{path.name} is missing", where=str(path.parent), todo="download the folder again") from e
    except ValueError as e:
        raise RenderError(f"{path.name} is corrupt", where=str(path), todo="download it again") from e
    if not isinstance(content, dict):
        raise RenderError(f"{path.name} is corrupt", where=str(path), todo="download it again")
    return content

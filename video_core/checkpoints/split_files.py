"""The parts of a model as ComfyUI's users keep them: one `.safetensors` file each, found by what is in it.

    models/diffusion_models/wan2.1_i2v_480p_14B_fp8_scaled.safetensors      (or models/unet/)
    models/vae/wan_2.1_vae.safetensors
    models/text_encoders/umt5_xxl_fp8_e4m3fn_scaled.safetensors             (or models/clip/; it may hold the tokenizer too)
    models/clip_vision/clip_vision_h.safetensors

Knows these folders and by which tensors a part is told. Does not load anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shotplan.errors import RenderError
from video_core.checkpoints.header import Header, read_header
from video_core.checkpoints.scaled import scaled_weights

TRANSFORMERS = ("diffusion_models", "unet")
"""Folders of ComfyUI's `models` that hold transformers."""
PLACES = {"vae": ("vae",), "text encoder": ("text_encoders", "clip"), "image encoder": ("clip_vision", "clip")}
NAMES = {"vae": ("vae",), "text encoder": ("t5",), "image encoder": ("clip", "vit")}
"""What is in the name of such a file; others are not opened."""
TOKENIZER = "spiece_model"
"""Tensor of bytes in a text encoder's file: the model of SentencePiece."""


@dataclass(frozen=True)
class SplitFiles:
    vae: Path | None = None
    text_encoder: Path | None = None
    image_encoder: Path | None = None
    tokenizer: Path | None = None
    """The text encoder's file when the tokenizer is in it."""


def split_files(folder: Path, transformer: Header) -> SplitFiles:
    """The parts in a folder, or in the folders of ComfyUI's `models`, that belong to this transformer; of several the largest file.

    Raises `RenderError` for a text encoder whose weights are packed in a way that is not read.
    """
    channels, width = _latent_channels(transformer), _text_width(transformer)
    found: dict[str, tuple[Path, Header]] = {}
    for part in PLACES:
        for path in _candidates(folder, part):
            try:
                header = read_header(path)
            except RenderError:
                continue  # a file that is not asked for may be damaged
            if _is(part, header, channels, width):
                found[part] = path, header
                break
    vae, text, image = (found.get(part, (None, None)) for part in PLACES)
    holds_tokenizer = False
    if text[0] is not None and text[1] is not None:
        scaled_weights(text[1], text[0])
        holds_tokenizer = TOKENIZER in text[1].shapes
    return SplitFiles(vae[0], text[0], image[0], text[0] if holds_tokenizer else None)


def models_folder(path: Path) -> Path:
    """ComfyUI's `models` when a file is in its folder of transformers, however deep; else the file's own folder."""
    return next((home.parent for home in path.resolve().parents if home.name in TRANSFORMERS), path.parent)


def _candidates(folder: Path, part: str) -> Iterator[Path]:
    homes = [folder, *(folder / name for name in PLACES[part])]
    files = {path for home in homes[:1] for path in home.glob("*.safetensors")}
    files |= {path for home in homes[1:] for path in home.rglob("*.safetensors")}
    named = [path for path in files if any(word in path.name.casefold() for word in NAMES[part]) and path.is_file()]
    return iter(sorted(named, key=lambda path: (-path.stat().st_size, path)))


def _is(part: str, header: Header, channels: int | None, width: int | None) -> bool:
    shapes = header.shapes
    match part:
        case "vae":
            whole = {"encoder.conv1.weight", "decoder.conv1.weight", "conv2.weight"} <= shapes.keys()
            return whole and channels in (None, shapes["conv2.weight"][0])
        case "text encoder":
            bias = "encoder.block.{}.layer.0.SelfAttention.relative_attention_bias.weight"  # UMT5 has one in every block, T5 in the first
            theirs = {bias.format(0), bias.format(1), "shared.weight"} <= shapes.keys()
            wans = {"token_embedding.weight", "blocks.1.pos_embedding.embedding.weight"} <= shapes.keys()
            return (theirs or wans) and width in (None, shapes["shared.weight" if theirs else "token_embedding.weight"][1])
        case _:
            return "vision_model.embeddings.class_embedding" in shapes or "visual.cls_embedding" in shapes


def _latent_channels(transformer: Header) -> int | None:
    shape = transformer.shapes.get("head.head.weight") or transformer.shapes.get("proj_out.weight")
    return shape[0] // 4 if shape else None  # patches of 1x2x2


def _text_width(transformer: Header) -> int | None:
    shape = transformer.shapes.get("text_embedding.0.weight") or transformer.shapes.get("condition_embedder.text_embedder.linear_1.weight")
    return shape[1] if shape else None

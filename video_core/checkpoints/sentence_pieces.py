"""A tokenizer out of SentencePiece's model, as it lies in the text encoder files of ComfyUI's users.

Knows UMT5's marks. The conversion is transformers' own for T5, by which the published `tokenizer.json` was made.
"""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from shotplan.errors import RenderError

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"


@dataclass(frozen=True)
class _Slow:
    """As much of a slow tokenizer as the conversion asks for."""

    vocab_file: str
    end: int
    _extra_ids: int = 0

    def convert_tokens_to_ids(self, token: str) -> int:
        assert token == END
        return self.end


def tokenizer_of(pieces: torch.Tensor, path: Path) -> Any:
    """The tokenizer of SentencePiece's model (N,) uint8. `path`: where it comes from. Raises `RenderError`."""
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import T5Converter, import_protobuf

    content = pieces.numpy().tobytes()
    try:
        model = import_protobuf().ModelProto.FromString(content)
        end = [piece.piece for piece in model.pieces].index(END)
        with tempfile.NamedTemporaryFile(suffix=".model") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that rare characters are unknown, as in the published tokenizer.json
            file.write(content)
            file.flush()
            made = T5Converter(_Slow(file.name, end)).converted()
    except Exception as e:  # protobuf has its own errors for bytes that are no such model
        raise RenderError("the tokenizer in the text encoder's file cannot be read", where=str(path), todo="download it again") from e
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token=PAD, eos_token=END, unk_token=UNKNOWN)

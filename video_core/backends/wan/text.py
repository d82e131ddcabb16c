"""Prompts as embeddings, each computed once and then kept on disk.

Knows UMT5's tokens and the zero padding of Wan. The encoder (11 GB at full size) is loaded only when an embedding is not kept yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from video_core.backends.wan.disk_cache import DiskCache
from video_core.ledger import digest_of

LENGTH = 512
"""Tokens; what is longer is cut off, as Wan does."""

def may_be_cut(text: str) -> bool:
    """Whether it could have more than 512 tokens, without a tokenizer: no token stands for less than a byte."""
    return len(text.encode()) + 2 > LENGTH


def is_cut(text: str, tokenizer: Any) -> bool:
    return len(tokenizer([text], add_special_tokens=True).input_ids[0]) > LENGTH


Loader = Callable[[], tuple[Any, torch.nn.Module]]
"""Gives tokenizer and encoder, the encoder on the device where it shall run."""


def embed(texts: Sequence[str], load: Loader, cache: DiskCache, encoder_digest: str, dtype: torch.dtype) -> tuple[list[torch.Tensor], int]:
    """Embeddings (1,512,D) of the texts on the CPU, zero after each text's end; and how many had to be computed."""
    keys = [digest_of("umt5", encoder_digest, str(LENGTH), str(dtype), text) for text in texts]
    found = {key: kept for key in dict.fromkeys(keys) if (kept := cache.get(key)) is not None}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    if missing:
        tokenizer, encoder = load()
        for key, text in missing.items():
            found[key] = _encode(text, tokenizer, encoder).to(dtype)
            cache.put(key, found[key])
    return [found[key] for key in keys], len(missing)


@torch.no_grad()
def _encode(text: str, tokenizer: Any, encoder: torch.nn.Module) -> torch.Tensor:
    tokens = tokenizer([text], padding="max_length", max_length=LENGTH, truncation=True, add_special_tokens=True, return_tensors="pt")
    device = next(encoder.parameters()).device
    mask = tokens.attention_mask.to(device)
    hidden = encoder(tokens.input_ids.to(device), mask).last_hidden_state
    return (hidden * mask[..., None]).cpu()

"""Leaning toward the first option: a reader overrules what code found in the text only where it is sure.

Knows answer schemas, whose options are ordered best guess first, and which token continues the first option of the field being
written. Does not know logits other than the one it raises. The adapter's lessons are harder than ordinary scripts, on which the first
option is right more often than in the lessons; `trust` makes up for that difference (a shift of the prior: Saerens et al. 2002,
"Adjusting the outputs of a classifier to new a priori probabilities").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from agents.embedded.chat_tokens import ChatTokens
from agents.embedded.lora import TRUST
from shotplan.errors import ModelError


def read_trust(folder: Path | None) -> dict[str, float]:
    """Log-odds to add per field, `default` for the others, as an adapter asks; empty without one.

    Raises `ModelError` when the file is damaged.
    """
    if folder is None or not (folder / TRUST).exists():
        return {}
    try:
        return {str(k): float(v) for k, v in json.loads((folder / TRUST).read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(
            f"The adapter's {TRUST} cannot be read: {error}", where=str(folder), todo="Restore the file"
        ) from error


def next_token(tokens: ChatTokens, rest: str, allowed: Sequence[int]) -> int | None:
    """The allowed token that continues with `rest`: the tokenizer's own, else the longest; None when none does."""
    own = tokens.ids(rest)[0]
    if own in allowed:
        return own
    fitting = [(len(text), int(i)) for i in allowed if (text := tokens.text([int(i)])) and rest.startswith(text)]
    return max(fitting)[1] if fitting else None


class FirstOption:
    """Raises the score of whatever continues the first option of the field being written."""

    def __init__(self, schema: dict[str, Any], tokens: ChatTokens, trust: dict[str, float]) -> None:
        self._tokens, self._trust = tokens, trust
        properties = schema.get("properties", {})
        self._keys = [json.dumps(field, ensure_ascii=False) + ":" for field in properties]
        self._fields = list(properties)
        self._first = [
            json.dumps(p["enum"][0], ensure_ascii=False) if p.get("enum") else None for p in properties.values()
        ]

    def raised(self, written: Sequence[int], allowed: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """The logits (n,) of the allowed tokens (n,) with trust added to one of them, or as they are."""
        text, at = self._tokens.text(written), 1
        for n, key in enumerate(self._keys):
            if not text.startswith(key, at):
                break
            begin = at + len(key)
            try:
                _, end = json.JSONDecoder().raw_decode(text, begin)
            except ValueError:
                return self._raised(n, text[begin:], allowed, logits)
            at = end + 1
        return logits

    def _raised(self, n: int, begun: str, allowed: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        first, trust = self._first[n], self._trust.get(self._fields[n], self._trust.get("default", 0.0))
        if first is None or not trust or not first.startswith(begun):
            return logits
        after = f',{self._keys[n + 1]}"' if n + 1 < len(self._keys) else "}"
        token = next_token(self._tokens, first[len(begun) :] + after, allowed.tolist())
        if token is None:
            return logits
        return logits + trust * (allowed == token)

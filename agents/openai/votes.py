"""How sure a model was of the option it chose, from the log-probabilities of its tokens.

Knows tokens as bytes. Does not know what is voted on. Servers give log-probabilities before the grammar's mask, so at every
token they are renormalised over those that can still lead to one of the options. Only the first twenty candidates per token
are known; an option whose token is not among them counts as impossible there, so the result is at most too high.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
"""One token of `choices[].logprobs.content`: `token`, `logprob`, `bytes`, `top_logprobs`."""


def confidence(entries: Sequence[Entry], text: str, field: str, options: Sequence[str]) -> float | None:
    """Probability of the option that `text` gives for `field`, 0..1; None when the log-probabilities do not tell."""
    written = _written(text, field, options)
    if written is None:
        return None
    before, chosen = written
    paths = {option: (before + _quoted(option)).encode() for option in options}
    mine = paths[chosen]
    try:
        start = _start(entries, text.encode())
        return None if start is None else _walk(entries[start:], mine, list(paths.values()))
    except (KeyError, TypeError, ValueError):
        return None


def _written(text: str, field: str, options: Sequence[str]) -> tuple[str, str] | None:
    """The text up to the field's value, and the option that stands there."""
    key = text.find(_quoted(field))
    colon = text.find(":", key + len(_quoted(field))) if key >= 0 else -1
    if colon < 0:
        return None
    at = colon + 1 + len(text[colon + 1 :]) - len(text[colon + 1 :].lstrip())
    chosen = next((option for option in options if text.startswith(_quoted(option), at)), None)
    return None if chosen is None else (text[:at], chosen)


def _walk(entries: Sequence[Entry], mine: bytes, paths: Sequence[bytes]) -> float | None:
    position, probability = b"", 1.0
    for entry in entries:
        alive = [path for path in paths if path.startswith(position)]
        if len(alive) <= 1:
            return probability
        candidates = {_bytes(other): float(other["logprob"]) for other in entry.get("top_logprobs") or ()}
        candidates.setdefault(_bytes(entry), float(entry["logprob"]))
        leads = {token: p for token, p in candidates.items() if token and _leads(position + token, alive)}
        whole = sum(math.exp(p) for p in leads.values())
        if whole <= 0.0:
            return None
        probability *= sum(math.exp(p) for token, p in leads.items() if _leads(position + token, [mine])) / whole
        position += _bytes(entry)
    return probability if position.startswith(mine) else None


def _leads(position: bytes, paths: Sequence[bytes]) -> bool:
    return any(path.startswith(position) or position.startswith(path) for path in paths)


def _start(entries: Sequence[Entry], text: bytes) -> int | None:
    """The token at which the answer begins, after any reasoning; None when tokens and text do not fit together."""
    joined = b"".join(_bytes(entry) for entry in entries)
    begin, position = joined.rfind(text), 0
    for n, entry in enumerate(entries):
        if position == begin:
            return n
        position += len(_bytes(entry))
    return None


def _bytes(entry: Entry) -> bytes:
    given = entry.get("bytes")
    return bytes(given) if given else str(entry["token"]).encode()


def _quoted(option: str) -> str:
    return json.dumps(option, ensure_ascii=False)

"""An answer as the decoder would write it: which tokens the grammar forces, and where a choice among some tokens is left.

Knows grammars and token ids. Does not know the network. Only choices are learned: what the grammar forces needs no learning.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from agents.embedded.chat_tokens import ChatTokens
from agents.embedded.choice import allowed_tokens
from agents.embedded.first_option import next_token
from agents.embedded.grammar import compile_grammar, matcher
from agents.model import ChatMessage


@dataclass(frozen=True)
class Choosing:
    """One choice: the token at `index` of the answer is chosen among `allowed`."""

    index: int
    allowed: np.ndarray
    right: int
    """Position of the right token in `allowed`."""
    field: str
    first: int = -1
    """Position of the token that continues the first option; -1 when what is written is no beginning of it."""


@dataclass(frozen=True)
class Walk:
    """A question and its answer as token ids."""

    user: tuple[int, ...]
    """The last user message and the opening of the answer."""
    answer: tuple[int, ...]
    choices: tuple[Choosing, ...]

    @property
    def length(self) -> int:
        """Tokens to compute: all but the answer's last one, after which nothing is chosen."""
        last = max((c.index for c in self.choices), default=0)
        return len(self.user) + last


class Walker:
    """Turns rows of `generate` into walks."""

    def __init__(self, tokens: ChatTokens, vocab: int) -> None:
        self._tokens, self._vocab = tokens, vocab
        self._grammar = lru_cache(maxsize=4096)(lambda schema: compile_grammar(json.loads(schema)))

    def prefix(self, messages: Sequence[Sequence[str]]) -> list[int]:
        """The tokens of the messages that the questions of a kind share."""
        return self._tokens.prompt([ChatMessage(role=r, content=t) for r, t in messages])[: -len(self._opening())]  # type: ignore[arg-type]

    def _opening(self) -> list[int]:
        system = [ChatMessage(role="system", content="")]
        whole = self._tokens.prompt(system)
        return whole[len(whole) - whole[::-1].index(self._tokens.start) - 1 :]

    def walk(self, row: dict[str, Any]) -> Walk:
        """Raises `ValueError` when the answer does not fit its own options."""
        system = [ChatMessage(role="system", content="")]
        whole = self._tokens.prompt([*system, ChatMessage(role="user", content=row["user"])])
        user = whole[len(self._tokens.prompt(system)) - len(self._opening()) :]
        properties = {field: {"enum": options} for field, options in row["options"].items()}
        schema = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        text = json.dumps(row["answer"], ensure_ascii=False, separators=(",", ":"))
        guide = matcher(self._tokens.for_grammar, self._grammar(json.dumps(schema)))
        written: list[int] = []
        choices: list[Choosing] = []
        while True:
            forced = guide.compute_ff_tokens()
            if forced:
                guide.consume_tokens(forced)
                written += forced
            done = self._tokens.text(written)
            rest = text[len(done) :]
            if not rest or guide.is_stopped():
                break
            allowed = allowed_tokens(guide.compute_bitmask(), self._vocab).numpy()
            token = self._next(rest, allowed)
            if len(allowed) > 1:
                field, begin, end = _value_at(row["answer"], len(done))
                if field not in row["unknown"]:
                    first = json.dumps(row["options"][field][0], ensure_ascii=False)
                    other = -1
                    if first.startswith(done[begin:]):
                        at = self._next(first[len(done) - begin :] + text[end:], allowed)
                        other = int(np.flatnonzero(allowed == at)[0])
                    right = int(np.flatnonzero(allowed == token)[0])
                    choices.append(Choosing(len(written), allowed, right, field, other))
            guide.consume_token(token)
            written.append(token)
        if self._tokens.text(written) != text:
            raise ValueError(f"{text} cannot be written under its own schema")
        return Walk(tuple(user), tuple(written), tuple(choices))

    def _next(self, rest: str, allowed: np.ndarray) -> int:
        """The token that continues the answer: the tokenizer's own, else the longest one allowed."""
        token = next_token(self._tokens, rest, allowed)  # type: ignore[arg-type]
        if token is None:
            raise ValueError(f"no token continues with {rest[:20]!r}")
        return token


def _value_at(answer: dict[str, str], offset: int) -> tuple[str, int, int]:
    """(field, where its value begins, where it ends) of the value being written at this offset of the compact JSON."""
    end = 1
    for field, value in answer.items():
        begin = end + len(json.dumps(field)) + 1
        end = begin + len(json.dumps(value, ensure_ascii=False)) + 1
        if offset < end:
            return field, begin, end - 1
    raise ValueError(f"nothing is written at {offset} of {answer}")

"""Text to token ids and back: the tokenizer, and the chat markup around messages.

Knows ChatML as SmolLM2 was trained on it. Does not know schemas or the forward pass.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llguidance import LLTokenizer
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from agents.model import ChatMessage, with_system


def tokenizer_from_gguf(fields: dict[str, Any]) -> str:
    """The tokenizer.json text of a byte-level BPE in GGUF fields; pre-tokeniser `smollm`: single digits, GPT-2."""
    tokens: list[str] = fields["tokenizer.ggml.tokens"]
    if fields["tokenizer.ggml.model"] != "gpt2" or fields["tokenizer.ggml.pre"] != "smollm":
        raise ValueError(f"tokenizer {fields['tokenizer.ggml.model']}/{fields['tokenizer.ggml.pre']}")
    merges = [tuple(pair.split(" ")) for pair in fields["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = 3  # the token_type of markup in GGUF
    kinds = fields["tokenizer.ggml.token_type"]
    markup = [token for token, kind in zip(tokens, kinds, strict=True) if kind == control]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in markup])
    return str(tokenizer.to_str())


class ChatTokens:
    """Renders chat messages to token ids; what a message says can never become markup."""

    def __init__(self, tokenizer: Tokenizer, vocab_size: int) -> None:
        self._plain = Tokenizer.from_str(tokenizer.to_str())
        self._plain.encode_special_tokens = True  # a script that contains "<|im_end|>" stays text
        start, end = tokenizer.token_to_id("<|im_start|>"), tokenizer.token_to_id("<|im_end|>")
        if start is None or end is None:
            raise ValueError("the tokenizer has no <|im_start|> and <|im_end|>")
        self.start, self.end = start, end
        self._newline = self._plain.encode("\n").ids
        self.opening = len(self._opening())
        """Tokens that open the assistant's turn at the end of a prompt."""
        self.for_grammar = LLTokenizer(tokenizer.to_str(), n_vocab=vocab_size, eos_token=self.end)

    @classmethod
    def load(cls, folder: Path) -> ChatTokens:
        """Read tokenizer.json and config.json of a checkpoint folder."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")), int(config["vocab_size"]))

    def prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Token ids of the messages followed by the opening of the assistant's turn."""
        ids: list[int] = []
        for message in with_system(messages):
            ids += [self.start, *self._plain.encode(f"{message.role}\n{message.content}").ids, self.end, *self._newline]
        return [*ids, *self._opening()]

    def _opening(self) -> list[int]:
        return [self.start, *self._plain.encode("assistant\n").ids]

    def ids(self, text: str) -> list[int]:
        """Token ids of plain text; markup in it stays text."""
        return list(self._plain.encode(text).ids)

    def text(self, ids: Sequence[int]) -> str:
        return str(self._plain.decode(list(ids), skip_special_tokens=False))


def rendered(messages: Sequence[ChatMessage]) -> str:
    """The prompt as text, for people: exactly what `ChatTokens.prompt` encodes."""
    turns = (f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in with_system(messages))
    return "".join(turns) + "<|im_start|>assistant\n"

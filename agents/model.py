"""The one interface every language model stands behind: typed question in, JSON out.

Knows messages, schemas, sampling and figures. Does not know roles, plans or who speaks next.
Implementations: `agents.embedded` (in-process), `agents.openai_client` (vLLM or any OpenAI-compatible server),
`agents.scripted` (deterministic fake for tests). `agents.tape` wraps any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChatMessage(Frozen):
    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(Frozen):
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    seed: int = 0


class ModelRequest(Frozen):
    """One question to a model."""

    agent: str
    """Who asks: an agent id such as `director` or `fox`."""
    question: str
    """Which of the role's questions this is, such as `outline.beat`; names the call in errors and on the tape."""
    messages: tuple[ChatMessage, ...]
    answer_schema: dict[str, Any]
    """JSON Schema of the answer. The reply's content is validated against it."""
    sampling: Sampling = Sampling()
    occurrence: int = 0
    """Counts identical requests within a session, so that each has its own place on the tape."""


class ModelReply(Frozen):
    """One validated answer with its figures."""

    content: Any
    """The parsed JSON answer; valid under the request's `answer_schema`."""
    text: str
    """Exactly what the model wrote."""
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    forced_tokens: int = 0
    """Completion tokens that the grammar forced, hence were not sampled."""
    seconds: float = 0.0
    attempts: int = 1
    key: str = ""
    """The tape key of the call; empty when no tape is in use."""
    replayed: bool = False
    """True when the answer came from the tape."""
    confidence: float | None = Field(default=None)
    """Probability of the chosen option, where the model gives one."""


class Model(Protocol):
    """A language model. Thread-safe: parallel agents call it at the same time."""

    name: str

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order. Raises `ModelError` naming the call that failed."""
        ...

    def close(self) -> None: ...

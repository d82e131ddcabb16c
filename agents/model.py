"""The one interface every language model stands behind: typed question in, JSON out.

Knows messages, schemas, sampling and figures. Does not know roles, plans or who speaks next.
Implementations: `agents.embedded` (in-process), `agents.openai` (vLLM or any OpenAI-compatible server),
`agents.langchain_model` (any langchain-core chat model), `agents.scripted` (deterministic fake for tests). `agents.tape`
wraps any of them. What a model is good for, it says in optional attributes; `traits_of` reads them.
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
    n: int = Field(default=1, ge=1)
    """Independent samples of the same answer; more than one makes sense with a temperature above 0 only."""


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
    priority: int = 0
    """Lower goes first where a server has a queue. Decides when, never what is answered."""
    vote: str = ""
    """The field of the answer whose option's probability the reply should tell; empty: none."""


class ModelReply(Frozen):
    """One validated answer with its figures."""

    content: Any
    """The parsed JSON answer; valid under the request's `answer_schema`."""
    text: str
    """Exactly what the model wrote."""
    model: str
    alternatives: tuple[Any, ...] = ()
    """The other samples when several were asked for, each valid under the schema; invalid ones are left out."""
    prompt: str = ""
    """Exactly the text that the model saw, where the server returns it."""
    reasoning: str = ""
    """What a reasoning model thought. For people; never shown to another agent."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    forced_tokens: int = 0
    """Completion tokens that the grammar forced, hence were not sampled."""
    seconds: float = 0.0
    queue_seconds: float | None = None
    """Waited in the server's queue, where the server tells."""
    first_token_seconds: float | None = None
    """From leaving the queue to the first token, where the server tells."""
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


class Traits(Frozen):
    """What a model is good for. Stored on the tape, so that a replay without the model is the same crew."""

    small: bool = False
    """Its free text is empty talk: it is asked for choices only, and shown no more than it needs for them."""
    options: Literal["supported", "all"] | None = None
    """Whether it is offered only what the script's words support; None: the crew decides by `small`."""
    languages: frozenset[str] | None = None
    """Languages it reads; None: all."""
    context: int | None = None
    """Tokens of prompt and answer together; None: not known, or plenty."""
    best_of: int = 1
    """Candidates per proposal, the rules choosing one; 1: the model's first answer is taken."""


def traits_of(model: object) -> Traits:
    """The traits among a model's attributes; those it does not have take their defaults."""
    return Traits(**{name: getattr(model, name) for name in Traits.model_fields if hasattr(model, name)})


HOUSE_SYSTEM_PROMPT = "You work in a film crew. You answer with JSON."
"""Sent when a request brings no system message: left alone, SmolLM2's own template introduces its maker, and the
maker's name then turns up in the stories."""


def with_system(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The messages with a system message in front, the house one if they bring none."""
    if messages and messages[0].role == "system":
        return list(messages)
    return [ChatMessage(role="system", content=HOUSE_SYSTEM_PROMPT), *messages]

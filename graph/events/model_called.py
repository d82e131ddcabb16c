"""A language model answered one question: its figures and its place on the tape."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ModelCalled(Event):
    type: Literal["model_called"] = "model_called"
    agent: str
    question: str
    key: str
    """Tape key; empty without a tape."""
    model: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    forced_tokens: int
    seconds: float
    attempts: int
    queue_seconds: float | None = None
    """In the server's queue, where it tells."""
    first_token_seconds: float | None = None
    """From the queue to the first token, where the server tells."""
    confidence: float | None = None
    """Probability of the option chosen, for a vote."""
    replayed: bool
    message: str | None = None
    """Id of the message that came of it."""

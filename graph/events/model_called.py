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
    replayed: bool
    message: str | None = None
    """Id of the message that came of it."""

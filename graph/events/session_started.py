"""A session began from a brief."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class SessionStarted(Event):
    type: Literal["session_started"] = "session_started"
    protocol: str
    model: str
    """Name of the language model behind the crew."""
    plan: str
    """Digest of the empty plan with its brief."""

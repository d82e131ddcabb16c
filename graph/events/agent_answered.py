"""An agent has answered; its messages follow when all agents of the turn have. Told to listeners, never written.

Agents answer in parallel, so the order of these is chance; the log holds only what is the same in every run.
"""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class AgentAnswered(Event):
    type: Literal["agent_answered"] = "agent_answered"
    agent: str
    question: str
    calls: int
    """Model calls it took."""
    seconds: float

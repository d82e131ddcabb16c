"""Agents were asked, in parallel; their messages follow when all have answered."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class TurnStarted(Event):
    type: Literal["turn_started"] = "turn_started"
    round: int
    asked: tuple[tuple[str, str], ...]
    """(agent, question) in the order in which the answers are merged."""

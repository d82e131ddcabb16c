"""A session that had stopped goes on."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class RunResumed(Event):
    type: Literal["run_resumed"] = "run_resumed"
    run: int
    """2 for the first resumption."""
    revision: int
    round: int

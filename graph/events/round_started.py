"""A round of objections began."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class RoundStarted(Event):
    type: Literal["round_started"] = "round_started"
    round: int
    open_errors: int
    open_warnings: int

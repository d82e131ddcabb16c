"""The run ended with an error; the session can be resumed once its cause is gone."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ErrorRaised(Event):
    type: Literal["error_raised"] = "error_raised"
    run: int
    phase: str
    what: str
    where: str = ""
    todo: str = ""

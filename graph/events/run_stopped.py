"""A run ended before the session did: it waits for a person."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class RunStopped(Event):
    type: Literal["run_stopped"] = "run_stopped"
    run: int
    waiting_for: Literal["approval"]

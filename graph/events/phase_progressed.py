"""Some of a phase is done."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event
from graph.events.phase import Phase


class PhaseProgressed(Event):
    type: Literal["phase_progressed"] = "phase_progressed"
    phase: Phase
    done: int
    total: int
    what: str = ""

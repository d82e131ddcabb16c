"""A phase of making the film is over."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event
from graph.events.phase import Phase


class PhaseFinished(Event):
    type: Literal["phase_finished"] = "phase_finished"
    phase: Phase
    seconds: float

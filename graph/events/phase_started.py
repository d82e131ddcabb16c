"""A phase of making the film began."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event
from graph.events.phase import Phase


class PhaseStarted(Event):
    type: Literal["phase_started"] = "phase_started"
    phase: Phase
    total: int
    """Units of work: shots, clips or frames."""
    unit: str = "shots"

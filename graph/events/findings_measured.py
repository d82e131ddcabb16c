"""The plan was staged and measured against the rules."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class FindingsMeasured(Event):
    type: Literal["findings_measured"] = "findings_measured"
    revision: int
    errors: int
    warnings: int
    findings: str
    """Digest of `graph.turns.Findings` in the store."""
    keys: tuple[str, ...]
    """Key of each finding, errors first."""
    seconds: float

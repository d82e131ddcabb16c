"""A finding stands although it is an error: the director decided so, or nothing feasible was found."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class FindingOverridden(Event):
    type: Literal["finding_overridden"] = "finding_overridden"
    finding: str
    text: str
    reason: str

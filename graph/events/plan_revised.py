"""The plan has a new revision."""

from __future__ import annotations

from typing import Any, Literal

from graph.events.base import Event


class PlanRevised(Event):
    type: Literal["plan_revised"] = "plan_revised"
    revision: int
    plan: str
    """Digest of the plan in the store."""
    patch: tuple[dict[str, Any], ...]
    by: str
    message: str
    shots: tuple[str, ...]
    """Shots that the patch touches."""

"""The session waits for a person to approve the plan."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ApprovalAsked(Event):
    type: Literal["approval_asked"] = "approval_asked"
    revision: int
    plan: str

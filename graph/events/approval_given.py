"""A person approved the plan, or sent it back with a note."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ApprovalGiven(Event):
    type: Literal["approval_given"] = "approval_given"
    approved: bool
    note: str = ""

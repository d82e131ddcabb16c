"""The talk is over and the plan is what everybody works from."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class AgreementReached(Event):
    type: Literal["agreement_reached"] = "agreement_reached"
    outcome: Literal["agreed", "agreed_with_overrides"]
    revision: int
    plan: str
    """Digest of the agreed plan."""
    overrides: tuple[str, ...] = ()
    """Keys of the errors that stand."""
    forced: int = 0
    """Remedies taken because the bound on rounds was reached."""
    rounds: int
    messages: int

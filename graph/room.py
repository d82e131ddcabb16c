"""The room the talk happens in: everything the machine works with that is not state.

Knows the collaborators by their interfaces. Does not know how they were chosen (`graph.session`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Protocol as Interface

from agents.crew import Crew
from graph.contents import Performative
from graph.event_log import EventLog
from graph.protocols.protocol import Protocol
from graph.rendering import Renderer
from graph.store import Store
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Role

Patch = Sequence[dict[str, Any]]


class Measure(Interface):
    """Stages a plan and checks it, errors first. Deterministic. Raises `StagingError`."""

    def __call__(self, plan: ShotPlan, *, remedies: bool = True) -> Sequence[Finding]:
        """`remedies`: whether to look for remedies and try each, which takes far longer than measuring."""
        ...


Allowed = Callable[[Role, str, Performative, Patch, ShotPlan], str | None]
"""(role, agent id, performative, patch, plan) -> why it may not, or None."""


@dataclass(frozen=True)
class Room:
    folder: Path
    store: Store
    log: EventLog
    crew: Crew
    protocol: Protocol
    measure: Measure
    allowed: Allowed
    model_name: str = ""
    renderer: Renderer | None = None
    """None: the session ends with the agreed plan."""
    output: Path | None = None
    """Where the renderer writes; None: the session folder."""
    approval: bool = False
    """Whether a person must approve the agreed plan before it is rendered."""
    run: int = 1
    """Number of this run of the session, from 1; part of the ids of events that each run has its own of."""


def role_of(agent: str) -> Role:
    """Director, scene and camera are called by their role; every other id is a character."""
    return Role(agent) if agent in ("director", "scene", "camera") else Role.CHARACTER

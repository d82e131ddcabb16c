"""What the talk may ask of an agent: propose, respond to an objection, arbitrate.

Knows the agents' interface and the crew that holds one agent per role and per cast member. Does not know who speaks next
(`graph`), nor the wording (`prompts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from agents.model import ModelReply
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alternative(Frozen):
    """What an agent would propose instead."""

    patch: tuple[dict[str, Any], ...]
    intent: str


class Proposal(Frozen):
    """A change an agent wants, with the reason it gives."""

    patch: tuple[dict[str, Any], ...]
    """JSON Patch (RFC 6902) against the plan the agent was shown. May be empty when the agent has nothing to change."""
    intent: str
    """One line for people."""
    replies: tuple[ModelReply, ...] = ()
    """The model calls behind it, in order."""
    alternatives: tuple[Alternative, ...] = ()
    """Further samples, worse by the model's own liking; the rules may like one of them better."""
    separable: bool = False
    """Whether the operations stand for themselves, so that each may come from another alternative."""


class Decision(Frozen):
    """An owner's answer to an objection."""

    performative: Literal["accept", "counter", "refuse"]
    remedy: str | None = None
    """Id of the remedy accepted, or offered instead (counter); None when refusing."""
    reason: str = ""
    confidence: float | None = None
    """Probability of this answer among all that could be given, where the model tells."""
    replies: tuple[ModelReply, ...] = ()


class Agent(Protocol):
    """One voice of the crew. Stateless: everything it knows is in the arguments."""

    id: str
    """`director`, `scene`, `camera`, or a character's id."""
    role: Role

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        """Write the agent's own part of the plan. `heard`: one line per message addressed to it since it last spoke."""
        ...

    def respond(self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()) -> Decision:
        """Answer an objection addressed to this agent.

        `remedies`: every remedy on the table. Those owned by this agent can be accepted; those owned by another agent can be
        named in a counter; with none acceptable it refuses with a reason.
        """
        ...


class Director(Agent, Protocol):
    def outline(self, plan: ShotPlan) -> Proposal:
        """From the brief of an empty plan: cast, sets with the props the story names, beats in order, shots that cover them."""
        ...

    def arbitrate(self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()) -> Decision:
        """Decide an objection that the owners could not settle: accept one remedy, or refuse (the finding stands)."""
        ...


class Crew(Protocol):
    """All agents of a session."""

    director: Director

    def agent(self, id: str, plan: ShotPlan) -> Agent:
        """The agent with this id; characters must be in the plan's cast. Raises `NegotiationError` otherwise."""
        ...

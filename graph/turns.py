"""What a protocol hands to the machine: questions to ask, a check to make, or the end.

Knows the questions an agent can be asked and the shape of the answers. Does not know who decides (`graph.protocols`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.crew import Decision, Proposal
from shotplan.rules.finding import Finding, Remedy

Question = Literal["outline", "propose", "respond", "arbitrate"]
Outcome = Literal["agreed", "agreed_with_overrides", "failed"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(Frozen):
    """One question to one agent."""

    agent: str
    question: Question
    heard: tuple[str, ...] = ()
    """Lines of the messages addressed to it since it last spoke."""
    causes: tuple[str, ...] = ()
    """Ids of those messages."""
    objection: Finding | None = None
    """For `respond` and `arbitrate`."""
    remedies: tuple[Remedy, ...] = ()
    in_reply_to: str | None = None
    """Id of the message that this question puts to the agent."""


class Answer(Frozen):
    """What the agent said, with the question it answers."""

    ask: Ask
    base_revision: int
    """The plan revision that the agent saw."""
    proposal: Proposal | None = None
    """For `outline` and `propose`."""
    decision: Decision | None = None
    """For `respond` and `arbitrate`."""


class Answers(Frozen):
    """All answers of one agent to one kind of question, in the order asked."""

    answers: tuple[Answer, ...]


class Turn(Frozen):
    """Agents to ask in parallel. Questions to one agent are put one after the other."""

    kind: Literal["turn"] = "turn"
    asks: tuple[Ask, ...] = Field(min_length=1)


class Check(Frozen):
    """Stage the plan and measure it against the rules."""

    kind: Literal["check"] = "check"


class Closed(Frozen):
    """The talk is over."""

    kind: Literal["closed"] = "closed"
    outcome: Outcome
    reason: str = ""


Step = Annotated[Turn | Check | Closed, Field(discriminator="kind")]


class NextStep(Frozen):
    """A step as it is stored."""

    step: Step


class Findings(Frozen):
    """What the rules measured on one revision, as it is stored."""

    revision: int
    findings: tuple[Finding, ...]

"""Putting a protocol's questions to the crew.

Knows which method of an agent answers which question. Does not know what becomes of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.crew import Crew
from graph.turns import Answer, Ask
from shotplan.errors import NegotiationError
from shotplan.plan import ShotPlan


def put_questions(crew: Crew, plan: ShotPlan, asks: Sequence[Ask]) -> list[Answer]:
    """One agent's answers, in order. Raises `ModelError` naming the call, `NegotiationError` for an unknown agent."""
    return [_put(crew, plan, ask) for ask in asks]


def _put(crew: Crew, plan: ShotPlan, ask: Ask) -> Answer:
    revision = plan.revision
    match ask.question:
        case "outline":
            return Answer(ask=ask, base_revision=revision, proposal=crew.director.outline(plan))
        case "propose":
            agent = crew.agent(ask.agent, plan)
            return Answer(ask=ask, base_revision=revision, proposal=agent.propose(plan, heard=ask.heard))
    if ask.objection is None:
        raise NegotiationError(
            f"{ask.agent} was asked to {ask.question} without an objection", todo="report this as a bug"
        )
    if ask.question == "arbitrate":
        decision = crew.director.arbitrate(plan, ask.objection, ask.remedies, heard=ask.heard)
    else:
        decision = crew.agent(ask.agent, plan).respond(plan, ask.objection, ask.remedies, heard=ask.heard)
    return Answer(ask=ask, base_revision=revision, decision=decision)

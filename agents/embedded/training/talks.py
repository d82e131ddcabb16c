"""Objections put to a crew, for lessons in answering them.

Knows how findings arise and what has been said by then. Does not know protocols (`graph`) or what the right answer is (`teacher`).
"""

from __future__ import annotations

import random

from agents.crew_of_models import ModelCrew
from agents.roles.answering import REASONS
from shotplan.errors import EkonteError
from shotplan.plan import ShotPlan
from shotplan.rules.check import check
from shotplan.rules.finding import Finding, Role

MOST = 3
"""Findings put to the crew of one story."""


def talk(plan: ShotPlan, crew: ModelCrew, rng: random.Random) -> None:
    """Measure the plan and put what is found to those who can mend it, as they would hear of it."""
    try:
        found = [f for f in check(plan) if f.remedies]
    except EkonteError:
        return  # a plan that cannot be staged leads to no talk
    rng.shuffle(found)
    for finding in found[:MOST]:
        said = [_objection(finding)]
        for owner in dict.fromkeys(r.agent for r in finding.remedies):
            agent = crew.agent(owner, plan)
            agent.respond(plan, finding, finding.remedies, heard=[*said, *_since(finding, owner, rng)])
            said.append(
                f"{owner} {rng.choice(('refuses', 'counters', 'accepts'))}: {rng.choice(finding.remedies).label}"
            )
        crew.director.arbitrate(plan, finding, finding.remedies, heard=said[-4:])
        if rng.random() < 0.5:
            settled = rng.choice(finding.remedies)
            shots = finding.shot or plan.shots[0].id
            crew.agent("camera", plan).propose(
                plan, heard=[f"{settled.agent} informs: {shots}: {settled.label} (settled)"]
            )


def _objection(finding: Finding) -> str:
    measured, limit = (f"{x:.3g} {finding.unit}".strip() for x in (finding.measured, finding.limit))
    about = f"{finding.rule} {finding.shot}" if finding.shot else finding.rule
    return f"{finding.raised_by} objects: {about} [measured {measured}, limit {limit}] {finding.text}"


def _since(finding: Finding, owner: str, rng: random.Random) -> list[str]:
    """What somebody else may have answered before this owner is asked."""
    others = [r for r in finding.remedies if r.agent != owner]
    draw = rng.random()
    if others and draw < 0.25:
        other = rng.choice(others)
        return [f"{other.agent} refuses: {rng.choice(REASONS[other.owner])}"]
    own = [r for r in finding.remedies if r.agent == owner]
    if others and own and draw < 0.5:
        mine = rng.choice(own)
        return [f"{rng.choice(others).agent} counters: {owner}: {mine.label} ({rng.choice(REASONS[Role.CHARACTER])})"]
    return []

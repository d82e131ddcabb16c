"""A crew that writes a plan without any talk, for the tests of the roles."""

from __future__ import annotations

from agents.crew_of_models import ModelCrew, Options
from agents.model import Model
from agents.permissions import allowed
from agents.scripted import ScriptedModel
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch


def outlined(
    script: str, model: Model | None = None, *, duration: float | None = None, options: Options | None = None
) -> tuple[ShotPlan, ModelCrew]:
    """The plan after the director's outline, and the crew."""
    brief = Brief.from_text(script, duration=duration)
    crew = ModelCrew(model or ScriptedModel(), brief, options)
    plan = ShotPlan(brief=brief)
    proposal = crew.director.outline(plan)
    assert allowed("director", "director", "propose", proposal.patch, plan) is None
    return apply_patch(plan, [dict(op) for op in proposal.patch]), crew


def planned(
    script: str, model: Model | None = None, *, duration: float | None = None, options: Options | None = None
) -> tuple[ShotPlan, ModelCrew]:
    """The plan after everybody's own part: all patches are made from the outline and applied one after the other."""
    base, crew = outlined(script, model, duration=duration, options=options)
    plan = base
    for id in ("scene", *[c.id for c in base.cast], "camera"):
        agent = crew.agent(id, base)
        proposal = agent.propose(base)
        assert allowed(agent.role, id, "propose", proposal.patch, plan) is None
        plan = apply_patch(plan, [dict(op) for op in proposal.patch])
    return plan, crew

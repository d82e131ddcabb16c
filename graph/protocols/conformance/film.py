"""The smallest film that can be argued about: a fox jumps a log that is too high, an owl watches.

Knows a brief, the director's outline, two rules and who may write what. Does not know the project's own rules or agents, so
that a protocol is tested alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.rules.finding import Finding, Remedy, Role

BRIEF = Brief(script="A red fox jumps over a fallen log. An owl watches.")


def outline(log_height: float = 1.4) -> list[dict[str, Any]]:
    """The director's patch to an empty plan: fox, owl, a log (`log_height` in metres), one shot."""
    fox, owl = Character.of_kind("fox", "the fox", "fox"), Character.of_kind("owl", "the owl", "bird")
    log = Prop.of_kind("log", "fallen log", "log", 0.0, 0.0, size=(0.5, log_height, 2.6))
    forest = StageSet(id="forest", name="forest", place="forest", props=(log,))
    jump = Beat(id="b01", span="A red fox jumps over a fallen log.", actor="fox", action="jump_over", target="log")
    watch = Beat(id="b02", span="An owl watches.", actor="owl", action="look", target="fox")
    shot = Shot(
        id="s01",
        set="forest",
        beats=("b01", "b02"),
        duration=4.0,
        performances=(
            Performance(actor="fox", beat="b01", action="jump_over", target="log", start="left", end="right"),
            Performance(actor="owl", beat="b02", action="look", target="fox", start="back"),
        ),
        camera=CameraSpec(subject="fox"),
    )
    parts: dict[str, Sequence[Any]] = {"cast": (fox, owl), "sets": (forest,), "beats": (jump, watch), "shots": (shot,)}
    return [
        {"op": "replace", "path": f"/{name}", "value": [item.model_dump(mode="json") for item in items]}
        for name, items in parts.items()
    ]


def measure(plan: ShotPlan, *, remedies: bool = True) -> list[Finding]:
    """One rule: what is jumped is no higher than the jumper can clear."""
    found = []
    for n, shot in enumerate(plan.shots):
        stage_set = plan.stage_set(shot.set)
        assert stage_set is not None
        for k, p in enumerate(shot.performances):
            prop = stage_set.prop(p.target) if p.target else None
            actor = plan.character(p.actor)
            if p.action != "jump_over" or prop is None or actor is None or prop.size[1] <= actor.limits.jump_height:
                continue
            limit = actor.limits.jump_height
            where = f"/shots/{n}/performances/{k}"
            at = f"/sets/{plan.sets.index(stage_set)}/props/{stage_set.props.index(prop)}/size/1"
            lower = Remedy(
                id="lower_log",
                label=f"lower {prop.id} from {prop.size[1]:.2f} m to {limit:.2f} m",
                owner=Role.SCENE,
                agent="scene",
                patch=({"op": "replace", "path": at, "value": limit},),
            )
            climb = Remedy(
                id="climb",
                label=f"{actor.id} climbs over the {prop.id}",
                owner=Role.CHARACTER,
                agent=actor.id,
                patch=({"op": "replace", "path": f"{where}/action", "value": "climb_over"},),
            )
            found.append(
                Finding(
                    rule="reach.jump_height",
                    severity="error",
                    shot=shot.id,
                    where=where,
                    measured=prop.size[1],
                    limit=limit,
                    unit="m",
                    text=f"the {prop.id} is higher than {actor.id} can jump",
                    raised_by=actor.id,
                    owners=("scene", actor.id),
                    remedies=(lower, climb) if remedies else (),
                )
            )
    return found


def measure_hopeless(plan: ShotPlan, *, remedies: bool = True) -> list[Finding]:
    """The same, and an error that nothing can mend."""
    hopeless = Finding(
        rule="plan.hopeless",
        severity="error",
        shot=None,
        where="/shots",
        measured=1,
        limit=0,
        unit="errors",
        text="nothing helps",
        raised_by="director",
        owners=("director", "scene"),
    )
    return [*measure(plan, remedies=remedies), hopeless] if plan.shots else []


def allowed(role: Role, agent: str, performative: str, patch: Sequence[dict[str, Any]], plan: ShotPlan) -> str | None:
    """The camera writes cameras, characters performances, the scene sets, the director everything; only it requests."""
    if performative == "request" and role is not Role.DIRECTOR:
        return f"{agent} may not request"
    own = {Role.CAMERA: "/camera", Role.CHARACTER: "/performances", Role.SCENE: "/sets", Role.DIRECTOR: ""}[role]
    bad = [op["path"] for op in patch if own not in str(op["path"])]
    return f"{agent} may not write {bad[0]}" if bad else None

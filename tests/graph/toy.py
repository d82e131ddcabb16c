"""A toy film for the talk's tests: a crew that says what a model says, a model that is told what to say, one rule.

Knows the jump example in its smallest form. Does not know the project's own agents or rules.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.crew import Decision, Director, Proposal
from agents.model import ChatMessage, Model, ModelReply, ModelRequest
from graph.room import Patch
from shotplan.brief import Brief
from shotplan.errors import NegotiationError
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.rules.finding import Finding, Remedy, Role

BRIEF = Brief.from_text("A red fox jumps over a fallen log. An owl watches.")


def outline(log_height: float = 1.4) -> list[dict[str, Any]]:
    """The director's patch to an empty plan: fox, owl, a log, one shot."""
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
    parts = {"cast": (fox, owl), "sets": (forest,), "beats": (jump, watch), "shots": (shot,)}
    return [
        {"op": "replace", "path": f"/{name}", "value": [item.model_dump(mode="json") for item in items]}
        for name, items in parts.items()
    ]


def measure(plan: ShotPlan) -> list[Finding]:
    """One rule: what is jumped is no higher than the jumper can clear."""
    found = []
    for n, shot in enumerate(plan.shots):
        for k, p in enumerate(shot.performances):
            stage_set = plan.stage_set(shot.set)
            prop = stage_set.prop(p.target) if stage_set and p.target else None
            actor = plan.character(p.actor)
            if p.action != "jump_over" or prop is None or actor is None or stage_set is None:
                continue
            limit = actor.limits.jump_height
            if prop.size[1] <= limit:
                continue
            at = f"/sets/{plan.sets.index(stage_set)}/props/{stage_set.props.index(prop)}/size/1"
            where = f"/shots/{n}/performances/{k}"
            lower = {"op": "replace", "path": at, "value": limit}
            climb = {"op": "replace", "path": f"{where}/action", "value": "climb_over"}
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
                    remedies=(
                        Remedy(
                            id="lower_log",
                            label=f"lower {prop.id} to {limit:.2f} m",
                            owner=Role.SCENE,
                            agent="scene",
                            patch=(lower,),
                        ),
                        Remedy(
                            id="climb",
                            label=f"{actor.id} climbs over the {prop.id}",
                            owner=Role.CHARACTER,
                            agent=actor.id,
                            patch=(climb,),
                        ),
                    ),
                )
            )
    return found


def allowed(role: Role, agent: str, performative: str, patch: Patch, plan: ShotPlan) -> str | None:
    """The camera writes cameras, characters performances, scene sets, the director everything."""
    own = {Role.CAMERA: "/camera", Role.CHARACTER: "/performances", Role.SCENE: "/sets", Role.DIRECTOR: ""}[role]
    bad = [op["path"] for op in patch if own not in op["path"]]
    return f"{agent} may not write {bad[0]}" if bad else None


class ToyModel:
    """Says what `script` holds under `agent.question`, else something harmless. Counts finished calls in a file."""

    name = "toy"

    def __init__(
        self, script: dict[str, Any] | None = None, *, seconds: float = 0.0, calls: Path | None = None
    ) -> None:
        self.script = script or {}
        self.seconds, self.calls = seconds, calls
        self.asked: list[ModelRequest] = []

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        return [self._answer(request) for request in requests]

    def _answer(self, request: ModelRequest) -> ModelReply:
        time.sleep(self.seconds)
        self.asked.append(request)
        content = self.script.get(f"{request.agent}.{request.question}", {})
        if self.calls is not None:
            with self.calls.open("a", encoding="utf-8") as file:
                file.write(f"{request.agent}.{request.question}|{request.messages[0].content}\n")
        return ModelReply(content=content, text=str(content), model=self.name, completion_tokens=1)

    def close(self) -> None: ...


class ToyAgent:
    """Every answer is one model call; what the agent sees goes into the request."""

    def __init__(self, model: Model, id: str, role: Role) -> None:
        self.model, self.id, self.role = model, id, role

    def _ask(self, question: str, plan: ShotPlan, heard: Sequence[str]) -> ModelReply:
        seen = f"{self.id} {question} revision {plan.revision} {' / '.join(heard)}"
        request = ModelRequest(
            agent=self.id, question=question, messages=(ChatMessage(role="user", content=seen),), answer_schema={}
        )
        return self.model.ask([request])[0]

    def _proposal(self, question: str, plan: ShotPlan, heard: Sequence[str]) -> Proposal:
        reply = self._ask(question, plan, heard)
        said = reply.content
        if callable(said):
            said = said(plan)
        return Proposal(patch=tuple(said.get("patch", ())), intent=said.get("intent", "as it is"), replies=(reply,))

    def outline(self, plan: ShotPlan) -> Proposal:
        return self._proposal("outline", plan, ())

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        return self._proposal("reframe" if any("inform" in line for line in heard) else "propose", plan, heard)

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return self._decision("respond", plan, heard)

    def arbitrate(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return self._decision("arbitrate", plan, heard)

    def _decision(self, question: str, plan: ShotPlan, heard: Sequence[str]) -> Decision:
        reply = self._ask(question, plan, heard)
        said = {"performative": "refuse", "reason": "no"} | reply.content
        return Decision.model_validate(said | {"replies": (reply,)})


class ToyCrew:
    def __init__(self, model: Model, brief: Brief) -> None:
        self.model = model
        self.director: Director = ToyAgent(model, "director", Role.DIRECTOR)

    def agent(self, id: str, plan: ShotPlan) -> ToyAgent:
        if id in ("director", "scene", "camera"):
            return ToyAgent(self.model, id, Role(id))
        if plan.character(id) is None:
            raise NegotiationError(f"there is no agent {id!r}")
        return ToyAgent(self.model, id, Role.CHARACTER)


def story(**changes: Any) -> dict[str, Any]:
    """The jump example: scene counters, the fox climbs, the camera re-frames. `changes` replace single answers."""
    base: dict[str, Any] = {
        "director.outline": {"patch": outline(), "intent": "fox and owl in the forest"},
        "scene.respond": {"performative": "counter", "remedy": "climb", "reason": "the log is the set's centrepiece"},
        "fox.respond": {"performative": "accept", "remedy": "climb", "reason": "I climb"},
        "camera.reframe": {
            "patch": [{"op": "replace", "path": "/shots/0/camera/move", "value": "dolly_in"}],
            "intent": "follow the climb closely",
        },
    }
    return base | {key.replace("__", "."): value for key, value in changes.items()}


TOY: dict[str, Any] = {"crew": ToyCrew, "measure": measure, "allowed": allowed}
"""The collaborators for `Session.create` and `Session.open`."""

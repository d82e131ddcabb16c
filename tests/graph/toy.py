"""A toy crew for the talk's tests: it says what a model says, and the model is told what to say.

The film and its rule are those of the conformance suite. Does not know the project's own agents or rules.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.crew import Decision, Director, Proposal
from agents.model import ChatMessage, Model, ModelReply, ModelRequest
from graph.protocols.conformance.film import BRIEF, allowed, measure, outline
from shotplan.brief import Brief
from shotplan.errors import NegotiationError
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role


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

__all__ = ["BRIEF", "TOY", "ToyModel", "measure", "outline", "story"]

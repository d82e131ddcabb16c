"""Crews of every temper, to see what a protocol makes of them.

Knows how to be agreeable, stubborn, evasive, trespassing, silent or erratic. Does not know any protocol. No model is asked;
each answer carries a reply with a key of its own, so that it can be traced into the transcript.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

from agents.crew import Decision, Director, Proposal
from agents.model import ModelReply
from graph.protocols.conformance.film import outline
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role

Temper = Literal["agreeable", "stubborn", "evasive", "trespassing", "silent", "erratic", "planless"]
TEMPERS: tuple[Temper, ...] = ("agreeable", "stubborn", "evasive", "trespassing", "silent", "erratic", "planless")


class TemperedAgent:
    def __init__(self, id: str, role: Role, temper: Temper, seed: int, given: Callable[[str], ModelReply]) -> None:
        self.id, self.role, self._temper, self._seed, self._given = id, role, temper, seed, given
        self.own_part: list[dict[str, Any]] | None = None
        """What it proposes, whatever its temper; None: as its temper is."""

    def outline(self, plan: ShotPlan) -> Proposal:
        patch: list[dict[str, Any]] = [] if self._temper == "planless" else outline()
        return self._proposal(patch, "outline", plan)

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        patch = self._own_part(plan, heard) if self.own_part is None else self.own_part
        return self._proposal(patch, " ".join(heard), plan)

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        own = [r for r in remedies if r.agent == self.id]
        others = [r for r in remedies if r.agent != self.id]
        accept: dict[str, Any] = {"performative": "accept", "remedy": own[0].id if own else "nothing_of_mine"}
        counter: dict[str, Any] = {"performative": "counter", "remedy": others[0].id if others else "nothing_of_yours"}
        refuse: dict[str, Any] = {"performative": "refuse", "reason": "no"}
        match self._temper:
            case "stubborn" | "silent":
                said = refuse
            case "evasive":
                said = counter
            case "trespassing":
                said = {"performative": "accept", "remedy": others[0].id if others else "invented"}
            case "erratic":
                said = (accept, counter, refuse, {"performative": "accept", "remedy": "invented"})[
                    self._chance(f"{objection.key}{heard}{plan.revision}", 4)
                ]
            case _:
                said = accept
        return self._decision(said, f"{objection.key}{heard}", plan)

    def arbitrate(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        said: dict[str, Any] = {"performative": "accept", "remedy": remedies[0].id if remedies else "invented"}
        if self._temper == "silent":
            said = {"performative": "refuse", "reason": "it stands"}
        if self._temper in ("evasive", "trespassing"):
            said = {"performative": "counter", "remedy": "invented"}
        return self._decision(said, f"{objection.key}{heard}", plan)

    def _own_part(self, plan: ShotPlan, heard: Sequence[str]) -> list[dict[str, Any]]:
        if self._temper == "trespassing":
            return [{"op": "replace", "path": "/brief/script", "value": "mine now"}]
        if self._temper == "erratic":
            broken = {"op": "replace", "path": "/shots/99/camera/size", "value": "full"}
            vague = {"op": "replace", "path": "/shots/0/camera/size", "value": "enormous"}
            return [[], [broken], [vague]][self._chance(f"{heard}{plan.revision}", 3)]
        if self.id == "camera" and plan.shots:
            return [{"op": "replace", "path": "/shots/0/camera/move", "value": "follow"}]
        return []

    def _chance(self, what: str, ways: int) -> int:
        return hashlib.sha256(f"{self._seed}{self.id}{what}".encode()).digest()[0] % ways

    def _proposal(self, patch: Sequence[dict[str, Any]], seen: str, plan: ShotPlan) -> Proposal:
        return Proposal(
            patch=tuple(patch), intent=f"{self.id}'s part", replies=(self._given(f"{self.id}{seen}{plan.revision}"),)
        )

    def _decision(self, said: dict[str, Any], seen: str, plan: ShotPlan) -> Decision:
        return Decision.model_validate(said | {"replies": (self._given(f"{self.id}{seen}{plan.revision}"),)})


class TemperedCrew:
    """All agents have one temper. `answers`: the key of every answer given, in the order given."""

    def __init__(self, temper: Temper, seed: int = 0) -> None:
        self.temper, self.seed = temper, seed
        self.answers: list[str] = []
        self.director: Director = TemperedAgent("director", Role.DIRECTOR, temper, seed, self._given)

    def agent(self, id: str, plan: ShotPlan) -> TemperedAgent:
        role = Role(id) if id in ("director", "scene", "camera") else Role.CHARACTER
        return TemperedAgent(id, role, self.temper, self.seed, self._given)

    def _given(self, what: str) -> ModelReply:
        """A reply whose key says what was answered and which such answer it is; the same however agents are scheduled."""
        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        key = f"{digest}-{sum(k.startswith(digest) for k in self.answers)}"
        self.answers.append(key)
        return ModelReply(content={}, text="", model=f"{self.temper} crew", key=key)

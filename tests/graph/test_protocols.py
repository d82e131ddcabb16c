"""Every built-in protocol passes the conformance suite, and the suite fails those that should not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from langgraph.errors import GraphRecursionError

from graph.floor import Floor
from graph.protocols import PROTOCOLS, choose_protocol, protocol_names
from graph.protocols.conformance import CHECKS, hold, is_deterministic, loses_no_message, terminates
from graph.protocols.conformance.crews import TemperedAgent, TemperedCrew
from graph.protocols.conformance.film import measure, measure_hopeless
from graph.protocols.director_led import DirectorLed
from graph.turns import Answer, Check, Step
from shotplan.errors import NegotiationError
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_built_in_protocol_conforms(name: str, check: Callable[[Any], None]) -> None:
    check(PROTOCOLS[name])


def test_the_suite_fails_a_protocol_that_never_closes() -> None:
    @dataclass(frozen=True)
    class Endless(DirectorLed):
        def checked(self, floor: Floor, findings: Sequence[Finding]) -> Step:
            return Check()

    with pytest.raises(GraphRecursionError):
        terminates(Endless)


def test_the_suite_fails_a_protocol_that_drops_answers() -> None:
    @dataclass(frozen=True)
    class Forgetful(DirectorLed):
        def answered(self, floor: Floor, answers: Sequence[Answer]) -> Step:
            return super().answered(floor, answers[:1])

    with pytest.raises(AssertionError, match="lost or doubled"):
        loses_no_message(Forgetful)


def test_the_suite_fails_a_protocol_that_remembers_outside_the_floor() -> None:
    class Counting(DirectorLed):
        def answered(self, floor: Floor, answers: Sequence[Answer]) -> Step:
            self.__dict__["turns"] = self.__dict__.get("turns", 0) + 1
            floor.memory["last_round"] = self.__dict__["turns"]
            return super().answered(floor, answers)

    with pytest.raises(AssertionError, match="outside the floor"):
        is_deterministic(Counting)


def test_a_stubborn_crew_is_settled_by_the_director_after_three_rounds() -> None:
    talk = hold(DirectorLed(), TemperedCrew("stubborn"))
    objections = [m for m, _ in talk.said if m.performative == "object"]
    assert [m.content.times for m in objections if m.content.kind == "object"] == [1, 2, 3]
    decided = [m for m, _ in talk.said if m.content.kind == "request"]
    assert [(m.sender, m.recipients) for m in decided] == [("director", ("scene",))]
    assert talk.events[-1].type == "agreement_reached"


def test_an_error_that_nothing_mends_stands_as_an_override_and_the_talk_still_ends() -> None:
    talk = hold(DirectorLed(), TemperedCrew("agreeable"), measure_hopeless)
    agreed = talk.events[-1]
    assert agreed.type == "agreement_reached"
    assert agreed.outcome == "agreed_with_overrides"
    assert agreed.overrides == ("plan.hopeless@/shots",)


def test_when_rounds_run_out_the_first_feasible_remedy_is_taken_and_recorded_as_forced() -> None:
    talk = hold(DirectorLed(max_rounds=2), TemperedCrew("stubborn"))
    forced = [m for m, _ in talk.said if m.content.kind == "request" and m.content.forced]
    assert len(forced) == 1
    agreed = talk.events[-1]
    assert agreed.type == "agreement_reached"
    assert (agreed.outcome, agreed.forced) == ("agreed", 1)


def test_what_an_agent_may_not_write_is_rejected_recorded_and_told_to_it() -> None:
    talk = hold(DirectorLed(), TemperedCrew("trespassing"))
    rejected = [(m.sender, reason) for m, reason in talk.said if reason]
    assert ("scene", "scene may not write /brief/script") in rejected
    assert talk.plan.brief.script != "mine now"


def test_an_unknown_protocol_is_named_with_those_there_are() -> None:
    with pytest.raises(NegotiationError, match="director_led"):
        choose_protocol("shouting_match")
    assert "director_led" in protocol_names()


class ClumsyCamera(TemperedCrew):
    """Re-frames so that the fox is lost, and takes whatever mends it."""

    def agent(self, id: str, plan: ShotPlan) -> TemperedAgent:
        agent = super().agent(id, plan)
        if id == "camera" and plan.shots[0].camera.move == "follow":
            agent.own_part = [{"op": "replace", "path": "/shots/0/camera/move", "value": "static"}]
        return agent


def measure_lost(plan: ShotPlan, *, remedies: bool = True) -> list[Finding]:
    """The film's own rule, and a static camera in a full shot loses the fox."""
    found = measure(plan, remedies=remedies)
    if plan.shots and plan.shots[0].camera.move == "static" and plan.shots[0].camera.size == "full":
        wider = {"op": "replace", "path": "/shots/0/camera/size", "value": "long"}
        mend = Remedy(id="wider", label="wider", owner=Role.CAMERA, agent="camera", patch=(wider,))
        found.append(
            Finding(
                rule="framing.in_frame",
                severity="error",
                shot="s01",
                where="/shots/0/camera",
                measured=10,
                limit=95,
                unit="%",
                text="the fox is lost",
                raised_by="camera",
                owners=("camera",),
                remedies=(mend,) if remedies else (),
            )
        )
    return found


def test_a_reframing_that_would_lose_the_subject_is_rejected_and_mended_before_it_takes_effect() -> None:
    talk = hold(DirectorLed(), ClumsyCamera("agreeable"), measure_lost)
    said = [(m.performative, reason) for m, reason in talk.said if m.sender == "camera" and m.round == 1]
    assert said == [("propose", "it would cause framing.in_frame in s01"), ("propose", None)]
    assert (talk.plan.shots[0].camera.move, talk.plan.shots[0].camera.size) == ("static", "long")
    assert talk.events[-1].type == "agreement_reached"

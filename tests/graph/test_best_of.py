"""Of several candidates the one is taken with which the rules find the least, judged with everybody's part in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.crew import Alternative, Proposal
from graph.best_of import ERROR, UNUSABLE, WARNING, best_of, weigh
from graph.protocols.conformance.film import BRIEF
from graph.turns import Answer, Ask
from shotplan.plan import Character, Performance, Shot, ShotPlan, StageSet
from shotplan.rules.finding import Finding

FOX = Character.of_kind("fox", "fox", "fox")
SHOTS = tuple(
    Shot(id=f"s0{n}", set="forest", duration=2.0, performances=(Performance(actor="fox", action="run"),))
    for n in (1, 2, 3)
)
PLAN = ShotPlan(brief=BRIEF, cast=(FOX,), sets=(StageSet(id="forest", name="forest", place="forest"),), shots=SHOTS)


def size(shot: int, value: str) -> dict[str, Any]:
    return {"op": "replace", "path": f"/shots/{shot}/camera/size", "value": value}


def pace(shot: int, value: str) -> dict[str, Any]:
    return {"op": "replace", "path": f"/shots/{shot}/performances/0/pace", "value": value}


def answer(agent: str, *patches: Sequence[dict[str, Any]], separable: bool = False) -> Answer:
    first, *others = [Alternative(patch=tuple(patch), intent=f"number {n}") for n, patch in enumerate(patches)]
    proposal = Proposal(patch=first.patch, intent=first.intent, alternatives=tuple(others), separable=separable)
    return Answer(ask=Ask(agent=agent, question="propose"), base_revision=0, proposal=proposal)


def finding(severity: str, where: str) -> Finding:
    return Finding(
        rule="toy.rule", severity=severity, shot=None, where=where, measured=1, limit=0, unit="", text="so", raised_by="camera",
        owners=("camera",),
    )  # type: ignore[arg-type]  # fmt: skip


def fast_wants_long(plan: ShotPlan) -> list[Finding]:
    """A toy rule: an error for every fast shot that is not long, a warning for every close-up."""
    found = []
    for n, shot in enumerate(plan.shots):
        if shot.performances[0].pace == "fast" and shot.camera.size != "long":
            found.append(finding("error", f"/shots/{n}"))
        if shot.camera.size == "close_up":
            found.append(finding("warning", f"/shots/{n}"))
    return found


def judged(answers: list[Answer]) -> tuple[list[Answer], list[tuple[str, tuple[float, ...], int]]]:
    told: list[tuple[str, tuple[float, ...], int]] = []
    chosen = best_of(PLAN, answers, fast_wants_long, lambda who, scores, best: told.append((who, tuple(scores), best)))
    return chosen, told


def patch_of(answer: Answer) -> list[dict[str, Any]]:
    assert answer.proposal is not None
    return list(answer.proposal.patch)


def test_a_framing_is_judged_with_the_action_that_another_agent_proposes_at_the_same_time() -> None:
    answers = [
        answer("fox", [pace(0, "fast")]),
        answer("camera", [size(0, "close_up")], [size(0, "medium")], [size(0, "long")]),
    ]
    chosen, told = judged(answers)
    assert patch_of(chosen[1]) == [size(0, "long")]
    assert told == [("camera", (ERROR + WARNING, ERROR, 0.0), 2)]


def test_without_a_measured_reason_the_models_own_first_choice_stays() -> None:
    answers = [answer("camera", [size(0, "medium")], [size(0, "full")], [size(0, "long")])]
    chosen, told = judged(answers)
    assert chosen == answers
    assert told == [("camera", (0.0, 0.0, 0.0), 0)]


def test_a_proposal_without_alternatives_is_not_judged() -> None:
    chosen, told = judged([answer("camera", [size(0, "close_up")])])
    assert patch_of(chosen[0]) == [size(0, "close_up")]
    assert told == []


def test_shots_that_stand_for_themselves_are_chosen_one_by_one() -> None:
    first = [size(0, "close_up"), size(1, "medium"), size(2, "close_up")]
    second = [size(0, "medium"), size(1, "close_up"), size(2, "full")]
    chosen, told = judged([answer("camera", first, second, separable=True)])
    assert sorted(op["value"] for op in patch_of(chosen[0])) == ["full", "medium", "medium"]
    assert told == [("camera", (2 * WARNING, WARNING, 0.0), 2)]
    together, _ = judged([answer("camera", first, second)])
    assert patch_of(together[0]) == second


def test_a_candidate_that_makes_no_valid_plan_is_never_taken() -> None:
    broken = [{"op": "replace", "path": "/shots/0/camera/size", "value": "gigantic"}]
    assert weigh(PLAN, [broken], fast_wants_long) == UNUSABLE
    chosen, _ = judged([answer("camera", broken, [size(0, "close_up")])])
    assert patch_of(chosen[0]) == [size(0, "close_up")]


def test_choosing_twice_chooses_the_same() -> None:
    answers = [answer("camera", [size(0, "close_up")], [size(0, "full")], [size(0, "long")])]
    assert judged(answers) == judged(answers)

"""Scene, characters and camera write their own parts at the same time, and answer objections by what they want."""

from __future__ import annotations

import pytest

from agents.roles.answering import options
from agents.scripted import ScriptedModel
from shotplan.errors import NegotiationError
from shotplan.revisions import apply_patch
from shotplan.rules.finding import Finding, Remedy, Role
from tests.agents.crew_at_work import outlined, planned

FOX = "A red fox runs through a forest at sunset and jumps over a huge log. An owl watches, surprised."
LOWER = Remedy(
    id="lower_log",
    label="lower log from 1.30 m to 0.85 m",
    owner=Role.SCENE,
    agent="scene",
    patch=({"op": "replace", "path": "/sets/0/props/0/size/1", "value": 0.85},),
)
CLIMB = Remedy(
    id="climb_log",
    label="fox climbs over log",
    owner=Role.CHARACTER,
    agent="fox",
    patch=({"op": "replace", "path": "/shots/1/performances/0/action", "value": "climb_over"},),
)
TOO_HIGH = Finding(
    rule="reach.jump_height", severity="error", shot="s02", where="/shots/1/performances/0", measured=1.3, limit=0.9, unit="m",
    text="fox jumps at most 0.90 m high and log is 1.30 m", raised_by="fox", owners=("scene", "fox"), remedies=(LOWER, CLIMB),
)  # fmt: skip


def test_a_huge_log_is_huge_on_the_stage_and_marks_stand_clear_of_it() -> None:
    plan, _ = planned(FOX)
    stage_set = plan.sets[0]
    log = stage_set.prop("log")
    assert log is not None
    assert log.size[1] == pytest.approx(1.3)
    for id in ("before_log", "after_log"):
        mark = stage_set.mark(id)
        assert mark is not None
        assert abs(mark.x - log.x) > log.size[0] / 2 + 1.0


def test_travel_goes_from_left_to_right_past_the_obstacle() -> None:
    plan, _ = planned(FOX)
    run, leap = plan.shots[0].performances[0], plan.shots[1].performances[0]
    assert (run.start, run.end) == ("far_left", "before_log")
    assert (leap.action, leap.target, leap.end) == ("jump_over", "log", "after_log")


def test_everybody_plays_every_beat_of_theirs_and_nobody_elses() -> None:
    plan, _ = planned(
        "A cat sits on a chair. A dog enters. The dog barks angrily and chases the cat. The cat climbs onto a tree."
    )
    for beat in plan.beats:
        players = {p.actor for s in plan.shots for p in s.performances if p.beat == beat.id}
        assert players == {beat.actor}


def test_who_is_fought_fights_back_and_who_is_chased_runs() -> None:
    plan, _ = planned("Two samurai fight. A dog chases a cat.")
    assert {(p.actor, p.action) for p in plan.shots[0].performances} == {("samurai_1", "fight"), ("samurai_2", "fight")}
    assert ("cat", "run") in {(p.actor, p.action) for p in plan.shots[1].performances}


def test_start_marks_chosen_at_the_same_time_never_collide() -> None:
    plan, _ = planned(
        "A man, a woman and a robot walk. A girl waves. A boy claps. A cat sleeps. A dog jumps over a fence."
    )
    for stage_set in plan.sets:
        starts = [p.start for s in plan.shots if s.set == stage_set.id for p in s.performances if p.start]
        assert len(starts) == len(set(starts))


def test_a_second_proposal_replaces_the_first_instead_of_doubling_it() -> None:
    plan, crew = planned(FOX)
    again = crew.agent("fox", plan).propose(plan)
    assert again.patch == ()


def test_the_camera_opens_wide_and_comes_close_for_the_feeling() -> None:
    plan, _ = planned(FOX)
    assert (plan.shots[0].camera.size, plan.shots[2].camera.size) == ("long", "close_up")


def test_the_camera_reframes_the_shots_that_a_change_is_about() -> None:
    plan, crew = planned(FOX)
    plan = apply_patch(plan, [dict(op) for op in LOWER.patch])
    proposal = crew.agent("camera", plan).propose(
        plan, heard=["scene informs: lower log from 1.30 m to 0.85 m; settled"]
    )
    assert proposal.patch
    assert {op["path"] for op in proposal.patch} == {"/shots/1/camera"}


def test_the_scene_first_asks_the_character_to_climb_and_gives_way_when_pressed() -> None:
    assert options(Role.SCENE, "scene", (LOWER, CLIMB), ()) == ("counter:climb_log", "accept:lower_log", "refuse")
    assert options(Role.SCENE, "scene", (LOWER, CLIMB), ("fox counters scene: lower log",))[0] == "accept:lower_log"


def test_a_character_refuses_to_give_up_the_scripts_action_while_another_remedy_exists() -> None:
    assert options(Role.CHARACTER, "fox", (CLIMB,), ("scene counters: fox climbs",), (LOWER, CLIMB))[0] == "refuse"
    assert options(Role.CHARACTER, "fox", (CLIMB,), ("scene counters: fox climbs",), (CLIMB,))[0] == "accept:climb_log"


def test_a_rejected_framing_is_answered_with_what_is_there() -> None:
    plan, crew = planned(FOX)
    heard = ["your message was rejected: it would cause framing.in_frame@/shots/1/camera"]
    assert crew.agent("camera", plan).propose(plan, heard=heard).patch == ()


def test_an_agent_can_only_accept_its_own_remedies_and_counter_with_others() -> None:
    for role, agent in ((Role.SCENE, "scene"), (Role.CHARACTER, "fox"), (Role.CAMERA, "camera")):
        own = {r.id for r in (LOWER, CLIMB) if r.agent == agent}
        for option in options(role, agent, (LOWER, CLIMB), ()):
            verb, _, id = option.partition(":")
            assert verb == "refuse" or (verb == "accept") == (id in own)


def respond(agent: str, answer: str) -> tuple[str, str | None, str]:
    role = "scene" if agent == "scene" else "character"
    said = {f"{role}.respond": {"answer": answer}, f"{role}.reason": {"reason": "  the jump \n stays "}}
    plan, crew = outlined(FOX, ScriptedModel(said))
    decision = crew.agent(agent, plan).respond(plan, TOO_HIGH, TOO_HIGH.remedies)
    return decision.performative, decision.remedy, decision.reason


def test_a_decision_carries_the_remedy_and_a_reason_in_one_line() -> None:
    assert respond("scene", "accept:lower_log") == ("accept", "lower_log", "the jump stays")
    assert respond("fox", "counter:lower_log") == ("counter", "lower_log", "the jump stays")
    assert respond("fox", "refuse") == ("refuse", None, "the jump stays")


def test_the_director_arbitrates_for_the_words_of_the_script() -> None:
    plan, crew = outlined(FOX)
    decision = crew.director.arbitrate(plan, TOO_HIGH, (CLIMB, LOWER))
    assert (decision.performative, decision.remedy) == ("accept", "lower_log")


def test_an_unknown_agent_is_an_error_that_lists_the_crew() -> None:
    plan, crew = outlined(FOX)
    with pytest.raises(NegotiationError, match="director, scene, camera, fox, owl"):
        crew.agent("wolf", plan)


def test_the_huge_log_is_objected_to_with_numbers() -> None:
    check = pytest.importorskip("shotplan.rules.check").check
    plan, _ = planned(FOX, duration=12)
    found = [f for f in check(plan) if f.rule == "reach.jump_height"]
    assert [(f.measured, f.limit) for f in found] == [(pytest.approx(1.3), pytest.approx(0.9))]


def test_a_small_model_picks_its_reason_from_its_roles_own_list() -> None:
    from agents.roles.answering import REASONS, answer
    from shotplan.brief import Brief
    from shotplan.plan import ShotPlan
    from shotplan.rules.finding import Finding, Remedy, Role

    remedy = Remedy(id="lower_log", label="lower the log", owner=Role.SCENE, agent="scene", patch=())
    finding = Finding(
        rule="reach.jump_height", severity="error", shot=None, where="/shots/0", measured=1.3, limit=0.9, unit="m",
        text="the log is too high", raised_by="fox", owners=("scene",), remedies=(remedy,),
    )  # fmt: skip
    model = ScriptedModel()
    model.small = True  # type: ignore[attr-defined]
    plan = ShotPlan(brief=Brief.from_text("A fox jumps over a log."))
    decision = answer(model, Role.SCENE, "scene", plan, finding, [remedy], ())
    assert (decision.performative, decision.remedy) == ("accept", "lower_log")
    assert decision.reason in REASONS[Role.SCENE]

"""What bodies can do. Every test names the number that the finding must carry."""

from dataclasses import replace

import pytest

from shotplan.plan import Ground, Performance
from shotplan.rules.registry import RULES, Take
from shotplan.staging import stage_all
from tests.shotplan.films import changed, film, findings, only


def box_of(height=0.3, width=0.4, depth=0.6):
    return changed(film(), sets__0__props__0__size=[width, height, depth])


def test_a_jump_that_is_too_high_says_how_high_and_how_high_the_jumper_can():
    found = only(box_of(0.9), "reach.jump_height")
    assert (found.measured, found.limit, found.unit) == (pytest.approx(0.9, abs=0.03), 0.5, "m")
    assert (found.severity, found.shot, found.where) == ("error", "s04", "/shots/3/performances/0")
    assert (found.raised_by, found.owners[0]) == ("girl", "scene")
    assert {r.id for r in found.remedies} >= {"lower_box"}
    assert any("climb over" in r.label for r in found.remedies)


def test_lowering_the_obstacle_takes_it_to_just_under_the_limit():
    remedy = next(r for r in only(box_of(1.4), "reach.jump_height").remedies if r.id == "lower_box")
    assert remedy.agent == "scene"
    assert 0.45 <= remedy.patch[0]["value"][1] <= 0.5
    assert remedy.label.startswith("lower box from 1.40 m to 0.4")


def test_a_jump_within_reach_is_no_problem():
    assert findings(box_of(0.45), "reach.jump_height") == []


def test_rising_ground_counts_as_the_height_of_a_jump():
    staged = stage_all(film())
    girl = staged[3].actor("girl")
    action = replace(girl.actions[0], obstacle=None, obstacle_height=1.2)
    shot = replace(staged[3], actors=(replace(girl, actions=(action,)), *staged[3].actors[1:]))
    plan = changed(film(), sets__0__ground=Ground(kind="steps", height=1.2).model_dump())
    problem = next(iter(RULES["reach.jump_height"].check(Take(plan, 3, shot))))
    assert (problem.measured, problem.limit) == (1.2, 0.5)
    assert "lower_ground" in [c.id for c in problem.changes()]


def test_a_jump_over_something_too_long_says_how_far():
    found = only(box_of(0.2, 3.0, 3.0), "reach.jump_distance")
    assert found.limit == 1.6
    assert found.measured > 2.5
    assert {r.agent for r in found.remedies} & {"scene", "girl"}


def test_a_short_obstacle_can_be_leapt():
    assert findings(film(), "reach.jump_distance") == []


def sped(speed, limit):
    staged = stage_all(film())
    girl = staged[0].actor("girl")
    action = replace(girl.actions[0], peak_speed=speed, speed_limit=limit)
    return replace(staged[0], actors=(replace(girl, actions=(action,)), *staged[0].actors[1:]))


def test_moving_faster_than_the_body_allows_is_reported_in_metres_per_second():
    problem = next(iter(RULES["reach.speed"].check(Take(film(), 0, sped(7.5, 3.5)))))
    assert (problem.measured, problem.limit, problem.unit, problem.raised_by) == (7.5, 3.5, "m/s", "girl")
    assert list(RULES["reach.speed"].check(Take(film(), 0, sped(3.5, 3.5)))) == []


def test_an_action_without_the_time_for_it_asks_for_a_longer_shot():
    plan = changed(film(), shots__0__duration=1.2)
    found = findings(plan, "reach.time")
    walk = next(f for f in found if f.where == "/shots/0/performances/0")
    assert walk.measured > walk.limit
    assert walk.limit <= 1.2
    longer = next(r for r in walk.remedies if r.owner == "director")
    assert longer.patch[0]["path"] == "/shots/0/duration"
    assert longer.patch[0]["value"] > 1.2


def test_enough_time_is_no_problem():
    assert findings(film(), "reach.time") == []


def test_what_is_out_of_reach_at_contact_says_by_how_much():
    push = Performance(actor="girl", beat="b4", action="push", target="box", start="left", end="left")
    plan = changed(film(), shots__3__performances__0=push.model_dump())
    found = only(plan, "reach.contact")
    assert found.limit == 0.5
    assert found.measured == pytest.approx(0.5 + 5.0, abs=1.2)
    assert found.owners[0] == "girl"
    assert found.remedies


def test_going_to_what_is_touched_puts_it_in_reach():
    push = Performance(actor="girl", beat="b4", action="push", target="box")
    assert findings(changed(film(), shots__3__performances__0=push.model_dump()), "reach.contact") == []


def test_what_staging_could_not_play_is_passed_on():
    plan = changed(film(), shots__2__performances__0__action="give")
    found = findings(plan, "reach.playable")
    assert [f.where for f in found] == ["/shots/2/performances/0"]
    assert "nothing in hand" in found[0].text
    assert findings(film(), "reach.playable") == []

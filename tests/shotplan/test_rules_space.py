"""Where bodies are, in metres."""

from dataclasses import replace

import numpy as np
import pytest

from shotplan.plan import Performance
from shotplan.rules.registry import RULES, Take
from shotplan.staging import stage_all
from tests.shotplan.films import changed, film, findings, only


def moved(index, actor, offset, frames=slice(None), **action):
    """The staged film's shot with an actor's root set off by (x, y, z) metres in some frames."""
    staged = stage_all(film())[index]
    who = staged.actor(actor)
    root = who.root.copy()
    root[frames] += offset
    joints = who.joints.copy()
    joints[frames] += offset
    acts = tuple(replace(x, **action) for x in who.actions)
    actors = tuple(replace(who, root=root, joints=joints, actions=acts) if a.id == actor else a for a in staged.actors)
    return Take(film(), index, replace(staged, actors=actors))


def problems(rule, take):
    return list(RULES[rule].check(take))


def test_walking_through_a_solid_thing_says_how_deep():
    plan = changed(film(), sets__0__props__1__x=-2.0, sets__0__props__1__z=0.0)
    staged = stage_all(plan)[0]
    girl = staged.actor("girl")
    straight = girl.root.copy()
    straight[:, 2] = 0.0
    take = Take(plan, 0, replace(staged, actors=(replace(girl, root=straight), *staged.actors[1:])))
    (found,) = problems("space.path", take)
    assert found.measured == pytest.approx(0.5, abs=0.12)  # the tree is a metre wide
    assert (found.limit, found.unit, found.owners) == (0.0, "m", ("girl", "scene"))
    assert any(c.agent == "scene" for c in found.changes())
    assert any(c.agent == "girl" for c in found.changes())


def test_standing_in_a_tree_is_reported_and_the_tree_can_be_moved():
    plan = changed(film(), sets__0__props__1__x=1.2, sets__0__props__1__z=0.0)
    found = findings(plan, "space.path")
    assert found
    assert {f.measured for f in found} != {0.0}
    assert all(f.limit == 0.0 for f in found)
    remedies = [r for f in found for r in f.remedies]
    assert any(r.agent == "scene" and r.id.startswith("move_tree") for r in remedies)


def test_a_free_way_is_no_problem():
    assert findings(film(), "space.path") == []


def test_people_who_stand_on_one_spot_by_hand_are_found_with_the_least_distance():
    take = moved(2, "girl", (2.35, 0, 0))  # the girl stands 2.4 m to the left of the boy
    (found,) = problems("space.same_spot", take)
    assert found.measured == pytest.approx(0.05, abs=0.02)
    assert found.limit == pytest.approx(0.55 * 0.16 * (1.25 + 1.28), abs=1e-6)
    assert problems("space.people", take) == []


def test_people_a_metre_apart_are_no_problem():
    assert problems("space.same_spot", moved(2, "girl", (1.4, 0, 0))) == []


def test_walking_through_somebody_is_another_problem_than_standing_on_them():
    staged = stage_all(film())[0]
    girl = staged.actor("girl")
    root = girl.root.copy()
    root[:, 0] = np.linspace(-3.0, 4.0, len(root))
    take = Take(film(), 0, replace(staged, actors=(replace(girl, root=root), staged.actor("boy"))))
    (found,) = problems("space.people", take)
    assert found.measured < 0.15
    assert problems("space.same_spot", take) == []
    assert findings(film(), "space.people") == []


def test_an_embrace_is_not_a_collision():
    hug = Performance(actor="girl", beat="b2", action="hug", target="boy")
    plan = changed(film(), shots__1__performances__0=hug.model_dump())
    assert findings(plan, "space.people") == []
    assert findings(plan, "space.same_spot") == []


def test_leaving_the_stage_without_leaving_says_how_far_out():
    found = problems("space.on_stage", moved(0, "boy", (9.0, 0, 0)))
    assert [(f.measured, f.limit) for f in found] == [(pytest.approx(10.2, abs=0.1), 8.0)]
    assert findings(film(), "space.on_stage") == []


def test_an_exit_may_leave_the_stage():
    assert problems("space.on_stage", moved(0, "boy", (9.0, 0, 0), action="leave")) == []


def test_a_mark_off_the_stage_can_be_cured_by_a_wider_stage_or_another_mark():
    plan = changed(film(), sets__0__width=5.0)
    found = findings(plan, "space.on_stage")
    assert found
    assert {r.agent for f in found for r in f.remedies} >= {"scene"}


def test_floating_is_measured_above_what_carries():
    (found,) = problems("space.standing", moved(0, "boy", (0, 0.6, 0)))
    assert (found.measured, found.limit) == (pytest.approx(0.6, abs=0.05), 0.15)
    assert "above" in found.text


def test_sinking_is_measured_below_the_ground():
    (found,) = problems("space.standing", moved(0, "boy", (0, -0.5, 0)))
    assert found.measured == pytest.approx(0.5, abs=0.05)
    assert "below" in found.text


def test_a_jump_is_not_floating():
    assert findings(film(), "space.standing") == []


def test_tried_remedies_of_a_wide_set_of_problems_really_remove_them():
    only(changed(film(), sets__0__props__0__size=[0.4, 0.7, 0.6]), "reach.jump_height")

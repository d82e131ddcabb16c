"""Where two things are to each other is measured in the picture, and turns round when they change places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.score.relations import FAR, NEAR, gap, holds, sight
from evals.score.score import score_plan
from shotplan.plan import CameraSpec, Performance
from tests.evals.films import case, change, plan
from tests.shotplan.hand_made import actor, prop, shot

MIRROR = {"left_of": "right_of", "in_front_of": "behind", "above": "below"}


def seen(a_spot, b_spot, **camera):
    """Two people at these spots, in a long shot."""
    staged = shot(CameraSpec(size="long", **camera), [actor("ann", start=a_spot), actor("ben", "man", start=b_spot)])
    return tuple(sight(staged, who, 0) for who in staged.actors)


@pytest.mark.parametrize(
    ("relation", "a", "b"),
    [
        ("left_of", (-1.5, 0, 0), (1.5, 0, 0)),
        ("in_front_of", (0, 0, 1.0), (0.5, 0, -1.0)),
        ("above", (-1.0, 2.5, 0), (1.0, 0, 0)),
    ],
)
def test_a_relation_fails_when_the_two_change_places(relation, a, b):
    one, other = seen(a, b)
    assert holds(relation, one, other)
    assert not holds(MIRROR[relation], one, other)
    one, other = seen(b, a)
    assert not holds(relation, one, other)
    assert holds(MIRROR[relation], one, other)


def test_left_and_right_are_the_cameras_not_the_stages():
    one, other = seen((-1.5, 0, 0), (1.5, 0, 0), side="back")
    assert holds("right_of", one, other)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 9.0))
def test_near_and_far_are_metres_between_outlines(metres):
    one, other = seen((0, 0, 0), (metres, 0, 0))
    between = gap(one, other)
    assert between < metres
    assert holds("near", one, other) == (between <= NEAR)
    assert holds("far", one, other) == (between >= FAR)


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.floats(-3, 3), st.floats(-2, 2)), st.tuples(st.floats(-3, 3), st.floats(-2, 2)))
def test_no_two_things_are_both_on_each_others_left(a, b):
    one, other = seen((a[0], 0, a[1]), (b[0], 0, b[1]))
    for relation in MIRROR:
        assert not (holds(relation, one, other) and holds(relation, other, one))


def test_a_thing_outside_the_picture_is_not_seen():
    staged = shot(CameraSpec(size="close_up", subject="ann"), [actor("ann")], [prop("log", x=20.0)])
    assert not sight(staged, staged.props[0], 0).in_picture
    assert sight(staged, staged.actors[0], 0).in_picture


def test_start_and_end_are_those_of_the_shot_that_covers_the_event():
    assert score_plan(plan(), case()).parts["relations"] == 1
    swapped = (Performance(actor="fox", beat="b1", action="walk", start="center_right", end="center_left"),)
    assert score_plan(change(plan(), "shots", 0, performances=swapped), case()).parts["relations"] == 0


def test_a_relation_of_an_event_that_is_not_in_the_film_fails():
    film = change(plan(), "shots", 0, beats=(), performances=())
    score = score_plan(film, case())
    assert score.parts["relations"] == 0
    assert any("not in the film" in fault for fault in score.faults)

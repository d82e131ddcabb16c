"""What holds across a cut."""

from dataclasses import replace

import numpy as np
import pytest

from shotplan.plan import CameraSpec, Shot
from shotplan.rules.registry import RULES, Take
from tests.shotplan.films import assert_removes, changed, film, findings, only
from tests.shotplan.hand_made import actor, shot


def cut(rule, before, after, plan=None):
    """The rule's problems at a cut between two hand-made shots."""
    a = replace(before, index=0, shot=before.shot.model_copy(update={"id": "s01"}))
    b = replace(after, index=1, shot=after.shot.model_copy(update={"id": "s02"}))
    return list(RULES[rule].check(Take(plan or film(), 1, b, (a,))))


def test_crossing_the_line_between_two_people_is_measured_in_degrees_beyond_it():
    plan = changed(film(), shots__1__camera={"size": "full", "subject": None, "side": "audience"})
    crossed = changed(
        plan, shots__2__camera={"size": "medium_close", "subject": "boy", "side": "front", "angle": "eye_level"}
    )
    # Tom looks at Mei, so from his front the camera stands on the line; from behind the stage it is across.
    assert findings(plan, "continuity.line_180") == []
    people = [actor("ann", start=(-1, 0, 0), heading=1.57), actor("bob", "man", start=(1, 0, 0), heading=-1.57)]
    a = shot(CameraSpec(size="full"), people)
    b = shot(CameraSpec(size="medium", subject="ann", side="three_quarter_left"), people)
    (found,) = cut("continuity.line_180", a, b, crossed)
    assert found.measured == pytest.approx(40.0, abs=12.0)
    assert (found.limit, found.raised_by) == (12.0, "camera")
    assert (
        cut(
            "continuity.line_180", a, shot(CameraSpec(size="medium", subject="ann", side="three_quarter_right"), people)
        )
        == []
    )


def test_a_crossed_line_can_be_mended_from_another_side():
    plan = changed(film(), shots__1__camera={"size": "medium", "subject": "girl", "side": "three_quarter_left"})
    found = findings(plan, "continuity.line_180")
    assert [f.where for f in found] == ["/shots/1/camera/side", "/shots/2/camera/side"]  # across, and back again
    assert found[0].remedies
    for remedy in found[0].remedies:
        assert_removes(plan, found[0], remedy.patch)


def test_a_cut_on_the_same_subject_from_nearly_the_same_view_jumps():
    plan = changed(film(), shots__1__camera={"size": "full", "side": "audience", "subject": None})
    found = only(plan, "continuity.thirty_degrees")
    assert found.measured == pytest.approx(0.0, abs=8.0)
    assert found.limit == 30.0
    assert found.remedies
    assert findings(film(), "continuity.thirty_degrees") == []


def test_turning_round_on_the_screen_at_a_cut_is_found():
    walk = [actor(end=(3, 0, 0), heading=1.57, action="walk")]
    on = [actor(start=(3, 0, 0), end=(6, 0, 0), heading=1.57, action="walk")]
    a = shot(CameraSpec(size="full", move="follow"), walk)
    b = shot(CameraSpec(size="medium", move="follow", side="profile_left"), on)  # seen from behind the stage
    (found,) = cut("continuity.screen_direction", a, b)
    assert "screen-right in s01 and screen-left in s02" in found.text
    assert found.measured > 0.9
    assert cut("continuity.screen_direction", a, shot(CameraSpec(size="medium", move="follow"), on)) == []


def test_two_who_talk_and_both_look_the_same_way_do_not_look_at_each_other():
    ann = [actor("ann", start=(-1, 0, 0), heading=1.57, action="talk", target="bob")]
    bob = [actor("bob", "man", start=(1, 0, 0), heading=-1.57, action="look", target="ann")]
    a = shot(CameraSpec(size="medium_close", subject="ann"), ann)
    wrong = shot(CameraSpec(size="medium_close", subject="bob", side="profile_right"), bob)
    right = shot(CameraSpec(size="medium_close", subject="bob"), bob)
    looks = np.sign(
        [
            float(
                np.cos(s.actors[0].heading[0]) * s.camera.c2w[0, 2, 0]
                + np.sin(s.actors[0].heading[0]) * s.camera.c2w[0, 0, 0]
            )
            for s in (a, wrong, right)
        ]
    )
    assert looks[0] == looks[1] != looks[2]
    (found,) = cut("continuity.eyelines", a, wrong)
    assert (found.limit, found.raised_by) == (12.0, "bob")
    assert found.measured > 60
    assert cut("continuity.eyelines", a, right) == []


def test_the_third_equal_size_in_a_row_is_one_too_many():
    plan = changed(film(), shots__2__camera__size="medium", shots__3__camera__size="medium")
    found = only(plan, "continuity.equal_sizes")
    assert (found.measured, found.limit, found.shot) == (3, 2, "s04")
    assert found.severity == "warning"
    assert {r.agent for r in found.remedies} == {"camera"}
    assert findings(changed(film(), shots__2__camera__size="medium"), "continuity.equal_sizes") == []


def test_a_place_is_shown_before_its_details():
    plan = changed(film(), shots__0__camera={"size": "medium_close", "subject": "boy"})
    found = only(plan, "continuity.establishing")
    assert (found.measured, found.limit, found.shot) == (5, 2, "s01")
    assert found.remedies[0].patch[0]["value"] in ("full", "long", "extreme_long")
    assert findings(film(), "continuity.establishing") == []


def test_cuts_between_places_have_no_line():
    a = shot(CameraSpec(size="full"), [actor("ann", start=(-1, 0, 0)), actor("bob", start=(1, 0, 0))])
    other = replace(a, stage_set=a.stage_set.model_copy(update={"id": "elsewhere"}))
    plan = film()
    assert list(RULES["continuity.line_180"].check(Take(plan, 1, other, (a,)))) == []
    assert isinstance(plan.shots[0], Shot)

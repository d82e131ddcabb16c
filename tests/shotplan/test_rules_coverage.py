"""What the film owes the script."""

import numpy as np
import pytest

from shotplan.plan import Beat, Character
from shotplan.rules.check import RULES, check
from shotplan.rules.registry import Rule
from shotplan.rules.restage import StagedCache
from shotplan.staging import stage_all
from tests.shotplan.films import assert_removes, changed, film, findings, only


def test_the_small_film_breaks_no_rule():
    assert [f"{f.rule}: {f.text}" for f in check(film())] == []


def test_a_beat_in_no_shot_can_be_covered():
    plan = changed(film(), shots__2__beats=[])
    found = only(plan, "coverage.beats")
    assert (found.measured, found.limit, found.where) == (0, 1, "/beats/2")
    assert found.raised_by == "director"
    assert found.remedies


def test_a_beat_in_two_shots_stays_in_one():
    plan = changed(film(), shots__3__beats=["b3", "b4"])
    found = only(plan, "coverage.beats")
    assert found.measured == 2
    assert found.remedies[0].id == "keep_in_s03"


def test_beats_out_of_order_are_put_back():
    shots = film().shots
    plan = film().model_copy(update={"shots": (shots[0], shots[2], shots[1], shots[3])})
    found = only(plan, "coverage.order")
    assert (found.measured, found.limit, found.where) == (2, 3, "/shots/2/beats")
    assert [r.id for r in found.remedies] == ["sort_shots"]
    assert findings(film(), "coverage.order") == []


def test_a_covered_beat_that_nobody_plays_is_found():
    plan = changed(film(), shots__2__performances=[])
    found = only(plan, "coverage.played")
    assert (found.measured, found.limit, found.raised_by) == (0, 1, "boy")
    assert found.remedies[0].owner == "director"
    assert found.remedies[0].patch[0]["path"] == "/shots/2"  # directors write whole shots, never one performance


def test_somebody_in_the_cast_and_in_no_shot_is_found():
    owl = Character.of_kind("owl", "Owl", "owl")
    plan = film().model_copy(update={"cast": (*film().cast, owl)})
    found = only(plan, "coverage.cast")
    assert (found.where, found.raised_by, found.severity) == ("/cast/2", "owl", "warning")
    assert found.remedies
    assert findings(film(), "coverage.cast") == []


def test_a_beat_about_something_that_is_not_there_is_found():
    plan = changed(film(), beats__3__target="moon")
    found = only(plan, "coverage.targets")
    assert found.where == "/beats/3/target"
    assert [r.id for r in found.remedies] == ["no_target"]


def test_a_line_too_long_for_its_shot_says_how_long_it_takes():
    line = "Hello, Tom! " * 12
    plan = changed(film(), beats__1__line=line)
    found = only(plan, "coverage.dialogue")
    assert found.limit == pytest.approx(2.8)
    assert found.measured >= len(line.strip()) / 14.0 / 1.1
    longer = found.remedies[0]
    assert (longer.owner, longer.patch[0]["path"]) == ("director", "/shots/1/duration")
    assert findings(film(), "coverage.dialogue") == []


@pytest.mark.parametrize(("seconds", "limit"), [(0.5, 0.8), (14.0, 12.0)])
def test_a_shot_is_neither_a_blink_nor_a_stare(seconds, limit):
    found = only(changed(film(), shots__2__duration=seconds), "coverage.shot_length")
    assert (found.measured, found.limit, found.severity) == (seconds, limit, "warning")
    assert len(found.remedies) == 1 or seconds > 1


def test_a_film_far_from_the_length_asked_for_can_be_stretched():
    plan = changed(film(), brief__duration=20.0)
    found = only(plan, "coverage.total_length")
    assert (found.measured, found.limit, found.unit) == (14.5, 20.0, "s")
    assert found.remedies[0].id == "scale_to_brief"
    assert findings(changed(film(), brief__duration=15.5), "coverage.total_length") == []


def test_a_banned_camera_move_is_replaced_by_the_camera():
    plan = changed(film(), brief__bans=["tracking shot"])
    found = only(plan, "coverage.bans")
    assert (found.measured, found.limit) == (1, 0)
    assert found.owners == ("camera", "director")
    assert all(r.agent == "camera" for r in found.remedies)


def test_a_banned_thing_is_found_in_any_language_and_a_ban_that_is_kept_is_silent():
    assert only(changed(film(), brief__bans=["树"]), "coverage.bans").remedies[0].agent == "scene"
    assert findings(changed(film(), brief__bans=["snow", "sword"]), "coverage.bans") == []


def test_what_must_be_there_and_is_not_is_offered():
    for term, agent in (("close-up", "camera"), ("rain", "scene"), ("lantern", "scene")):
        found = only(changed(film(), brief__must_haves=[term]), "coverage.must_haves")
        assert {r.agent for r in found.remedies} == {agent}, term
    assert findings(changed(film(), brief__must_haves=["box", "wave"]), "coverage.must_haves") == []


def test_findings_come_errors_first_and_the_same_every_time():
    plan = changed(
        film(), shots__0__camera={"size": "close_up"}, sets__0__props__0__size=[0.4, 1.5, 0.6], brief__duration=40.0
    )
    first, second = check(plan), check(plan)
    assert first == second
    severities = [f.severity for f in first]
    assert severities == sorted(severities, key=lambda s: s != "error")
    assert len({f.key for f in first}) == len(first)


def test_every_remedy_on_offer_removes_its_finding_and_brings_no_new_error():
    plan = changed(
        film(),
        shots__0__camera={"size": "close_up"},
        sets__0__props__0__size=[0.4, 1.5, 0.6],
        brief__duration=40.0,
        shots__2__beats=[],
    )
    found = check(plan)
    assert sum(len(f.remedies) for f in found) >= 8
    for finding in found:
        for remedy in finding.remedies:
            assert_removes(plan, finding, remedy.patch)


def test_looking_at_one_shot_only_reports_that_shot_and_the_plan():
    plan = changed(film(), shots__0__camera={"size": "close_up"}, sets__0__props__0__size=[0.4, 1.5, 0.6])
    assert {f.shot for f in check(plan, remedies=False, shots={"s04"})} <= {"s04", None}


def test_every_rule_says_what_it_is_and_where_it_comes_from():
    for name, rule in RULES.items():
        assert isinstance(rule, Rule)
        assert rule.summary.endswith("."), name
        assert rule.source, name
        assert rule.owners, name


def test_a_rule_cannot_be_registered_twice_or_without_a_sentence():
    from shotplan.rules.finding import Role
    from shotplan.rules.registry import rule

    with pytest.raises(ValueError, match="twice"):
        rule("reach.speed", owners=(Role.CAMERA,), source="x")(lambda take: iter(()))
    with pytest.raises(ValueError, match="docstring"):
        rule("test.silent", owners=(Role.CAMERA,), source="x")(lambda take: iter(()))
    assert "test.silent" not in RULES


def test_beats_without_an_actor_need_nobody_to_play_them():
    beats = (*film().beats, Beat(id="b5", span="Wind blows.", action="perform"))
    shots = (*film().shots[:3], film().shots[3].model_copy(update={"beats": ("b4", "b5")}))
    assert check(film().model_copy(update={"beats": beats, "shots": shots})) == []


def test_staged_shots_from_the_cache_are_the_same_as_fresh_ones_however_small_the_cache():
    plans = [film(), changed(film(), shots__2__camera__size="medium"), film(), changed(film(), sets__0__props__1__x=-4.0)]
    for size in (2, 4, 256):
        cache = StagedCache(size)
        for plan in plans:
            for kept, fresh in zip(cache.staged(plan), stage_all(plan), strict=True):
                assert (kept.shot, kept.index, kept.prompt) == (fresh.shot, fresh.index, fresh.prompt)
                assert np.array_equal(kept.camera.c2w, fresh.camera.c2w)
                assert all(np.array_equal(a.joints, b.joints) for a, b in zip(kept.actors, fresh.actors, strict=True))

"""The score of a plan: a plan that does all its case demands scores near 100, and every measure can be seen to fall."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.score import read_case, read_cases, score_plan
from evals.score.align import align
from evals.score.case import case_schema
from shotplan.errors import PlanError
from shotplan.plan import Character, ShotPlan
from tests.evals.films import SCRIPT, case, change, plan


def parts(film: ShotPlan, **changes) -> dict[str, float]:
    return score_plan(film, case(**changes)).parts


def test_a_plan_that_does_all_its_case_demands_has_every_part_right():
    score = score_plan(plan(), case())
    assert {part: value for part, value in score.parts.items() if value < 1} == {}, score.faults
    assert score.score == 100


def test_a_plan_without_shots_scores_nothing():
    empty = ShotPlan(brief=plan().brief)
    assert score_plan(empty, case()).score == 0


@pytest.mark.parametrize(
    ("part", "broken"),
    [
        ("events", lambda p: change(p, "beats", 0, action="run")),
        ("events", lambda p: change(p, "beats", 2, actor="cat_2")),
        ("events", lambda p: change(p, "beats", 2, target="rock")),
        ("events", lambda p: change(p, "beats", 3, emotion="sad")),
        ("events", lambda p: change(p, "shots", 1, beats=("b2",))),
        ("events", lambda p: change(p, "shots", 0, performances=())),
        ("events", lambda p: p.model_copy(update={"shots": p.shots[::-1]})),
        ("cast", lambda p: change(p, "cast", 0, name="vixen", kind="wolf")),
        ("cast", lambda p: p.model_copy(update={"cast": (*p.cast, Character.of_kind("op", "operator", "man"))})),
        ("props", lambda p: change(p, "sets", 0, props=())),
        ("setting", lambda p: change(p, "sets", 0, place="beach")),
        ("setting", lambda p: change(p, "sets", 0, time="day")),
        ("setting", lambda p: change(p, "sets", 0, weather="clear")),
        ("dialogue", lambda p: change(p, "beats", 1, line="Good morning")),
        ("dialogue", lambda p: change(p, "beats", 1, actor="cat_1")),
        ("dialogue", lambda p: change(p, "beats", 1, line="Good night. Sleep well!")),
        ("absent", lambda p: p.model_copy(update={"cast": (*p.cast, Character.of_kind("cam", "the camera", "man"))})),
        ("absent", lambda p: change(p, "beats", 0, action="eat")),
        ("lengths", lambda p: change(p, "shots", 0, duration=9.0)),
        ("camera", lambda p: change(p, "shots", 2, camera=p.shots[2].camera.model_copy(update={"move": "zoom_out"}))),
        ("camera", lambda p: change(p, "shots", 2, camera=p.shots[2].camera.model_copy(update={"size": "close_up"}))),
        ("rules", lambda p: change(p, "shots", 0, duration=0.5)),
    ],
)  # fmt: skip
def test_each_measure_falls_when_what_it_measures_is_broken(part, broken):
    assert parts(broken(plan()))[part] < 1


def test_the_count_falls_when_one_of_two_is_missing():
    assert parts(plan(), things=[{"id": "fox", "names": ["fox"]}, {"id": "cats", "names": ["cat"], "at_least": 3},
                                 {"id": "rock", "names": ["rock"], "role": "prop"}])["counts"] == 0  # fmt: skip


def test_an_event_for_everyone_wants_everyone_to_act():
    lonely = plan().shots[2].performances[:1]
    score = score_plan(change(plan(), "shots", 2, performances=lonely), case())
    assert score.parts["events"] < 1
    assert any("event 4" in fault and "[who]" in fault for fault in score.faults)


def test_order_is_what_suffers_when_two_shots_change_places():
    a, b, c = plan().shots
    figures = score_plan(plan().model_copy(update={"shots": (b, a, c)}), case()).figures["events"]
    assert figures["recall"] == 1
    assert figures["order"] == pytest.approx(4 / 6)


def test_events_of_one_step_may_come_in_either_order():
    events = [dict(event, step=1) for event in case().model_dump(mode="json")["events"]]
    a, b, c = plan().shots
    assert (
        score_plan(plan().model_copy(update={"shots": (c, b, a)}), case(events=events)).figures["events"]["order"] == 1
    )


def test_a_label_that_the_picture_does_not_keep_earns_nothing():
    """The zoom is asked of the second shot, whose camera stands still, whatever other shots do."""
    assert parts(plan(), camera=[{"event": 1, "moves": ["zoom in"]}])["camera"] == 0


def test_the_last_comma_of_a_line_may_differ_but_no_word():
    assert parts(change(plan(), "beats", 1, line="“Good night.”"))["dialogue"] == 1
    assert parts(change(plan(), "beats", 1, line="Good nights"))["dialogue"] < 1


def test_parts_that_a_case_does_not_ask_for_do_not_count():
    score = score_plan(plan(), case(seen=[], camera=[], dialogue=[], lengths={}, duration=None, absent={}))
    assert set(score.parts) == {"events", "cast", "props", "counts", "setting", "rules"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"events": [{"who": ["dog"], "does": ["run"]}]}, "events.0.who"),
        ({"events": [{"who": ["fox"], "does": ["moonwalk"]}]}, "events.0.does.0"),
        ({"events": [{"who": ["fox"], "does": ["run"], "words": "flies away"}]}, "events.0.words"),
        ({"seen": [{"a": "fox", "relation": "beside", "b": "rock"}]}, "seen.0.relation"),
        ({"seen": [{"a": "fox", "relation": "near", "b": "rock", "event": 9}]}, "seen.0.event"),
        ({"dialogue": [{"speaker": ["fox"], "line": "Good morning"}]}, "dialogue.0.line"),
        ({"things": [{"id": "fox", "names": ["fox"], "kinds": ["vixen"]}]}, "things.0.kinds.0"),
        ({"lengths": {"film": [9, 3]}}, "lengths"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_case_file_gets_one_line_that_names_the_field(tmp_path, change, field):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(case().model_dump(mode="json") | change), encoding="utf-8")
    with pytest.raises(PlanError) as error:
        read_case(path)
    assert field in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_of_cases_is_read_by_split_and_ids_are_unique(tmp_path):
    for name, split in (("a", "dev"), ("b", "test")):
        document = case(id=name, split=split).model_dump(mode="json")
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    assert [c.id for c in read_cases(tmp_path)] == ["a", "b"]
    assert [c.id for c in read_cases(tmp_path, "dev")] == ["a"]
    (tmp_path / "c.json").write_text((tmp_path / "a.json").read_text(), encoding="utf-8")
    with pytest.raises(PlanError, match="two cases"):
        read_cases(tmp_path)


def test_the_schema_of_a_case_describes_what_a_case_file_holds():
    import jsonschema

    jsonschema.validate(json.loads(case().model_dump_json()), case_schema())


@settings(deadline=None)
@given(
    st.integers(0, 6).flatmap(
        lambda n: st.lists(st.lists(st.sampled_from([0.0, 0.3, 1.0]), min_size=n, max_size=n), max_size=6)
    )
)
def test_an_alignment_is_in_order_and_never_worse_than_pairing_the_diagonal(likeness):
    pairs = align(likeness)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({k for _, k in pairs}) == len(pairs)
    total = sum(likeness[i][k] for i, k in pairs)
    assert total >= sum(likeness[i][i] for i in range(min(len(likeness), len(likeness[0]) if likeness else 0))) - 1e-9


def test_the_script_of_the_test_film_is_the_one_its_case_is_about():
    assert plan().brief.script == case().script == SCRIPT

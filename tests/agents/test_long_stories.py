"""Stories of a page or two keep one running cast, their scenes in order, and the orders to the camera where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.crew_of_models import ModelCrew
from agents.scripted import ScriptedModel
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from tests.agents.crew_at_work import outlined

FOLDER = Path(__file__).with_name("stories")


def story(name: str) -> ShotPlan:
    return outlined((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))[0]


def test_a_two_page_screenplay_keeps_its_cast_places_and_times_in_order() -> None:
    plan = story("boat_en")
    assert [c.id for c in plan.cast] == ["ben", "anna", "seagull", "dog", "bear"]
    assert [(s.place, s.time) for s in plan.sets] == [
        ("room", "dawn"), ("beach", "day"), ("forest", "sunset"), ("hall", "night"), ("beach", "dawn"),
    ]  # fmt: skip
    order = [plan.sets.index(s) for shot in plan.shots if (s := plan.stage_set(shot.set)) is not None]
    assert order == sorted(order)


def test_what_does_not_happen_in_a_long_story_is_not_filmed_and_what_happens_is() -> None:
    acts = [(b.actor, b.action) for b in story("boat_en").beats]
    assert ("bear", "fight") not in acts
    for act in (("bear", "sit"), ("anna", "give"), ("bear", "eat"), ("ben", "swim"), ("anna", "hug"), ("anna", "wave")):
        assert act in acts


def test_orders_to_the_camera_stand_in_the_notes_of_their_shots() -> None:
    plan = story("boat_en")
    notes = {shot.notes: [b.span for b in plan.beats if b.id in shot.beats] for shot in plan.shots if shot.notes}
    assert any("frowns" in span for span in notes["Close-up on Anna's face"])
    assert "The camera pulls back" in notes


@pytest.mark.parametrize(
    ("name", "kinds", "places"),
    [
        ("fox_zh", {"girl", "fox", "bird", "old_woman"}, ["forest", "riverside", "room"]),
        ("robot_ja", {"robot", "dog"}, ["school", "field", "room"]),
    ],
)
def test_chinese_and_japanese_stories_of_a_page_keep_cast_and_places(name: str, kinds: set[str], places: list[str]) -> None:
    plan = story(name)
    assert kinds <= {c.kind for c in plan.cast}
    assert [s.place for s in plan.sets] == places
    assert len(plan.cast) <= 6
    assert len(plan.beats) >= 12


def test_a_reader_who_may_correct_everything_fits_a_small_context_with_every_question() -> None:
    model = ScriptedModel()
    brief = Brief.from_text((FOLDER / "boat_en.txt").read_text(encoding="utf-8"))
    ModelCrew(model, brief, "all").director.outline(ShotPlan(brief=brief))
    longest = max(sum(len(m.content) for m in r.messages) for r in model.asked)
    assert longest < 2048 * 3, "about three characters a token, and room for the answer"


def test_more_scenes_than_one_film_has_sets_are_said() -> None:
    places = ["FOREST", "BEACH", "STREET", "DESERT", "MOUNTAIN", "KITCHEN", "SCHOOL"]
    script = "\n\n".join(f"EXT. {places[n % 7]} - DAY\n\nA fox runs." for n in range(14))
    brief = Brief.from_text(script)
    proposal = ModelCrew(ScriptedModel(), brief).director.outline(ShotPlan(brief=brief))
    assert "the last 2 of 14 scenes" in proposal.intent


def test_a_script_without_any_event_is_shown_as_it_stands() -> None:
    plan, _ = outlined("INT. KITCHEN - DAY")
    assert len(plan.shots) == 1

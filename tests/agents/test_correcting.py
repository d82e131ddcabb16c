"""A model that reads well is asked with everything behind what the words support, and may correct the rules in all of it."""

from __future__ import annotations

from typing import Any

import pytest

from agents.crew_of_models import ModelCrew
from agents.model import ModelRequest
from agents.scripted import FunctionModel, ScriptedModel, by_rule
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, EMOTIONS, MOVES, PLACES
from tests.agents.crew_at_work import outlined, planned

STORY = "A red fox runs through a forest and jumps over a log. An owl watches. The fox has never seen a bridge."


def asked(script: str, **answers: Any) -> tuple[ShotPlan, list[ModelRequest]]:
    """The plan of a model that may correct everything; `answers` by clause, such as `watches={"action": "sit"}`."""
    seen: list[ModelRequest] = []

    def answer(request: ModelRequest) -> Any:
        seen.append(request)
        said = by_rule(request.answer_schema, request)
        for words, change in answers.items():
            if request.question == "outline.beat" and f"{words}>>>" in request.messages[-1].content.split("Clause: ")[-1]:
                said |= change
        return said

    plan, _ = planned(script, FunctionModel(answer))
    return plan, seen


def acts(plan: ShotPlan) -> list[tuple[str | None, str, str | None, str]]:
    return [(b.actor, b.action, b.target, b.emotion) for b in plan.beats]


def test_what_the_words_support_comes_first_and_everything_else_is_allowed() -> None:
    _, seen = asked(STORY)
    fields = next(r for r in seen if r.question == "outline.beat").answer_schema["properties"]
    assert [fields[k]["enum"][0] for k in ("action", "who", "target", "emotion")] == ["run", "fox", "none", "neutral"]
    assert set(fields["action"]["enum"]) == {*ACTIONS, "nothing"}
    assert set(fields["emotion"]["enum"]) == set(EMOTIONS)
    assert set(fields["who"]["enum"]) == {"fox", "owl", "none"}
    assert {"log", "owl", "none"} <= set(fields["target"]["enum"])


def test_first_options_give_the_same_plan_whether_everything_is_offered_or_not() -> None:
    for script in (STORY, "Two samurai fight. One falls. It is night. Mia and Tom hug.", "一只猫跳上桌子，打翻了杯子。狗追猫。"):
        supported, _ = outlined(script, ScriptedModel())
        everything, _ = outlined(script, ScriptedModel(), options="all")
        assert acts(supported) == acts(everything)


def test_every_field_of_a_beat_can_be_corrected() -> None:
    plan, _ = asked(STORY, watches={"action": "sit", "who": "fox", "target": "log", "emotion": "tired"})
    assert ("fox", "sit", "log", "tired") in acts(plan)


def test_a_clause_can_be_said_to_show_nothing_and_one_that_the_rules_dropped_can_be_filmed() -> None:
    script = "A red fox runs. It was a dark night. An owl watches."
    plan, seen = asked(script, **{"An owl watches": {"action": "nothing"}, "It was a dark night": {"action": "fly", "who": "owl"}})
    assert [(b.actor, b.action) for b in plan.beats] == [("fox", "run"), ("owl", "fly")]
    dark = next(r for r in seen if "It was a dark night>>>" in r.messages[-1].content and r.question == "outline.beat")
    assert dark.answer_schema["properties"]["action"]["enum"][0] == "nothing"


def test_a_script_in_which_a_model_finds_no_event_is_shown_as_it_stands_and_the_intent_says_so() -> None:
    def nothing(request: ModelRequest) -> Any:
        said = by_rule(request.answer_schema, request)
        return said | {"action": "nothing"} if request.question == "outline.beat" else said

    brief = Brief.from_text("A cat sleeps. A dog barks.")
    proposal = ModelCrew(FunctionModel(nothing), brief).director.outline(ShotPlan(brief=brief))
    assert "no event was found" in proposal.intent
    assert sum(op["path"] == "/shots/-" for op in proposal.patch) == 1


def test_the_prompt_shows_the_clause_in_its_sentence_and_who_is_known() -> None:
    _, seen = asked("A small girl enters. A red fox runs through a forest and jumps over a log.")
    leap = next(r for r in seen if "Clause: <<<jumps over a log>>>" in r.messages[-1].content)
    shown = leap.messages[-1].content
    assert "Known: <<<girl = small girl; fox = red fox; log>>>" in shown
    assert "Before: <<<A small girl enters>>>" in shown
    assert "Sentence: <<<A red fox runs through a forest and jumps over a log.>>>" in shown


def test_the_lists_stand_once_in_the_stable_system_message_and_the_question_is_short() -> None:
    _, seen = asked(STORY)
    beats = [r for r in seen if r.question == "outline.beat"]
    assert len({r.messages[0].content for r in beats}) == 1
    assert all(action in beats[0].messages[0].content for action in ACTIONS)
    assert ", or other" in beats[0].messages[-1].content
    assert "shake_hands" not in beats[0].messages[-1].content


def test_kinds_and_places_can_be_corrected_too() -> None:
    _, seen = asked("Zorp waits.")
    kinds = next(r for r in seen if r.question == "outline.kind").answer_schema["properties"]["kind"]["enum"]
    places = next(r for r in seen if r.question == "outline.place").answer_schema["properties"]["place"]["enum"]
    assert (set(kinds), set(places)) == (set(CHARACTER_KINDS), set(PLACES))


def test_time_and_weather_are_open_where_the_script_does_not_name_them() -> None:
    _, seen = asked("A fox shivers under the stars.")
    fields = next(r for r in seen if r.question == "scene.set").answer_schema["properties"]
    assert "night" in fields["time"]["enum"]
    assert "rain" in fields["weather"]["enum"]


def test_a_shot_whose_notes_ask_something_of_the_camera_takes_it_first_and_offers_all() -> None:
    plan, crew = outlined("A fox runs.", ScriptedModel(), options="all")
    noted = plan.model_copy(update={"shots": (plan.shots[0].model_copy(update={"notes": "The camera pans left"}),)})
    proposal = crew.agent("camera", noted).propose(noted)
    assert proposal.patch[0]["value"]["move"] == "pan_left"
    fields = proposal.replies[0].model_dump()["content"]
    assert fields["move"] == "pan_left"
    model = ScriptedModel()
    ModelCrew(model, plan.brief, "all").agent("camera", noted).propose(noted)
    assert set(model.asked[0].answer_schema["properties"]["move"]["enum"]) == set(MOVES)
    assert "The camera pans left" in model.asked[0].messages[-1].content


def test_a_clause_that_names_positions_may_be_played_from_any_mark_to_any_mark() -> None:
    _, seen = asked("A dog walks to the left of a tree.")
    fields = next(r for r in seen if r.question == "character.play").answer_schema["properties"]
    assert {"far_left", "center", "back_right", "stay"} <= set(fields["end"]["enum"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({}, "all"), ({"small": True}, "supported"), ({"small": True, "options": "all"}, "all")],
)
def test_how_much_is_offered_depends_on_how_well_the_model_reads(attributes: dict[str, Any], expected: str) -> None:
    model = FunctionModel(lambda request: {})
    for key, value in attributes.items():
        setattr(model, key, value)
    brief = Brief.from_text("A cat sleeps.")
    assert ModelCrew(model, brief).options == expected
    assert ModelCrew(model, brief, "supported").options == "supported"

"""Made-up stories and their answers."""

from __future__ import annotations

import pytest

from agents.crew_of_models import ModelCrew
from agents.embedded.training.generate import lessons_of
from agents.embedded.training.lexicon_actions import ACTION_PHRASES
from agents.embedded.training.lexicon_things import CHARACTER_NOUNS, PLACES, PROP_NOUNS
from agents.embedded.training.story import FIRST, Event, Person, Story
from agents.embedded.training.teacher import Teacher, reason
from agents.embedded.training.verbs import gerund, inflected, participle, past, plural, third
from agents.embedded.training.words import held_out, listed
from agents.embedded.training.writer import story
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, EMOTIONS, PROP_KINDS
from shotplan.vocabulary import PLACES as PLACE_IDS


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    assert story(7) == story(7)
    assert story(7).text != story(8).text


def test_every_word_of_the_vocabularies_can_be_told() -> None:
    assert set(ACTION_PHRASES) == set(ACTIONS)
    assert set(CHARACTER_NOUNS) == set(CHARACTER_KINDS)
    assert set(PROP_NOUNS) == set(PROP_KINDS)
    assert set(PLACES) == set(PLACE_IDS)


def test_what_a_story_says_of_itself_is_in_the_vocabularies_and_in_its_text() -> None:
    for seed in range(150):
        told = story(seed)
        for event in told.events:
            assert 0 <= event.at < len(told.text)
            assert event.action == FIRST or event.action in ACTIONS
            assert event.emotion in EMOTIONS
            assert event.who == FIRST or event.who in told.cast
            assert event.target in (None, FIRST) or event.target in told.cast or event.target in told.things
        for order in told.orders:
            assert told.text[order.start : order.end].endswith(".")
        assert "{" not in told.text
        assert "  " not in told.text.replace("\n", "")


def test_words_held_out_occur_in_validation_stories_only() -> None:
    kept = {
        p
        for text in ACTION_PHRASES.values()
        for p in listed(text, ";")[1:]
        if held_out(p) and "{" not in p and len(p) > 14
    }
    assert len(kept) > 8
    told = " ".join(story(seed).text for seed in range(400))
    assert not [p for p in kept if f"s to {p}." in told]
    new = " ".join(story(seed, held_out=True).text for seed in range(400))
    assert any(inflected(p, "third") in new for p in kept)


FORMS = """
    third carry carries, third push pushes, third have has, past stop stopped, past creep crept, past bake baked, gerund lie lying,
    gerund run running, gerund see seeing, participle steal stolen
"""


@pytest.mark.parametrize("case", [case.strip() for case in FORMS.split(",")])
def test_verbs_are_inflected_as_english_does(case: str) -> None:
    form, verb, expected = case.split()
    assert {"third": third, "past": past, "gerund": gerund, "participle": participle}[form](verb) == expected


def test_plurals_are_those_of_english() -> None:
    assert [plural(noun) for noun in ("wolf", "fireman", "old lady")] == ["wolves", "firemen", "old ladies"]


def _told() -> Story:
    text = "A fox vaults over a log. An owl wants to sleep. The owl giggles proudly."
    fox, owl = Person("c0", "fox", "fox"), Person("c1", "owl", "owl")
    events = [Event(6, "c0", "jump_over", FIRST), Event(text.index("giggles"), "c1", "cheer", None, "proud")]
    return Story(text, {"c0": fox, "c1": owl}, {}, events)


def test_the_teacher_answers_a_real_crew_with_what_the_story_knows() -> None:
    teacher = Teacher(_told())
    brief = Brief.from_text(teacher.story.text)
    ModelCrew(teacher, brief).director.outline(ShotPlan(brief=brief))
    beats = [lesson for lesson in teacher.lessons if lesson.question == "outline.beat"]
    said = [(b.answer["action"], b.answer.get("who")) for b in beats]
    assert said[0] == ("jump_over", "fox")
    assert said[1][0] == "nothing"
    assert said[2] == ("cheer", "owl")
    assert beats[2].answer["emotion"] == "proud"
    assert "who" in beats[1].unknown


def test_every_lesson_is_an_answer_its_own_options_allow() -> None:
    kinds = set()
    for seed in range(25):
        for lesson in lessons_of(seed):
            kinds.add(lesson.question)
            assert lesson.messages[0][0] == "system"
            for field, value in lesson.answer.items():
                assert value in lesson.options[field]
    assert {"outline.beat", "outline.kind", "outline.place", "character.play", "camera.shot", "scene.set"} <= kinds


def test_talks_teach_how_to_answer_objections() -> None:
    lessons = [lesson for seed in range(5_000_000, 5_000_012) for lesson in lessons_of(seed, talks=True)]
    answered = [x for x in lessons if x.question.endswith(".respond")]
    assert answered
    for lesson in answered:
        assert lesson.answer["answer"] == lesson.options["answer"][0]  # the role's wants are the order of its options
        assert lesson.answer["reason"] in lesson.options["reason"]


def test_the_reason_fits_the_answer() -> None:
    reasons = (
        "it keeps the words of the script",
        "it changes the least",
        "it keeps the set as it is",
        "it makes room for the action",
    )
    prompt = "Objection: <<<fox jumps 0.9 m>>>\n- accept:lower_log (lower log to 0.9 m)\n- refuse"
    assert reason("accept:lower_log", prompt, reasons) == "it makes room for the action"
    assert reason("refuse", prompt, reasons) == "it keeps the set as it is"

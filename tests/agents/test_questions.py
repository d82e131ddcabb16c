"""What a model is shown and asked: stable text first, small models no more than they need, samples only where rules can judge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import pytest

from agents.language import written_in
from agents.model import ModelReply, ModelRequest
from agents.priority import priority
from agents.questions import Choice, Question, ask
from agents.scripted import ScriptedModel
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.vocabulary.term import Language
from tests.agents.crew_at_work import outlined

NUMBERS = [
    f"the {tens}{ones} door"
    for tens in ("twenty-", "thirty-", "forty-", "fifty-", "sixty-")
    for ones in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
]
SCRIPT = "A red fox runs through a forest at sunset and jumps over a huge log. An owl watches, surprised."


class Several(ScriptedModel):
    """Gives every option after the first as further samples."""

    best_of = 3

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        replies = super().ask(requests)
        return [
            reply.model_copy(update={"content": self._other(r, 1), "alternatives": (self._other(r, 2),)})
            if r.sampling.n > 1
            else reply
            for r, reply in zip(requests, replies, strict=True)
        ]

    @staticmethod
    def _other(request: ModelRequest, n: int) -> dict[str, str]:
        fields = request.answer_schema["properties"]
        return {key: field["enum"][min(n, len(field["enum"]) - 1)] for key, field in fields.items()}


def size(name: str = "camera.shot", agent: str = "camera") -> Question:
    values = {"clause": "The fox runs", "purpose": "travel", "hint": "full", "heard": [], "now": "", "vocabulary": {}}
    return Question(agent, name, {"size": Choice(("full", "long", "medium")), "angle": Choice(("low",))}, values)


def shared(first: ModelRequest, second: ModelRequest) -> float:
    """The part of the second prompt that the first one begins with too."""
    one, two = ("".join(f"{m.role}\n{m.content}\n" for m in r.messages) for r in (first, second))
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))
    return same / len(two)


def test_most_of_a_larger_models_prompt_is_the_same_for_every_question_about_a_film() -> None:
    plan, _ = outlined(SCRIPT)
    shot, again = size().request(plan), size("camera.reframe").request(plan)
    other_role = Question(
        "scene", "scene.set", {"time": Choice(("day", "dawn"))}, {"text": "x", "place": "forest", "heard": []}
    )
    assert shared(shot, again) > 0.8
    assert shared(shot, other_role.request(plan)) > 0.6
    assert "fox" in shot.messages[0].content
    assert SCRIPT in shot.messages[0].content


def test_a_small_models_prompt_holds_its_question_only() -> None:
    plan, _ = outlined(SCRIPT)
    request = size().request(plan, small=True)
    assert SCRIPT not in "".join(m.content for m in request.messages)
    assert request.messages[0].content.startswith("You are the cinematographer")


@pytest.mark.parametrize(("language", "word"), [("en", "Cast"), ("zh", "角色"), ("ja", "登場人物")])
def test_the_opening_is_written_in_the_language_of_the_script(language: Language, word: str) -> None:
    plan, _ = outlined(SCRIPT)
    brief = plan.brief.model_copy(update={"language": language})
    text = size().request(plan.model_copy(update={"brief": brief})).messages[0].content
    assert word in text
    assert written_in(text.partition("\n")[0], language)


def test_a_long_script_is_shown_by_the_scene_that_the_question_is_about() -> None:
    scenes = [f"INT. {place} - DAY\n\n" + "A red fox runs and an owl watches. " * 80 for place in ("KITCHEN", "OFFICE")]
    plan, _ = outlined("\n\n".join(scenes))
    first, second = plan.sets[0].id, plan.sets[1].id
    spans = {
        s: [b.span for shot in plan.shots if shot.set == s for b in map(plan.beat, shot.beats) if b]
        for s in (first, second)
    }
    text = Question("camera", "camera.shot", size().fields, size().values, set=second).request(plan).messages[0].content
    assert plan.brief.script not in text
    assert all(span in text for span in spans[second][:3])
    assert f"- {first}:" not in text


def test_the_first_answer_is_the_models_most_likely_one_and_samples_come_beside_it() -> None:
    model = Several()
    plan = ShotPlan(brief=Brief(script=SCRIPT))
    answers = ask(model, [size()], plan)
    assert [r.sampling.temperature for r in model.asked] == [0.0, 0.7]
    assert [r.sampling.n for r in model.asked] == [1, 2]
    assert [each[0]["size"] for each in answers.candidates()] == ["full", "long", "medium"]
    assert all(each[0]["angle"] == "low" for each in answers.candidates())


def test_questions_that_no_rule_can_judge_are_asked_once() -> None:
    model = Several()
    outlined(SCRIPT, model)
    assert all(r.sampling.n == 1 for r in model.asked)


def test_what_everybody_waits_for_goes_first_and_the_agent_with_most_calls_before_others() -> None:
    order = ["outline.beat", "scene.respond", "camera.shot", "camera.reframe"]
    assert sorted(order, key=lambda name: priority(name, 1)) == order
    assert priority("director.arbitrate", 1) < priority("scene.respond", 9)
    assert priority("character.play", 9) < priority("character.play", 2) < priority("camera.reframe", 50)


@pytest.mark.parametrize(
    ("text", "language", "fits"),
    [
        ("A lower wall keeps the jump.", "en", True),
        ("墙矮一点，就能保留剧本里的跳跃。", "zh", True),
        ("把 lower_log 降到 0.85 m", "zh", True),
        ("壁を低くすれば台本の跳躍が残る。", "ja", True),
        ("fox のために丸太を低くする", "ja", True),
        ("A lower wall keeps the jump.", "zh", False),
        ("A lower wall keeps the jump.", "ja", False),
        ("墙矮一点，就能保留剧本里的跳跃。", "en", False),
        ("墙矮一点，就能保留剧本里的跳跃。", "ja", False),
        ("壁を低くすれば台本の跳躍が残る。", "zh", False),
        ("0.85 m!", "zh", False),
        ("...", "zh", True),
    ],
)
def test_the_language_of_an_answer_is_told_by_its_letters(text: str, language: str, fits: bool) -> None:
    assert written_in(text, language) is fits


def test_a_short_context_shows_less_of_the_script_and_says_so() -> None:
    plan, _ = outlined("INT. KITCHEN - DAY\n\n" + " ".join(f"A red fox runs past {word}." for word in NUMBERS))
    texts = [size().request(plan, context=context).messages[0].content for context in (None, 8192, 2900, 2048)]
    assert [plan.brief.script.strip() in text for text in texts] == [True, True, False, False]
    part = Question("camera", "camera.shot", size().fields, size().values, set=plan.sets[0].id).request(
        plan, context=2900
    )
    assert "The beginning of this scene: <<<" in part.messages[0].content
    assert len(texts[3]) < len(part.messages[0].content) < len(texts[0])

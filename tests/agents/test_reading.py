"""A script is split into clauses with exact spans in English, Chinese and Japanese."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.reading import Reading, read

FOX = "A red fox runs through a forest at sunset and jumps over a huge log. An owl watches, surprised."


def happenings(reading: Reading) -> list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    return [
        (c.span, tuple(m.head for m in c.subjects), c.actions, tuple(m.head for m in c.objects))
        for c in reading.clauses
        if c.happens
    ]


def test_verbs_joined_by_and_are_two_clauses_of_one_subject() -> None:
    assert happenings(read(FOX, "en")) == [
        ("A red fox runs through a forest at sunset", ("fox",), ("run",), ()),
        ("jumps over a huge log", ("fox",), ("jump_over",), ("log",)),
        ("An owl watches, surprised", ("owl",), ("look",), ()),
    ]


def test_place_time_and_feeling_are_read_from_the_words() -> None:
    reading = read(FOX, "en")
    assert (reading.scenes[0].places, reading.scenes[0].times) == (("forest",), ("sunset",))
    assert reading.clauses[2].emotions == ("surprised",)


def test_nouns_joined_by_and_stay_one_clause() -> None:
    reading = read("A fox and an owl dance. The boy sees cats and dogs.", "en")
    assert [(c.span, len(c.subjects)) for c in reading.clauses] == [
        ("A fox and an owl dance", 2),
        ("The boy sees cats and dogs", 1),
    ]


def test_past_tense_reads_like_the_present() -> None:
    reading = read("The old man opened the door, saw a wolf, and closed it quickly.", "en")
    assert [c.actions for c in reading.clauses] == [("open",), ("look",), ("close",)]


def test_quotations_stay_verbatim_and_belong_to_who_says_them() -> None:
    clause = read('"Where is my hat?" asks the fox. The owl flies.', "en").clauses[0]
    assert (clause.line, clause.subjects[0].head, clause.actions) == ("Where is my hat?", "fox", ("talk",))


@pytest.mark.parametrize("script", ["Robot: Hello, and jump!\nGirl: Hi!", "ROBOT\nHello, and jump!\n\nGIRL\nHi!"])
def test_speakers_before_a_line_are_kept_with_the_line_whole(script: str) -> None:
    lines = [(c.speaker.lower(), c.line) for c in read(script, "en").clauses]
    assert lines == [("robot", "Hello, and jump!"), ("girl", "Hi!")]


def test_a_heading_opens_a_scene_with_its_place_and_time() -> None:
    reading = read("INT. KITCHEN - NIGHT\nA girl eats.\n\nEXT. BEACH - DAY\nShe runs.", "en")
    assert [(s.places, s.times) for s in reading.scenes] == [(("room",), ("night",)), (("beach",), ("day",))]
    assert [c.scene for c in reading.clauses] == [0, 1]


@pytest.mark.parametrize(("heading", "language"), [("内景 厨房 早晨", "zh"), ("外景 海滩 夜晚", "zh"), ("屋内・台所・朝", "ja")])
def test_a_chinese_or_japanese_heading_is_not_part_of_what_happens(heading: str, language: str) -> None:
    read_ = read(f"{heading}\n{'小美走进来。' if language == 'zh' else '美咲が歩く。'}", language)
    assert read_.scenes[0].places
    assert all(heading[:2] not in clause.span for clause in read_.clauses)


def test_a_description_is_no_happening() -> None:
    assert [c.happens for c in read("It was a dark night. A wolf howls.", "en").clauses] == [False, True]


def test_a_word_after_a_determiner_is_a_noun_although_it_could_be_a_verb() -> None:
    assert [c.actions for c in read("The boy opens the watch. A girl takes a rest.", "en").clauses] == [
        ("open",),
        ("pick_up",),
    ]


@pytest.mark.parametrize(
    ("language", "script", "expected"),
    [
        (
            "zh",
            "一只红狐狸在黄昏跑过森林，跳过一根巨大的木头。猫头鹰惊讶地看着。",
            [("fox", ("run",)), ("fox", ("jump_over",)), ("owl", ("look",))],
        ),
        (
            "ja",
            "赤い狐が夕方の森を走り、巨大な丸太を飛び越える。フクロウは驚いて見つめる。",
            [("fox", ("run",)), ("fox", ("jump_over",)), ("owl", ("look",))],
        ),
    ],
)
def test_chinese_and_japanese_are_read_alike(
    language: str, script: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    reading = read(script, language)  # type: ignore[arg-type]
    assert [(c.subjects[0].kind, c.actions) for c in reading.clauses] == expected
    assert (reading.scenes[0].places, reading.scenes[0].times) == (("forest",), ("sunset",))


def test_a_long_script_is_read_up_to_a_bound_and_says_so() -> None:
    script = " ".join(f"A fox runs and jumps over log {n}." for n in range(1500))
    reading = read(script, "en")
    assert len([c for c in reading.clauses if c.happens]) == 120
    assert "1500 sentences" in reading.left_out


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "A fox",
                "runs",
                "and",
                ",",
                ". ",
                '"Hi"',
                "the log",
                "over",
                "then",
                "Mia:",
                "\n",
                "jumps",
                "她",
                "跑",
                "。",
                "《",
                "'s",
                "(x)",
                "MIA\n",
            ]
        ),
        max_size=25,
    )
)
def test_every_span_is_verbatim_whatever_the_script(parts: list[str]) -> None:
    script = " ".join(parts)
    for language in ("en", "zh", "ja"):
        for clause in read(script, language).clauses:  # type: ignore[arg-type]
            assert clause.span in script
            assert clause.span == script[clause.start : clause.start + len(clause.span)]


@pytest.mark.parametrize(
    ("phrase", "head", "adjectives"),
    [
        ("a huge fallen log", "log", {"huge", "fallen"}),
        ("a big broken box", "box", {"big", "broken"}),
        ("the old frozen tree", "tree", {"old", "frozen"}),
    ],
)
def test_a_participle_before_its_noun_is_no_verb(phrase: str, head: str, adjectives: set[str]) -> None:
    (clause,) = read(f"The fox jumps over {phrase}.", "en").clauses
    assert clause.actions == ("jump_over",)
    (thing,) = clause.objects
    assert thing.head == head
    assert adjectives <= set(thing.adjectives)

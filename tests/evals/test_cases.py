"""The project's own cases: every one is valid, they cover three languages and lengths, and the splits are what they say."""

from __future__ import annotations

from collections import Counter

from evals.score.case import CASES, read_case, read_cases
from shotplan.brief import Brief


def test_there_are_cases_of_three_languages_in_two_splits():
    cases = read_cases(CASES)
    languages = Counter(case.language for case in cases)
    assert len(cases) >= 48
    assert languages["en"] >= 28
    assert min(languages["zh"], languages["ja"]) >= 10
    assert 0.25 < len(read_cases(CASES, "dev")) / len(cases) < 0.4


def test_a_case_lies_in_the_folder_of_its_split_and_is_named_like_its_file():
    for path in CASES.rglob("*.json"):
        case = read_case(path)
        assert (path.parent.name, path.stem) == (case.split, case.id)


def test_every_script_is_taken_for_the_language_it_is_in():
    for case in read_cases(CASES):
        assert Brief.from_text(case.script).language == case.language == case.id[:2]


def test_some_scripts_are_a_page_or_longer_and_some_are_one_line():
    sizes = [len(case.script.split()) if case.language == "en" else len(case.script) / 2 for case in read_cases(CASES)]
    assert sum(size >= 110 for size in sizes) >= 4
    assert sum(size <= 40 for size in sizes) >= 15


def test_every_case_says_what_happens_or_what_must_not():
    for case in read_cases(CASES):
        assert case.events
        assert any(event.words for event in case.events)
        assert case.things or case.absent.cast

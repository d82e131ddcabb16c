"""Shared wording between cases and training stories is found, in English and in Chinese, and chance words are not."""

from __future__ import annotations

import json

import pytest

from evals.bench.overlap import longest_shared, stories
from evals.score import Case
from shotplan.errors import BriefError


def case(id: str, language: str, script: str) -> Case:
    return Case(id=id, language=language, script=script)


def write(path, *scripts: str):
    path.write_text("\n".join(json.dumps({"script": s}) for s in scripts), encoding="utf-8")
    return path


def test_the_longest_run_of_content_words_is_found_whatever_small_words_stand_between(tmp_path):
    mine = case("en_a", "en", "A grey heron carries the silver key along a frozen pond at dawn.")
    path = write(
        tmp_path / "s.jsonl", "A dog sleeps.", "The grey heron carries his silver key across the frozen marsh."
    )
    shared, count = longest_shared([mine], stories([path]), 5)
    assert count == 2
    assert [(s.case, s.words, s.run) for s in shared] == [("en_a", 5, "grey heron carries silver key")]


def test_four_common_words_are_no_overlap(tmp_path):
    mine = case("en_a", "en", "A fox runs through a forest and sings.")
    path = write(tmp_path / "s.jsonl", "A fox runs through the forest. An owl sleeps.")
    assert longest_shared([mine], stories([path]), 5)[0] == []


def test_chinese_counts_two_characters_to_a_word(tmp_path):
    mine = case("zh_a", "zh", "老船长把金色的望远镜递给了小猴子。")
    path = write(tmp_path / "s.jsonl", "老船长把金色的望远镜放下。")
    shared, _ = longest_shared([mine], stories([path]), 5)
    assert shared[0].run == "老船长把金色的望远镜"
    assert shared[0].words == 5


def test_a_line_without_a_story_is_named(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_text('{"script": "A fox."}\n{"text": "x"}', encoding="utf-8")
    with pytest.raises(BriefError, match=r"s\.jsonl:2"):
        list(stories([path]))

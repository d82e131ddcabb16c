"""How sure the model was, from log-probabilities of tokens that do not end where options do."""

from __future__ import annotations

import math
from typing import Any

import pytest

from agents.openai.votes import confidence

OPTIONS = ["accept:lower_log", "accept:climb", "counter:climb", "refuse"]


def token(text: str, probability: float, **others: float) -> dict[str, Any]:
    """One generated token; `others`: what else could have stood there (`_` for a space in front)."""
    top = {text: probability} | others
    return {
        "token": text,
        "bytes": list(text.encode()),
        "logprob": math.log(probability),
        "top_logprobs": [{"token": t, "bytes": list(t.encode()), "logprob": math.log(p)} for t, p in top.items()],
    }


def test_the_probability_is_that_of_the_option_among_the_options_whatever_else_the_model_wanted_to_say() -> None:
    tokens = [
        token('{"', 0.01, Sure=0.9),  # forced by the grammar
        token('answer":"', 0.5),
        token("ref", 0.1, acc=0.3, I=0.5),
        token('use"}', 0.9),
    ]
    assert confidence(tokens, '{"answer":"refuse"}', "answer", OPTIONS) == pytest.approx(0.1 / 0.4)


def test_a_choice_that_is_made_in_two_steps_multiplies_them() -> None:
    tokens = [
        token('{"answer":"', 1.0),
        token("accept:", 0.6, refuse=0.2),
        token("cl", 0.3, lower=0.1, x=0.6),
        token('imb"}', 1.0),
    ]
    found = confidence(tokens, '{"answer":"accept:climb"}', "answer", OPTIONS)
    assert found == pytest.approx(0.75 * 0.75)


def test_two_ways_to_cut_the_same_option_into_tokens_both_count_for_it() -> None:
    tokens = [token('{"answer":"', 1.0), token("ref", 0.2, refuse=0.4, counter=0.2), token('use"}', 1.0)]
    assert confidence(tokens, '{"answer":"refuse"}', "answer", OPTIONS) == pytest.approx(0.6 / 0.8)


def test_white_space_reasoning_and_further_fields_do_not_disturb() -> None:
    tokens = [
        token("<think>hm</think>", 1.0),
        token('{ "answer" : "', 1.0),
        token("refuse", 0.3, counter=0.1),
        token('", "reason": "no"}', 1.0),
    ]
    text = '{ "answer" : "refuse", "reason": "no"}'
    assert confidence(tokens, text, "answer", OPTIONS) == pytest.approx(0.75)


def test_options_in_chinese_are_followed_byte_by_byte() -> None:
    han = "接受".encode()
    entries = [
        token('{"答":"', 1.0),
        {"token": "�", "bytes": list(han[:2]), "logprob": math.log(0.5), "top_logprobs": [
            {"token": "�", "bytes": list(han[:2]), "logprob": math.log(0.5)},
            {"token": "拒", "bytes": list("拒".encode()), "logprob": math.log(0.25)}]},
        {"token": "�", "bytes": list(han[2:]), "logprob": 0.0, "top_logprobs": []},
        token('"}', 1.0),
    ]  # fmt: skip
    assert confidence(entries, '{"答":"接受"}', "答", ["接受", "拒绝"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([], '{"answer":"refuse"}'),
        ([token("other", 1.0)], '{"answer":"refuse"}'),
        ([token('{"answer":"dance"}', 1.0)], '{"answer":"dance"}'),
        ([{"logprob": 1}], '{"answer":"refuse"}'),
    ],
)
def test_what_does_not_fit_together_tells_nothing(entries: Any, text: str) -> None:
    assert confidence(entries, text, "answer", OPTIONS) is None

"""What a server sent back, taken apart.

Knows the shapes in which servers put text, reasoning, log-probabilities and figures. Does not judge the answer
(`agents.correction`). Reasoning is kept apart from the answer, whether it comes in a field of its own or inside `<think>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.correction import Draft
from agents.model import ModelRequest
from agents.openai.payload import vote_options
from agents.openai.votes import confidence

THINK, THOUGHT = "<think>", "</think>"


def draft(answer: Mapping[str, Any], request: ModelRequest) -> Draft:
    """The draft in a chat completion. Raises `KeyError`, `TypeError` or the like when it is none."""
    choices = answer["choices"]
    texts = [split_reasoning(choice["message"]) for choice in choices]
    (text, reasoning), first = texts[0], choices[0]
    usage, metrics = answer.get("usage") or {}, answer.get("metrics") or {}
    timings = answer.get("timings") or {}  # llama.cpp
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or timings.get("cache_n") or 0
    finish = first.get("finish_reason")
    tokens = (first.get("logprobs") or {}).get("content") or ()
    return Draft(
        text=text,
        cut=finish == "length",
        repeated=finish == "repetition",
        others=tuple(other for other, _ in texts[1:]),
        reasoning=reasoning,
        prompt=str(answer.get("prompt_text") or ""),
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        cached_tokens=int(cached),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        queue_seconds=_seconds(metrics.get("queue_time_ms")),
        first_token_seconds=_seconds(metrics.get("time_to_first_token_ms", timings.get("prompt_ms"))),
        confidence=confidence(tokens, text, request.vote, vote_options(request)) if request.vote and tokens else None,
    )


def split_reasoning(message: Mapping[str, Any]) -> tuple[str, str]:
    """(answer, reasoning) of a message. An answer whose reasoning never ended is empty."""
    given = message.get("content")
    content = given if isinstance(given, str) else ""
    thought = str(message.get("reasoning") or message.get("reasoning_content") or "")
    if THOUGHT in content:
        inside, _, content = content.rpartition(THOUGHT)
        thought = thought or inside.replace(THINK, "")
    elif content.lstrip().startswith(THINK):
        thought, content = thought or content.replace(THINK, ""), ""
    return content.strip() if thought else content, thought.strip()


def _seconds(milliseconds: Any) -> float | None:
    return float(milliseconds) / 1000 if isinstance(milliseconds, int | float) else None

"""Asks until the answer is valid, a bounded number of times; the same loop for every model.

Knows how an invalid answer goes back to the model with the reason. Does not know how the model is reached.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from agents.answer import InvalidAnswer, checked_schema, parse_answer, public_schema
from agents.model import ChatMessage, ModelReply, ModelRequest, Sampling
from prompts import harmless
from shotplan.errors import ModelError

CORRECTIONS = 2
"""How often an invalid answer is sent back."""
QUOTED = 2000
"""Characters of an invalid answer, and of the schema, that are shown to the model again."""


@dataclass(frozen=True)
class Draft:
    """What a model wrote in one attempt, not yet judged."""

    text: str
    cut: bool = False
    """True when the token budget ended it."""
    repeated: bool = False
    """True when the server ended it because it repeated itself."""
    others: tuple[str, ...] = ()
    """Further samples of the same answer."""
    reasoning: str = ""
    prompt: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    forced_tokens: int = 0
    queue_seconds: float | None = None
    first_token_seconds: float | None = None
    confidence: float | None = None


def ask_until_valid(request: ModelRequest, model: str, write: Callable[[ModelRequest], Draft]) -> ModelReply:
    """The valid reply to a request; token figures are summed over the attempts.

    Of several samples the first valid one is the answer, the other valid ones are its alternatives; nothing goes back to
    the model while one is valid. An answer that was cut may be twice as long the next time. Raises `ModelError` naming
    agent and question when the last attempt is still invalid.
    """
    begin = time.perf_counter()
    schema = checked_schema(request.answer_schema, where=call_name(request))
    messages, budget = request.messages, request.sampling.max_tokens
    drafts: list[Draft] = []
    reason = ""
    while len(drafts) <= CORRECTIONS:
        sampling = request.sampling.model_copy(update={"max_tokens": budget})
        draft = write(request.model_copy(update={"messages": messages, "sampling": sampling}))
        drafts.append(draft)
        try:
            text, content, alternatives = _judged(draft, schema, sampling)
        except InvalidAnswer as error:
            reason = str(error)
            feedback = (
                f"That answer was not accepted. {reason} Answer again, shortly, with nothing but JSON that matches "
                f"this schema: {json.dumps(public_schema(schema), ensure_ascii=False)[:QUOTED]}"
            )
            wrote = harmless(draft.text[:QUOTED])
            said = [ChatMessage(role="assistant", content=wrote)] if wrote.strip() else []
            messages = (*request.messages, *said, ChatMessage(role="user", content=feedback))
            budget = budget * 2 if draft.cut else budget
            continue
        return ModelReply(
            content=content,
            text=text,
            model=model,
            alternatives=alternatives,
            prompt=draft.prompt,
            reasoning=draft.reasoning,
            prompt_tokens=sum(d.prompt_tokens for d in drafts),
            cached_tokens=sum(d.cached_tokens for d in drafts),
            completion_tokens=sum(d.completion_tokens for d in drafts),
            forced_tokens=sum(d.forced_tokens for d in drafts),
            seconds=time.perf_counter() - begin,
            queue_seconds=_sum([d.queue_seconds for d in drafts]),
            first_token_seconds=_sum([d.first_token_seconds for d in drafts]),
            attempts=len(drafts),
            confidence=draft.confidence if text == draft.text else None,
        )
    raise ModelError(
        f"{model} gave no valid answer in {len(drafts)} attempts: {reason.rstrip('.')}",
        where=call_name(request),
        todo="Use a larger model with --llm, raise max_tokens, or change the prompt of this question",
    )


def _judged(draft: Draft, schema: dict[str, Any], sampling: Sampling) -> tuple[str, Any, tuple[Any, ...]]:
    """(text, content, alternatives) of a draft. Raises `InvalidAnswer` for its first sample when no sample is valid."""
    valid: list[tuple[str, Any]] = []
    first: InvalidAnswer | None = None
    for n, text in enumerate((draft.text, *draft.others)):
        try:
            if n == 0:
                _whole(draft, sampling)
            valid.append((text, parse_answer(text, schema)))
        except InvalidAnswer as error:
            first = first or error
    if not valid:
        assert first is not None
        raise first
    (text, content), *rest = valid
    return text, content, tuple(other for _, other in rest)


def _whole(draft: Draft, sampling: Sampling) -> None:
    if draft.repeated or (draft.cut and repeats(draft.text)):
        raise InvalidAnswer("The answer repeated itself over and over.")
    if draft.cut:
        raise InvalidAnswer(f"The answer was cut at {sampling.max_tokens} tokens.")
    if not draft.text.strip() and draft.reasoning:
        raise InvalidAnswer("The answer was empty: everything was written as reasoning.")


def repeats(text: str) -> bool:
    """Whether the text ends in the same run of up to 80 characters four times or more, white space apart."""
    tail = "".join(text[-1200:].split())
    return bool(re.search(r"(.{3,80}?)\1{3,}$", tail) or re.search(r"(.{1,2})\1{15,}$", tail))


def _sum(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def ask_together(requests: Sequence[ModelRequest], ask: Callable[[ModelRequest], ModelReply]) -> list[ModelReply]:
    """Ask all requests at the same time, in threads; replies in order. Raises the first error after all have ended."""
    if len(requests) <= 1:
        return [ask(request) for request in requests]
    with ThreadPoolExecutor(max_workers=min(len(requests), 32), thread_name_prefix="ask") as pool:
        futures = [pool.submit(ask, request) for request in requests]
    return [future.result() for future in futures]


def call_name(request: ModelRequest) -> str:
    """How errors and the tape name a call: `fox/propose`."""
    return f"{request.agent}/{request.question}"

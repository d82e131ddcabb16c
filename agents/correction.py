"""Asks until the answer is valid, a bounded number of times; the same loop for every model.

Knows how an invalid answer goes back to the model with the reason. Does not know how the model is reached.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from agents.answer import InvalidAnswer, checked_schema, parse_answer, public_schema
from agents.model import ChatMessage, ModelReply, ModelRequest
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
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    forced_tokens: int = 0
    confidence: float | None = None


def ask_until_valid(request: ModelRequest, model: str, write: Callable[[ModelRequest], Draft]) -> ModelReply:
    """The valid reply to a request; token figures are summed over the attempts.

    Raises `ModelError` naming agent and question when the last attempt is still invalid.
    """
    begin = time.perf_counter()
    schema = checked_schema(request.answer_schema, where=call_name(request))
    messages = request.messages
    drafts: list[Draft] = []
    reason = ""
    while len(drafts) <= CORRECTIONS:
        draft = write(request.model_copy(update={"messages": messages}))
        drafts.append(draft)
        try:
            if draft.cut:
                raise InvalidAnswer(f"The answer was cut at {request.sampling.max_tokens} tokens.")
            content = parse_answer(draft.text, schema)
        except InvalidAnswer as error:
            reason = str(error)
            feedback = (
                f"That answer was not accepted. {reason} Answer again, shortly, with nothing but JSON that matches "
                f"this schema: {json.dumps(public_schema(schema), ensure_ascii=False)[:QUOTED]}"
            )
            said = [ChatMessage(role="assistant", content=draft.text[:QUOTED])] if draft.text.strip() else []
            messages = (*request.messages, *said, ChatMessage(role="user", content=feedback))
            continue
        return ModelReply(
            content=content,
            text=draft.text,
            model=model,
            prompt_tokens=sum(d.prompt_tokens for d in drafts),
            cached_tokens=sum(d.cached_tokens for d in drafts),
            completion_tokens=sum(d.completion_tokens for d in drafts),
            forced_tokens=sum(d.forced_tokens for d in drafts),
            seconds=time.perf_counter() - begin,
            attempts=len(drafts),
            confidence=draft.confidence,
        )
    raise ModelError(
        f"{model} gave no valid answer in {len(drafts)} attempts: {reason.rstrip('.')}",
        where=call_name(request),
        todo="Use a larger model with --llm, raise max_tokens, or change the prompt of this question",
    )


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

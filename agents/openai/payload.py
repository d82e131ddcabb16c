"""A question as the body of a chat call.

Knows parameters' names and meaning. Does not know HTTP. The schema travels in `response_format`; vLLM's former `guided_json`
was removed and is ignored without a word, so nothing relies on the server obeying: every answer is validated again.
"""

from __future__ import annotations

import json
import re
from typing import Any

from agents.answer import public_schema
from agents.model import ModelRequest, with_system
from agents.openai.extras import Extras

TOP = 20
"""Candidates per token whose log-probabilities are asked for; servers give no more."""
ROOM_TO_THINK = 2048
"""Tokens on top of an answer's own, for a model that thinks whatever it is told."""
REPETITION = {"max_pattern_size": 20, "min_pattern_size": 3, "min_count": 6}
"""vLLM ends an answer in which 3 to 20 tokens come six times in a row; no valid answer does that."""
MANY_CHOICES = 64
"""A vote among more options than this goes by the schema alone."""


def payload(request: ModelRequest, model: str, extras: Extras, *, thinks: bool, effort: str | None) -> dict[str, Any]:
    """The body for one call. `thinks`: the model was seen to think; `effort`: see `names.reasoning_effort`."""
    sampling = request.sampling
    budget = sampling.max_tokens + (ROOM_TO_THINK if thinks else 0)
    body: dict[str, Any] = {
        "model": model,
        "messages": [message.model_dump() for message in with_system(request.messages)],
        "max_tokens" if extras.takes("max_tokens") else "max_completion_tokens": budget,
    }
    for name in ("temperature", "top_p", "seed"):
        if extras.takes(name):
            body[name] = getattr(sampling, name)
    if sampling.n > 1 and extras.takes("n"):
        body["n"] = sampling.n
    choices = vote_texts(request)
    if choices and extras.takes("structured_outputs") and not thinks:
        body["structured_outputs"] = {"choice": choices}
    elif extras.format:
        body["response_format"] = _format(request, extras.format)
    if request.vote and extras.takes("logprobs"):
        body |= {"logprobs": True, "top_logprobs": TOP}
    if extras.takes("chat_template_kwargs"):
        body["chat_template_kwargs"] = {
            "enable_thinking": False,
            "thinking": False,
        }  # Qwen and GLM; DeepSeek and Granite
    if extras.takes("priority") and request.priority:
        body["priority"] = request.priority
    if extras.takes("return_prompt_text"):
        body["return_prompt_text"] = True
    if extras.takes("repetition_detection"):
        body["repetition_detection"] = REPETITION
    if effort is not None and extras.takes("reasoning_effort"):
        body["reasoning_effort"] = effort
    return body


def parameters(body: dict[str, Any]) -> list[str]:
    """The names of a body's parameters that a server may refuse."""
    return [name for name in body if name not in {"model", "messages", "top_logprobs", "max_completion_tokens"}]


def vote_options(request: ModelRequest) -> list[str]:
    """The options of the field that is voted on; nothing when the question is no vote."""
    field = request.answer_schema.get("properties", {}).get(request.vote, {}) if request.vote else {}
    return [str(option) for option in field.get("enum", ())]


def vote_texts(request: ModelRequest) -> list[str]:
    """Every answer that can be given, as compact JSON, when the vote is all that is asked."""
    options = vote_options(request)
    if len(request.answer_schema.get("properties", {})) != 1 or not 1 < len(options) <= MANY_CHOICES:
        return []
    return [json.dumps({request.vote: o}, ensure_ascii=False, separators=(",", ":")) for o in options]


def _format(request: ModelRequest, format: str) -> dict[str, Any]:
    if format == "json_object":
        return {"type": "json_object"}
    form = {
        "name": re.sub(r"[^A-Za-z0-9_-]", "_", request.question)[:64] or "answer",
        "schema": public_schema(request.answer_schema),
        "strict": True,
    }
    return {"type": "json_schema", "json_schema": form}

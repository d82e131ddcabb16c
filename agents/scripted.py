"""Models that are no language models: deterministic, instant, for tests, examples and debugging.

Knows a request's schema. Does not know roles: `ScriptedModel` takes the first option of every choice, and requests list what their
text supports first. Never the default of a user command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jsonschema

from agents.model import ModelReply, ModelRequest
from shotplan.errors import ModelError


class ScriptedModel:
    """Answers every question by rule: canned answers where given, else the first option of each choice.

    `answers`: by question name, such as `{"scene.respond": {"answer": "refuse"}}`; a list gives one answer after the other and then
    repeats its last; a callable gets the request. A canned answer fills in the fields it names, the rule fills in the rest.
    Raises `ModelError` when a canned answer does not fit the request's schema.
    """

    description = "the scripted crew: no model, the reading rules alone"
    options = "supported"
    """It takes the first of what the script supports, so that what lies behind need not be offered."""

    def __init__(self, answers: Mapping[str, Any] | None = None, *, name: str = "scripted") -> None:
        self.name = name
        self.asked: list[ModelRequest] = []
        """Every request, in order."""
        self._answers = dict(answers or {})
        self._turn: dict[str, int] = {}

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        return [self._reply(request) for request in requests]

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        content = by_rule(request.answer_schema, request)
        canned = self._canned(request)
        if canned is not None:
            content = content | canned if isinstance(content, dict) and isinstance(canned, dict) else canned
        return _reply(self.name, request, content)

    def _canned(self, request: ModelRequest) -> Any:
        canned = self._answers.get(request.question)
        if callable(canned):
            return canned(request)
        if isinstance(canned, list):
            turn = self._turn.get(request.question, 0)
            self._turn[request.question] = turn + 1
            return canned[min(turn, len(canned) - 1)]
        return canned


class FunctionModel:
    """Answers with what `function` returns for a request. Raises `ModelError` when that does not fit the schema."""

    def __init__(
        self,
        function: Callable[[ModelRequest], Any],
        *,
        name: str = "function",
        languages: frozenset[str] | None = None,
    ) -> None:
        self.name = name
        self.languages = languages
        """Languages it reads; None: all."""
        self._function = function

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        return [_reply(self.name, request, self._function(request)) for request in requests]

    def close(self) -> None:
        """Nothing is held."""


def by_rule(schema: Mapping[str, Any], request: ModelRequest) -> Any:
    """The first value that a JSON Schema allows, with a sentence for free text."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return by_rule(schema[several][0], request)
    match schema.get("type"):
        case "object":
            return {
                key: by_rule(part, request)
                for key, part in schema.get("properties", {}).items()
                if key in schema.get("required", ())
            }
        case "array":
            return [by_rule(schema.get("items", {}), request)] * int(schema.get("minItems", 0))
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "null":
            return None
    return f"{request.agent} takes its first choice"[: int(schema.get("maxLength", 120))]


def _reply(name: str, request: ModelRequest, content: Any) -> ModelReply:
    try:
        jsonschema.validate(content, request.answer_schema)
    except jsonschema.ValidationError as error:
        raise ModelError(
            f"the answer of {name} does not fit: {error.message[:200]}",
            where=f"{request.agent}/{request.question}",
            todo="mend the canned answer",
        ) from None
    text = json.dumps(content, ensure_ascii=False)
    return ModelReply(content=content, text=text, model=name)

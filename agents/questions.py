"""Typed questions: closed answers, built for each call from what is in the plan.

Knows answer shapes, their JSON Schema, and when no question is needed: a field with one option is answered by code. Does not
know wording (`prompts`) or roles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema

import prompts
from agents.model import ChatMessage, Model, ModelReply, ModelRequest, Sampling
from shotplan.errors import ModelError


@dataclass(frozen=True)
class Choice:
    """One of `options`, most likely first. The prompt lists the first `likely` of them, or all where that is None."""

    options: tuple[str, ...]
    likely: int | None = None

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError("a choice needs an option")

    @property
    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


@dataclass(frozen=True)
class Words:
    """A short free text, never empty."""

    longest: int = 120

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 3, "maxLength": self.longest}


@dataclass(frozen=True)
class Question:
    """One typed question of one agent. `fields` in the order in which the model answers them."""

    agent: str
    name: str
    """Such as `outline.beat`; also the template's name, with `_` for `.`."""
    fields: Mapping[str, Choice | Words]
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the template shows."""
    template: str = ""
    max_tokens: int = 192

    @property
    def open_fields(self) -> dict[str, Choice | Words]:
        """The fields that need a model: more than one option, or free text."""
        return {k: f for k, f in self.fields.items() if not (isinstance(f, Choice) and len(f.options) == 1)}

    @property
    def certain(self) -> dict[str, str]:
        """The fields that have one option only."""
        return {k: f.options[0] for k, f in self.fields.items() if isinstance(f, Choice) and len(f.options) == 1}

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the answer to the open fields."""
        asked = self.open_fields
        return {
            "type": "object",
            "properties": {k: f.schema for k, f in asked.items()},
            "required": list(asked),
            "additionalProperties": False,
        }

    def request(self, language: str, seed: int = 0) -> ModelRequest:
        """The request to a model, prompt rendered in `language`."""
        choices = {k: f for k, f in self.open_fields.items() if isinstance(f, Choice)}
        written = prompts.render(
            self.template or self.name.replace(".", "_"),
            language,
            **self.values,
            agent=self.agent,
            asked=list(self.open_fields),
            options={k: list(f.options[: f.likely]) for k, f in choices.items()},
            more=[k for k, f in choices.items() if f.likely is not None and f.likely < len(f.options)],
            certain=self.certain,
        )
        messages = tuple(ChatMessage(role=role, content=text) for role, text in written)  # type: ignore[arg-type]
        return ModelRequest(
            agent=self.agent,
            question=self.name,
            messages=messages,
            answer_schema=self.schema,
            sampling=Sampling(max_tokens=self.max_tokens, seed=seed),
        )


@dataclass(frozen=True)
class Answers:
    """Answers in the order of the questions, with the calls behind them."""

    each: tuple[dict[str, str], ...]
    replies: tuple[ModelReply, ...]
    certain: int
    """Questions that needed no call, because every field had one option."""


def ask(model: Model, questions: Sequence[Question], language: str, *, seed: int = 0) -> Answers:
    """Ask all questions that need a model in one batch.

    Raises `ModelError` naming the call when an answer is not valid under its schema.
    """
    needed = [q for q in questions if q.open_fields]
    replies = model.ask([q.request(language, seed) for q in needed]) if needed else []
    if len(replies) != len(needed):
        raise ModelError(f"{model.name} gave {len(replies)} answers to {len(needed)} questions", where=needed[0].name)
    given = iter(zip(needed, replies, strict=True))
    each = []
    for question in questions:
        answer = dict(question.certain)
        if question.open_fields:
            asked, reply = next(given)
            answer |= _checked(asked, reply)
        each.append(answer)
    return Answers(tuple(each), tuple(replies), len(questions) - len(needed))


def _checked(question: Question, reply: ModelReply) -> dict[str, str]:
    try:
        jsonschema.validate(reply.content, question.schema)
    except jsonschema.ValidationError as error:
        raise ModelError(
            f"{reply.model} gave an answer outside the question's schema: {error.message[:200]}",
            where=f"{question.agent}/{question.name}",
            todo="use a model with JSON Schema support, or try again with another seed",
        ) from None
    return {k: str(v) for k, v in reply.content.items()}

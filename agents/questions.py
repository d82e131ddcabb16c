"""Typed questions: closed answers, built for each call from what is in the plan.

Knows answer shapes, their JSON Schema, and when no question is needed: a field with one option is answered by code; which
questions are worth several samples. Does not know wording (`prompts`) or roles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema

import prompts
from agents.film import GLOSSARY, opening
from agents.model import ChatMessage, Model, ModelReply, ModelRequest, Sampling
from agents.priority import priority
from shotplan.errors import ModelError
from shotplan.plan import ShotPlan

SAMPLED = frozenset({"camera.shot", "scene.set", "scene.prop", "character.play"})
"""Questions whose answers the rules can judge, so that several samples are worth having (`graph.best_of`)."""
WARMTH = 0.7
"""Temperature of the samples beside the model's first answer, which is always its most likely one."""


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
    """A short free text, never empty, in the language of the script."""

    longest: int = 120
    language: str = "en"

    @property
    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": 3 if self.language == "en" else 2,
            "maxLength": self.longest,
            "x-language": self.language,
        }


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
    set: str = ""
    """Id of the set that it is about; decides which part of a long script is shown."""
    vote: str = ""
    """The field whose option's probability matters; empty: none."""
    follows: tuple[ChatMessage, ...] = ()
    """The talk with the model that this question goes on with."""

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

    def request(
        self, plan: ShotPlan, *, small: bool = False, calls: int = 1, context: int | None = None
    ) -> ModelRequest:
        """The request to a model, prompt rendered in the brief's language.

        `small`: for a small model, whose prompts hold only what the question needs. `calls`: how many calls its agent makes
        in this turn. `context`: tokens that the model can read, where that is known.
        """
        choices = {k: f for k, f in self.open_fields.items() if isinstance(f, Choice)}
        values = dict(self.values)
        if not small:  # the opening holds these lists already
            values["vocabulary"] = {k: v for k, v in values.get("vocabulary", {}).items() if k not in GLOSSARY}
        written = prompts.render(
            self.template or self.name.replace(".", "_"),
            plan.brief.language,
            **values,
            agent=self.agent,
            asked=list(self.open_fields),
            options={k: list(f.options[: f.likely]) for k, f in choices.items()},
            more=[k for k, f in choices.items() if f.likely is not None and f.likely < len(f.options)],
            certain=self.certain,
            glossary=not small,
        )
        messages = [ChatMessage(role=role, content=text) for role, text in written]  # type: ignore[arg-type]
        if not small and messages[0].role == "system":
            whole = f"{opening(plan, self.set, context)}\n{messages[0].content}"
            messages[0] = ChatMessage(role="system", content=whole)
        return ModelRequest(
            agent=self.agent,
            question=self.name,
            messages=(*self.follows, *messages),
            answer_schema=self.schema,
            sampling=Sampling(max_tokens=self.max_tokens, seed=plan.brief.seed),
            priority=priority(self.name, calls),
            vote=self.vote if self.vote in choices else "",
        )


@dataclass(frozen=True)
class Answers:
    """Answers in the order of the questions, with the calls behind them."""

    each: tuple[dict[str, str], ...]
    replies: tuple[ModelReply, ...]
    certain: int
    """Questions that needed no call, because every field had one option."""
    samples: tuple[tuple[dict[str, str], ...], ...] = ()
    """Per question what else the model would say; empty where it was not asked for more."""

    def candidates(self) -> list[tuple[dict[str, str], ...]]:
        """Whole sets of answers: the first answers, then the second samples of all questions, and so on; no set twice."""
        deepest = max((len(more) for more in self.samples), default=0)
        found = [self.each]
        for k in range(deepest):
            rest = zip(self.each, self.samples, strict=True)
            whole = tuple(more[k] if k < len(more) else first for first, more in rest)
            if whole not in found:
                found.append(whole)
        return found


def ask(model: Model, questions: Sequence[Question], plan: ShotPlan) -> Answers:
    """Ask all questions that need a model in one batch, in the language and with the seed of the plan's brief.

    A model with `best_of` above 1 is also asked for samples where those are worth having. Raises `ModelError` naming the
    call when an answer is not valid under its schema.
    """
    small, best_of = bool(getattr(model, "small", False)), int(getattr(model, "best_of", 1))
    needed = [q for q in questions if q.open_fields]
    context = getattr(model, "context", None)
    requests = [q.request(plan, small=small, calls=len(needed), context=context) for q in needed]
    sampled = [n for n, q in enumerate(needed) if q.name in SAMPLED] if best_of > 1 else []
    warm = {"n": best_of - 1, "temperature": WARMTH}
    more = [requests[n].model_copy(update={"sampling": requests[n].sampling.model_copy(update=warm)}) for n in sampled]
    replies = model.ask([*requests, *more]) if requests else []
    if len(replies) != len(requests) + len(more):
        asked_for = len(requests) + len(more)
        raise ModelError(f"{model.name} gave {len(replies)} answers to {asked_for} questions", where=needed[0].name)
    samples_of = dict(zip(sampled, replies[len(requests) :], strict=True))
    each: list[dict[str, str]] = []
    samples: list[tuple[dict[str, str], ...]] = []
    at = 0
    for question in questions:
        if not question.open_fields:
            each.append(question.certain)
            samples.append(())
            continue
        each.append(question.certain | _checked(question, replies[at].content, replies[at].model))
        warm_reply = samples_of.get(at)
        contents = (warm_reply.content, *warm_reply.alternatives) if warm_reply else ()
        samples.append(tuple(question.certain | _checked(question, c, model.name) for c in contents))
        at += 1
    return Answers(tuple(each), tuple(replies), len(questions) - len(needed), tuple(samples))


def _checked(question: Question, content: Any, model: str) -> dict[str, str]:
    try:
        jsonschema.validate(content, question.schema)
    except jsonschema.ValidationError as error:
        raise ModelError(
            f"{model} gave an answer outside the question's schema: {error.message[:200]}",
            where=f"{question.agent}/{question.name}",
            todo="use a model with JSON Schema support, or try again with another seed",
        ) from None
    return {k: str(v) for k, v in content.items()}

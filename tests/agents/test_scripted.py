"""The scripted models answer deterministically and never outside the schema."""

from __future__ import annotations

import jsonschema
import pytest

from agents.model import ChatMessage, ModelRequest
from agents.scripted import FunctionModel, ScriptedModel
from shotplan.errors import ModelError

SCHEMA = {
    "type": "object", "required": ["answer", "reason"], "additionalProperties": False,
    "properties": {"answer": {"enum": ["accept:lower_log", "refuse"]}, "reason": {"type": "string", "minLength": 3, "maxLength": 12}},
}  # fmt: skip


def request(question: str = "scene.respond") -> ModelRequest:
    return ModelRequest(
        agent="scene", question=question, messages=(ChatMessage(role="user", content="?"),), answer_schema=SCHEMA
    )


def test_the_first_option_is_taken_and_the_answer_fits_the_schema() -> None:
    reply = ScriptedModel().ask([request()])[0]
    jsonschema.validate(reply.content, SCHEMA)
    assert reply.content["answer"] == "accept:lower_log"


def test_a_canned_answer_replaces_the_fields_it_names() -> None:
    assert ScriptedModel({"scene.respond": {"answer": "refuse"}}).ask([request()])[0].content["answer"] == "refuse"


def test_a_list_of_canned_answers_is_given_one_after_the_other() -> None:
    model = ScriptedModel({"scene.respond": [{"answer": "refuse"}, {"answer": "accept:lower_log"}]})
    assert [model.ask([request()])[0].content["answer"] for _ in range(3)] == [
        "refuse",
        "accept:lower_log",
        "accept:lower_log",
    ]


def test_a_canned_answer_outside_the_schema_is_an_error_that_names_the_call() -> None:
    with pytest.raises(ModelError, match=r"scene/scene\.respond"):
        ScriptedModel({"scene.respond": {"answer": "dance"}}).ask([request()])


def test_a_function_can_be_the_model() -> None:
    model = FunctionModel(lambda r: {"answer": "refuse", "reason": r.agent})
    assert model.ask([request()])[0].content == {"answer": "refuse", "reason": "scene"}

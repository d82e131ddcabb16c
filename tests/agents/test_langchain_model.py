"""Chat models of langchain-core behind a crew."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from agents.langchain_model import LangChainModel
from agents.model import ChatMessage, ModelRequest
from agents.scripted import by_rule
from graph.session import Session
from shotplan.brief import Brief
from shotplan.errors import ModelError

SCHEMA = {
    "type": "object",
    "properties": {"who": {"enum": ["fox", "owl"]}},
    "required": ["who"],
    "additionalProperties": False,
}


def question() -> ModelRequest:
    messages = (ChatMessage(role="system", content="Direct."), ChatMessage(role="user", content="Who?"))
    return ModelRequest(agent="director", question="outline.beat", messages=messages, answer_schema=SCHEMA)


class Reader(BaseChatModel):
    """A chat model that answers by rule what it is asked, from the schema in its prompt or in its tool."""

    seen: list[list[BaseMessage]] = []  # noqa: RUF012  (pydantic copies it)
    fails: int = 0

    @property
    def _llm_type(self) -> str:
        return "reader"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.seen.append(messages)
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the provider is away")
        if "tools" in kwargs:
            function = kwargs["tools"][0]
            call = {"name": function["title"], "args": answer(function), "id": "1"}
            message = AIMessage(content="", tool_calls=[call])
        else:
            schema = json.loads(str(messages[-1].content).rpartition("nothing else: ")[2])
            message = AIMessage(content=json.dumps(answer(schema), ensure_ascii=False))
        return ChatResult(generations=[ChatGeneration(message=message)])


class ToolReader(Reader):
    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=tools)


def answer(schema: dict[str, Any]) -> Any:
    return by_rule(schema, question())


def test_a_chat_model_without_structured_output_is_told_the_schema_in_words() -> None:
    chat = Reader()
    reply = LangChainModel(chat).ask([question()])[0]
    assert reply.content == {"who": "fox"}
    assert [message.type for message in chat.seen[0]] == ["system", "human"]


def test_a_chat_model_with_structured_output_is_given_the_schema() -> None:
    chat = ToolReader()
    reply = LangChainModel(chat).ask([question()])[0]
    assert reply.content == {"who": "fox"}
    assert "schema" not in str(chat.seen[0][-1].content)


def test_an_invalid_answer_goes_back_with_the_reason() -> None:
    said = iter([AIMessage(content="the fox"), AIMessage(content='{"who":"cat"}'), AIMessage(content='{"who":"owl"}')])
    reply = LangChainModel(GenericFakeChatModel(messages=said)).ask([question()])[0]
    assert reply.content == {"who": "owl"}
    assert reply.attempts == 3


def test_reasoning_is_kept_apart_from_the_answer() -> None:
    chat = FakeListChatModel(responses=['<think>The owl? No.</think>\n{"who":"fox"}'])
    reply = LangChainModel(chat).ask([question()])[0]
    assert reply.content == {"who": "fox"}
    assert reply.reasoning == "The owl? No."


def test_whatever_the_provider_raises_becomes_one_error_naming_the_call() -> None:
    with pytest.raises(ModelError, match=r"ConnectionError the provider is away.*director/outline\.beat"):
        LangChainModel(Reader(fails=1)).ask([question()])


def test_something_that_is_no_chat_model_is_refused_with_what_would_do() -> None:
    with pytest.raises(ModelError, match="langchain-core chat model"):
        LangChainModel("gpt")  # type: ignore[arg-type]


def test_size_and_name_come_from_the_chat_model_and_can_be_overridden() -> None:
    class Named(Reader):
        model_name: str = "Qwen/Qwen3-0.6B"

    assert LangChainModel(Named()).small
    assert LangChainModel(Named()).name == "Qwen/Qwen3-0.6B"
    assert not LangChainModel(Named(), small=False).small
    assert not LangChainModel(Reader()).small


@pytest.mark.parametrize("make", [Reader, ToolReader])
def test_a_whole_session_runs_on_a_chat_model_and_goes_on_after_it_failed(
    tmp_path: Path, make: Callable[..., Reader]
) -> None:
    brief = Brief.from_text("A red fox runs through a forest. An owl watches.", duration=6)
    with pytest.raises(ModelError, match="the provider is away"):
        Session.create(tmp_path / "session", brief, make(fails=1)).run()
    session = Session.open(tmp_path / "session", make())
    plan = session.resume()
    assert session.outcome in ("agreed", "agreed_with_overrides")
    assert {c.id for c in plan.cast} == {"fox", "owl"}
    assert Session.open(tmp_path / "session", make()).run() == plan

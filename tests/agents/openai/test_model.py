"""The HTTP client against a real server on the loopback that plays every fault a server can have."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from agents.model import ChatMessage, ModelRequest, Sampling
from agents.openai import OpenAIModel
from shotplan.errors import ModelError
from tests.agents.fault_server import Play, answers, hangs_up, says, serving

SCHEMA = {
    "type": "object",
    "properties": {"who": {"enum": ["fox", "owl"]}, "span": {"type": "string", "x-copy-from": "A red fox runs."}},
    "required": ["who", "span"],
    "additionalProperties": False,
}
GOOD = '{"who":"fox","span":"red fox"}'


def question(agent: str = "fox", **sampling: Any) -> ModelRequest:
    return ModelRequest(
        agent=agent,
        question="outline.beat",
        messages=(ChatMessage(role="system", content="You split."), ChatMessage(role="user", content=f"Go, {agent}.")),
        answer_schema=SCHEMA,
        sampling=Sampling(**sampling),
    )


@pytest.fixture
def play() -> Iterator[Play]:
    with serving(Play()) as made:
        yield made


@pytest.fixture
def model(play: Play) -> Iterator[OpenAIModel]:
    made = OpenAIModel(play.url, timeout=5, first_wait=0.01, patience=0)
    yield made
    made.close()


def test_a_valid_answer_comes_back_with_its_figures(play: Play, model: OpenAIModel) -> None:
    play.script = [answers(GOOD, prompt_tokens=50, completion_tokens=9, prompt_tokens_details={"cached_tokens": 32})]
    reply = model.ask([question(temperature=0.3, seed=7)])[0]
    assert reply.content == {"who": "fox", "span": "red fox"}
    assert (reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens, reply.attempts) == (50, 32, 9, 1)
    assert reply.model == model.name == "small"


def test_the_schema_travels_in_response_format_without_our_own_keywords(play: Play, model: OpenAIModel) -> None:
    play.script = [answers(GOOD)]
    model.ask([question(temperature=0.3, seed=7, max_tokens=99)])
    sent = play.calls[0]
    assert sent["response_format"]["type"] == "json_schema"
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["response_format"]["json_schema"]["name"] == "outline_beat"
    assert sent["response_format"]["json_schema"]["schema"]["properties"]["span"] == {"type": "string"}
    assert not [key for key in sent if key.startswith("guided")]
    assert sent["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False}
    assert (sent["model"], sent["temperature"], sent["seed"], sent["max_tokens"]) == ("small", 0.3, 7, 99)


def test_a_busy_server_is_asked_again_after_the_pause_it_wants(play: Play, model: OpenAIModel) -> None:
    play.script = [says({"error": "busy"}, 429, {"Retry-After": "0.3"}), answers(GOOD)]
    begin = time.monotonic()
    reply = model.ask([question()])[0]
    assert time.monotonic() - begin >= 0.3
    assert len(play.calls) == 2
    assert reply.attempts == 1


@pytest.mark.parametrize("fault", [says(b"oops", 500), says(b"", 503), hangs_up])
def test_a_fault_that_passes_is_not_noticed(play: Play, model: OpenAIModel, fault: Any) -> None:
    play.script = [fault, fault, answers(GOOD)]
    assert model.ask([question()])[0].content["who"] == "fox"
    assert len(play.calls) == 3
    assert play.calls[0] == play.calls[2]


@pytest.mark.parametrize(("fault", "said"), [(says(b"oops", 500), "HTTP 500"), (hangs_up, "RemoteProtocolError")])
def test_a_fault_that_stays_ends_in_one_error_naming_the_call(
    play: Play, model: OpenAIModel, fault: Any, said: str
) -> None:
    play.script = [fault]
    with pytest.raises(ModelError, match=said) as caught:
        model.ask([question()])
    assert caught.value.where == "fox/outline.beat"
    assert len(play.calls) == 4


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (answers("Sure! Here is the JSON."), "not JSON"),
        (answers('{"who":"cat","span":"red fox"}'), "'cat' is not one of"),
        (answers('{"who":"fox","span":"blue fox"}'), "not copied word for word"),
        (answers('{"who":"fox","span":"re'), "not JSON"),
        (answers('{"who":"fox","spa', "length"), "cut at 256 tokens"),
        (answers(""), "empty"),
        (answers(None), "empty"),
        (answers("[" * 100_000), "not JSON"),
        (answers('{"who":"fox","span":NaN}'), "not JSON"),
    ],
)
def test_an_invalid_answer_goes_back_to_the_model_with_the_reason(
    play: Play, model: OpenAIModel, bad: Any, why: str
) -> None:
    play.script = [bad, answers(GOOD)]
    reply = model.ask([question()])[0]
    assert reply.content == {"who": "fox", "span": "red fox"}
    assert reply.attempts == 2
    last = play.calls[1]["messages"][-1]
    assert last["role"] == "user"
    assert why in last["content"]
    assert play.calls[1]["messages"][:2] == play.calls[0]["messages"]


def test_a_model_that_never_gives_a_valid_answer_is_given_up_after_three_attempts(
    play: Play, model: OpenAIModel
) -> None:
    play.script = [answers('{"who":"cat","span":"red fox"}')]
    with pytest.raises(ModelError, match=r"3 attempts.*'cat' is not one of.*fox/outline\.beat"):
        model.ask([question()])
    assert len(play.calls) == 3


def test_several_questions_are_asked_at_the_same_time_and_answered_in_order(play: Play, model: OpenAIModel) -> None:
    everyone_is_here = threading.Barrier(4, timeout=5)

    def act(handler: BaseHTTPRequestHandler) -> None:
        everyone_is_here.wait()
        answers(GOOD)(handler)

    play.script = [act]
    replies = model.ask([question(agent) for agent in ("a", "b", "c", "d")])
    assert len(replies) == 4


def test_one_failing_question_among_several_is_named(play: Play, model: OpenAIModel) -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        with play.lock:
            call = play.calls[-1]
        (says({"error": {"message": "no"}}, 400) if "owl" in json.dumps(call["messages"]) else answers(GOOD))(handler)

    play.script = [act]
    with pytest.raises(ModelError, match="owl/outline"):
        model.ask([question("owl")])
    assert model.ask([question("fox")])[0].content["who"] == "fox"


def test_a_server_that_does_not_know_the_thinking_switch_is_asked_without_it(play: Play, model: OpenAIModel) -> None:
    play.script = [says({"error": {"message": "Unknown field: chat_template_kwargs"}}, 400), answers(GOOD)]
    model.ask([question()])
    model.ask([question()])
    assert ["chat_template_kwargs" in call for call in play.calls] == [True, False, False]


def test_a_refused_question_quotes_the_server(play: Play, model: OpenAIModel) -> None:
    play.script = [says({"error": {"message": "context length is 2048"}}, 400)]
    with pytest.raises(ModelError, match="context length is 2048"):
        model.ask([question()])
    assert len(play.calls) == 1


def test_a_wrong_model_name_lists_what_the_server_has(play: Play) -> None:
    with pytest.raises(ModelError, match=r"no model 'huge'.*small, large"):
        OpenAIModel(play.url, model="huge")


def test_a_refused_key_says_which_variable_to_set_and_never_shows_the_key(play: Play) -> None:
    play.models = says({"error": "bad key"}, 401)
    with pytest.raises(ModelError, match="EKONTE_API_KEY") as caught:
        OpenAIModel(play.url, api_key="hush-hush")
    assert "hush" not in str(caught.value)


def test_the_key_is_sent_to_the_server(play: Play) -> None:
    play.script = [answers(GOOD)]
    model = OpenAIModel(play.url, api_key="hush-hush")
    model.ask([question()])
    model.close()
    assert play.headers[0]["Authorization"] == "Bearer hush-hush"


@pytest.mark.parametrize("body", [b"<html>hello</html>", {"hello": 1}, [1, 2], b"", {"data": None}])
def test_something_that_is_not_a_model_server_is_recognised(play: Play, body: Any) -> None:
    play.models = says(body)
    with pytest.raises(ModelError, match="not like an OpenAI-compatible"):
        OpenAIModel(play.url)


@pytest.mark.parametrize("body", [b"<html>", {"choices": []}, {"choices": [{"text": "x"}]}, {"choices": [3]}])
def test_a_chat_answer_of_another_shape_is_an_error_naming_the_call(play: Play, model: OpenAIModel, body: Any) -> None:
    play.script = [says(body)]
    with pytest.raises(ModelError, match=r"fox/outline\.beat"):
        model.ask([question()])


def test_an_unreachable_server_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match="does not answer: ConnectError"):
        OpenAIModel("http://127.0.0.1:9/v1", first_wait=0.01, patience=0)
    with pytest.raises(ModelError, match="Not the address"):
        OpenAIModel("localhost:8000")


def test_a_server_that_drips_for_ever_is_given_up(play: Play) -> None:
    stop = threading.Event()

    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100):
            if stop.wait(0.05):
                break
            try:
                handler.wfile.write(b" ")
            except OSError:
                break
        handler.close_connection = True

    play.script = [drips]
    model = OpenAIModel(play.url, timeout=0.2, first_wait=0.01, patience=0)
    with pytest.raises(ModelError, match="does not answer"):
        model.ask([question()])
    stop.set()
    model.close()

"""What a server is, what it is offered, and what happens when it refuses some of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from agents.model import ChatMessage, ModelRequest, Sampling
from agents.openai import OpenAIModel
from agents.openai.names import size_in_name, traits_by_name
from shotplan.errors import ModelError
from tests.agents.fault_server import Play, answers, choice, says, serving

VOTE = {
    "type": "object",
    "properties": {"answer": {"enum": ["accept:lower_log", "refuse"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
REFUSE = '{"answer":"refuse"}'


def vote(agent: str = "scene", **sampling: Any) -> ModelRequest:
    messages = (ChatMessage(role="system", content="You build sets."), ChatMessage(role="user", content="Well?"))
    return ModelRequest(
        agent=agent, question="scene.respond", messages=messages, answer_schema=VOTE, vote="answer", priority=120,
        sampling=Sampling(**sampling),
    )  # fmt: skip


@pytest.fixture
def play() -> Iterator[Play]:
    with serving(Play()) as made:
        made.is_vllm()
        yield made


def model_at(play: Play, **more: Any) -> OpenAIModel:
    return OpenAIModel(play.url, timeout=5, first_wait=0.01, patience=0, **more)


def token(text: str, logprob: float, **others: float) -> dict[str, Any]:
    top = [{"token": t, "logprob": p} for t, p in {text: logprob, **others}.items()]
    return {"token": text, "logprob": logprob, "top_logprobs": top}


def test_vllm_is_given_a_choice_a_priority_and_asked_for_figures_and_the_exact_prompt(play: Play) -> None:
    logprobs = {"content": [token('{"answer":"', 0.0), token("refuse", -0.1054, accept=-2.3026), token('"}', 0.0)]}
    play.script = [
        says(
            {
                "choices": [choice(REFUSE, logprobs=logprobs)],
                "usage": {"prompt_tokens": 70, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 64}},
                "prompt_text": "<|im_start|>system ...",
                "metrics": {"queue_time_ms": 250.0, "time_to_first_token_ms": 80.0},
            }
        )
    ]
    model = model_at(play)
    assert model.description == f"large-7b at {play.url} (vLLM 0.32.0)"
    reply = model.ask([vote()])[0]
    sent = play.calls[0]
    assert sent["structured_outputs"] == {"choice": ['{"answer":"accept:lower_log"}', REFUSE]}
    assert "response_format" not in sent
    assert (sent["priority"], sent["logprobs"], sent["return_prompt_text"]) == (120, True, True)
    assert sent["repetition_detection"]["min_count"] >= 2
    assert reply.content == {"answer": "refuse"}
    assert reply.confidence == pytest.approx(0.9, abs=0.01)
    assert (reply.queue_seconds, reply.first_token_seconds, reply.cached_tokens) == (0.25, 0.08, 64)
    assert reply.prompt == "<|im_start|>system ..."


def test_any_other_server_gets_the_schema_and_nothing_that_only_vllm_knows(play: Play) -> None:
    play.models = says({"data": [{"id": "m"}]})
    play.script = [answers(REFUSE)]
    model_at(play).ask([vote()])
    sent = play.calls[0]
    assert sent["response_format"]["json_schema"]["schema"] == VOTE
    assert sent["logprobs"] is True
    assert not {"structured_outputs", "priority", "return_prompt_text", "repetition_detection"} & sent.keys()


@pytest.mark.parametrize(
    ("refusal", "name"),
    [
        ("Got priority 120 but priority scheduling is not enabled", "priority"),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'return_prompt_text')}]", "return_prompt_text"),
        ("Unsupported parameter: logprobs", "logprobs"),
        ("Unrecognized request argument supplied: chat_template_kwargs", "chat_template_kwargs"),
        ("'temperature' does not support 0 with this model", "temperature"),
    ],
)
def test_a_refused_parameter_is_left_out_for_good_and_said_in_the_log(
    play: Play, caplog: pytest.LogCaptureFixture, refusal: str, name: str
) -> None:
    play.script = [says({"error": {"message": refusal}}, 400), answers(REFUSE)]
    model = model_at(play)
    with caplog.at_level(logging.WARNING):
        assert model.ask([vote()])[0].content == {"answer": "refuse"}
    model.ask([vote()])
    assert [name in call for call in play.calls] == [True, False, False]
    assert len(play.calls[0]) - len(play.calls[1]) <= 2, "nothing else may be lost"
    assert any(name in record.message for record in caplog.records)


def test_a_refusal_that_names_nothing_is_tried_once_without_extras_and_kept_apart_from_real_mistakes(
    play: Play,
) -> None:
    def picky(handler: Any) -> None:
        (says({"detail": "Bad Request"}, 400) if "priority" in handler.call else answers(REFUSE))(handler)

    play.script = [picky]
    model = model_at(play)
    assert model.ask([vote()])[0].content == {"answer": "refuse"}
    model.ask([vote()])
    assert len(play.calls) == 3
    play.script = [says({"detail": "Bad Request"}, 400)]
    fresh = model_at(play)
    with pytest.raises(ModelError, match="Bad Request"):
        fresh.ask([vote()])
    assert fresh.extras.takes("priority")


def test_a_server_without_json_schema_is_asked_for_json_and_then_for_nothing(play: Play) -> None:
    play.models = says({"data": [{"id": "m", "owned_by": "library"}]})
    refused = says({"error": {"message": "response_format json_schema is not supported"}}, 400)
    play.script = [refused, refused, answers(REFUSE)]
    model_at(play).ask([vote()])
    formats = [call.get("response_format", {}).get("type") for call in play.calls]
    assert formats == ["json_schema", "json_object", None]


def test_a_model_that_wants_max_completion_tokens_gets_it(play: Play) -> None:
    refused = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    play.script = [says({"error": {"message": refused}}, 400), answers(REFUSE)]
    model_at(play).ask([vote(max_tokens=77)])
    assert "max_tokens" not in play.calls[1]
    assert play.calls[1]["max_completion_tokens"] == 77


def test_several_samples_come_from_one_call_or_from_several_when_the_server_gives_one_at_a_time(play: Play) -> None:
    accept = '{"answer":"accept:lower_log"}'
    play.script = [answers(REFUSE, more=(accept, "nonsense", accept))]
    reply = model_at(play).ask([vote(n=4, temperature=0.7)])[0]
    assert play.calls[0]["n"] == 4
    assert [c["answer"] for c in (reply.content, *reply.alternatives)] == ["refuse", *["accept:lower_log"] * 2]
    play.calls.clear()
    play.script = [answers(REFUSE), answers(accept)]
    reply = model_at(play).ask([vote(n=3, temperature=0.7)])[0]
    assert len(reply.alternatives) == 2
    assert len({call["seed"] for call in play.calls}) == 3


def test_each_role_is_answered_by_its_own_model_and_an_agent_by_its_own_before_that(play: Play) -> None:
    play.is_vllm("base", "actors", "owl-lora")
    play.script = [answers(REFUSE)]
    model = model_at(play, role_models={"character": "actors", "owl": "owl-lora"})
    replies = [model.ask([vote(agent)])[0] for agent in ("director", "fox", "owl")]
    assert [call["model"] for call in play.calls] == ["base", "actors", "owl-lora"]
    assert [reply.model for reply in replies] == ["base", "actors", "owl-lora"]


def test_a_role_model_that_is_not_served_is_refused_at_the_start(play: Play) -> None:
    with pytest.raises(ModelError, match=r"no model 'fox-lora'.*large-7b"):
        model_at(play, role_models={"character": "fox-lora"})


def test_a_question_without_a_system_message_is_sent_with_ours(play: Play) -> None:
    play.script = [answers(REFUSE)]
    bare = vote().model_copy(update={"messages": (ChatMessage(role="user", content="Well?"),)})
    model_at(play).ask([bare])
    assert play.calls[0]["messages"][0]["role"] == "system"
    assert "film crew" in play.calls[0]["messages"][0]["content"]


def test_a_thinking_model_gets_room_to_think_once_it_was_seen_to_think(play: Play) -> None:
    thinking = {"role": "assistant", "content": "", "reasoning": "Hm, the log ..."}
    cut = says({"choices": [{"message": thinking, "finish_reason": "length"}]})
    play.script = [cut, answers(f"<think>Hm.</think>{REFUSE}")]
    reply = model_at(play).ask([vote(max_tokens=50)])[0]
    assert reply.content == {"answer": "refuse"}
    assert reply.reasoning == "Hm."
    assert play.calls[0]["max_tokens"] == 50
    assert play.calls[1]["max_tokens"] > 1000
    assert "Hm" not in json.dumps(play.calls[1]["messages"]), "reasoning is nobody else's, not even its own next prompt"


def test_embedding_models_in_the_list_are_passed_over(play: Play) -> None:
    ids = ["text-embedding-nomic-embed-text-v1.5", "qwen3-4b"]
    play.models = says({"data": [{"id": id, "owned_by": "organization_owner"} for id in ids]})
    assert model_at(play).name == "qwen3-4b"
    assert model_at(play).server.kind == "LM Studio"


@pytest.mark.parametrize(
    ("name", "size", "small"),
    [
        ("HuggingFaceTB/SmolLM2-135M-Instruct", 0.135, True),
        ("smollm2:360m", 0.36, True),
        ("smollm", None, True),
        ("Qwen/Qwen3-0.6B", 0.6, True),
        ("Qwen2.5-0.5B-Instruct", 0.5, True),
        ("Qwen/Qwen3-4B-Instruct-2507", 4.0, False),
        ("SmolLM2-1.7B-Instruct", 1.7, False),
        ("qwen3:30b-a3b", 30.0, False),
        ("gpt-oss-20b", 20.0, False),
        ("mistral-large-latest", None, False),
        ("fox-lora", None, False),
    ],
)
def test_a_models_name_tells_its_size_where_it_can(name: str, size: float | None, small: bool) -> None:
    assert size_in_name(name) == pytest.approx(size) if size else size_in_name(name) is None
    assert traits_by_name(name).small is small


def test_the_projects_own_crew_is_small_and_takes_every_option_unless_told_otherwise(play: Play) -> None:
    play.is_vllm("ekonte-crew")
    model = model_at(play)
    assert (model.small, model.options) == (True, "all")
    other = model_at(play, small=False, options="supported")
    assert (other.small, other.options) == (False, "supported")

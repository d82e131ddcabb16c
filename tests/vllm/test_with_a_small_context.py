"""A server with a short context and an adapter: what does not fit is split or said, an adapter is asked for by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from agents.embedded.checkpoint import prepared_checkpoint
from agents.model import ChatMessage, ModelRequest, Sampling
from agents.openai import OpenAIModel
from agents.tape import Tape
from graph.session import Session
from shotplan.brief import Brief
from shotplan.errors import ModelError
from tests.vllm.served import Served

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1500)]
CONTEXT = 1024
"""Tokens of prompt and answer; the model's own is 8192."""
SCENES = ("forest", "desert", "street", "beach", "mountain", "garden")
PEOPLE = ("fox", "robot", "girl", "knight", "bear", "witch")


def long_script(paragraphs: int) -> str:
    """A story in scenes, longer than the context."""
    parts = []
    for k in range(paragraphs):
        who, where = PEOPLE[k % len(PEOPLE)], SCENES[k % len(SCENES)]
        told = f"A {who} walks through the {where}. The {who} stops and looks around. The {who} dances."
        parts.append(f"EXT. {where.upper()} - DAY\n\n{told}")
    return "\n\n".join(parts)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA for every query projection, random and strong, so that its answers cannot be the model's own."""
    folder = tmp_path_factory.mktemp("adapter")
    config = json.loads((prepared_checkpoint() / "config.json").read_text())
    width, rank = config["hidden_size"], 8
    torch.manual_seed(7)
    tensors = {}
    for layer in range(config["num_hidden_layers"]):
        name = f"base_model.model.model.layers.{layer}.self_attn.q_proj"
        tensors[f"{name}.lora_A.weight"] = torch.randn(rank, width) * 0.3
        tensors[f"{name}.lora_B.weight"] = torch.randn(width, rank) * 0.3
    save_file(tensors, str(folder / "adapter_model.safetensors"))
    settings = {"peft_type": "LORA", "r": rank, "lora_alpha": 16, "target_modules": ["q_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="module")
def small(_started: Served, adapter: Path) -> Served:
    """The server again, with the adapter and a short context."""
    _started.ensure("--adapter", f"other={adapter}", "--", "--max-model-len", str(CONTEXT))
    return _started


def free_answer(about: str) -> ModelRequest:
    return ModelRequest(
        agent="director",
        question="test.story",
        messages=(
            ChatMessage(role="system", content="You tell one short sentence as JSON."),
            ChatMessage(role="user", content=f"Tell me about {about}."),
        ),
        answer_schema={
            "type": "object",
            "properties": {"text": {"type": "string", "maxLength": 60}},
            "required": ["text"],
            "additionalProperties": False,
        },
        sampling=Sampling(max_tokens=80),
    )


def test_an_adapter_is_asked_for_by_its_name_and_answers_otherwise(small: Served) -> None:
    assert small.announced["models"][1] == "other"
    plain, tuned = OpenAIModel(small.url), OpenAIModel(small.url, role_models={"director": "other"})
    try:
        first, second = plain.ask([free_answer("a fox")])[0], tuned.ask([free_answer("a fox")])[0]
    finally:
        plain.close()
        tuned.close()
    assert (first.model, second.model) == (small.announced["models"][0], "other")
    assert first.text != second.text


def test_a_role_is_answered_by_the_adapter_named_for_it(small: Served, tmp_path: Path) -> None:
    out = tmp_path / "roles"
    done = small.ekonte("plan", "A cat dances.", "--llm-role", "character=other", "--out", str(out))
    assert done.returncode == 0, done.stderr
    by_agent = {record.request.agent: record.reply.model for record in Tape(out / "tape.jsonl", "replay").records}
    assert by_agent.pop("cat") == "other"
    assert set(by_agent.values()) == {small.announced["models"][0]}
    wrong = small.ekonte("plan", "A cat dances.", "--llm-role", "camera=nobody", "--out", str(tmp_path / "wrong"))
    assert wrong.returncode == 2
    assert "other" in wrong.stderr


def test_a_prompt_longer_than_the_context_is_one_error_naming_the_call(small: Served) -> None:
    model = OpenAIModel(small.url)
    try:
        with pytest.raises(ModelError, match="context") as caught:
            model.ask([free_answer("a fox " * CONTEXT)])
    finally:
        model.close()
    assert "director/test.story" in caught.value.where


def test_a_script_longer_than_the_context_is_planned_whole_or_refused_by_name(small: Served, tmp_path: Path) -> None:
    script = long_script(12)
    model = OpenAIModel(small.url, small=False, options="supported")
    try:
        session = Session.create(tmp_path / "long", Brief.from_text(script), llm=model)
        try:
            plan = session.run()
        except ModelError as error:
            assert "/" in error.where  # noqa: PT017  either end is right
            return
    finally:
        model.close()
    told = " ".join(beat.span for beat in plan.beats)
    assert all(f"A {who}" in told for who in PEOPLE)
    assert {stage_set.place for stage_set in plan.sets} >= {"forest", "desert"}

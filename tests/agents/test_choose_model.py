"""What `--llm` may be, and what it then is."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents import choose_model as module
from agents.choose_model import MODELS, choose_model
from agents.serving.running import RunningServer, write_down
from shotplan.errors import ModelError
from tests.agents.fault_server import says
from tests.agents.openai.test_model import play

__all__ = ["play"]  # the fixture


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces the embedded model by a note that it was asked for."""
    asked: list[Any] = []

    def factory(name: str | None, adapter: Path | None) -> Any:
        asked.append((name, adapter))
        return SimpleNamespace(name="embedded", description="embedded")

    monkeypatch.setitem(MODELS, "embedded", factory)
    return asked


def test_auto_takes_a_server_on_this_machine_when_one_answers(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCAL_SERVER", play.url)
    model = choose_model("auto")
    assert model.name == "small"
    assert play.url in model.description  # type: ignore[attr-defined]
    model.close()


@pytest.mark.parametrize("other", [None, says(b"<html>"), says({"error": 1}, 500), says([1])])
def test_auto_takes_the_embedded_model_when_no_model_server_answers(
    play: Any, monkeypatch: pytest.MonkeyPatch, embedded: list[Any], other: Any
) -> None:
    play.models = other
    monkeypatch.setattr(module, "LOCAL_SERVER", play.url if other else "http://127.0.0.1:9/v1")
    assert choose_model("auto").name == "embedded"
    assert embedded == [(None, None)]


def test_an_address_is_a_server_and_its_model_can_be_named(play: Any) -> None:
    model = choose_model(play.url, model_name="large")
    assert model.name == "large"
    model.close()
    with pytest.raises(ModelError, match="lora-modules"):
        choose_model(play.url, adapter=Path("somewhere"))


def test_an_unknown_model_lists_the_choices() -> None:
    with pytest.raises(ModelError, match="embedded") as caught:
        choose_model("gpt")
    assert caught.value.where == "--llm"


def test_other_modules_can_add_a_kind_of_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "scripted", lambda name, adapter: SimpleNamespace(name="scripted"))  # type: ignore[arg-type,return-value]
    assert choose_model("scripted").name == "scripted"


def test_the_embedded_model_refuses_a_model_name() -> None:
    with pytest.raises(ModelError, match="no choice of models"):
        choose_model("embedded", model_name="large")


def test_auto_finds_a_server_that_ekonte_serve_runs_on_any_port(
    play: Any, monkeypatch: pytest.MonkeyPatch, embedded: list[Any]
) -> None:
    monkeypatch.setattr(module, "LOCAL_SERVER", "http://127.0.0.1:9/v1")
    server = written_down(play.url)
    model = choose_model("auto")
    assert model.name == "small"
    model.close()
    write_down(server.model_copy(update={"state": "starting"}))
    assert choose_model("auto").name == "embedded"


def test_auto_passes_over_a_server_whose_process_is_gone(
    play: Any, monkeypatch: pytest.MonkeyPatch, embedded: list[Any]
) -> None:
    monkeypatch.setattr(module, "LOCAL_SERVER", "http://127.0.0.1:9/v1")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_down(written_down(play.url).model_copy(update={"pid": gone.pid}))
    assert choose_model("auto").name == "embedded"


def written_down(url: str) -> RunningServer:
    server = RunningServer(
        url=url, port=8123, models=("small",), source="/models/small", vllm="0.32.0 cpu", state="ready", pid=os.getpid(),
        log="8123.log", started=datetime.now(UTC), command="vllm",
    )  # fmt: skip
    write_down(server)
    return server


def test_the_scripted_crew_can_be_asked_for_and_is_no_model_with_a_name() -> None:
    model = choose_model("scripted")
    assert getattr(model, "languages", None) is None  # it reads whatever the rules read
    with pytest.raises(ModelError, match="no model"):
        choose_model("scripted", model_name="large")

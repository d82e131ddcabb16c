"""Starting, stopping and losing a server, with a program that behaves like vLLM's."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.serving.environment import accepted, find_environment
from agents.serving.flags import Launch, launch
from agents.serving.log_reading import Progress
from agents.serving.machine import GIB, Machine
from agents.serving.running import known_servers, log_file, running_servers
from agents.serving.served_model import ServedModel
from agents.serving.server import Server, check_port
from shotplan.errors import ModelError
from tests.agents.serving.toy_vllm import make_environment

SMALL_MACHINE = Machine(cores=2, memory=16 * GIB, free_memory=12 * GIB, quick_bfloat16=True)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("toy") / "env")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def planned(toy: Path, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    monkeypatch.setenv("EKONTE_CACHE", str(tmp_path / "cache"))
    environment = find_environment(toy)
    return launch(environment, accepted(environment), SMALL_MACHINE, ServedModel("/models/toy", "toy", True), port=port)


def processes(port: int) -> list[int]:
    """The server's process and its child's, from the log."""
    found = re.search(r"engine (\d+) server (\d+)", log_file(port).read_text())
    assert found
    return [int(found[1]), int(found[2])]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(condition: Any, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_server_is_announced_when_it_answers_and_struck_out_when_it_is_stopped(planned: Launch) -> None:
    told: list[Progress] = []
    with Server(planned) as server:
        assert running_servers()[0].state == "starting"
        server.wait_ready(told.append)
        seen = running_servers()[0]
        assert (seen.state, seen.url, seen.models) == ("ready", planned.url, ("toy",))
    assert known_servers() == []
    assert [step.phase for step in told][:2] == ["starting the engine", "loading the weights"]
    assert told[1].share == 0.5
    assert all(eventually(lambda pid=pid: gone(pid)) for pid in processes(planned.port))


def test_a_server_that_cannot_start_says_the_real_cause(planned: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_TOY", "refuse")
    with pytest.raises(ModelError, match="No common block size for 16") as caught, Server(planned) as server:
        server.wait_ready(lambda step: None)
    assert caught.value.where == str(log_file(planned.port))
    assert all(eventually(lambda pid=pid: gone(pid)) for pid in processes(planned.port))
    failed = known_servers()[0]
    assert failed.state == "failed"
    assert "No common block size" in failed.fault
    assert running_servers() == []


def test_a_killed_server_is_noticed_and_leaves_no_engine_behind(planned: Launch) -> None:
    with Server(planned) as server:
        server.wait_ready(lambda step: None)
        engine, main = processes(planned.port)
        os.kill(main, signal.SIGKILL)
        with pytest.raises(ModelError, match=r"killed \(signal 9\) while it served"):
            server.wait_end()
        assert eventually(lambda: gone(engine))


def test_a_taken_port_says_who_is_there(planned: Launch, port: int) -> None:
    with Server(planned) as server:
        server.wait_ready(lambda step: None)
        with pytest.raises(ModelError, match=f"ekonte serves toy there .process {os.getpid()}, ready"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(ModelError, match=f"Port {port} cannot be used"):
            check_port("127.0.0.1", port)


@pytest.fixture
def served(toy: Path, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """`ekonte serve` as a process of its own, with a model folder that the program above does not read."""
    monkeypatch.setenv("EKONTE_CACHE", str(tmp_path / "cache"))
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    command = [sys.executable, "-m", "studio.cli", "serve", "--model", str(model), "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--environment", str(toy), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def ready(served: subprocess.Popen[str]) -> dict[str, Any]:
    assert served.stdout is not None
    text = ""
    while not text.endswith("\n}\n"):
        line = served.stdout.readline()
        assert line, served.stderr.read() if served.stderr else ""
        text += line
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_ekonte_serve_ends_nothing_is_left_running(served: subprocess.Popen[str], port: int, ask: int) -> None:
    announced = ready(served)
    assert announced["url"] == f"http://127.0.0.1:{port}/v1"
    assert announced["models"] == ["model"]
    assert any(flag.startswith("--enable-prompt-tokens-details") for flag in announced["left_out"])
    served.send_signal(ask)
    assert served.wait(20) == {signal.SIGKILL: -signal.SIGKILL}.get(ask, 0)
    assert all(eventually(lambda pid=pid: gone(pid)) for pid in processes(port))
    assert running_servers() == []


def test_ekonte_serve_ends_with_one_line_when_its_server_is_killed(served: subprocess.Popen[str], port: int) -> None:
    ready(served)
    os.kill(processes(port)[1], signal.SIGKILL)
    _, errors = served.communicate(timeout=20)
    assert served.returncode == 2
    assert errors.startswith("error (model): vLLM was killed (signal 9) while it served")
    assert errors.count("\n") == 1

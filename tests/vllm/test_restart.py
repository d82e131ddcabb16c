"""A server that is killed in mid-run and started again: the run goes on, and no call is made twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from agents.tape import Tape
from graph.session import Session
from tests.vllm.served import Served, alive

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1500)]
STORY = "A red fox runs through a forest and jumps over a huge fallen log. An owl watches, surprised. The owl flies away."


def calls(folder: Path) -> int:
    """Calls answered so far."""
    tape = folder / "tape.jsonl"
    return tape.read_bytes().count(b"\n") if tape.exists() else 0


def until_it_talks(run: subprocess.Popen[str], folder: Path, count: int) -> None:
    deadline = time.monotonic() + 600
    while calls(folder) < count:
        assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_runs_go_on_when_the_server_is_killed_and_comes_back(served: Served, tmp_path: Path) -> None:
    patient, stopped = tmp_path / "patient", tmp_path / "stopped"
    waiting = served.begin("plan", STORY, "--llm", served.url, "--llm-patience", "900", "--out", str(patient))
    killed = served.begin("plan", STORY, "--llm", served.url, "--out", str(stopped), "--seed", "1")
    until_it_talks(waiting, patient, 3)
    until_it_talks(killed, stopped, 3)
    parts = served.vllm_processes()
    code, said = served.kill_vllm()
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert code == 2
    assert "vLLM was killed (signal 9) while it served" in said
    assert not [pid for pid in parts if alive(pid)]
    before = {folder: calls(folder) for folder in (patient, stopped)}

    served.start()
    _, trouble = waiting.communicate(timeout=600)
    assert waiting.returncode == 0, trouble
    resumed = served.ekonte("resume", str(stopped), "--json")
    assert resumed.returncode == 0, resumed.stderr
    for folder in (patient, stopped):
        keys = [record.key for record in Tape(folder / "tape.jsonl", "replay").records]
        assert len(keys) == calls(folder)
        assert len(set(keys)) == len(keys) > before[folder]
        session = Session.open(folder)
        assert session.outcome in ("agreed", "agreed_with_overrides")
        messages = [message.id for message in session.messages()]
        assert len(set(messages)) == len(messages)

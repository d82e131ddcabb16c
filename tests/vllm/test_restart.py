"""A server that is killed in mid-run and started again: the run goes on, and no call is made twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
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


def hold_in_mid_talk(runs: dict[Path, subprocess.Popen[str]], count: int) -> None:
    """Stop each process once `count` of its calls were answered, so that none ends before the server is killed."""
    deadline = time.monotonic() + 600
    talking = dict(runs)
    while talking:
        for folder, run in list(talking.items()):
            if calls(folder) >= count:
                run.send_signal(signal.SIGSTOP)
                del talking[folder]
            else:
                assert run.poll() is None, run.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def runs() -> Iterator[dict[Path, subprocess.Popen[str]]]:
    """Processes by the folder they write to; none outlives the test, stopped or not."""
    begun: dict[Path, subprocess.Popen[str]] = {}
    yield begun
    for run in begun.values():
        if run.poll() is None:
            run.kill()
            run.communicate()


def test_runs_go_on_when_the_server_is_killed_and_comes_back(
    served: Served, tmp_path: Path, runs: dict[Path, subprocess.Popen[str]]
) -> None:
    patient, stopped = tmp_path / "patient", tmp_path / "stopped"
    runs[patient] = served.begin("plan", STORY, "--llm", served.url, "--llm-patience", "900", "--out", str(patient))
    runs[stopped] = served.begin("plan", STORY, "--llm", served.url, "--out", str(stopped), "--seed", "1")
    hold_in_mid_talk(runs, 3)
    parts = served.vllm_processes()
    code, said = served.kill_vllm()
    runs[stopped].kill()
    runs[stopped].communicate()
    assert code == 2
    assert "vLLM was killed (signal 9) while it served" in said
    assert not [pid for pid in parts if alive(pid)]
    before = {folder: calls(folder) for folder in runs}
    runs[patient].send_signal(signal.SIGCONT)

    served.start()
    _, trouble = runs[patient].communicate(timeout=600)
    assert runs[patient].returncode == 0, trouble
    resumed = served.ekonte("resume", str(stopped), "--json")
    assert resumed.returncode == 0, resumed.stderr
    for folder in runs:
        keys = [record.key for record in Tape(folder / "tape.jsonl", "replay").records]
        assert len(keys) == calls(folder)
        assert len(set(keys)) == len(keys) > before[folder]
        session = Session.open(folder)
        assert session.outcome in ("agreed", "agreed_with_overrides")
        messages = [message.id for message in session.messages()]
        assert len(set(messages)) == len(messages)

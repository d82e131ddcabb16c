"""The main job against a real vLLM server with real weights, started by `ekonte serve`."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import httpx
import pytest

from agents.tape import Tape, TapeRecord
from shotplan.plan import ShotPlan
from tests.vllm.served import Served

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1500)]
FOUR = "A fox, an owl, a bear and a cat stand in a forest. The fox jumps. The owl looks. The bear dances. The cat runs."


def taped(folder: Path) -> list[TapeRecord]:
    return Tape(folder / "tape.jsonl", "replay").records


def test_a_film_is_made_by_the_server_that_auto_finds(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "film"
    done = served.ekonte("make", "--example", "--backend", "animatic", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] in ("agreed", "agreed_with_overrides")
    plan = ShotPlan.model_validate_json((out / "plan.json").read_bytes())
    assert {"fox", "owl"} <= {character.id for character in plan.cast}
    assert (out / "film.mp4").stat().st_size > 10_000
    records = taped(out)
    assert len(records) >= 8
    assert {record.model for record in records} == {served.announced["models"][0]}
    assert sum(record.reply.cached_tokens for record in records) > 0


def test_answers_come_without_white_space_that_costs_tokens(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    assert served.ekonte("plan", "A cat sleeps under a table. A dog barks.", "--out", str(out)).returncode == 0
    for record in taped(out):
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", record.reply.text)
        assert not re.search(r"\s", outside), record.reply.text


def test_the_doctor_names_the_server_and_its_log(served: Served) -> None:
    checks = json.loads(served.ekonte("doctor", "--json").stdout)
    found = next(check for check in checks if check["name"] == "model server")
    assert served.url in found["found"]
    assert str(served.folder / f"{served.port}.log") in found["found"]
    chosen = next(check for check in checks if check["name"] == "chosen model")
    assert served.url in chosen["found"]


def test_a_second_server_on_the_port_is_told_who_is_there(served: Served) -> None:
    done = served.ekonte("serve", "--port", str(served.port))
    assert done.returncode == 2
    assert f"ekonte serves {served.announced['models'][0]} there" in done.stderr


def test_an_unknown_model_name_lists_what_is_served(served: Served, tmp_path: Path) -> None:
    out = tmp_path / "none"
    done = served.ekonte("plan", "--example", "--llm", served.url, "--llm-model", "larger", "--out", str(out))
    assert done.returncode == 2
    assert "'larger'" in done.stderr
    assert served.announced["models"][0] in done.stderr
    assert not out.exists()


def test_the_agents_of_a_round_are_answered_in_one_batch(served: Served, tmp_path: Path) -> None:
    most, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        with httpx.Client(trust_env=False) as http:
            while not over.wait(0.2):
                said = http.get(f"{served.url.removesuffix('/v1')}/metrics").text
                running = re.findall(r"^vllm:num_requests_running\{.*\} (\S+)$", said, re.MULTILINE)
                most = max([most, *map(float, running)])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        done = served.ekonte("plan", FOUR, "--out", str(tmp_path / "four"))
    finally:
        over.set()
        watcher.join()
    assert done.returncode == 0, done.stderr
    assert most >= 4

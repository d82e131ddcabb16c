"""A session that is killed at any moment goes on where it was: no model call is made twice, no message is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agents.tape import Tape
from graph.session import Session
from tests.graph.toy import BRIEF, TOY, ToyModel, story

LEAST_KILLS = 8
ROOT = Path(__file__).parents[2]


def transcript(session: Session) -> list[dict[str, object]]:
    return [m.model_dump(mode="json", exclude={"session"}) for m in session.messages()]


def happenings(session: Session) -> list[tuple[str, str]]:
    """Every event but those that each run has of its own."""
    return [(e.type, e.id) for e in session.events() if e.type not in ("run_resumed", "error_raised")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_session_killed_many_times_ends_with_the_transcript_of_an_uninterrupted_one(
    tmp_path: Path, seed: int
) -> None:
    whole = Session.create(tmp_path / "whole", BRIEF, ToyModel(story()), **TOY)
    whole.run()

    done = subprocess.run(
        [sys.executable, "-m", "tests.graph.kill_driver", str(tmp_path), str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "killed.json").read_text())
    assert report["status"] == 0, done.stderr
    kills = sum(child["killed"] for child in report["children"])
    assert kills >= LEAST_KILLS

    session = Session.open(tmp_path / "session", ToyModel(), **TOY)
    assert transcript(session) == transcript(whole)
    assert happenings(session) == happenings(whole)
    assert session.plan == whole.plan

    # no call that was on the tape when a run began was made again
    asked = (tmp_path / "calls.txt").read_text().splitlines()
    recorded = {
        r.key: f"{r.request.agent}.{r.request.question}|{r.request.messages[0].content}"
        for r in Tape(tmp_path / "session" / "tape.jsonl", "replay").records
    }
    for child in report["children"]:
        later = asked[child["asked_before"] :]
        assert not {recorded[key] for key in child["found"]} & set(later)
    # every call is on the tape once, and answered once unless the kill came between its answer and the tape
    assert set(recorded.values()) == set(asked)
    assert len(recorded) == len(whole.events_of("model_called"))
    assert len(asked) - len(recorded) <= kills


def test_replaying_a_finished_session_asks_no_model(tmp_path: Path) -> None:
    first = Session.create(tmp_path / "first", BRIEF, ToyModel(story()), **TOY)
    first.run()
    again = Session.create(tmp_path / "again", BRIEF, ToyModel(story()), tape="replay", **TOY)
    (tmp_path / "again" / "tape.jsonl").write_bytes((tmp_path / "first" / "tape.jsonl").read_bytes())
    again.run()
    assert transcript(again) == transcript(first)
    assert again.plan == first.plan

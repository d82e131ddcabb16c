"""The tape: no call is made twice, a kill loses nothing that was answered, replay needs no model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.model import ChatMessage, ModelReply, ModelRequest, Sampling
from agents.tape import Tape, TapedModel, tape_key
from shotplan.errors import ModelError

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def question(text: str = "how many?", agent: str = "fox", occurrence: int = 0) -> ModelRequest:
    messages = (ChatMessage(role="user", content=text),)
    return ModelRequest(agent=agent, question="count", messages=messages, answer_schema=SCHEMA, occurrence=occurrence)


class Counter:
    """A model that answers 1, 2, 3 ... and remembers what it was asked."""

    name, adapter = "counter", ""

    def __init__(self) -> None:
        self.asked: list[ModelRequest] = []
        self.lock = threading.Lock()

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        with self.lock:
            replies = []
            for request in requests:
                self.asked.append(request)
                n = len(self.asked)
                replies.append(ModelReply(content={"n": n}, text=json.dumps({"n": n}), model=self.name))
            return replies

    def render(self, request: ModelRequest) -> str:
        return f"<user>{request.messages[0].content}"

    def close(self) -> None:
        pass


def test_a_replay_gives_the_recorded_answers_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    recording = TapedModel(Counter(), Tape(path, "record"))
    first = recording.ask([question("a"), question("b")])
    recording.close()
    before = path.read_bytes()
    replay = TapedModel(None, Tape(path, "replay"))
    again = replay.ask([question("a"), question("b")])
    assert [r.content for r in again] == [r.content for r in first]
    assert [r.key for r in again] == [r.key for r in first] == [tape_key("counter", "", question(t)) for t in "ab"]
    assert all(r.replayed for r in again)
    assert not any(r.replayed for r in first)
    assert (replay.name, replay.hits, replay.misses) == ("counter", 2, 0)
    assert path.read_bytes() == before


def test_a_call_that_is_not_on_the_tape_is_named_and_never_reaches_the_model(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    TapedModel(Counter(), Tape(path, "record")).ask([question("a")])
    model = Counter()
    replay = TapedModel(model, Tape(path, "replay"))
    with pytest.raises(ModelError, match="owl/count"):
        replay.ask([question("something else", agent="owl")])
    assert model.asked == []
    assert replay.misses == 1


def test_a_resumed_recording_asks_only_what_is_not_on_the_tape_yet(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    TapedModel(Counter(), Tape(path, "record")).ask([question("a"), question("b")])
    for mode in ("record", "replay_then_live"):
        model = Counter()
        taped = TapedModel(model, Tape(path, mode))  # type: ignore[arg-type]
        replies = taped.ask([question("a"), question(f"new in {mode}"), question("b")])
        assert [r.replayed for r in replies] == [True, False, True]
        assert [m.messages[0].content for m in model.asked] == [f"new in {mode}"]
        assert (taped.hits, taped.misses, taped.diverged_at) == (2, 1, "fox/count")
        taped.close()


def test_identical_calls_of_different_occurrence_each_have_their_own_answer(tmp_path: Path) -> None:
    taped = TapedModel(Counter(), Tape(tmp_path / "tape.jsonl", "record"))
    first = taped.ask([question(occurrence=0)])[0]
    second = taped.ask([question(occurrence=1)])[0]
    assert first.key != second.key
    assert first.content != second.content
    assert taped.ask([question(occurrence=0)])[0].content == first.content


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (ChatMessage(role="system", content="how many?"),)},
        {"answer_schema": {"type": "object"}},
        {"sampling": Sampling(seed=1)},
        {"sampling": Sampling(temperature=0.5)},
        {"occurrence": 3},
    ],
)
def test_whatever_decides_an_answer_changes_its_key(change: dict[str, object]) -> None:
    assert tape_key("m", "", question()) != tape_key("m", "", question().model_copy(update=change))
    assert len({tape_key("m", "", question()), tape_key("m2", "", question()), tape_key("m", "a", question())}) == 3


def test_a_torn_last_line_is_dropped_and_its_call_made_again(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    TapedModel(Counter(), Tape(path, "record")).ask([question("a")])
    whole = path.read_bytes()
    TapedModel(Counter(), Tape(path, "record")).ask([question("b")])
    for cut in (1, 40, len(path.read_bytes()) - len(whole) - 1):
        torn = tmp_path / f"torn{cut}.jsonl"
        torn.write_bytes(path.read_bytes()[: len(whole) + cut])
        assert len(Tape(torn, "replay")) == 1
        model = Counter()
        taped = TapedModel(model, Tape(torn, "record"))
        taped.ask([question("a"), question("b")])
        taped.close()
        assert [m.messages[0].content for m in model.asked] == ["b"]
        assert len(Tape(torn, "replay")) == 2


def test_damage_before_the_last_line_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    TapedModel(Counter(), Tape(path, "record")).ask([question("a"), question("b")])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0][:50] + b"\n" + lines[1])
    with pytest.raises(ModelError, match=r"tape\.jsonl:1"):
        Tape(path, "replay")


def test_everything_a_killed_process_has_answered_is_on_the_tape(tmp_path: Path) -> None:
    script = """
import sys, pathlib
sys.path[:0] = [{root!r}, {here!r}]
from test_tape import Counter, question
from agents.tape import Tape, TapedModel
taped = TapedModel(Counter(), Tape(pathlib.Path({path!r}), "record"))
n = 0
while True:
    reply = taped.ask([question(str(n))])[0]
    print(reply.key, flush=True)
    n += 1
"""
    path, here = tmp_path / "tape.jsonl", Path(__file__).parent
    code = script.format(root=str(here.parents[1]), here=str(here), path=str(path))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    seen = [child.stdout.readline().strip() for _ in range(30)]
    os.kill(child.pid, signal.SIGKILL)
    seen += [line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    tape = Tape(path, "record")
    assert {key for key in seen if tape.find(key) is None} == set()
    assert len(seen) <= len(tape) <= len(seen) + 1
    tape.close()


def test_two_threads_with_the_same_call_share_one_answer(tmp_path: Path) -> None:
    model = Counter()
    taped = TapedModel(model, Tape(tmp_path / "tape.jsonl", "record"))
    replies = taped.ask([question("same") for _ in range(8)])
    assert len(model.asked) == 1
    assert {r.content["n"] for r in replies} == {1}
    assert sorted(r.replayed for r in replies) == [False] + [True] * 7


def test_a_failed_call_is_not_recorded_and_may_be_tried_again(tmp_path: Path) -> None:
    class Flaky(Counter):
        def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
            replies = super().ask(requests)
            if len(self.asked) == 1:
                raise ModelError("no answer", where="fox/count")
            return replies

    taped = TapedModel(Flaky(), Tape(tmp_path / "tape.jsonl", "record"))
    with pytest.raises(ModelError, match="no answer"):
        taped.ask([question()])
    assert len(taped.tape) == 0
    assert taped.ask([question()])[0].content == {"n": 2}


def test_an_answer_that_could_not_be_written_is_not_given_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tape.jsonl"
    taped = TapedModel(Counter(), Tape(path, "record"))
    taped.ask([question("a")])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("agents.tape.os.fsync", full)
        with pytest.raises(ModelError, match="No space left"):
            taped.ask([question("b")])
    taped.ask([question("c")])
    taped.close()
    assert [r.request.messages[0].content for r in Tape(path, "replay").records] == ["a", "c"]


def test_a_record_tells_exactly_what_the_model_saw(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    TapedModel(Counter(), Tape(path, "record")).ask([question("看 the fox")])
    record = Tape(path, "replay").records[0]
    assert record.prompt == "<user>看 the fox"
    assert record.request == question("看 the fox")


def test_live_mode_writes_nothing_and_a_missing_tape_cannot_be_replayed(tmp_path: Path) -> None:
    path = tmp_path / "none" / "tape.jsonl"
    assert TapedModel(Counter(), Tape(path, "live")).ask([question()])[0].key == ""
    assert not path.parent.exists()
    with pytest.raises(ModelError, match=r"tape\.jsonl"):
        Tape(path, "replay")
    with pytest.raises(ModelError, match="needs a model"):
        TapedModel(None, Tape(tmp_path / "tape.jsonl", "record"))

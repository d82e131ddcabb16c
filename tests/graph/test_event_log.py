"""The event log keeps every event once and in order, whatever happens to the process that writes it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from graph.event_log import EventLog, follow_events, read_events
from graph.events import ANY_EVENT, AnyEvent, RoundStarted
from graph.store import Store
from graph.turns import Check, NextStep
from shotplan.errors import SessionError


def event(n: int) -> RoundStarted:
    return RoundStarted(id=f"main.{n}", round=n, open_errors=0, open_warnings=0)


def log_at(path: Path) -> EventLog:
    return EventLog(path / "events.jsonl", "s", "main")


def test_an_event_that_is_already_there_is_not_written_twice(tmp_path: Path) -> None:
    log = log_at(tmp_path)
    log.append(event(0), event(1))
    assert log.append(event(1), event(2), event(2)) == [log.events[2]]
    log.close()
    reopened = log_at(tmp_path)
    assert reopened.append(event(0)) == []
    assert [e.id for e in reopened.events] == ["main.0", "main.1", "main.2"]
    reopened.close()


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_cut_anywhere_the_log_keeps_its_whole_lines_and_goes_on_numbering(tmp_path: Path, cut: int) -> None:
    log = log_at(tmp_path)
    log.append(*[event(n) for n in range(5)])
    log.close()
    content = log.path.read_bytes()
    log.path.write_bytes(content[:-cut])
    reopened = log_at(tmp_path)
    kept = len(reopened.events)
    assert kept == content[:-cut].count(b"\n")
    reopened.append(*[event(n) for n in range(5)])
    reopened.close()
    events = list(read_events(log.path))
    assert [e.id for e in events] == [f"main.{n}" for n in range(5)]
    assert [e.seq for e in events] == list(range(5))


def test_events_can_be_followed_while_another_thread_writes_them(tmp_path: Path) -> None:
    log = log_at(tmp_path)
    stop = threading.Event()
    seen: list[AnyEvent] = []
    follower = threading.Thread(target=lambda: seen.extend(follow_events(log.path, stop, poll=0.005)))
    follower.start()
    for n in range(20):
        log.append(event(n))
    stop.set()
    follower.join(timeout=10)
    log.close()
    assert [e.id for e in seen] == [f"main.{n}" for n in range(20)]


def test_every_kind_of_event_has_a_name_of_its_own(tmp_path: Path) -> None:
    schema = ANY_EVENT.json_schema()
    names = list(schema["discriminator"]["mapping"])
    assert len(names) == len(set(names)) == len(schema["oneOf"])


def test_the_store_refuses_bytes_that_are_not_what_their_digest_says(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(NextStep(step=Check()))
    assert Store(tmp_path).get(digest, NextStep).step == Check()
    store.path(digest).write_bytes(b"{}")
    with pytest.raises(SessionError, match="is damaged"):
        Store(tmp_path).get(digest, NextStep)

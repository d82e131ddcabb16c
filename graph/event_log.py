"""The event log: append-only JSON Lines, one event a line.

Knows order, ids and how to survive a crash: each batch is flushed to disk before anything relies on it, a torn last
line is dropped on reopening, and an event whose id is already there is not written twice. Does not know what events
mean.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from graph.events import ANY_EVENT, AnyEvent, Event, MessageRejected, MessageSent
from graph.messages import Message
from shotplan.errors import SessionError

Listener = Callable[[AnyEvent], object]


def parse_line(line: bytes, number: int, path: Path) -> AnyEvent:
    """One event. Raises `SessionError` that names the line."""
    try:
        return ANY_EVENT.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise SessionError(
            f"line {number + 1} of the event log cannot be read: {first['msg']}",
            where=str(path),
            todo="restore the folder from a copy, or start a new session",
        ) from error


def read_events(path: Path) -> Iterator[AnyEvent]:
    """All whole events of a log; a torn last line (no newline yet) is left out. Raises `SessionError`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SessionError("the event log cannot be read", where=str(path), todo=str(error)) from error
    for number, line in enumerate(content.split(b"\n")[:-1]):
        yield parse_line(line, number, path)


def follow_events(path: Path, stop: threading.Event, *, poll: float = 0.1) -> Iterator[AnyEvent]:
    """Events as another process writes them, from the first on, until `stop` is set. `poll`: seconds between looks."""
    offset, number = 0, 0
    while True:
        last_look = stop.is_set()
        if path.exists():
            with path.open("rb") as file:
                file.seek(offset)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            for line in whole.splitlines():
                yield parse_line(line, number, path)
                number += 1
            offset += len(whole)
        if last_look:
            return
        stop.wait(poll)


class EventLog:
    """Writer and memory of one session's events. Thread-safe.

    Raises `SessionError` when an existing log is damaged anywhere but in a torn last line.
    """

    def __init__(self, path: Path, session: str, branch: str) -> None:
        self.path, self.session, self.branch = path, session, branch
        self.events: list[AnyEvent] = []
        self.said: list[tuple[Message, str | None]] = []
        """Every message in order, with the reason where it was rejected."""
        self._ids: set[str] = set()
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._file = self._reopen()

    def _reopen(self) -> IO[bytes]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+b")
        file.seek(0)
        content = file.read()
        whole = content.rfind(b"\n") + 1
        try:
            for number, line in enumerate(content[:whole].splitlines()):
                event = parse_line(line, number, self.path)
                if event.seq != number:
                    raise SessionError(
                        f"line {number + 1} of the event log has number {event.seq}; lines are missing or repeated",
                        where=str(self.path),
                        todo="restore the folder from a copy, or start a new session",
                    )
                self._remember(event)
        except SessionError:
            file.close()
            raise
        if whole < len(content):
            file.truncate(whole)
            os.fsync(file.fileno())
        return file

    def _remember(self, event: AnyEvent) -> None:
        self.events.append(event)
        self._ids.add(event.id)
        match event:
            case MessageSent():
                self.said.append((event.message, None))
            case MessageRejected():
                self.said.append((event.message, event.reason))
            case _:
                pass

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event written from now on; the returned function stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def append(self, *events: Event) -> list[AnyEvent]:
        """Write events that have an id and are not there yet, in one flush to disk; returns those written.

        Raises `SessionError` when the disk does not take them.
        """
        with self._lock:
            fresh: list[AnyEvent] = []
            for event in events:
                assert event.id, "an event needs an id"
                if event.id in self._ids or any(event.id == e.id for e in fresh):
                    continue
                envelope = {
                    "seq": len(self.events) + len(fresh),
                    "at": time.time(),
                    "session": self.session,
                    "branch": self.branch,
                }
                fresh.append(event.model_copy(update=envelope))  # type: ignore[arg-type]
            if fresh:
                try:
                    self._file.write(b"".join(e.model_dump_json().encode() + b"\n" for e in fresh))
                    self._file.flush()
                    os.fsync(self._file.fileno())
                except OSError as error:
                    raise SessionError(
                        f"the event log cannot be written: {error.strerror or error}",
                        where=str(self.path),
                        todo="free some disk space or choose another folder, then resume the session",
                    ) from error
            for event in fresh:
                self._remember(event)
        for event in fresh:
            for listener in list(self._listeners):
                listener(event)
        return fresh

    def tell(self, event: AnyEvent) -> None:
        """Call the listeners with something passing that is not written. Any thread may do so."""
        for listener in list(self._listeners):
            listener(event)

    def knows(self, id: str) -> bool:
        return id in self._ids

    def last(self, kind: type[Event]) -> Event | None:
        return next((e for e in reversed(self.events) if isinstance(e, kind)), None)

    def close(self) -> None:
        self._file.close()


def messages_of(events: Sequence[AnyEvent]) -> list[Message]:
    """The delivered messages, in order."""
    return [e.message for e in events if isinstance(e, MessageSent)]

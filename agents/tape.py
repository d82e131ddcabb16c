"""Records every answer of a model, so that no call is ever made twice and a session can be replayed with no model.

Knows requests, replies and a file of JSON Lines. Does not know what kind of model it records.

Modes: `live` asks and writes nothing. `record` and `replay_then_live` answer from the tape what is on it and ask, then
write, the rest; the second name says that misses are expected, after an edit for instance, and `diverged_at` names the
first. `replay` never asks.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import ValidationError

from agents.correction import ask_together, call_name
from agents.model import Frozen, Model, ModelReply, ModelRequest, Traits, traits_of
from shotplan.errors import ModelError

TapeMode = Literal["live", "record", "replay", "replay_then_live"]


class TapeRecord(Frozen):
    """One line of a tape: a call and its answer."""

    version: Literal[1] = 1
    key: str
    model: str
    adapter: str = ""
    request: ModelRequest
    prompt: str = ""
    """Exactly what the model saw, where the model can say so; else empty, and the messages tell."""
    traits: Traits = Traits()
    """The model's; the crew depends on them."""
    reply: ModelReply


def tape_key(model: str, adapter: str, request: ModelRequest) -> str:
    """Sixty-four hex digits: SHA-256 of all that decides an answer, and of which of several identical calls it is."""
    decides = {
        "model": model,
        "adapter": adapter,
        "messages": [message.model_dump() for message in request.messages],
        "schema": request.answer_schema,
        "sampling": request.sampling.model_dump(),
        "occurrence": request.occurrence,
    }
    canonical = json.dumps(decides, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Tape:
    """A file of `TapeRecord` lines, only ever appended to. Thread-safe; one process writes at a time.

    A last line without its newline is a write that a kill cut short: no one has seen its answer, and it is dropped.
    Raises `ModelError` naming the line when anything else cannot be read, or when the file cannot be opened.
    """

    def __init__(self, path: Path, mode: TapeMode) -> None:
        self.path, self.mode = path, mode
        self._records: dict[str, TapeRecord] = {}
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        if mode == "live":
            return
        try:
            whole = self._read()
            if mode != "replay":
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = path.open("ab")
                self._file.truncate(whole)
        except OSError as error:
            raise ModelError(f"The tape cannot be opened: {error.strerror}", where=str(path)) from error

    def _read(self) -> int:
        """Read all whole lines; returns how many bytes they take."""
        if self.mode != "replay" and not self.path.exists():
            return 0
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        for number, line in enumerate(content[:whole].splitlines(), start=1):
            try:
                record = TapeRecord.model_validate_json(line)
            except ValidationError as error:
                raise ModelError(
                    f"The tape is damaged: {error.errors()[0]['msg']}",
                    where=f"{self.path}:{number}",
                    todo="Restore the file, or delete that line to have the call made again",
                ) from error
            self._records.setdefault(record.key, record)
        return whole

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> list[TapeRecord]:
        """All calls in the order they were answered."""
        with self._lock:
            return list(self._records.values())

    def models(self) -> list[tuple[str, str]]:
        """The (model, adapter) pairs on the tape, the latest first."""
        return list(dict.fromkeys((record.model, record.adapter) for record in reversed(self.records)))

    def find(self, key: str) -> TapeRecord | None:
        with self._lock:
            return self._records.get(key)

    def write(self, record: TapeRecord) -> None:
        """Append a record; it is on the disk when this returns. Raises `ModelError` when the disk refuses."""
        if self._file is None:
            return
        line = record.model_dump_json().encode() + b"\n"
        with self._lock:
            end = self._file.tell()
            try:
                self._file.write(line)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                self._file.truncate(end)
                raise ModelError(
                    f"The answer could not be recorded: {error.strerror}",
                    where=str(self.path),
                    todo="Make room on the disk and resume; calls already on the tape are not made again",
                ) from error
            self._records.setdefault(record.key, record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class TapedModel:
    """A model behind a tape. Thread-safe; two threads that ask the same call share one answer.

    `model` may be None in mode `replay`; then the tape tells which model it was.
    """

    def __init__(self, model: Model | None, tape: Tape) -> None:
        if model is None and tape.mode != "replay":
            raise ModelError(f"Mode {tape.mode} needs a model", where=str(tape.path), todo="Replay, or choose a model")
        self._model, self.tape = model, tape
        self._known = tape.models() if model is None else [(model.name, str(getattr(model, "adapter", "")))]
        self.name, self.adapter = self._known[0] if self._known else ("", "")
        recorded = tape.records
        self.traits = recorded[-1].traits if model is None and recorded else traits_of(model)
        self.small, self.options, self.languages = self.traits.small, self.traits.options, self.traits.languages
        self.best_of, self.context = self.traits.best_of, self.traits.context
        self.description = f"the tape {tape.path.name}"
        if model is not None:
            self.description = str(getattr(model, "description", self.name))
        self._lock = threading.Lock()
        self._asking: dict[str, threading.Event] = {}
        self.hits = 0
        """Calls answered from the tape."""
        self.misses = 0
        """Calls that were not on the tape."""
        self.diverged_at: str | None = None
        """The first call that was not on the tape."""

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        """Answer each request, in order; every new answer is on the disk before it is returned.

        Raises `ModelError` naming the call, in mode `replay` when the tape does not hold it.
        """
        if self.tape.mode == "live" and self._model is not None:
            return self._model.ask(requests)
        return ask_together(requests, self._answer)

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
        self.tape.close()

    def _answer(self, request: ModelRequest) -> ModelReply:
        keys = [tape_key(model, adapter, request) for model, adapter in self._could_be(request)]
        while True:
            with self._lock:
                found = next((record for key in keys if (record := self.tape.find(key))), None)
                if found is not None:
                    self.hits += 1
                    return found.reply.model_copy(update={"replayed": True})
                if self._model is None or self.tape.mode == "replay":
                    self._miss(request)
                    raise ModelError(
                        "The tape does not hold this call",
                        where=call_name(request),
                        todo="Something before it differs from the recording; replay with mode replay_then_live",
                    )
                busy = self._asking.get(keys[0])
                if busy is None:
                    self._miss(request)
                    self._asking[keys[0]] = threading.Event()
            if busy is None:
                return self._ask_and_write(self._model, keys[0], request)
            busy.wait()  # another thread asks the very same call; if it fails, this one tries

    def _ask_and_write(self, model: Model, key: str, request: ModelRequest) -> ModelReply:
        try:
            reply = model.ask([request])[0].model_copy(update={"key": key})
            name, adapter = self._could_be(request)[0]
            prompt = reply.prompt or self._seen(request)
            reply = reply.model_copy(update={"prompt": ""})  # once on a line is enough
            self.tape.write(
                TapeRecord(
                    key=key,
                    model=name,
                    adapter=adapter,
                    request=request,
                    prompt=prompt,
                    traits=self.traits,
                    reply=reply,
                )
            )
            return reply
        finally:
            with self._lock:
                self._asking.pop(key).set()

    def _miss(self, request: ModelRequest) -> None:
        self.misses += 1
        self.diverged_at = self.diverged_at or call_name(request)

    def _could_be(self, request: ModelRequest) -> list[tuple[str, str]]:
        """The (model, adapter) pairs that may have answered: with a model the one that will, without it all on the tape."""
        name_for: Any = getattr(self._model, "name_for", None)
        return [(name_for(request), self.adapter)] if callable(name_for) else self._known

    def on_wait(self, listener: Any) -> None:
        """Tell `listener` while the model's server is waited for, if it has one (`agents.openai.calls.Waiting`)."""
        pass_on: Any = getattr(self._model, "on_wait", None)
        if callable(pass_on):
            pass_on(listener)

    def give_up(self, *, now: bool = True) -> None:
        """End calls that wait for the model's server, because a person stopped the run. False: wait again."""
        pass_on: Any = getattr(self._model, "give_up", None)
        if callable(pass_on):
            pass_on(now=now)

    def _seen(self, request: ModelRequest) -> str:
        render: Any = getattr(self._model, "render", None)
        return render(request) if callable(render) else ""

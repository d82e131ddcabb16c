"""Runs a toy session in child processes and kills each with SIGKILL, until one reaches the end. A program, not a test.

    python -m tests.graph.kill_driver FOLDER SEED

Writes FOLDER/killed.json: for each child the tape keys it found when it started, and how it ended. Imports once and forks,
so that a child lives for the session alone. A child writes a byte to a pipe at each event, before and after each model call;
it is killed a moment after a random number of bytes, so that a slow machine is tested as hard as a fast one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from agents.model import ModelReply, ModelRequest
from agents.tape import Tape
from graph.session import Session
from tests.graph.toy import BRIEF, TOY, ToyModel, story

SECONDS_PER_CALL = 0.02
MOST_CHILDREN = 200
MOST_BYTES = 5


def keys_on(tape: Path) -> list[str]:
    return [record.key for record in Tape(tape, "replay").records] if tape.exists() else []


class TickingModel(ToyModel):
    tick = -1

    def _answer(self, request: ModelRequest) -> ModelReply:
        os.write(self.tick, b"<")
        reply = super()._answer(request)
        os.write(self.tick, b">")
        return reply


def child(folder: Path, tick: int) -> None:
    model = TickingModel(story(), seconds=SECONDS_PER_CALL, calls=folder / "calls.txt")
    model.tick = tick
    session_folder = folder / "session"
    if (session_folder / "session.json").exists():
        session = Session.open(session_folder, model, **TOY)
    else:
        session = Session.create(session_folder, BRIEF, model, **TOY)
    session.resume(on_event=lambda _: os.write(tick, b"e"))


def main(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    children = []
    for _ in range(MOST_CHILDREN):
        found = keys_on(folder / "session" / "tape.jsonl")
        asked_before = (folder / "calls.txt").read_text().count("\n") if (folder / "calls.txt").exists() else 0
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                child(folder, write_end)
            except BaseException as error:
                print(repr(error), file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        os.close(write_end)
        for _ in range(chance.randint(1, MOST_BYTES)):
            if not os.read(read_end, 1):
                break
        time.sleep(chance.choice([0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02]))
        killed = False
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == 0:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            killed = os.WIFSIGNALED(status)
        os.close(read_end)
        children.append({"found": found, "asked_before": asked_before, "killed": killed})
        if not killed:
            (folder / "killed.json").write_text(json.dumps({"children": children, "status": os.WEXITSTATUS(status)}))
            return
    raise SystemExit(f"not done after {MOST_CHILDREN} children")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

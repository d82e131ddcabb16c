"""The life of one job: created, waited for, fetched; made again when a server lost it, picked up again when this process was stopped.

Knows attempts, deadlines and the note that outlives the process. Does not know what a job contains.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import tenacity

from shotplan.errors import RenderError
from video_core.backends.server_client import Job, JobLost, Request, ServerBusy, VideoServer
from video_core.ledger import digest_of, write_text

Told = Callable[[float], None]
"""Called with the share done, 0..1."""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """How long and how often."""

    clip: float = 3600.0
    """Seconds for one clip, waiting in the server's queue included."""
    silence: float = 120.0
    """Seconds without any usable answer after which the server counts as gone."""
    poll: float = 2.0
    """Seconds between questions."""
    attempts: int = 3
    """Jobs created for one clip before giving up."""


def request_digest(request: Request, model: str) -> str:
    """SHA-256 of everything that is sent, and of the model asked."""
    fields = (f"{name}={value}" for name, value in sorted(request.fields.items()))
    return digest_of("server job/1", model, *fields, request.picture.hex())


class Notes:
    """Which server holds the job of which request, one small file each, so that a new process finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, digest: str) -> tuple[str, str] | None:
        """(server's address, job's id), if one is noted."""
        try:
            note = json.loads((self.folder / f"{digest}.json").read_text(encoding="utf-8"))
            return str(note["url"]), str(note["id"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, digest: str, url: str, job: str) -> None:
        """Note a job. Raises `RenderError` when the note cannot be written."""
        write_text(self.folder / f"{digest}.json", json.dumps({"url": url, "id": job}))

    def forget(self, digest: str) -> None:
        """Remove the note of a job that is done or lost."""
        try:
            os.unlink(self.folder / f"{digest}.json")
        except FileNotFoundError:
            return


class _Failed(Exception):
    """The server gave a job up."""


class JobLeft(Exception):
    """Nobody waits for the clip any more. The job goes on at its server, and its note stays."""


def film_of(
    request: Request, digest: str, servers: Sequence[VideoServer], notes: Notes, patience: Patience, *,
    readable: Callable[[bytes], Answer], told: Told = lambda share: None, over: threading.Event | None = None,
) -> tuple[Answer, list[str]]:  # fmt: skip
    """The clip that `readable` makes of the job's film, and what went wrong on the way, in words.

    A lost, failed or unreadable job is created again, on the next server when there are several, at most `patience.attempts` times. That
    of an only server which does not answer is asked for again. The job's note stays until the caller forgets it, and when the server is
    away to the end: who comes back before having kept the clip fetches it from the job that there is. Servers that gave no answer
    before are tried after the others.
    Raises `RenderError` when the attempts or the time are used up, or when the server refuses; `JobLeft` when `over` is set.
    """
    began, trouble = time.monotonic(), list[str]()
    pause = over or threading.Event()
    servers = sorted(servers, key=lambda server: server.silent)
    noted = notes.find(digest)
    for attempt in range(patience.attempts):
        server = servers[attempt % len(servers)]
        job = ""
        try:
            if noted is not None and any(noted[0] == known.url for known in servers):
                server = next(known for known in servers if known.url == noted[0])
                job = noted[1]
            else:
                job = _patiently(lambda here=server: here.create(request), patience, pause).id  # type: ignore[misc]
                notes.keep(digest, server.url, job)
                server.silent = False
            noted = None
            _wait(server, job, patience, began, told, pause)
            return _fetched(server, job, patience, readable, pause), trouble
        except JobLost:
            trouble.append(f"{server.url} lost the job{f' {job}' if job else ''} (restarted?)")
        except _Failed as e:
            trouble.append(f"{server.url} gave the job up: {e}")
        except ServerBusy as e:
            trouble.append(f"{server.url} {e}")
            server.silent = True
            if job and len(servers) == 1:  # only the way to the server may be broken, and the job go on there
                noted = server.url, job
                continue
        except RenderError as e:
            if job and e.where == UNREADABLE:
                trouble.append(f"{server.url} sent a film that cannot be read: {e.what}")
                server.drop(job)
            else:
                notes.forget(digest)
                raise
        notes.forget(digest)
    raise RenderError(
        f"no clip after {patience.attempts} attempts: {trouble[-1]}", where=servers[0].url,
        todo="look at the server's log, then run `ekonte resume`; finished shots are kept",
    )  # fmt: skip


UNREADABLE = "the server's film"
"""`where` of the error that `readable` raises for a film that is no film."""


def _fetched(server: VideoServer, job: str, patience: Patience, readable: Callable[[bytes], Answer], pause: threading.Event) -> Answer:
    """What the job's film is read as; fetched once more when it cannot be read, as it may have been cut short on the way."""
    try:
        return readable(_patiently(lambda: server.content(job), patience, pause))
    except RenderError as e:
        if e.where != UNREADABLE:
            raise
    return readable(_patiently(lambda: server.content(job), patience, pause))


def _wait(server: VideoServer, job: str, patience: Patience, began: float, told: Told, pause: threading.Event) -> None:
    while True:
        state: Job = _patiently(lambda: server.status(job), patience, pause)
        if state.status == "completed":
            return
        if state.status in ("failed", "cancelled", "expired"):
            raise _Failed(state.error or state.status)
        told(min(0.99, state.progress / 100))
        if time.monotonic() - began > patience.clip:
            server.drop(job)
            raise RenderError(
                f"the clip is not done after {patience.clip:.0f} s (the job is {state.status})", where=server.url,
                todo="give more time with --set timeout=SECONDS, or fewer frames or steps",
            )  # fmt: skip
        _rest(patience.poll, pause)


def _rest(seconds: float, over: threading.Event) -> None:
    if over.wait(seconds):
        raise JobLeft


def _patiently(ask: Callable[[], Answer], patience: Patience, pause: threading.Event) -> Answer:
    """The answer, asked again while the server is busy or away, with growing pauses, at most `patience.silence` seconds."""

    def rest(state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        wanted = fault.pause if isinstance(fault, ServerBusy) else 0.0
        return max(wanted, tenacity.wait_random_exponential(multiplier=patience.poll / 2, max=15.0)(state))

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(ServerBusy), stop=tenacity.stop_after_delay(patience.silence), wait=rest,
        sleep=lambda seconds: _rest(seconds, pause), reraise=True,
    )  # fmt: skip
    return retrying(ask)

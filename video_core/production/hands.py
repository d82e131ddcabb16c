"""Several hands at one film's shots, in threads of this process: whoever is free takes the next shot.

For backends that wait for others to draw: a worker group, video servers. Does not know who that is.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from video_core.backends.backend import Backend
from video_core.conditioning import Conditioning
from video_core.production.shot_jobs import Heard, RenderedShot, ShotJob, render_shot

LEAVE = 5.0
"""Seconds that a hand has to put down its work; one that still waits for an answer then is left behind, and ends with this process."""


class Crew(Protocol):
    """Whose hands they are."""

    def hands(self) -> Sequence[Backend]:
        """A backend for every shot that is drawn at the same time, for one call of `run`."""
        ...

    def close(self) -> None:
        """Put down whatever is being drawn, and give back what is held."""
        ...


class HandsRunner:
    """Renders as many shots at once as there are hands; see `Runner`. The first error ends the others' work."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    def run(self, jobs: Sequence[ShotJob], heard: Heard) -> Iterator[RenderedShot]:
        waiting: queue.SimpleQueue[ShotJob] = queue.SimpleQueue()
        news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        over = threading.Event()
        for job in jobs:
            waiting.put(job)
        hands = [
            threading.Thread(target=_work, args=(backend, waiting, news, over), daemon=True)
            for backend, _ in zip(self.crew.hands() if jobs else (), jobs, strict=False)
        ]
        for hand in hands:
            hand.start()
        left = len(jobs)
        try:
            while left:
                match news.get():
                    case ("heard", told):
                        heard(*told)
                    case ("failed", error):
                        raise error
                    case ("shot", shot):
                        left -= 1
                        yield shot
        finally:
            over.set()
            if left:
                self.crew.close()
            for hand in hands:
                hand.join(LEAVE)

    def close(self) -> None:
        """There are no more shots: what is held is free for what comes after the clips."""
        self.crew.close()


def _work(
    backend: Backend, waiting: queue.SimpleQueue[ShotJob], news: queue.SimpleQueue[tuple[str, Any]], over: threading.Event
) -> None:  # fmt: skip
    while not over.is_set():
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return

        def heard(what: str, done: int, total: int) -> None:
            news.put(("heard", (what, done, total)))

        try:
            news.put(("shot", render_shot(backend, job, Conditioning.load(job.bundle), heard)))
        except BaseException as error:
            news.put(("failed", error))
            return

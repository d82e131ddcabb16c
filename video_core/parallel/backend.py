"""A backend whose clips are drawn by a worker group, and the runner that keeps the group busy.

Knows that a lost group is started again once for a shot. Does not know processes (`crew`) or models.
"""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from shotplan.errors import EkonteError, RenderError
from video_core.backends.backend import Clip, Progress
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.parallel.crew import Crew, CrewLost, CrewStopped
from video_core.production.shot_jobs import Heard, RenderedShot, ShotJob, render_shot


class GroupBackend(WanBackend):
    """The `wan` backend on several GPUs: files are looked at here; clips are drawn by processes, which start with the first of them."""

    def __init__(self, settings: WanSettings) -> None:
        super().__init__(settings)
        self._held = _Held()
        self._turn = threading.Lock()
        self._closings = 0
        self._end = weakref.finalize(self, _Held.stop, self._held)  # also when Python ends

    def check_film(self, size: tuple[int, int], fps: int, *, elsewhere: bool = False) -> None:
        """As `WanBackend.check_film`, until the processes run: then they hold the memory that it was planned for."""
        super().check_film(size, fps, elsewhere=elsewhere or self._held.crew is not None)

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """As `WanBackend.render`; one shot at a time. A group that was lost is started again, once. Raises `RenderError`."""
        closings = self._closings
        with self._turn:
            for last in (False, True):
                if self._closings != closings:
                    raise CrewStopped
                try:
                    crew = self._held.start(self.parts.processes, self._worker_settings)
                    return crew.draw(conditioning, progress)
                except CrewLost as lost:
                    self._held.stop()
                    if last:
                        raise RenderError(
                            f"the worker group was lost twice: {lost}", where=f"shot {conditioning.scene.shot}",
                            todo="look at the memory of the GPUs and of the machine, or use fewer with --gpus; finished shots are kept",
                        ) from lost  # fmt: skip
                except EkonteError:
                    raise
                except BaseException:
                    self._held.stop()
                    raise
        raise AssertionError

    def runner(self) -> GroupRunner:
        """What keeps the group busy."""
        return GroupRunner(self)

    def close(self) -> None:
        """End the processes and whatever they draw; the next clip starts new ones."""
        self._closings += 1
        self._held.stop()

    @property
    def _worker_settings(self) -> WanSettings:
        return self.settings.model_copy(update={"device": self.parts.device.type})


class _Held:
    """The running crew, if there is one."""

    def __init__(self) -> None:
        self.crew: Crew | None = None

    def start(self, size: int, settings: WanSettings) -> Crew:
        if self.crew is None or not self.crew.alive:
            self.crew = None
            self.crew = Crew(size, settings)
        return self.crew

    def stop(self) -> None:
        crew, self.crew = self.crew, None
        if crew is not None:
            crew.stop()


class GroupRunner:
    """Renders shots with a group: while it draws one, the one before is checked and encoded here. See `Runner`."""

    def __init__(self, backend: GroupBackend) -> None:
        self.backend = backend

    def run(self, jobs: Sequence[ShotJob], heard: Heard) -> Iterator[RenderedShot]:
        waiting: queue.SimpleQueue[ShotJob] = queue.SimpleQueue()
        news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        over = threading.Event()
        for job in jobs:
            waiting.put(job)
        hands = [threading.Thread(target=self._work, args=(waiting, news, over), daemon=True) for _ in range(min(2, len(jobs)))]
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
                self.backend.close()
            for hand in hands:
                hand.join()

    def close(self) -> None:
        """End the group: its GPUs are free for what comes after the clips."""
        self.backend.close()

    def _work(self, waiting: queue.SimpleQueue[ShotJob], news: queue.SimpleQueue[tuple[str, Any]], over: threading.Event) -> None:
        while not over.is_set():
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return

            def heard(what: str, done: int, total: int) -> None:
                news.put(("heard", (what, done, total)))

            try:
                news.put(("shot", render_shot(self.backend, job, Conditioning.load(job.bundle), heard)))
            except BaseException as error:
                news.put(("failed", error))
                return

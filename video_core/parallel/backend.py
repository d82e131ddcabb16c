"""A backend whose clips are drawn by a worker group.

Knows that a lost group is started again once for a shot. Does not know processes (`crew`) or models.
"""

from __future__ import annotations

import threading
import weakref

from shotplan.errors import EkonteError, RenderError
from video_core.backends.backend import Clip, Progress
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.parallel.crew import Crew, CrewLost, CrewStopped
from video_core.production.hands import HandsRunner


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

    def runner(self) -> HandsRunner:
        """What keeps the group busy: while it draws a shot, the one before is checked and encoded here."""
        return HandsRunner(self)

    def hands(self) -> tuple[GroupBackend, GroupBackend]:
        """Two, of which one draws at a time."""
        return self, self

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

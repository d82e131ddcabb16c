"""One shot to be rendered, as a piece of work that may be done anywhere: here, or on another machine.

Knows what the work needs and what it gives. Does not know where it is done or where its files end up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from video_core.backends.backend import Backend, Clip, Progress
from video_core.conditioning import Conditioning
from video_core.production.kept_takes import KeptTakes
from video_core.production.retake_with import RetakeWith
from video_core.production.takes import CheckedTake, best, takes, unchanged
from video_core.production.transitions import write_film

Heard = Callable[[str, int, int], None]
"""Called with (what, done, total): a shot or a take of it, and its steps."""


@dataclass(frozen=True)
class ShotJob:
    """What it takes to render one shot. Two jobs with the same `digest` give the same clip."""

    shot: str
    bundle: Path
    """The shot's conditioning."""
    digest: str
    """Of everything that decides the clip: conditioning, backend and its version, code, checks."""
    checked: bool = False
    retakes: int = 0
    retake_with: RetakeWith = "both"
    keep: Path | None = None
    """Folder for finished takes while the shot is not; None: they are not kept."""


@dataclass(frozen=True)
class RenderedShot:
    """A finished clip, ready to be written."""

    shot: str
    mp4: bytes
    note: dict[str, Any]
    """Frames, frames per second, seconds, what became of each control; of a checked clip its take, seed and measures."""
    rejected: tuple[CheckedTake, ...] = ()
    """Takes that were not kept, without their frames."""


class Runner(Protocol):
    """Does jobs, in whatever order they finish."""

    def run(self, jobs: Sequence[ShotJob], heard: Heard) -> Iterator[RenderedShot]:
        """Raises `RenderError` naming the shot that could not be rendered."""
        ...

    def close(self) -> None:
        """Give back what is held between two calls of `run`: there will be no more shots."""
        ...


@runtime_checkable
class HasRunner(Protocol):
    """A backend that knows how it is best kept busy."""

    def runner(self) -> Runner: ...


def runner_of(backend: Backend) -> Runner:
    """What renders a film's shots with this backend, on this machine."""
    return backend.runner() if isinstance(backend, HasRunner) else HereRunner(backend)


@dataclass(frozen=True)
class HereRunner:
    """Renders one shot after the other in this process."""

    backend: Backend

    def run(self, jobs: Sequence[ShotJob], heard: Heard) -> Iterator[RenderedShot]:
        for job in jobs:
            yield render_shot(self.backend, job, Conditioning.load(job.bundle), heard)

    def close(self) -> None:
        """Nothing: the backend stays with whoever made it."""


def render_shot(backend: Backend, job: ShotJob, conditioning: Conditioning, heard: Heard) -> RenderedShot:
    """Render, measure where asked, and encode. Raises `RenderError`."""

    def steps(take: int) -> Progress:
        what = job.shot if take == 1 else f"{job.shot}, take {take}"
        return lambda done, total: heard(what, done, total)

    rejected: list[CheckedTake] = []
    if job.checked:
        take = best(_encoded_takes(backend, conditioning, job, steps), lambda t: rejected.append(t.without_frames()))
        clip, mp4, frames = take.clip, take.mp4, take.frames
        extra = {
            "take": take.number, "takes": len(rejected) + 1, "seed": take.seed, "control_strength": take.strength,
            "changed": take.changed, "measures": [vars(m) for m in take.measures],
            "rejected": [
                {"take": t.number, "seed": t.seed, "changed": t.changed, "failed": [vars(m) for m in t.measures if m.failed]}
                for t in sorted(rejected, key=lambda t: t.number)
            ],
        }  # fmt: skip
        clip = replace(clip, report=(*clip.report, *unchanged(backend, conditioning, job.retakes, job.retake_with, [take, *rejected])))
    else:
        clip, extra = backend.render(conditioning, progress=steps(1)), {}
        mp4, frames = encoded(clip), len(clip.frames)
    note = {
        "frames": frames,
        "fps": clip.fps,
        "seconds": round(clip.seconds, 3),
        "controls": [vars(use) for use in clip.report],
    } | extra
    return RenderedShot(job.shot, mp4, note, tuple(rejected))


def _encoded_takes(backend: Backend, conditioning: Conditioning, job: ShotJob, steps: Callable[[int], Progress]) -> Iterator[CheckedTake]:
    """Takes with their mp4 in the place of their frames; those that a run before this one has kept are not drawn again."""
    kept = KeptTakes(job.keep if job.retakes else None, job.digest)
    for take in takes(backend, conditioning, job.retakes, steps, job.retake_with, kept.found):
        if take.mp4:
            yield take
            continue
        done = replace(take.without_frames(), mp4=encoded(take.clip), frames=len(take.clip.frames))
        kept.keep(done)
        yield done


def encoded(clip: Clip) -> bytes:
    """A clip as mp4. Raises `RenderError`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_film(path, [clip], clip.fps)
        return path.read_bytes()

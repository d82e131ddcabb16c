"""Takes of a shot: render, measure, and render again with another seed when a check failed and more takes were asked for.

Knows which take is the best. Does not know files or films.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from video_core.backends.backend import Backend, Clip, Progress
from video_core.checks import Measure, badness, check_clip
from video_core.conditioning import Conditioning

NEXT_SEED = 7919
"""Added to the seed for every further take, so that neighbouring shots never share one."""


@dataclass(frozen=True)
class CheckedTake:
    """One rendering of a shot and what the checks say of it."""

    number: int
    """1 for the first."""
    seed: int
    clip: Clip
    measures: tuple[Measure, ...]

    def without_frames(self) -> CheckedTake:
        """The same with an empty clip, for a take that nobody will look at."""
        return replace(self, clip=replace(self.clip, frames=self.clip.frames[:0]))

    @property
    def badness(self) -> float:
        """See `video_core.checks.badness`; 0 when nothing failed."""
        return badness(self.measures)


def takes(backend: Backend, conditioning: Conditioning, retakes: int, progress: Callable[[int], Progress]) -> Iterator[CheckedTake]:
    """Up to 1 + `retakes` takes of a shot, until one passes every check. `progress`: take number to what hears its steps."""
    for number in range(1, retakes + 2):
        seed = conditioning.scene.seed + NEXT_SEED * (number - 1)
        seeded = replace(conditioning, scene=conditioning.scene.model_copy(update={"seed": seed}))
        clip = backend.render(seeded, progress=progress(number))
        take = CheckedTake(number, seed, clip, check_clip(clip.frames, conditioning))
        yield take
        if not any(m.failed for m in take.measures):
            return


def best(of: Iterator[CheckedTake], heard: Callable[[CheckedTake], None]) -> CheckedTake:
    """The take in which least is wrong, the earlier of equals; every other one is told to `heard`. Two are held at a time."""
    kept = next(of)
    for take in of:
        worse, kept = (take, kept) if take.badness >= kept.badness else (kept, take)
        heard(worse)
    return kept

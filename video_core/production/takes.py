"""Takes of a shot: render, measure, and render again in another way when a check failed and more takes were asked for.

Knows what the next take changes, and which take is the best. Does not know files or films.

Another seed mends what chance did: flicker, black or frozen frames, drift, a bad join. Where the picture does not follow its plan
(`adherence` checks) a stronger control may help, in a backend that has one; it may also cost quality, so it is not kept for other failures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from video_core.backends.backend import Backend, Clip, ControlUse, Progress, Retakes, SaysRetakes
from video_core.checks import Measure, badness, check_clip
from video_core.conditioning import Conditioning
from video_core.production.retake_with import RetakeWith

NEXT_SEED = 7919
"""Added to the seed for every other seed, so that neighbouring shots never share one."""
ADHERENCE = "adherence."
"""Checks that a stronger control may mend."""
STRENGTHS = (1.0, 1.3, 1.6)
"""How many times as strong the control of a take may be. VACE, whose own scale is 1, breaks lines at about 2."""


@dataclass(frozen=True)
class Way:
    """How a take is drawn."""

    seed: int = 0
    """How many seeds were tried before."""
    level: int = 0
    """Index into `STRENGTHS`."""
    changed: str = ""
    """Against the take before, in words; empty for the first take."""

    @property
    def strength(self) -> float:
        return STRENGTHS[self.level]


@dataclass(frozen=True)
class CheckedTake:
    """One rendering of a shot and what the checks say of it."""

    number: int
    """1 for the first."""
    seed: int
    clip: Clip
    measures: tuple[Measure, ...]
    strength: float = 1.0
    """Of the control, as a multiple of what the backend is set to."""
    changed: str = ""
    """Against the take before."""
    mp4: bytes = b""
    """The clip as the film will show it, once it is encoded."""
    frames: int = 0
    """How many of them it holds."""

    def without_frames(self) -> CheckedTake:
        """The same without its pictures, for a take that nobody will look at."""
        return replace(self, clip=replace(self.clip, frames=self.clip.frames[:0]), mp4=b"")

    @property
    def badness(self) -> float:
        """See `video_core.checks.badness`; 0 when nothing failed."""
        return badness(self.measures)


def ways_of(backend: Backend, conditioning: Conditioning) -> Retakes:
    """How takes of a shot can differ in a backend."""
    return backend.retakes(conditioning) if isinstance(backend, SaysRetakes) else Retakes(why="this backend has no stronger control")


def _none(number: int, seed: int, strength: float) -> CheckedTake | None:
    return None


def takes(
    backend: Backend, conditioning: Conditioning, retakes: int, progress: Callable[[int], Progress], retake_with: RetakeWith = "both",
    known: Callable[[int, int, float], CheckedTake | None] = _none,
) -> Iterator[CheckedTake]:  # fmt: skip
    """Up to 1 + `retakes` takes of a shot, until one passes every check or no other can differ from those there are.

    `progress`: take number to what hears its steps. `known`: take number, seed and strength to a take that was drawn before.
    """
    possible = ways_of(backend, conditioning)
    tried: list[Way] = []
    way: Way | None = Way()
    while way is not None:
        tried.append(way)
        number = len(tried)
        seed = conditioning.scene.seed + NEXT_SEED * way.seed
        take = known(number, seed, way.strength)
        if take is None:
            scene = conditioning.scene.model_copy(update={"seed": seed, "control_strength": way.strength})
            clip = backend.render(replace(conditioning, scene=scene), progress=progress(number))
            take = CheckedTake(number, seed, clip, check_clip(clip.frames, conditioning, clip.joins), way.strength, way.changed)
        yield take
        failed = [m for m in take.measures if m.failed]
        way = next_way(tried, failed, retake_with, possible) if failed and number <= retakes else None


def unchanged(
    backend: Backend, conditioning: Conditioning, retakes: int, retake_with: RetakeWith, done: Sequence[CheckedTake]
) -> tuple[ControlUse, ...]:
    """A row for the report where takes were asked for that the backend cannot make differ; `done`: the shot's takes."""
    possible, failed = ways_of(backend, conditioning), [m for take in done for m in take.measures if m.failed]
    if not retakes or not failed:
        return ()
    if not possible.seed and not (possible.control and retake_with != "seed"):
        return (ControlUse("re-takes", "ignored", possible.why),)
    strays = any(m.check.startswith(ADHERENCE) for m in failed)
    if strays and not possible.control and retake_with != "seed":
        return (ControlUse("stronger control", "ignored", f"{possible.why}; re-takes had another seed"),)
    return ()


def next_way(tried: Sequence[Way], failed: Sequence[Measure], retake_with: RetakeWith, possible: Retakes) -> Way | None:
    """What to try after `tried`, the last of which failed those checks; None when nothing else would differ."""
    last = tried[-1]
    strays = any(m.check.startswith(ADHERENCE) for m in failed) and not any(m.severity == "error" for m in failed)
    seeds_turn = retake_with == "both" and possible.seed and (len(tried) == 1 or tried[-2].seed == last.seed)
    if strays and possible.control and retake_with != "seed" and not seeds_turn and last.level + 1 < len(STRENGTHS):
        return Way(last.seed, last.level + 1, f"the control {STRENGTHS[last.level + 1]:g} times as strong")
    if not possible.seed:
        return None
    level = last.level if strays else 0
    return Way(last.seed + 1, level, "another seed" if level == last.level else "another seed, the control as it was set")


def best(of: Iterator[CheckedTake], heard: Callable[[CheckedTake], None]) -> CheckedTake:
    """The take in which least is wrong, the earlier of equals; every other one is told to `heard`. Two are held at a time."""
    kept = next(of)
    for take in of:
        worse, kept = (take, kept) if take.badness >= kept.badness else (kept, take)
        heard(worse)
    return kept

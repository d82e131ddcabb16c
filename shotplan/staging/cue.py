"""Cues: what an actor's body does between two times, and where it is meanwhile.

Knows times, places and pose names. Does not know how a cue was decided (moves, contact) or how it looks (skeleton).
Positions are (x, y, z) metres on the stage; times are seconds from the start of the shot.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from shotplan.staging.staged import Array


@dataclass(frozen=True)
class Steps:
    """A way along the ground, as metres walked over time."""

    t: Array
    """(K,) seconds, rising."""
    s: Array
    """(K,) metres walked by then."""
    path_s: Array
    """(M,) metres along the path."""
    path_xz: Array
    """(M,2) where that is on the stage."""


@dataclass(frozen=True)
class Cue:
    """One pose of one actor for a while."""

    pose: str
    t0: float
    t1: float
    posture: str = "stand"
    """What the rest of the body does meanwhile: stand, sit, kneel or lie."""
    emotion: str = "neutral"
    intensity: float = 0.6
    steps: Steps | None = None
    """Feet are planted along this way."""
    toward: str | None = None
    """Character, prop or mark id that the action is about."""
    seat: float | None = None
    """Height of what is sat on above the actor's ground, m."""
    side: int = 1
    """+1: the right hand or foot leads; -1: the left."""
    strength: float = 1.0
    spoken: bool = False
    """Whether the mouth speaks a line."""


@dataclass(frozen=True)
class Place:
    """Where an actor is at one moment."""

    x: float
    y: float
    z: float
    heading: float
    posture: str = "stand"
    support: str | None = None
    """Prop id that carries the actor."""
    seat: float | None = None

    @property
    def xz(self) -> Array:
        return np.array([self.x, self.z])

    @property
    def xyz(self) -> Array:
        return np.array([self.x, self.y, self.z])


@dataclass
class Course:
    """One actor's way through a shot, as knots in time that are interpolated linearly; cues in time order."""

    start: Place
    t: list[Array] = field(default_factory=list)
    pos: list[Array] = field(default_factory=list)
    heading: list[Array] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    now: float = 0.0
    """Until when the course is decided."""
    place: Place = field(init=False)
    """Where the actor is at `now`."""
    speed: float = 0.0
    """m/s at `now`, so that a run flows into a jump."""

    def __post_init__(self) -> None:
        self.place = self.start
        self.add_knots(np.zeros(1), self.start.xyz[None], np.array([self.start.heading]))

    def add_knots(self, t: Array, pos: Array, heading: Array) -> None:
        self.t.append(np.asarray(t, dtype=float))
        self.pos.append(np.asarray(pos, dtype=float))
        self.heading.append(np.asarray(heading, dtype=float))

    def wait_until(self, t: float) -> None:
        """Stay where the actor is until `t`."""
        if t > self.now:
            p = self.place
            self.add_knots(np.array([self.now, t]), np.stack([p.xyz, p.xyz]), np.array([p.heading, p.heading]))
            self.now = t
            self.speed = 0.0

    def turn_to(self, heading: float, t0: float, t1: float) -> None:
        """Turn on the spot between two times, the short way round."""
        delta = (heading - self.place.heading + np.pi) % (2 * np.pi) - np.pi
        xyz = self.place.xyz
        u = np.linspace(0, 1, 5)
        self.add_knots(t0 + (t1 - t0) * u, np.repeat(xyz[None], 5, 0), self.place.heading + delta * u * u * (3 - 2 * u))
        self.place = replace(self.place, heading=self.place.heading + delta)
        self.now = max(self.now, t1)

    def sample(self, times: Array, stretch: float) -> tuple[Array, Array]:
        """Feet (F,3) and heading (F,) at `times`, when all knots happen `stretch` times as late."""
        t = np.concatenate(self.t) * stretch
        order = np.argsort(t, kind="stable")
        t, pos = t[order], np.concatenate(self.pos)[order]
        heading = np.unwrap(np.concatenate(self.heading)[order])
        root = np.stack([np.interp(times, t, pos[:, k]) for k in range(3)], axis=1)
        return root, np.interp(times, t, heading)

"""One cue as the skeleton sees it: per-frame time, feeling and way, and the register of poses.

Knows which function plays which pose. Does not know any pose itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shotplan.plan import Ground
from shotplan.staging.cue import Cue
from shotplan.staging.skeleton.bodies import Body
from shotplan.staging.staged import Array


@dataclass(frozen=True)
class Clip:
    """The frames in which a cue has any weight."""

    cue: Cue
    body: Body
    t: Array
    """(n,) seconds since the cue began, held within its length."""
    seconds: float
    root: Array
    """(n,3) stage."""
    heading: Array
    """(n,)"""
    ground: Ground
    clock: Array
    """(n,) seconds since the shot began."""
    phase: float
    """0..1, differs between actors, so that a crowd does not breathe as one."""
    stretch: float
    target: Array | None = None
    """(n,3) stage point that the action is about: a chest, a thing."""
    tempo: float = 1.0

    @property
    def n(self) -> int:
        return len(self.t)

    @cached_property
    def u(self) -> Array:
        """(n,) 0..1 through the cue."""
        return self.t / max(self.seconds, 1e-6)

    def cycle(self, seconds: float) -> Array:
        """(n,) a full turn every `seconds` at the actor's tempo, radians."""
        return np.asarray(2 * np.pi * (self.t * self.tempo / seconds + 0.0))

    @cached_property
    def idle(self) -> Array:
        """(n,) slow phase of breathing, radians."""
        return np.asarray(2 * np.pi * (0.28 * self.clock + self.phase))


Pose = Callable[[Clip], Array]
POSES: dict[str, Pose] = {}


def pose(*names: str) -> Callable[[Pose], Pose]:
    """Register a function that returns controls (n, CHANNELS, 3) under pose names."""

    def add(function: Pose) -> Pose:
        for name in names:
            POSES[name] = function
        return function

    return add

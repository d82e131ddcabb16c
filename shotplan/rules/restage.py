"""Staged shots by digest, so that trying a remedy stages only what it touches.

Knows when a staged shot may be used again. Does not know rules.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from shotplan.plan import ShotPlan
from shotplan.revisions import shot_digests
from shotplan.staging.blocking import Entry
from shotplan.staging.play import play
from shotplan.staging.stage import embody, stage, stage_all
from shotplan.staging.staged import StagedShot


@dataclass
class StagedCache:
    """The most recent staged shots, by digest and place in the plan. Staging is deterministic, so this never changes a result."""

    size: int = 256
    _shots: OrderedDict[tuple[str, int], StagedShot] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, plan: ShotPlan, staged: tuple[StagedShot, ...]) -> None:
        """Remember shots that were staged elsewhere from this very plan."""
        digests = shot_digests(plan)
        with self._lock:
            for s in staged:
                self._keep((digests[s.shot.id], s.index), s)

    def stage_all(self, plan: ShotPlan) -> tuple[StagedShot, ...]:
        """Every shot of the plan, staged, in order. Raises `StagingError` like staging itself."""
        with self._lock:
            return self._stage_all(plan)

    def _stage_all(self, plan: ShotPlan) -> tuple[StagedShot, ...]:
        digests = shot_digests(plan)
        keys = [(digests[shot.id], index) for index, shot in enumerate(plan.shots)]
        for key in keys:  # what is needed now is not what makes room
            if key in self._shots:
                self._shots.move_to_end(key)
        missing = [index for index, key in enumerate(keys) if key not in self._shots]
        if len(missing) == 1:
            self._keep(keys[missing[0]], stage(plan, plan.shots[missing[0]]))
        elif missing:
            # One pass: everybody's way is played on from shot to shot, bodies are made only where they are new.
            entries: dict[str, Entry] = {}
            for index, shot in enumerate(plan.shots[: missing[-1] + 1]):
                played = play(plan, index, entries.get(shot.set, Entry.first(plan.stage_set(shot.set))))
                entries[shot.set] = played.leaves
                if index in missing:
                    self._keep(keys[index], embody(plan, played))
        out = tuple(self._shots[key] for key in keys) if len(keys) <= self.size else tuple(stage_all(plan))
        for key, staged in zip(keys, out, strict=True):
            self._keep(key, staged)
        return out

    def _keep(self, key: tuple[str, int], staged: StagedShot) -> None:
        self._shots[key] = staged
        self._shots.move_to_end(key)
        while len(self._shots) > self.size:
            self._shots.popitem(last=False)

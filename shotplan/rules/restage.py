"""Staged shots by digest, so that trying a remedy stages only what it touches.

Knows when a staged shot may be used again. Does not know rules.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from shotplan.plan import ShotPlan
from shotplan.revisions import shot_digests
from shotplan.staging.staged import StagedShot


@dataclass
class StagedCache:
    """The most recent staged shots, by digest and place in the plan. Staging is deterministic, so this never changes a result."""

    size: int = 256
    _shots: OrderedDict[tuple[str, int], StagedShot] = field(default_factory=OrderedDict)

    def put(self, plan: ShotPlan, staged: tuple[StagedShot, ...]) -> None:
        """Remember shots that were staged elsewhere from this very plan."""
        digests = shot_digests(plan)
        for s in staged:
            self._keep((digests[s.shot.id], s.index), s)

    def stage_all(self, plan: ShotPlan) -> tuple[StagedShot, ...]:
        """Every shot of the plan, staged, in order. Raises `StagingError` like staging itself."""
        from shotplan.staging import stage

        digests = shot_digests(plan)
        out = []
        for index, shot in enumerate(plan.shots):
            key = (digests[shot.id], index)
            found = self._shots.get(key)
            if found is None:
                found = stage(plan, shot)
            self._keep(key, found)
            out.append(found)
        return tuple(out)

    def _keep(self, key: tuple[str, int], staged: StagedShot) -> None:
        self._shots[key] = staged
        self._shots.move_to_end(key)
        while len(self._shots) > self.size:
            self._shots.popitem(last=False)

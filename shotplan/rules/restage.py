"""Staged shots kept by what they were made from, so that trying a remedy stages only what it really moves.

Knows when a staged shot may be used again: same shot, same set, same people, and the set as the shots before left it. So a change that
leaves everybody where they were ends there. Does not know rules.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, overload

from shotplan.plan import ShotPlan
from shotplan.revisions import canonical_json
from shotplan.staging.blocking import Entry
from shotplan.staging.play import Played, play
from shotplan.staging.stage import embody
from shotplan.staging.staged import StagedShot

T = TypeVar("T")


class StagedPlan(Sequence[StagedShot]):
    """Every shot of a plan in order, each given its frames when it is first looked at. Raises `StagingError` then."""

    def __init__(self, keys: tuple[str, ...], made: Callable[[int], StagedShot]) -> None:
        self.keys = keys
        """One a shot: equal keys mean equal staged shots."""
        self._made = made

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> StagedShot: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[StagedShot]: ...

    def __getitem__(self, index: int | slice) -> StagedShot | Sequence[StagedShot]:
        if isinstance(index, slice):
            picked = range(len(self.keys))[index]
            return StagedPlan(tuple(self.keys[k] for k in picked), lambda k: self._made(picked[k]))
        return self._made(range(len(self.keys))[index])

    def __iter__(self) -> Iterator[StagedShot]:
        return (self._made(k) for k in range(len(self.keys)))


@dataclass
class StagedCache:
    """The most recent staged shots. Staging is deterministic, so this never changes a result."""

    size: int = 256
    _played: OrderedDict[str, Played] = field(default_factory=OrderedDict)
    _shots: OrderedDict[str, StagedShot] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, plan: ShotPlan, staged: Sequence[StagedShot]) -> None:
        """Remember the shots of this very plan, all of them, which were staged elsewhere. Raises `StagingError`."""
        with self._lock:
            for key, shot in zip(self.staged(plan).keys, staged, strict=True):
                self._keep(self._shots, key, shot)

    def staged(self, plan: ShotPlan) -> StagedPlan:
        """The plan's shots. Raises `StagingError` when somebody's way cannot be played."""
        with self._lock:
            ways = self._ways(plan)

        def made(index: int) -> StagedShot:
            key, played = ways[index]
            with self._lock:
                return self._keep(self._shots, key, self._shots.get(key) or embody(plan, played))

        return StagedPlan(tuple(key for key, _ in ways), made)

    def _ways(self, plan: ShotPlan) -> list[tuple[str, Played]]:
        """Everybody's way from shot to shot, and what each shot's staging depends on."""
        everywhere = [canonical_json(plan.brief.model_dump(mode="json", exclude={"script"}))]
        everywhere += [canonical_json(one) for one in (*plan.cast, *plan.beats)]
        sets = {s.id: canonical_json(s) for s in plan.sets}
        entries: dict[str, Entry] = {}
        ways = []
        for index, shot in enumerate(plan.shots):
            entry = entries.get(shot.set) or Entry.first(plan.stage_set(shot.set))
            parts = [str(index), canonical_json(shot), sets[shot.set], repr(entry), *everywhere]
            key = hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
            played = self._keep(self._played, key, self._played.get(key) or play(plan, index, entry))
            entries[shot.set] = played.leaves
            ways.append((key, played))
        return ways

    def _keep(self, kept: OrderedDict[str, T], key: str, value: T) -> T:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > self.size:
            kept.popitem(last=False)
        return value

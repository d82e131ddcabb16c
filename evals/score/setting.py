"""Measure: does each scene play where, when and in what weather the script says?

The film's scenes are its runs of shots on one set. They are aligned with the case's scenes in order so that most attributes
agree (Needleman & Wunsch 1970); a scene scores the share of its judged attributes (place, time of day, weather) that are
right, and the part is the sum over scenes divided by the larger number of scenes, so that a needless change of place costs
as much as a missing one. No threshold.
"""

from __future__ import annotations

from evals.score.align import align
from evals.score.case import Scene
from evals.score.reading import Measure, Reading
from shotplan.plan import StageSet


def setting(reading: Reading) -> Measure | None:
    """Places, times of day and weather are as told, in order."""
    wanted = [s for s in reading.case.scenes if s.place or s.time or s.weather]
    if not wanted:
        return None
    shown: list[StageSet] = []
    for shot in reading.plan.shots:
        stage_set = reading.plan.stage_set(shot.set)
        if stage_set is not None and (not shown or shown[-1].id != stage_set.id):
            shown.append(stage_set)
    likeness = [[_right(scene, s)[0] for s in shown] for scene in wanted]
    pairs = dict(align(likeness))
    total, faults = 0.0, []
    tally = {key: [0, 0] for key in ("place", "time", "weather")}
    for n, scene in enumerate(wanted):
        k = pairs.get(n)
        share, verdict = _right(scene, shown[k]) if k is not None else (0.0, _all_wrong(scene))
        total += share
        for key, right in verdict.items():
            tally[key][0] += right
            tally[key][1] += 1
            if not right:
                got = getattr(shown[k], key) if k is not None else "no such scene"
                faults.append(f"setting: {key} of scene {n + 1} is {got}, not {' or '.join(getattr(scene, key))}")
    if len(shown) > len(wanted):
        faults.append(f"setting: {len(shown)} scenes, not {len(wanted)}")
    figures = {key: right / of for key, (right, of) in tally.items() if of}
    figures |= {"scenes": float(len(shown)), "scenes_asked": float(len(wanted))}
    return Measure("setting", total / max(len(wanted), len(shown)), figures, tuple(faults))


def _right(scene: Scene, shown: StageSet) -> tuple[float, dict[str, bool]]:
    verdict = {key: getattr(shown, key) in getattr(scene, key) for key in _all_wrong(scene)}
    return sum(verdict.values()) / len(verdict), verdict


def _all_wrong(scene: Scene) -> dict[str, bool]:
    return {key: False for key in ("place", "time", "weather") if getattr(scene, key)}

"""Measure: does the camera do what the script asks of it?

One item is one move or one shot size that the script names. The move is classified from the staged path (`camera_path`), the
size from the staged picture (`shot_size`), in the shot that covers the event it goes with, or in any shot when it goes with
none. Labels are not read.
"""

from __future__ import annotations

from collections.abc import Iterable

from evals.score.camera_path import classify
from evals.score.case import CameraAsk
from evals.score.events import Pairing
from evals.score.reading import Measure, Reading
from evals.score.shot_size import shown_sizes
from shotplan.staging.camera_measure import Measurable, subjects
from shotplan.staging.staged import StagedShot


def camera(reading: Reading, pairing: Pairing) -> Measure | None:
    """Moves and sizes are as the script asks."""
    items, right, faults = {"move": 0, "size": 0}, {"move": 0, "size": 0}, []
    for ask in reading.case.camera:
        shots = [reading.staged[k] for k in _where(reading, pairing, ask)]
        if ask.moves:
            items["move"] += 1
            seen = [classify(s).name for s in shots]
            if any(name in ask.moves for name in seen):
                right["move"] += 1
            else:
                faults.append(f"camera: {_list(seen)}, not {' or '.join(ask.moves)}")
        if ask.sizes:
            items["size"] += 1
            sizes = [size for s in shots for thing in _things(reading, ask, s) for size in shown_sizes(s, thing)]
            if any(size in ask.sizes for size in sizes):
                right["size"] += 1
            else:
                faults.append(f"camera: {_list(sizes)}, not {' or '.join(ask.sizes)}")
    total = sum(items.values())
    if not total:
        return None
    figures = {name: right[name] / of for name, of in items.items() if of}
    return Measure("camera", sum(right.values()) / total, figures, tuple(faults))


def _where(reading: Reading, pairing: Pairing, ask: CameraAsk) -> Iterable[int]:
    return range(len(reading.staged)) if ask.event is None else pairing.shots_of(ask.event)


def _things(reading: Reading, ask: CameraAsk, staged: StagedShot) -> list[Measurable]:
    """What the asked size is of: the things named, as far as they are framed, else what the camera frames."""
    framed = subjects(staged)
    if not ask.of:
        return framed[:1]
    wanted = reading.any_of(ask.of)
    return [thing for thing in framed if thing.id in wanted]


def _list(seen: list[str]) -> str:
    return ", ".join(dict.fromkeys(seen)) or "no such shot"

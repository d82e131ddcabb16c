"""The score of a plan against a case: 0 to 100, with its parts shown.

    score = 100 x sum(weight x value) / sum(weight)    over the parts that the case asks for

Each part's value (0..1) is defined and sourced in its own file. The weights are this project's and say what a viewer misses most:
what happens and who does it, then who and what is in the film, then where it plays, then what the script asks of the craft.
A plan without shots scores 0: there is no film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from evals.score import absence, camera, dialogue, events, lengths, presence, relations, setting, violations
from evals.score.case import Case
from evals.score.reading import Measure, Reading
from shotplan.plan import ShotPlan
from shotplan.staging.staged import StagedShot

WEIGHTS: Mapping[str, float] = {
    "events": 40, "cast": 14, "props": 7, "counts": 4, "setting": 9, "relations": 7, "camera": 7, "dialogue": 7, "absent": 5,
    "lengths": 3, "rules": 5,
}  # fmt: skip


class Score(BaseModel):
    """What `ekonte score` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    language: str
    split: str
    score: float
    """0 to 100."""
    parts: dict[str, float]
    """Values 0..1 of the parts that the case asks for."""
    figures: dict[str, dict[str, float]]
    """The measured numbers behind each part."""
    faults: tuple[str, ...] = ()
    """What is not as demanded, one line each."""


def score_plan(plan: ShotPlan, case: Case, staged: Sequence[StagedShot] | None = None) -> Score:
    """Measure a plan against a case. `staged`: its shots, if they are staged already. Raises `StagingError`."""
    reading = Reading.of(case, plan, staged)
    pairing = events.pair_events(reading)
    measures = [
        events.events(reading, pairing), presence.cast(reading), presence.props(reading), presence.counts(reading),
        setting.setting(reading), relations.relations(reading, pairing), camera.camera(reading, pairing), dialogue.dialogue(reading),
        absence.absence(reading), lengths.lengths(reading), violations.violations(reading),
    ]  # fmt: skip
    measured = [m for m in measures if m is not None]
    return Score(
        case=case.id, language=case.language, split=case.split, score=overall(measured) if plan.shots else 0.0,
        parts={m.part: round(m.value, 4) for m in measured}, figures={m.part: dict(m.figures) for m in measured},
        faults=tuple(fault for m in measured for fault in m.faults),
    )  # fmt: skip


def overall(measured: Sequence[Measure]) -> float:
    """The weighted mean of the parts, 0 to 100."""
    weight = sum(WEIGHTS[m.part] for m in measured)
    return 100 * sum(WEIGHTS[m.part] * m.value for m in measured) / weight

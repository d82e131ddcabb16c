"""Measure: is the film as long as asked, in as many shots as asked?

The case gives the bounds. Where it gives only the brief's duration, the tolerance is that of the rule `coverage.total_length`.
"""

from __future__ import annotations

from evals.score.reading import Measure, Reading
from shotplan.rules.coverage import LENGTH_TOLERANCE


def lengths(reading: Reading) -> Measure | None:
    """Film and number of shots are within their bounds."""
    case, plan = reading.case, reading.plan
    film = case.lengths.film
    if film is None and case.duration is not None:
        film = case.duration * (1 - LENGTH_TOLERANCE), case.duration * (1 + LENGTH_TOLERANCE)
    asked = [("film", plan.duration, film, "s"), ("shots", float(len(plan.shots)), case.lengths.shots, "shots")]
    faults, figures, judged = [], {}, 0
    for name, measured, bounds, unit in asked:
        if bounds is None:
            continue
        judged += 1
        figures[name] = measured
        if not bounds[0] - 1e-6 <= measured <= bounds[1] + 1e-6:
            faults.append(f"lengths: {name} is {measured:.4g} {unit}, not {bounds[0]:.4g} to {bounds[1]:.4g}")
    if not judged:
        return None
    return Measure("lengths", 1 - len(faults) / judged, figures, tuple(faults))

"""Measure: how many rules of physics and film grammar does the plan break?

The rules and their limits are those of `shotplan.rules`; remedies are not tried. Findings of severity `error` count, also those
that the director let stand (overridden): the film shows them all the same. The value is the share of clean units, where every shot is
one unit and the plan as a whole another. Warnings are reported and cost nothing.
"""

from __future__ import annotations

from evals.score.reading import Measure, Reading
from shotplan.rules.check import check


def violations(reading: Reading) -> Measure:
    """No rule is broken."""
    shots = reading.plan.shots
    if not shots:
        return Measure("rules", 0.0, {"errors": 0.0, "warnings": 0.0}, ("rules: the plan has no shots",))
    findings = check(reading.plan, reading.staged, remedies=False)
    errors = [f for f in findings if f.severity == "error"]
    dirty = {f.shot for f in errors}
    faults = tuple(f"rules: {f.text} [{f.rule}]" for f in errors)
    figures = {"errors": float(len(errors)), "warnings": float(len(findings) - len(errors))}
    return Measure("rules", 1 - len(dirty) / (len(shots) + 1), figures, faults)

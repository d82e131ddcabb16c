"""Measure: is what must not be there really not there?

One item is one forbidden name (a camera operator in the cast, a model's maker, the film's title) or one forbidden act (what
the script says does not happen, is only wished for, or is an instruction to the machine). The value is the share of items that
are absent. Names match as whole words. An act matches a beat of the film or a performance; when the plan has nobody who is the
one meant, whoever does it is taken to be. No threshold.
"""

from __future__ import annotations

from evals.score.reading import Measure, Reading, members, says


def absence(reading: Reading) -> Measure | None:
    """Nothing of what the case forbids is in the plan."""
    absent = reading.case.absent
    items = len(absent.cast) + len(absent.props) + len(absent.acts)
    if not items:
        return None
    faults = []
    everyone = members(reading.plan)
    for role, names in (("cast", absent.cast), ("prop", absent.props)):
        for name in names:
            there = [m.name for m in everyone if m.role == role and says(name, f"{m.name} | {m.id}")]
            if there:
                faults.append(f"absent: {role} {there[0]!r} must not be there ({name})")
    done = [(s.beat.actor, s.beat.action, s.beat.target) for s in reading.film]
    done += [(p.actor, p.action, p.target) for shot in reading.plan.shots for p in shot.performances]
    for act in absent.acts:
        actors, targets = reading.any_of(act.who), reading.any_of(act.whom)
        for actor, action, target in done:
            if (
                action in act.does
                and (not actors or actor in actors)
                and (not act.whom or (target is not None and target in targets))
            ):
                faults.append(f"absent: {actor or '-'} {action} {target or '-'} must not happen")
                break
    return Measure("absent", 1 - len(faults) / items, {"items": items, "there": len(faults)}, tuple(faults))

"""Measures: is everyone in the cast, are the things there, as many as there should be?

Cast: F1 of the characters the case demands against the plan's cast (an extra character is as wrong as a missing one: it acts,
and it is drawn), whether each is of an accepted kind, and whether those who have a name of their own keep it. Props: recall, and
the kinds; extra ones cost nothing, because a set may be dressed. Counts: for things of which the case demands several, whether
the number is within the bounds.
Source: precision and recall as in van Rijsbergen, "Information Retrieval" (1979), ch. 7. No threshold.
"""

from __future__ import annotations

from evals.score.reading import Measure, Reading, is_named, members

THERE, KIND, NAME = 0.75, 0.15, 0.10
"""How much being there, being of the right kind and being called by name count; what the case does not judge drops out."""


def cast(reading: Reading) -> Measure | None:
    """The characters demanded are in the cast, nobody else is, and each is of the right kind."""
    wanted = [t for t in reading.case.things if t.role == "cast" and not t.optional]
    if not wanted:
        return None
    kinds = {c.id: c.kind for c in reading.plan.cast}
    found = {t.id: [i for i in reading.bound[t.id] if i in kinds] for t in reading.case.things}
    there = sum(min(len(found[t.id]), t.at_least) for t in wanted)
    demanded = sum(t.at_least for t in wanted)
    known = {i for ids in found.values() for i in ids}
    extra = [c for c in reading.plan.cast if c.id not in known]
    recall = there / demanded
    precision = len(known) / max(1, len(reading.plan.cast))
    judged = [(i, t) for t in wanted if t.kinds for i in found[t.id]]
    right = sum(kinds[i] in t.kinds for i, t in judged)
    kind = right / len(judged) if judged else float(there > 0)
    everyone = {m.id: m for m in members(reading.plan)}
    called = [(i, t) for t in wanted if t.named for i in found[t.id]]
    kept = sum(is_named(t, everyone[i]) for i, t in called)
    name = kept / len(called) if called else float(there > 0)
    f1 = _f1(recall, precision)
    faults = [f"cast: {t.id} is missing" for t in wanted if len(found[t.id]) < t.at_least]
    faults += [f"cast: {c.name!r} ({c.kind}) should not be there" for c in extra]
    faults += [f"cast: {t.id} is a {kinds[i]}" for i, t in judged if kinds[i] not in t.kinds]
    faults += [f"cast: {t.id} is called {everyone[i].name!r}" for i, t in called if not is_named(t, everyone[i])]
    figures = {"recall": recall, "precision": precision, "kind": kind}
    if any(t.named for t in wanted):
        return Measure("cast", THERE * f1 + KIND * kind + NAME * name, figures | {"name": name}, tuple(faults))
    return Measure("cast", (THERE * f1 + KIND * kind) / (THERE + KIND), figures, tuple(faults))


def props(reading: Reading) -> Measure | None:
    """The props demanded are on a set; what may be cast or prop counts here."""
    wanted = [t for t in reading.case.things if t.role != "cast" and not t.optional]
    if not wanted:
        return None
    kinds = {m.id: m.kind for m in members(reading.plan)}
    found = [t for t in wanted if reading.bound[t.id]]
    right = [t for t in found if not t.kinds or kinds[reading.bound[t.id][0]] in t.kinds]
    recall = len(found) / len(wanted)
    kind = len(right) / len(wanted)
    faults = [f"prop: {t.id} is missing" for t in wanted if t not in found]
    faults += [f"prop: {t.id} is a {kinds[reading.bound[t.id][0]]}" for t in found if t not in right]
    value = (THERE * recall + KIND * kind) / (THERE + KIND)
    return Measure("props", value, {"recall": recall, "kind": kind}, tuple(faults))


def counts(reading: Reading) -> Measure | None:
    """Where the story says how many, that many are there."""
    counted = [t for t in reading.case.things if t.most > 1 and not t.optional]
    if not counted:
        return None
    right, faults = 0, []
    everyone = members(reading.plan)
    for thing in counted:
        bound = reading.bound[thing.id]
        names = {m.id: m for m in everyone}
        more = [m for m in everyone if m.id not in {i for ids in reading.bound.values() for i in ids} and bound]
        more = [m for m in more if m.kind == names[bound[0]].kind and m.role == names[bound[0]].role == "cast"]
        n = len(bound) + len(more)
        if thing.at_least <= n <= thing.most:
            right += 1
        else:
            many = str(thing.at_least) if thing.most == thing.at_least else f"{thing.at_least} to {thing.most}"
            faults.append(f"counts: {n} of {thing.id}, not {many}")
    return Measure("counts", right / len(counted), {"right": right, "of": len(counted)}, tuple(faults))


def _f1(recall: float, precision: float) -> float:
    return 2 * recall * precision / (recall + precision) if recall + precision > 0 else 0.0

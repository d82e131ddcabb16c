"""Check a plan: run every rule, and offer only remedies that have been tried.

Knows the order of things: stage, measure, report, try. Does not know any rule.
A remedy is tried by applying it to a copy of the plan, staging the shots it touches and checking those (and the cuts around
them) again. It is offered when its finding is gone and no new error has appeared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from shotplan.errors import PlanError, StagingError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch, touched_shots
from shotplan.rules import continuity, coverage, faces, framing, reach, space, terms  # noqa: F401  (they register their rules)
from shotplan.rules.finding import Finding, Remedy
from shotplan.rules.registry import RULES, Problem, Rule, Take, load_entry_points
from shotplan.rules.restage import StagedCache
from shotplan.staging.staged import StagedShot

MOST_REMEDIES = 4
"""Remedies offered per finding."""
MOST_TRIED = 9
"""Changes tried per finding."""
_RECENT = StagedCache()


def check(
    plan: ShotPlan,
    staged: Sequence[StagedShot] | None = None,
    *,
    remedies: bool = True,
    shots: Collection[str] | None = None,
) -> list[Finding]:
    """Every finding of every rule, errors first, then in the order of the plan; deterministic.

    `staged`: the plan's shots if they are staged already, else they are staged here (from a cache by digest). `remedies`:
    whether to build and try remedies, which stages the plan again for each. `shots`: look only at these shots and at the
    plan as a whole. Raises `StagingError` when the plan cannot be staged.
    """
    load_entry_points()
    if staged is not None and [s.shot.id for s in staged] == [s.id for s in plan.shots]:
        takes = _takes(plan, tuple(staged))
        if remedies:
            _RECENT.put(plan, tuple(staged))
    else:
        takes = _takes(plan, _RECENT.stage_all(plan))
    found = _problems(plan, takes, shots)
    if remedies and found:
        everywhere = found if shots is None else _problems(plan, takes, None)
        known = {_finding(r, p).key for r, p in everywhere if _severity(r, p) == "error"}
        findings = [_finding(r, p, _tried(plan, r, p, known)) for r, p in found]
    else:
        findings = [_finding(r, p) for r, p in found]
    place = {shot.id: i for i, shot in enumerate(plan.shots)}
    order = {name: i for i, name in enumerate(RULES)}
    return sorted(
        findings,
        key=lambda f: (f.severity != "error", place.get(f.shot or "", len(place)), order[f.rule], f.where, f.text),
    )


def _takes(plan: ShotPlan, staged: tuple[StagedShot, ...]) -> list[Take]:
    return [Take(plan, i, s, staged[:i]) for i, s in enumerate(staged)]


def _problems(
    plan: ShotPlan, takes: Sequence[Take], shots: Collection[str] | None, rules: Iterable[Rule] | None = None
) -> list[tuple[Rule, Problem]]:
    out: list[tuple[Rule, Problem]] = []
    for r in RULES.values() if rules is None else rules:
        if r.scope == "plan":
            out += [(r, p) for p in r.check(plan)]
        else:
            out += [(r, p) for take in takes if shots is None or take.shot.id in shots for p in r.check(take)]
    return out


def _severity(r: Rule, p: Problem) -> str:
    return p.severity or r.severity


def _finding(r: Rule, p: Problem, remedies: tuple[Remedy, ...] = ()) -> Finding:
    return Finding(
        rule=r.name, severity=p.severity or r.severity, shot=p.shot, where=p.where, measured=float(p.measured), limit=float(p.limit),
        unit=p.unit, text=p.text, raised_by=p.raised_by, owners=p.owners, remedies=remedies,
    )  # fmt: skip


def _tried(plan: ShotPlan, r: Rule, p: Problem, known_errors: set[str]) -> tuple[Remedy, ...]:
    """The rule's changes that work, most fitting first."""
    key = _finding(r, p).key
    offered: dict[str, Remedy] = {}
    for n, change in enumerate(p.changes()):
        if n >= MOST_TRIED or len(offered) >= MOST_REMEDIES:
            break
        if change.id in offered or not _works(plan, change.patch, key, p.shot, known_errors):
            continue
        offered[change.id] = Remedy(
            id=change.id, label=change.label, owner=change.owner, agent=change.agent, patch=change.patch
        )
    return tuple(offered.values())


def _works(
    plan: ShotPlan, patch: Sequence[dict[str, object]], key: str, shot: str | None, known_errors: set[str]
) -> bool:
    try:
        after = apply_patch(plan, patch)
        takes = _takes(after, _RECENT.stage_all(after))
    except (PlanError, StagingError):
        return False
    own = RULES[key.split("@")[0]]
    if any(_finding(r, p).key == key for r, p in _problems(after, takes, {shot} if shot else None, [own])):
        return False
    again = touched_shots(plan, after) | ({shot} if shot else set())
    # A cut rule may look back over two shots, so what follows a touched shot is looked at again too.
    near = {t.shot.id for t in takes if any(takes[k].shot.id in again for k in range(max(0, t.index - 2), t.index + 1))}
    for r, p in _problems(after, takes, near):
        finding = _finding(r, p)
        if finding.key == key or (finding.severity == "error" and finding.key not in known_errors):
            return False
    return True

"""Check a plan: run every rule, and offer only remedies that have been tried.

Knows the order of things: stage, measure, report, try. Does not know any rule.
A remedy is tried by applying it to a copy of the plan, staging the shots that come out differently and checking those (and the cuts
around them) again, the shot of the finding first. It is offered when its finding is gone and no new error has appeared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from shotplan.errors import PlanError, StagingError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch
from shotplan.rules import continuity, coverage, faces, framing, reach, space, terms  # noqa: F401  (they register their rules)
from shotplan.rules.finding import Finding, Remedy
from shotplan.rules.registry import RULES, Problem, Rule, Take, load_entry_points
from shotplan.rules.restage import StagedCache, StagedPlan
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
    if staged is None or [s.shot.id for s in staged] != [s.id for s in plan.shots]:
        staged = _RECENT.staged(plan)
    elif remedies:
        _RECENT.put(plan, staged)
    found = _problems(plan, staged, shots)
    if remedies and found:
        everywhere = found if shots is None else _problems(plan, staged, None)
        known = {_finding(r, p).key for r, p in everywhere if _severity(r, p) == "error"}
        keys = dict(zip((s.id for s in plan.shots), _RECENT.staged(plan).keys, strict=True))
        findings = [_finding(r, p, _tried(plan, keys, r, p, known)) for r, p in found]
    else:
        findings = [_finding(r, p) for r, p in found]
    place = {shot.id: i for i, shot in enumerate(plan.shots)}
    order = {name: i for i, name in enumerate(RULES)}
    return sorted(
        findings,
        key=lambda f: (f.severity != "error", place.get(f.shot or "", len(place)), order[f.rule], f.where, f.text),
    )


def take_of(plan: ShotPlan, staged: Sequence[StagedShot], index: int) -> Take:
    """Shot number `index` as a rule sees it."""
    return Take(plan, index, staged[index], staged[:index])


def _problems(plan: ShotPlan, staged: Sequence[StagedShot], shots: Collection[str] | None) -> list[tuple[Rule, Problem]]:
    takes = [take_of(plan, staged, i) for i, shot in enumerate(plan.shots) if shots is None or shot.id in shots]
    return [(r, p) for r in RULES.values() for p in (r.check(plan) if r.scope == "plan" else (p for t in takes for p in r.check(t)))]


def _severity(r: Rule, p: Problem) -> str:
    return p.severity or r.severity


def _finding(r: Rule, p: Problem, remedies: tuple[Remedy, ...] = ()) -> Finding:
    return Finding(
        rule=r.name, severity=p.severity or r.severity, shot=p.shot, where=p.where, measured=float(p.measured), limit=float(p.limit),
        unit=p.unit, text=p.text, raised_by=p.raised_by, owners=p.owners, remedies=remedies,
    )  # fmt: skip


def _tried(plan: ShotPlan, keys: Mapping[str, str], r: Rule, p: Problem, known_errors: set[str]) -> tuple[Remedy, ...]:
    """The rule's changes that work, most fitting first. `keys`: of the plan's staged shots, by shot id."""
    finding = _finding(r, p)
    offered: dict[str, Remedy] = {}
    for n, change in enumerate(p.changes()):
        if n >= MOST_TRIED or len(offered) >= MOST_REMEDIES:
            break
        if change.id in offered or not _works(plan, keys, change.patch, r, finding, known_errors):
            continue
        offered[change.id] = Remedy(
            id=change.id, label=change.label, owner=change.owner, agent=change.agent, patch=change.patch
        )
    return tuple(offered.values())


def _works(
    plan: ShotPlan, keys: Mapping[str, str], patch: Sequence[dict[str, object]], own: Rule, finding: Finding, known_errors: set[str]
) -> bool:
    try:
        after = apply_patch(plan, patch)
        staged = _RECENT.staged(after)
        return not any(_spoils(r, p, finding, known_errors) for r, p in _again(after, staged, keys, own, finding.shot))
    except (PlanError, StagingError):
        return False


def _spoils(r: Rule, p: Problem, finding: Finding, known_errors: set[str]) -> bool:
    """Whether the finding is still there, or this is an error that was not there before."""
    key = _finding(r, p).key
    return key == finding.key or (_severity(r, p) == "error" and key not in known_errors)


def _again(
    plan: ShotPlan, staged: StagedPlan, keys: Mapping[str, str], own: Rule, shot: str | None
) -> Iterator[tuple[Rule, Problem]]:
    """What the rules say of a changed plan, one by one: the finding's own rule first, then every shot that came out differently."""
    at = {s.id: k for k, s in enumerate(plan.shots)}
    if own.scope == "plan":
        yield from ((own, p) for p in own.check(plan))
    else:
        first = [at[shot]] if shot in at else range(len(plan.shots))
        yield from ((own, p) for k in first for p in own.check(take_of(plan, staged, k)))
    yield from ((r, p) for r in RULES.values() if r.scope == "plan" for p in r.check(plan))
    changed = {k for id, k in at.items() if keys.get(id) != staged.keys[k] or id == shot}
    for k in range(len(plan.shots)):
        # A cut rule may look back over two shots, so what follows a changed shot is looked at again too.
        if any(j in changed for j in range(max(0, k - 2), k + 1)):
            take = take_of(plan, staged, k)
            yield from ((r, p) for r in RULES.values() if r.scope != "plan" for p in r.check(take))

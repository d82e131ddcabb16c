"""What every measure is given: the case, the plan, its staged shots, and who in the plan is who in the case.

Knows how names are matched and in what order a film shows its beats. Does not know any measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evals.score.case import Case, Thing
from shotplan.plan import Beat, Character, Prop, ShotPlan
from shotplan.staging import stage_all
from shotplan.staging.staged import StagedShot


@dataclass(frozen=True)
class Measure:
    """One part of a score: what was measured, and what was not as it should be."""

    part: str
    value: float
    """0 (nothing as demanded) to 1 (everything)."""
    figures: Mapping[str, float]
    """The measured numbers behind it."""
    faults: tuple[str, ...] = ()
    """One line each, for people."""


@dataclass(frozen=True)
class Member:
    """A character or prop of the plan."""

    id: str
    name: str
    kind: str
    role: str
    """`cast` or `prop`."""


@dataclass(frozen=True)
class Shown:
    """A beat at its place in the film."""

    beat: Beat
    shot: int
    """Index of the first shot that plays it."""


@dataclass(frozen=True)
class Reading:
    """A plan read against a case."""

    case: Case
    plan: ShotPlan
    staged: tuple[StagedShot, ...]
    """Empty when the plan has no shots."""
    bound: Mapping[str, tuple[str, ...]]
    """Thing id to the ids of the characters or props that are it."""

    @classmethod
    def of(cls, case: Case, plan: ShotPlan, staged: Sequence[StagedShot] | None = None) -> Reading:
        """Stage the plan, unless it is staged already, and find out who is who. Raises `StagingError`."""
        if staged is None:
            staged = stage_all(plan)
        return cls(case, plan, tuple(staged), bind(case, plan))

    @cached_property
    def film(self) -> tuple[Shown, ...]:
        """Every beat that a shot plays, in the order of the film, each once."""
        first: dict[str, Shown] = {}
        for index, shot in enumerate(self.plan.shots):
            for id in shot.beats:
                beat = self.plan.beat(id)
                if beat is not None:
                    first.setdefault(id, Shown(beat, index))
        return tuple(first.values())

    def ids(self, reference: str) -> tuple[str, ...]:
        """Plan ids that a reference such as `fox` or `cats.2` stands for; `cats` is any of the cats."""
        id, _, member = reference.partition(".")
        found = self.bound.get(id, ())
        if not member:
            return found
        return found[int(member) - 1 : int(member)]

    def any_of(self, references: Iterable[str | None]) -> set[str | None]:
        """Plan ids of any of the references; None stays None."""
        out: set[str | None] = set()
        for reference in references:
            out |= {None} if reference is None else set(self.ids(reference))
        return out


def members(plan: ShotPlan) -> list[Member]:
    """Cast in plan order, then the props of every set; a prop id that several sets share counts once."""
    cast = [Member(c.id, c.name, c.kind, "cast") for c in plan.cast]
    props: dict[str, Member] = {}
    for stage_set in plan.sets:
        for p in stage_set.props:
            props.setdefault(p.id, Member(p.id, p.name, p.kind, "prop"))
    return cast + list(props.values())


def says(name: str, known_as: str | Character | Prop) -> bool:
    """Whether `known_as` contains `name` as a whole word (English, plural allowed) or as written (Chinese, Japanese)."""
    text = known_as if isinstance(known_as, str) else f"{known_as.name} {known_as.id}"
    text, name = text.replace("_", " ").casefold(), name.replace("_", " ").casefold()
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z]){re.escape(name)}(?:s|es)?(?![a-z])", text) is not None


def likeness(thing: Thing, member: Member) -> int:
    """0: not it. 1: of an accepted kind, but the thing has a name of its own. 2: of an accepted kind. 4: so named. 5: both."""
    if thing.role != "either" and thing.role != member.role:
        return 0
    kind = member.kind in thing.kinds
    if is_named(thing, member):
        return 5 if kind or not thing.kinds else 4
    return (1 if thing.named else 2) if kind else 0


def is_named(thing: Thing, member: Member) -> bool:
    """Whether a member of the plan bears one of the thing's names."""
    return any(says(name, f"{member.name} | {member.id}") for name in thing.names)


def bind(case: Case, plan: ShotPlan) -> dict[str, tuple[str, ...]]:
    """Give every member of the plan to at most one thing of the case, the likest first; ties in the order of case and plan."""
    everyone = members(plan)
    likely = sorted(
        (
            (-likeness(thing, member), thing.optional, n, k)
            for n, thing in enumerate(case.things)
            for k, member in enumerate(everyone)
            if likeness(thing, member)
        ),
    )
    taken: set[int] = set()
    bound: dict[str, list[int]] = {thing.id: [] for thing in case.things}
    for _, _, n, k in likely:
        thing = case.things[n]
        if k not in taken and len(bound[thing.id]) < thing.most:
            taken.add(k)
            bound[thing.id].append(k)
    for thing in case.things:  # a set may hold several trees, and a film several doors: any of them is the one
        if thing.most == 1 and bound[thing.id] and everyone[bound[thing.id][0]].role == "prop":
            best = likeness(thing, everyone[bound[thing.id][0]])
            alike = [
                k for k, m in enumerate(everyone) if k not in taken and m.role == "prop" and likeness(thing, m) >= best
            ]
            bound[thing.id] += alike
            taken.update(alike)
    return {id: tuple(everyone[k].id for k in sorted(found)) for id, found in bound.items()}

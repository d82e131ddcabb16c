"""The registry of rules: a decorator, a dictionary, and entry points for rules from elsewhere.

Knows what a rule is given and what it may report. Does not know any rule, nor how remedies are tried (`shotplan.rules.check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import entry_points
from typing import Any, Literal

from shotplan.plan import Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.rules.finding import Role
from shotplan.staging.staged import StagedAction, StagedShot

Severity = Literal["error", "warning"]
Scope = Literal["shot", "cut", "plan"]


@dataclass(frozen=True)
class Change:
    """A change that might make a finding go away. It becomes a `Remedy` once it has been tried."""

    id: str
    label: str
    owner: Role
    agent: str
    patch: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Problem:
    """What a rule reports, before its remedies are built and tried."""

    where: str
    measured: float
    limit: float
    unit: str
    text: str
    raised_by: str
    owners: tuple[str, ...]
    shot: str | None = None
    severity: Severity | None = None
    """None: the rule's own."""
    changes: Callable[[], Iterable[Change]] = tuple
    """Called only when remedies are asked for; most fitting first."""


@dataclass(frozen=True)
class Take:
    """One staged shot in its plan, as a rule sees it."""

    plan: ShotPlan
    index: int
    staged: StagedShot
    earlier: Sequence[StagedShot] = ()
    """Every staged shot before this one, in plan order."""

    @property
    def shot(self) -> Shot:
        return self.plan.shots[self.index]

    @property
    def path(self) -> str:
        return f"/shots/{self.index}"

    @property
    def previous(self) -> StagedShot | None:
        """The shot cut from, when it plays in the same set."""
        if self.earlier and self.earlier[-1].stage_set.id == self.staged.stage_set.id:
            return self.earlier[-1]
        return None

    @cached_property
    def set_index(self) -> int:
        return next(i for i, s in enumerate(self.plan.sets) if s.id == self.shot.set)

    @property
    def stage_set(self) -> StageSet:
        """The set as the plan has it, before the shots moved anything in it."""
        return self.plan.sets[self.set_index]

    def performance(self, action: StagedAction) -> tuple[int, Performance]:
        """The performance that a staged action plays, and its place in the shot."""
        k = int(action.path.rsplit("/", 1)[1])
        return k, self.shot.performances[k]

    def prop(self, id: str | None) -> tuple[str, Prop] | None:
        """A prop of this shot's set and its JSON pointer."""
        for k, prop in enumerate(self.stage_set.props):
            if prop.id == id:
                return f"/sets/{self.set_index}/props/{k}", prop
        return None

    def name(self, id: str | None) -> str:
        """What people call a character or prop."""
        character = self.plan.character(id or "")
        prop = self.prop(id)
        return character.name if character else prop[1].name if prop else str(id)


ShotRule = Callable[[Take], Iterator[Problem]]
PlanRule = Callable[[ShotPlan], Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    name: str
    check: Callable[[Any], Iterator[Problem]]
    scope: Scope
    """`shot`: given a `Take`, looks at it alone. `cut`: given a `Take`, looks at the shots before it too. `plan`: given the plan."""
    severity: Severity
    owners: tuple[Role, ...]
    source: str

    @property
    def summary(self) -> str:
        """The rule in one sentence."""
        return (self.check.__doc__ or "").strip().splitlines()[0]


RULES: dict[str, Rule] = {}
"""Every rule by name, in the order of registration."""


def rule(
    name: str, *, owners: tuple[Role, ...], source: str, severity: Severity = "error", scope: Scope = "shot"
) -> Callable[[Callable[[Any], Iterator[Problem]]], Callable[[Any], Iterator[Problem]]]:
    """Register a rule. Its docstring is the rule in one sentence; `source` names where the limit comes from."""

    def register(check: Callable[[Any], Iterator[Problem]]) -> Callable[[Any], Iterator[Problem]]:
        if name in RULES:
            raise ValueError(f"rule {name!r} is registered twice")
        if not check.__doc__:
            raise ValueError(f"rule {name!r} needs a docstring: the rule in one sentence")
        RULES[name] = Rule(name, check, scope, severity, owners, source)
        return check

    return register


@lru_cache(maxsize=1)
def load_entry_points() -> None:
    """Import rules that other packages offer under the entry point group `ekonte.rules`."""
    for point in entry_points(group="ekonte.rules"):
        point.load()

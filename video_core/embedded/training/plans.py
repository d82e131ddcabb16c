"""Random one-shot plans: the stages the embedded model is trained and tested on.

Knows the vocabularies and how often each word should come up. Does not know how a plan is staged or drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from shotplan.brief import Brief
from shotplan.plan import STANDARD_MARKS, CameraSpec, Character, Ground, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.vocabulary import (
    ACTIONS,
    ANGLES,
    CHARACTER_KINDS,
    EMOTIONS,
    LENSES,
    MOVES,
    PLACES,
    PROP_KINDS,
    SHOT_SIZES,
    SIDES,
    STYLES,
    TIMES,
    WEATHERS,
)

T = TypeVar("T")
SIZE_WEIGHTS = {
    "extreme_long": 0.05, "long": 0.16, "full": 0.26, "medium_long": 0.16, "medium": 0.14, "medium_close": 0.10,
    "close_up": 0.08, "big_close_up": 0.03, "extreme_close_up": 0.02,
}  # fmt: skip
FAMILY_WEIGHTS = {"locomotion": 0.5, "posture": 0.12, "gesture": 0.14, "object": 0.12, "social": 0.11, "perform": 0.01}


def pick(rng: np.random.Generator, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
    p = None if weights is None else np.asarray(weights, float) / np.sum(weights)
    return options[int(rng.choice(len(options), p=p))]


def usually(rng: np.random.Generator, first: str, options: Sequence[str], chance: float) -> str:
    """`first` with this chance, else any of the options."""
    return first if rng.random() < chance else pick(rng, options)


def colour(rng: np.random.Generator) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(int(v) for v in rng.integers(20, 250, 3)))


def character(rng: np.random.Generator, id: str) -> Character:
    """A random kind, a little taller or shorter, in its own colours or in some of any colour."""
    kind = pick(rng, list(CHARACTER_KINDS))
    term = CHARACTER_KINDS[kind]
    palette = tuple(colour(rng) if rng.random() < 0.2 else c for c in term.palette)
    return Character.of_kind(id, id, kind, palette=palette, height=round(term.height * float(rng.uniform(0.85, 1.15)), 3))


def ground(rng: np.random.Generator) -> Ground:
    kind: Any = usually(rng, "flat", ("slope", "steps", "gap", "hill"), 0.65)
    if kind == "flat":
        return Ground()
    x0 = float(rng.uniform(-4, 1))
    width = float(rng.uniform(0.5, 1.4) if kind == "gap" else rng.uniform(1.5, 4))
    return Ground(kind=kind, height=round(float(rng.uniform(0.3, 1.2)), 2), x0=round(x0, 2), x1=round(x0 + width, 2))


def props(rng: np.random.Generator, indoor: bool) -> tuple[Prop, ...]:
    outdoor_only = ("tree", "house", "car", "boat", "bridge", "river", "log", "fence")
    kinds = [k for k in PROP_KINDS if not (indoor and k in outdoor_only)]
    out = []
    for i in range(int(rng.choice([0, 1, 2, 3, 4], p=[0.15, 0.3, 0.25, 0.2, 0.1]))):
        kind = pick(rng, kinds)
        w, h, d = PROP_KINDS[kind].size
        size = (w * float(rng.uniform(0.8, 1.25)), h * float(rng.uniform(0.7, 1.3)), d * float(rng.uniform(0.8, 1.25)))
        x, z = float(rng.uniform(-5, 5)), float(rng.uniform(-3.4, 1.2))
        if kind in ("house", "tree"):
            z -= 1.5
        yaw = float(rng.uniform(-40, 40)) if rng.random() < 0.4 else 0.0
        out.append(Prop.of_kind(f"prop{i}", kind, kind, round(x, 2), round(z, 2), size=size, yaw=yaw))
    return tuple(out)


def performances(rng: np.random.Generator, cast: tuple[Character, ...], things: tuple[Prop, ...]) -> tuple[Performance, ...]:
    """One or two actions for everyone, from different marks."""
    marks = list(rng.permutation([m.id for m in STANDARD_MARKS]))
    out = []
    for actor in cast:
        start = str(marks.pop())
        for _ in range(1 + int(rng.random() < 0.35)):
            action = random_action(rng, len(cast) > 1, bool(things))
            term = ACTIONS[action]
            target: str | None = None
            others = [c.id for c in cast if c.id != actor.id]
            match term.target:
                case "character":
                    target = pick(rng, others)
                case "prop":
                    target = pick(rng, things).id
                case "any" if rng.random() < 0.6 and (others or things):
                    target = pick(rng, [*others, *(p.id for p in things)])
            end = str(marks[0]) if term.travels and target is None else None
            out.append(
                Performance(
                    actor=actor.id, action=action, target=target, start=start, end=end,
                    pace=pick(rng, ("slow", "normal", "normal", "fast")),
                    emotion=usually(rng, "neutral", list(EMOTIONS), 0.4), intensity=round(float(rng.uniform(0.3, 1)), 2),
                )
            )  # fmt: skip
            start = None  # type: ignore[assignment]
    return tuple(out)


def random_action(rng: np.random.Generator, company: bool, things: bool) -> str:
    """An action whose needed target is there."""
    possible = [
        a for a, t in ACTIONS.items() if (t.target != "character" or company) and (t.target != "prop" or things)
    ]  # fmt: skip
    weights = []
    for action in possible:
        family = ACTIONS[action].family
        weight = FAMILY_WEIGHTS[family] / sum(ACTIONS[a].family == family for a in possible)
        weights.append(weight * {"walk": 4.0, "run": 4.0, "jump_over": 2.5}.get(action, 1.0))
    return pick(rng, possible, weights)


def random_plan(seed: int) -> ShotPlan:
    """A plan with one shot; the same seed gives the same plan."""
    rng = np.random.default_rng((20_261, seed))
    style = pick(rng, list(STYLES))
    place = pick(rng, list(PLACES))
    cast = tuple(character(rng, f"actor{i}") for i in range(int(rng.choice([1, 2, 3, 4], p=[0.3, 0.4, 0.2, 0.1]))))
    things = props(rng, PLACES[place].indoor)
    stage = StageSet(
        id="place", name=place, place=place, ground=ground(rng), props=things,
        time=pick(rng, list(TIMES), [0.4 if t == "day" else 0.2 for t in TIMES]),
        weather=usually(rng, "clear", list(WEATHERS), 0.5),
    )  # fmt: skip
    subjects = [None, None, *(c.id for c in cast), *(c.id for c in cast), *(p.id for p in things[:1])]
    camera = CameraSpec(
        size=pick(rng, list(SHOT_SIZES), [SIZE_WEIGHTS[s] for s in SHOT_SIZES]),
        angle=usually(rng, "eye_level", list(ANGLES), 0.55), move=usually(rng, "static", list(MOVES), 0.4),
        lens=usually(rng, "normal", list(LENSES), 0.5), subject=pick(rng, subjects),
        side=usually(rng, "audience", list(SIDES), 0.4),
    )  # fmt: skip
    shot = Shot(
        id="s01", set="place", duration=round(float(rng.uniform(2.0, 4.0)), 2),
        performances=performances(rng, cast, things), camera=camera,
    )  # fmt: skip
    brief = Brief(script="a training stage", style=style, seed=seed % 1000)
    return ShotPlan(brief=brief, cast=cast, sets=(stage,), shots=(shot,))

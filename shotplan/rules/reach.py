"""What a body can do: jump heights and distances, speeds, reaching what is touched, and having the time for it.

Knows the staged actions and their actors' limits. Does not know places (space) or pictures (framing).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Severity, Take, rule
from shotplan.staging.staged import StagedAction
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS

TOLERANCE = 0.02
"""Part of a limit that staging's rounding may use up."""
_CLIMB = {"jump_over": "climb_over", "jump_onto": "climb_onto"}


def _staged(take: Take, *templates: str) -> Iterator[tuple[StagedAction, str, int]]:
    """Staged actions with the actor's name and the performance's number."""
    for x in take.staged.actions(*templates):
        yield x, take.name(x.actor), take.performance(x)[0]


@rule(
    "reach.jump_height",
    owners=(Role.SCENE, Role.CHARACTER),
    source="Bosco et al. 1983: counter-movement jump; limits of `vocabulary/cast.py`",
)
def jump_height(take: Take) -> Iterator[Problem]:
    """An obstacle that is jumped over or onto is no higher than the jumper can clear."""
    for x, name, _ in _staged(take, "jump_over", "jump_onto"):
        limit = take.plan.character(x.actor).limits.jump_height  # type: ignore[union-attr]
        if x.obstacle_height <= limit * (1 + TOLERANCE):
            continue
        what = take.name(x.obstacle) if x.obstacle else f"the {take.stage_set.ground.kind}"
        yield Problem(
            where=x.path,
            measured=x.obstacle_height,
            limit=limit,
            unit="m",
            shot=take.shot.id,
            raised_by=x.actor,
            owners=("scene", x.actor),
            text=f"{name} jumps at most {limit:.2f} m high and {what} is {x.obstacle_height:.2f} m",
            changes=partial(_lower_or_climb, take, x, limit),
        )


def _lower_or_climb(take: Take, x: StagedAction, limit: float) -> Iterator[Change]:
    found = take.prop(x.obstacle)
    if found:
        pointer, prop = found
        yield changes.lower(pointer, prop, prop.size[1] * (limit - 0.01) / x.obstacle_height)
    elif x.obstacle is None and take.stage_set.ground.kind != "flat":
        yield changes.ground_height(take, take.stage_set.ground.height * 0.97 * limit / x.obstacle_height)
    yield from _climb_instead(take, x)
    if found:  # something lower that is there already
        others = [p for p in take.stage_set.props if p.id != x.obstacle and 0.1 < p.size[1] < limit]
        for other in sorted(others, key=lambda p: abs(p.size[1] - limit))[:1]:
            yield changes.action(take, x, x.action, target=other.id)
    character = take.plan.character(x.actor)
    if character and CHARACTER_KINDS[character.kind].flies:
        yield changes.action(take, x, "fly")
    yield changes.action(take, x, "walk", target=None)


def _climb_instead(take: Take, x: StagedAction) -> Iterator[Change]:
    """Climb: as it is, from a mark close by, or with more time for it."""
    climb = _CLIMB[x.action]
    yield changes.action(take, x, climb)
    obstacle = take.staged.prop(x.obstacle or "")
    if obstacle is not None:
        middle = obstacle.position[0, (0, 2)]
        here = x.start[[0, 2]]
        far = float(np.hypot(*(middle - here)))
        clear = max(obstacle.prop.size[0], obstacle.prop.size[2]) / 2 + 0.3
        near = [
            m
            for m in take.stage_set.marks
            if np.hypot(m.x - middle[0], m.z - middle[1]) < far
            and (middle - here) @ (middle - (m.x, m.z)) > clear * far * 0.5
        ]
        for m in sorted(near, key=lambda m: (float(np.hypot(m.x - middle[0], m.z - middle[1])), m.id))[:1]:
            yield changes.action(take, x, climb, start=m.id, pace="fast")
    for more in (2.5, 5.0, 8.0):
        yield changes.with_time(take, changes.action(take, x, climb), take.shot.duration + more)


@rule(
    "reach.jump_distance",
    owners=(Role.SCENE, Role.CHARACTER),
    source="limits of `vocabulary/cast.py`; a leap is take-off to landing",
)
def jump_distance(take: Take) -> Iterator[Problem]:
    """A jump covers no more ground than the jumper can leap."""
    for x, name, _ in _staged(take, "jump_over", "jump_onto"):
        limit = take.plan.character(x.actor).limits.jump_distance  # type: ignore[union-attr]
        if x.leap <= limit * (1 + TOLERANCE) + 0.05:
            continue
        yield Problem(
            where=x.path,
            measured=x.leap,
            limit=limit,
            unit="m",
            shot=take.shot.id,
            raised_by=x.actor,
            owners=("scene", x.actor),
            text=f"{name} leaps at most {limit:.2f} m and this jump covers {x.leap:.2f} m",
            changes=partial(_narrow_or_climb, take, x, limit),
        )


def _narrow_or_climb(take: Take, x: StagedAction, limit: float) -> Iterator[Change]:
    found = take.prop(x.obstacle)
    if found:
        pointer, prop = found
        way = np.abs(x.end - x.start)
        for share in (0.75 * limit / x.leap, 0.5 * limit / x.leap):
            along_x = way[0] >= way[2]
            w, d = (prop.size[0] * share, prop.size[2]) if along_x else (prop.size[0], prop.size[2] * share)
            yield changes.smaller(pointer, prop, w, d)
        yield changes.lower(pointer, prop, prop.size[1] * 0.6)
    elif take.stage_set.ground.kind == "gap":
        g = take.stage_set.ground
        for share in (0.8, 0.55, 0.35):
            yield changes.narrower_gap(take, (g.x1 - g.x0) * share * limit / x.leap)
    yield from _climb_instead(take, x)
    yield changes.action(take, x, "walk", target=None)


def _lacks_time(x: StagedAction) -> bool:
    return x.needed > max(x.t1 - x.t0, 0.0) * 1.02 + 0.1


@rule(
    "reach.speed",
    owners=(Role.DIRECTOR, Role.CHARACTER),
    source="Bohannon 1997: walking 1.3 m/s; limits of `vocabulary/cast.py`",
)
def speed(take: Take) -> Iterator[Problem]:
    """Nobody moves faster than their body allows for the gait."""
    for x, name, k in _staged(take):
        if x.distance < 0.05 or x.speed_limit <= 0 or x.peak_speed <= x.speed_limit * 1.05 or _lacks_time(x):
            continue  # played too fast only because the time is short: `reach.time` says so
        yield Problem(
            where=x.path,
            measured=x.peak_speed,
            limit=x.speed_limit,
            unit="m/s",
            shot=take.shot.id,
            raised_by=x.actor,
            owners=("director", x.actor),
            text=f"{name} would {ACTIONS.label(x.action)} at {x.peak_speed:.1f} m/s and can do {x.speed_limit:.1f} m/s",
            changes=partial(_more_time, take, x, k, x.peak_speed / x.speed_limit),
        )


@rule(
    "reach.time",
    owners=(Role.DIRECTOR, Role.CHARACTER),
    source="typical and least times of `vocabulary/actions.py`; walking and running speeds",
)
def time(take: Take) -> Iterator[Problem]:
    """An action has the time it takes."""
    for x, name, k in _staged(take):
        had = max(x.t1 - x.t0, 0.0)
        if not _lacks_time(x):
            continue
        yield Problem(
            where=x.path,
            measured=x.needed,
            limit=had,
            unit="s",
            shot=take.shot.id,
            raised_by=x.actor,
            owners=("director", x.actor),
            text=f"{name} needs {x.needed:.1f} s to {ACTIONS.label(x.action)} and has {had:.1f} s of the {take.shot.duration:.1f} s shot",
            changes=partial(_more_time, take, x, k, None),
        )


def _more_time(take: Take, x: StagedAction, k: int, ratio: float | None) -> Iterator[Change]:
    lacking = sum(max(0.0, y.needed - (y.t1 - y.t0)) for y in take.staged.actions() if y.actor == x.actor)
    wanted = take.shot.duration * ratio if ratio else take.shot.duration + lacking
    for seconds in (wanted + 0.1, wanted + 1.0, 1.5 * wanted):
        if take.shot.duration < seconds <= 20.0:
            yield changes.longer(take, seconds)
            break
    if x.distance > 0.5:
        here = take.shot.performances[k]
        away = x.start[[0, 2]]
        goal = x.end[[0, 2]]
        nearer = away + (goal - away) * (0.6 if ratio is None else min(0.8, 0.9 / ratio))
        yield from changes.other_marks(take, x.actor, k, "end", nearer, count=2)
        if ratio is None and here.pace != "fast":
            yield changes.pace(take, x, "fast" if here.pace == "normal" else "normal")
        if ratio is not None and here.pace != "slow":
            yield changes.pace(take, x, "slow" if here.pace == "normal" else "normal")
        if ratio is None and ACTIONS[x.action].gait in ("walk", "sneak") and ACTIONS[x.action].target == "any":
            yield changes.action(take, x, "run")
    if take.shot.duration < wanted + 3.0 <= 30.0:
        yield changes.longer(take, wanted + 3.0)


@rule(
    "reach.contact",
    owners=(Role.CHARACTER, Role.SCENE),
    source="reach of `vocabulary/cast.py`, contact distance of `vocabulary/actions.py`",
)
def contact(take: Take) -> Iterator[Problem]:
    """What is touched is within reach at the moment of contact."""
    for x, name, k in _staged(take):
        if x.contact_time is None or x.contact_gap <= 0.05:
            continue
        reach = take.plan.character(x.actor).limits.reach  # type: ignore[union-attr]
        yield Problem(
            where=x.path,
            measured=reach + x.contact_gap,
            limit=reach,
            unit="m",
            shot=take.shot.id,
            raised_by=x.actor,
            owners=(x.actor, "scene"),
            text=f"{name} reaches {reach:.2f} m and {take.name(x.target)} is {x.contact_gap:.2f} m too far to {ACTIONS.label(x.action)}",
            changes=partial(_come_nearer, take, x, k),
        )


def _come_nearer(take: Take, x: StagedAction, k: int) -> Iterator[Change]:
    here = take.shot.performances[k]
    for key in ("end", "start"):
        if getattr(here, key) is not None:
            yield changes.mark(take, x.actor, k, key, None)
    found = take.prop(x.target)
    prop, actor = take.staged.prop(x.target or ""), take.staged.actor(x.actor)
    frame = min(take.staged.frames - 1, int((x.contact_time or 0.0) * take.staged.fps))
    if found and prop is not None and actor is not None:
        there, spot = prop.position[frame, (0, 2)], actor.root[frame, (0, 2)]
        gap = there - spot
        far = float(np.hypot(*gap))
        toward = gap / far if far > 1e-6 else np.array([np.sin(actor.heading[frame]), np.cos(actor.heading[frame])])
        for extra in (0.05, 0.3):
            new = there - toward * min(far, x.contact_gap + extra)
            yield changes.move_prop(*found, *new)
        if prop.position[frame, 1] + found[1].size[1] > 1.2 * actor.character.height:
            yield changes.lower(*found, actor.character.height * 0.6)
    target = take.staged.actor(x.target or "")
    goal = (
        prop.position[frame, (0, 2)] if prop is not None else target.root[frame, (0, 2)] if target is not None else None
    )
    if goal is not None:
        yield from changes.other_marks(take, x.actor, k, "start", goal, count=2)


@rule("reach.playable", owners=(Role.DIRECTOR, Role.CHARACTER), source="staging's own remarks", severity="warning")
def playable(take: Take) -> Iterator[Problem]:
    """Staging can play a performance as it is written, without leaving anything out."""
    by_place: dict[tuple[str, Severity], list[str]] = {}
    for where, severity, sentence in take.staged.problems:
        by_place.setdefault((where, severity), []).append(sentence)
    for (where, severity), sentences in by_place.items():
        parts = where.split("/")
        actor = None
        if len(parts) >= 5 and parts[3] == "performances" and int(parts[4]) < len(take.shot.performances):
            actor = take.shot.performances[int(parts[4])].actor
        yield Problem(
            where=where,
            measured=len(sentences),
            limit=0,
            unit="remarks",
            shot=take.shot.id,
            raised_by=actor or "director",
            owners=("director", actor) if actor else ("director",),
            severity=severity,
            text="; ".join(sentences),
            changes=partial(_play_otherwise, take, where, actor),
        )


def _play_otherwise(take: Take, where: str, actor: str | None) -> Iterator[Change]:
    x = next((x for x in take.staged.actions() if x.path == where), None)
    if x is None or actor is None:
        return
    k, here = take.performance(x)
    if here.target is not None:
        yield changes.action(take, x, x.action, target=None)
    for key in ("start", "end"):
        if getattr(here, key) is not None:
            yield changes.mark(take, actor, k, key, None)
    yield changes.action(take, x, "look" if here.target else "stand")

"""Who stands where when a shot begins: carried on from the shot before, at a mark, or at a sensible free spot.

Knows places and facings. Does not know what happens afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from shotplan.plan import Performance, Shot, ShotPlan, StageSet
from shotplan.staging.cue import Place
from shotplan.staging.ground import half_extent, height, over
from shotplan.staging.scene import Severity, bulk
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import speeds
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, PROP_KINDS


@dataclass(frozen=True)
class Entry:
    """The state of one set between two of its shots."""

    places: dict[str, Place] = field(default_factory=dict)
    props: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Where props that were moved stand, (x, z) m."""
    held: dict[str, str] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)

    @classmethod
    def first(cls, stage_set: StageSet | None) -> Entry:
        """Before anything has happened: things are where the set has them, or in the hand that brings them."""
        props = stage_set.props if stage_set is not None else ()
        return cls(held={p.id: p.held_by for p in props if p.held_by is not None})


def present(plan: ShotPlan, shot: Shot) -> list[str]:
    """Characters on stage in a shot, cast order: who performs, who is acted on, who is framed, whose beats it covers."""
    ids = {p.actor for p in shot.performances} | {p.target for p in shot.performances} | {shot.camera.subject}
    for beat_id in shot.beats:
        beat = plan.beat(beat_id)
        if beat is not None:
            ids |= {beat.actor, beat.target}
    return [c.id for c in plan.cast if c.id in ids]


def set_now(stage_set: StageSet, entry: Entry) -> StageSet:
    """The set with moved props where the shot before left them."""
    if not entry.props:
        return stage_set
    props = tuple(
        p.model_copy(update={"x": entry.props[p.id][0], "z": entry.props[p.id][1]}) if p.id in entry.props else p
        for p in stage_set.props
    )
    return stage_set.model_copy(update={"props": props})


def radius(plan: ShotPlan, actor: str) -> float:
    character = plan.character(actor)
    h = character.height if character is not None else 1.0
    return 0.16 * h if h > 1 else 0.3 * h


def block(
    plan: ShotPlan, shot: Shot, stage_set: StageSet, entry: Entry
) -> tuple[dict[str, Place], list[tuple[str, Severity, str]]]:
    """Start places of everyone in the shot, with remarks about those who had to give way."""
    here = present(plan, shot)
    first = {a: next((p for p in shot.performances if p.actor == a), None) for a in here}
    spots: dict[str, Array] = {}
    carried: dict[str, Place] = {}
    problems: list[tuple[str, Severity, str]] = []
    for a in here:
        p = first[a]
        mark = stage_set.mark(p.start) if p is not None and p.start is not None else None
        if mark is not None:
            spots[a] = np.array([mark.x, mark.z])
    for a in here:
        place = entry.places.get(a)
        if a in spots or place is None or _enters(first[a]):
            continue
        if _taken(plan, a, place.xz, spots):
            problems.append(
                (
                    f"/shots/{plan.shots.index(shot)}",
                    "warning",
                    f"{a} stood where somebody starts this shot and is staged beside it",
                )
            )
            spots[a] = _free(plan, stage_set, a, place.xz, spots)
        else:
            spots[a], carried[a] = place.xz, place
    for a in sorted((a for a in here if a not in spots), key=lambda a: not _leads(first[a])):
        spots[a] = _free(
            plan,
            stage_set,
            a,
            _wish(plan, shot, stage_set, a, first[a], spots, here),
            spots,
            entering=_enters(first[a]),
        )
    return {
        a: carried[a] if a in carried else _place(plan, shot, stage_set, a, first[a], spots, entry) for a in here
    }, problems


def _enters(p: Performance | None) -> bool:
    return p is not None and p.action == "enter"


def _leads(p: Performance | None) -> bool:
    return p is not None and ACTIONS[p.action].travels and p.action not in ("chase", "follow")


def _wish(
    plan: ShotPlan,
    shot: Shot,
    stage_set: StageSet,
    actor: str,
    p: Performance | None,
    spots: dict[str, Array],
    here: list[str],
) -> Array:
    """Where somebody without a mark would like to start."""
    half = stage_set.width / 2
    character = plan.character(actor)
    assert character is not None
    order = here.index(actor)
    spread = min(1.5, (stage_set.width - 2) / max(len(here), 1))
    if p is None:
        return np.array([(order - (len(here) - 1) / 2) * spread + 0.4, -0.6])
    template = ACTIONS[p.action]
    speed, _ = speeds(template, character.limits, p.pace, p.emotion, p.intensity)
    if p.action == "enter":
        end = stage_set.mark(p.end) if p.end else None
        side = -1.0 if end is None or end.x <= 0.5 else 1.0
        return np.array([side * (half + 0.3), end.z if end is not None else 0.0])
    prop = next(
        (
            q
            for q in shot.performances
            if q.actor == actor and q.target is not None and stage_set.prop(q.target) is not None
        ),
        None,
    )
    thing = stage_set.prop(prop.target) if prop is not None and prop.target is not None else None
    end = stage_set.mark(p.end) if p.end else None
    if thing is not None:
        mine = [q for q in shot.performances if q.actor == actor]
        lead = 1.2 if prop is p else 0.0
        if p.action.startswith("jump"):
            lead = 0.55 * character.limits.jump_distance + speed * float(np.clip(shot.duration - 2.6, 0.5, 2.0))
        elif template.travels and prop is not p:
            still = sum(ACTIONS[q.action].seconds for q in mine if q is not p)
            lead = max(1.5, speed * max(1.0, shot.duration - still))
        elif template.travels:
            lead = max(1.5, min(0.7 * speed * shot.duration, 5.0))
        side = -1.0 if thing.x > -half * 0.6 else 1.0
        if end is not None and abs(end.x - thing.x) > 0.3:
            side = -float(np.sign(end.x - thing.x))
        away = np.array([side, 0.0])
        x = thing.x + side * (half_extent(thing, away) + lead + bulk(character))
        z = thing.z if PROP_KINDS[thing.kind].shape not in ("house", "tree") else thing.z + 0.3
        return np.array([np.clip(x, -half + 0.8, half - 0.8), z])
    if template.travels and p.target is None and end is None:
        distance = min(speed * max(1.0, shot.duration - 0.5), stage_set.width - 2.4)
        return np.array([-distance / 2, 0.0])
    if end is not None and template.travels:
        side = -1.0 if end.x > -1.0 else 1.0
        return np.array(
            [np.clip(end.x + side * min(speed * max(1.0, shot.duration - 0.5), 5.0), -half + 0.8, half - 0.8), end.z]
        )
    if p.action == "follow" or p.action == "chase":
        lead = spots.get(p.target or "", np.array([-1.0, 0.0]))  # type: ignore[assignment]
        return np.asarray(lead) + np.array([-1.6 - bulk(character), 0.0])
    if p.target in spots:
        near = spots[str(p.target)]
        gap = 1.5 + bulk(character) + 0.3 * character.height
        away = np.array([gap if near[0] <= 0.4 else -gap, 0.0])
        if p.action == "look":
            away = np.array([2.2 if near[0] <= 0.4 else -2.2, -1.4])
        return near + away
    if p.action == "look" and len(here) > 1:
        return np.array([2.2, -1.4])
    return np.array([(order - (len(here) - 1) / 2) * spread, 0.0])


def _taken(plan: ShotPlan, actor: str, spot: Array, spots: dict[str, Array]) -> bool:
    mine = radius(plan, actor)
    return any(float(np.linalg.norm(spot - s)) < mine + radius(plan, a) + 0.1 for a, s in spots.items())


def _free(
    plan: ShotPlan, stage_set: StageSet, actor: str, wish: Array, spots: dict[str, Array], entering: bool = False
) -> Array:
    """The free spot nearest to a wish: nobody there, no solid prop, on the stage."""
    mine = radius(plan, actor)
    solid = [p for p in stage_set.props if PROP_KINDS[p.kind].solid and PROP_KINDS[p.kind].shape != "flat"]
    rings = [np.zeros((1, 2))]
    for r in np.arange(0.5, 9.0, 0.5):
        angle = np.arange(12) * (np.pi / 6)
        rings.append(np.stack([r * np.cos(angle), r * np.sin(angle)], 1))
    candidates = np.asarray(wish, float) + np.concatenate(rings)
    bad = np.zeros(len(candidates), dtype=bool)
    if not entering:
        bad |= (np.abs(candidates[:, 0]) > stage_set.width / 2 - 0.4) | (
            np.abs(candidates[:, 1]) > stage_set.depth / 2 - 0.4
        )
        g = stage_set.ground
        if g.kind == "gap":
            bad |= (candidates[:, 0] > g.x0 - mine) & (candidates[:, 0] < g.x1 + mine)
    for p in solid:
        bad |= over(p, candidates[:, 0], candidates[:, 1], mine)
    for a, s in spots.items():
        bad |= np.linalg.norm(candidates - s, axis=1) < mine + radius(plan, a) + 0.15
    good = np.flatnonzero(~bad)
    return candidates[good[0]] if len(good) else np.asarray(wish, float) + np.array([0.0, 0.7 * (1 + len(spots))])


def _place(
    plan: ShotPlan,
    shot: Shot,
    stage_set: StageSet,
    actor: str,
    p: Performance | None,
    spots: dict[str, Array],
    entry: Entry,
) -> Place:
    """Height and facing at a start spot."""
    x, z = (float(v) for v in spots[actor])
    character = plan.character(actor)
    assert character is not None
    y = float(height(stage_set.ground, x))
    look = _first_interest(shot, stage_set, actor, p, spots)
    heading = 0.35 * float(np.sign(-x) or 1.0)
    if look is not None and np.linalg.norm(look - spots[actor]) > 0.1:
        heading = float(np.arctan2(look[0] - x, look[1] - z))
    elif p is not None and ACTIONS[p.action].travels:
        way = 1.0 if x <= 0 else -1.0
        if p.action == "leave":
            way = -way if x != 0 else 1.0
        heading = float(way * np.pi / 2)
    place = Place(x, y, z, heading)
    before = entry.places.get(actor)
    if before is not None and p is None and before.posture != "hover":
        return replace(place, posture="stand")
    if p is not None and p.action == "fly" and CHARACTER_KINDS[character.kind].flies and p.start is None:
        return replace(place, y=y + 1.1 + 0.6 * character.height, posture="hover")
    return place


def _first_interest(
    shot: Shot, stage_set: StageSet, actor: str, p: Performance | None, spots: dict[str, Array]
) -> Array | None:
    """What somebody faces at first: the goal of its first action, who acts on it, or the nearest other."""
    if p is not None:
        for id in (p.end, p.target):
            if id is None or id == actor:
                continue
            if id in spots:
                return spots[id]
            mark, prop = stage_set.mark(id), stage_set.prop(id)
            if mark is not None:
                return np.array([mark.x, mark.z])
            if prop is not None:
                return np.array([prop.x, prop.z])
        if ACTIONS[p.action].travels:
            thing = next(
                (
                    stage_set.prop(q.target)
                    for q in shot.performances
                    if q.actor == actor and q.target and stage_set.prop(q.target)
                ),
                None,
            )
            return None if thing is None else np.array([thing.x, spots[actor][1]])
    by = next((q.actor for q in shot.performances if q.target == actor and q.actor in spots), None)
    if by is not None and by != actor:
        return spots[by]
    others = [s for a, s in spots.items() if a != actor]
    return min(others, key=lambda s: float(np.linalg.norm(s - spots[actor])), default=None)

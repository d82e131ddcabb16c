"""Blocking: where things stand and where people may start and end, as names of marks.

Knows the stage floor and the order of the beats. Every choice it offers to one agent is free of what it offers to the others, so
that agents may choose at the same time. Does not know models. Metres; +X is stage right to the audience.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.roles.pacing import ORDINARY_WAY
from agents.roles.sides import beside_somebody, side_spots
from shotplan.plan import STANDARD_MARKS, Beat, Mark, Prop, ShotPlan, StageSet
from shotplan.vocabulary import ACTIONS, PROP_KINDS, usual_size

OBSTACLE_ACTIONS = frozenset({"jump_over", "climb_over", "jump_onto", "climb_onto"})
TRAVELS = frozenset(a.id for a in ACTIONS.values() if a.travels)
PAIRS = frozenset({"fight", "hug", "dance", "shake_hands", "kiss", "talk", "give"})
"""Actions that two begin face to face."""
RUN_UP = 1.7
"""Metres between an obstacle's face and the marks before and after it: half an ordinary leap and a step."""


@dataclass(frozen=True)
class Spot:
    name: str
    x: float
    z: float


BACK_ROW = (
    (Spot("back_left", -4.2, -3.0), Spot("far_back_left", -4.8, -3.4)),
    (Spot("back_right", 4.2, -3.0), Spot("far_back_right", 4.8, -3.4)),
    (Spot("back_center", 0.4, -3.3), Spot("back_center_left", -1.2, -3.5)),
    (Spot("far_left_back", -6.9, -2.4), Spot("far_left_deep", -7.0, -3.2)),
    (Spot("far_right_back", 6.9, -2.4), Spot("far_right_deep", 7.0, -3.2)),
)
FRONT_ROW = (2.1, 3.9, -2.1, 5.2, -3.9, 0.9)
BROUGHT = frozenset({"eat", "drink", "read", "write", "put_down", "throw", "give"})
"""Actions whose thing is in the hand already, unless the story has it picked up first."""
MIDDLE, MIDDLE_Z = (0.0, 3.0, -3.0, 5.5, -5.5), -1.1
"""Where things stand beside which the script puts somebody."""
OBSTACLE_X = {1: (0.6,), 2: (-2.1, 2.4), 3: (-4.0, 0.0, 4.0)}


def set_the_stage(
    props: Sequence[tuple[str, str, str]], beats: Sequence[Beat], beside: Sequence[str] = ()
) -> tuple[tuple[Prop, ...], tuple[Mark, ...]]:
    """Props (id, name, kind) at their default spots with marks beside them.

    Obstacles of jumps and climbs stand in a row from left to right in story order, so that travel goes one way; things that are
    handled stand in front; the rest dresses the back. `beside`: things beside which the script puts somebody; they stand in the
    middle, with a mark on every side.
    """
    crossed = [b.target for b in beats if b.action in OBSTACLE_ACTIONS and b.target]
    order = [i for i in dict.fromkeys(crossed) if any(p[0] == i for p in props)]
    handled = {b.target for b in beats if b.target} - set(order)
    xs = OBSTACLE_X.get(len(order)) or tuple(-6.0 + 12.0 * (k + 1) / (len(order) + 1) for k in range(len(order)))
    placed: list[Prop] = []
    marks = list(STANDARD_MARKS)
    front, back = 0, 0
    for id, name, kind in props:
        half = usual_size(kind, name)[0] / 2
        holder = brought_by(id, kind, beats)
        if id in beside and id not in order and holder is None:
            x = MIDDLE[beside.index(id) % len(MIDDLE)]
            prop = Prop.of_kind(id, name, kind, x, MIDDLE_Z)
            placed.append(prop)
            marks += [*side_spots(prop), Mark(id=f"by_{id}"[:40], x=round(x - half - 0.5, 2), z=side_spots(prop)[0].z)]
        elif id in order:
            x = xs[order.index(id)]
            placed.append(Prop.of_kind(id, name, kind, x, 0.0))
            marks += [
                Mark(id=f"before_{id}"[:40], x=round(x - half - RUN_UP, 2), z=0.0),
                Mark(id=f"after_{id}"[:40], x=round(x + half + RUN_UP, 2), z=0.0),
            ]
        elif (id in handled or PROP_KINDS[kind].handheld) and half < 1.2:
            x = FRONT_ROW[front % len(FRONT_ROW)] + 0.5 * (front // len(FRONT_ROW))
            front += 1
            z = 0.7
            placed.append(Prop.of_kind(id, name, kind, x, z, held_by=holder))
            marks.append(Mark(id=f"by_{id}"[:40], x=round(x - half - 0.45, 2), z=z))
        else:
            spot = BACK_ROW[back % len(BACK_ROW)][0]
            deep = usual_size(kind, name)[2] / 2
            z = round(min(spot.z, -1.2 - deep) - 0.6 * (back // len(BACK_ROW)), 2)
            back += 1
            placed.append(Prop.of_kind(id, name, kind, spot.x, z))
            marks.append(Mark(id=f"by_{id}"[:40], x=round(spot.x - half - 0.5, 2), z=round(z + deep + 0.5, 2)))
    return tuple(placed), tuple({m.id: m for m in marks}.values())


def brought_by(id: str, kind: str, beats: Sequence[Beat]) -> str | None:
    """Who has a thing in hand from the start: whoever is the first to use it, when that use needs no picking up.

    Somebody who sits and reads does not get up to fetch the book.
    """
    first = next((b for b in beats if b.target == id), None)
    return first.actor if first is not None and first.action in BROUGHT and PROP_KINDS[kind].handheld else None


def spots(stage_set: StageSet, prop: Prop) -> tuple[Spot, ...]:
    """Where the scene may put a prop: its own spot first, then a free one beside it. Props with a path through them stay."""
    here = Spot("here", prop.x, prop.z)
    if stage_set.mark(f"before_{prop.id}"[:40]) or prop.z > -1.5:
        return (here,)
    for first, second in BACK_ROW:
        if abs(first.x - prop.x) < 0.01:
            return (Spot(first.name, prop.x, prop.z), Spot(second.name, second.x, min(prop.z, second.z)))
    return (here,)


def beats_in(plan: ShotPlan, set_id: str) -> list[Beat]:
    """Beats that are covered by shots in this set, in story order."""
    covered = {b for s in plan.shots if s.set == set_id for b in s.beats}
    return [b for b in plan.beats if b.id in covered]


BESIDE = {
    "left": ("center_left", "center_right"), "beside": ("center_left", "center_right"), "right": ("center_right", "center_left"),
    "behind": ("back", "front"), "front": ("front", "back"),
}  # fmt: skip
"""Marks of somebody whom the script puts on this side of another, and of that other."""


def zones(plan: ShotPlan, set_id: str) -> dict[str, tuple[str, ...]]:
    """For everyone who acts or is acted on in a set, the marks where they may start; no two share a mark."""
    stage_set = plan.stage_set(set_id)
    beats = beats_in(plan, set_id)
    people = [i for b in beats for i in (b.actor, b.target) if i is not None and plan.character(i) is not None]
    order = list(dict.fromkeys(people))
    movers = [i for i in order if any(b.actor == i and b.action in TRAVELS and b.action != "enter" for b in beats)]
    free = [m for m in stage_set.marks if not _blocked(stage_set, m)] if stage_set else []
    names = {m.id for m in free}
    left: list[str] = [m for m in ("far_left", "left", "back_left", "front_left") if m in names]
    right: list[str] = [
        m
        for m in (
            "center_right",
            "right",
            "back_right",
            "front_right",
            "back",
            "front",
            "center",
            "center_left",
            "far_right",
        )
        if m in names
    ]
    if movers:
        right = [
            m
            for m in ("back_right", "front_right", "right", "far_right", "back", "front", "center_right", "center")
            if m in names
        ]
    given: dict[str, tuple[str, ...]] = {}
    pair = next(((b.actor, b.target) for b in beats if b.actor and b.action in PAIRS and b.target in order), None)
    if pair is not None and pair[0] == order[0] and {"center_left", "center_right"} <= names:
        given = {str(pair[0]): ("center_left",), str(pair[1]): ("center_right",)}
        for pool in (left, right):
            pool[:] = [m for m in pool if m not in ("center_left", "center_right", "center")]
    told = next(((b, r) for b in beats if (r := beside_somebody(plan, b)) is not None and b.actor and b.actor not in given), None)
    if told is not None and {"center_left", "center_right", "back", "front"} <= names:
        (beat, (side, other)) = told
        here, there = BESIDE.get(side, BESIDE["left"])
        given |= {str(beat.actor): (here,), other: (there,)}
        for pool in (left, right):
            pool[:] = [m for m in pool if m not in (here, there)]
    for id in order:
        if id in given:
            continue
        own = next(
            (
                b
                for b in beats
                if id == b.actor and b.target and f"by_{b.target}"[:40] in names and b.action not in TRAVELS
            ),
            None,
        )
        first = next((b for b in beats if b.actor == id), None)
        if own is not None and own is first and not any(f"by_{own.target}"[:40] in taken for taken in given.values()):
            given[id] = (f"by_{own.target}"[:40],)
            continue
        entering = first is not None and first.action == "enter"
        if id in movers and first is not None:
            goal = _goal(stage_set, beats, first)
            x = next((m.x for m in stage_set.marks if m.id == goal), None) if stage_set else None
            if x is not None and stage_set is not None:
                marks = {m.id: m.x for m in stage_set.marks}
                left.sort(key=lambda m, x=x: abs(x - marks[m] - ORDINARY_WAY))  # type: ignore[misc]
        pool = left if (id in movers or entering) and left else right or left
        if not pool:
            given[id] = ("center",)
            continue
        given[id] = tuple(pool[:1]) if id in movers or len(pool) == 1 or len(order) > 3 else tuple(pool[:2])
        for mark in given[id]:
            pool.remove(mark)
    return given


def _goal(stage_set: StageSet | None, beats: Sequence[Beat], beat: Beat) -> str | None:
    """The mark that a travelling beat has to end at: beside its target, or before what the actor's next beat is about."""
    if stage_set is None or beat.action not in TRAVELS:
        return None
    if beat.target is not None:
        names = (f"by_{beat.target}"[:40], f"before_{beat.target}"[:40])
        return next((n for n in names if stage_set.mark(n)), None)
    own = [b for b in beats if b.actor == beat.actor]
    for later in own[own.index(beat) + 1 :] if beat in own else []:
        name = f"{'before' if later.action in OBSTACLE_ACTIONS else 'by'}_{later.target}"[:40]
        if later.target and stage_set.mark(name):
            return name
    return None


def destination(
    plan: ShotPlan, set_id: str, beat: Beat, at: str | None, way: float = ORDINARY_WAY
) -> tuple[str | None, ...]:
    """Marks where a travelling beat may end, most natural first; (None,): where the action leads.

    `way`: metres that the actor can cover in the shot.
    """
    stage_set = plan.stage_set(set_id)
    if stage_set is None or beat.action not in TRAVELS:
        return (None,)
    names = {m.id: m for m in stage_set.marks}
    if beat.action in ("jump_over", "climb_over"):
        return (f"after_{beat.target}"[:40],) if f"after_{beat.target}"[:40] in names else (None,)
    if beat.action in ("jump_onto", "climb_onto"):
        return (None,)
    held = next((p for p in stage_set.props if p.id == beat.target and p.held_by is not None), None)
    goal = _goal(stage_set, beats_in(plan, set_id), beat) if held is None else None
    if (held is None and beat.target is not None) or (goal is not None and goal != at):
        return (goal,)
    x = names[at].x if at in names else -6.0
    if beat.action == "leave":
        return ("far_right",) if x >= 0 else ("far_left", "far_right")
    taken = {m for id, own in zones(plan, set_id).items() if id != beat.actor for m in own}
    wanted = (
        ("center_left", "center")
        if beat.action == "enter"
        else ("right", "center_right", "far_right", "center", "center_left", "left", "far_left")
    )
    open_marks = [
        m
        for m in wanted
        if m in names
        and m not in taken
        and m != at
        and not _blocked(stage_set, names[m])
        and abs(names[m].x - x) >= 1.0
    ]
    open_marks = [m for m in open_marks if abs(names[m].x - x) <= way] or sorted(
        open_marks, key=lambda m: abs(names[m].x - x)
    )
    onward = [m for m in open_marks if names[m].x > x]
    clear = [m for m in (onward or open_marks) if not _something_between(stage_set, x, names[m].x)]
    return tuple((clear or onward or open_marks)[:3]) or (None,)


def _something_between(stage_set: StageSet, x0: float, x1: float) -> bool:
    low, high = min(x0, x1), max(x0, x1)
    return any(
        PROP_KINDS[p.kind].solid and abs(p.z) < p.size[2] / 2 + 0.3 and low < p.x < high for p in stage_set.props
    )


def _blocked(stage_set: StageSet, mark: Mark) -> bool:
    """Whether a prop, wherever the scene may move it, covers the mark."""
    for prop in stage_set.props:
        if PROP_KINDS[prop.kind].solid and not PROP_KINDS[prop.kind].handheld:
            for spot in spots(stage_set, prop):
                if abs(mark.x - spot.x) < prop.size[0] / 2 + 0.35 and abs(mark.z - spot.z) < prop.size[2] / 2 + 0.35:
                    return True
    return False

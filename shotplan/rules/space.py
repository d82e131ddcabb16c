"""Where bodies are: not inside props or each other, on the stage, on something that carries them.

Knows positions over time. Does not know what the actions mean or what the camera sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Take, rule
from shotplan.staging import ground
from shotplan.staging.staged import Array, StagedAction, StagedActor, StagedProp
from shotplan.vocabulary import ACTIONS, PROP_KINDS

CLOSEST = 0.55
"""People are on one spot when their axes are nearer than this part of their radii together; an embrace is wider."""
_ON_PROPS = {"sit", "lie", "hide", "ride", "climb_onto", "climb_over", "jump_onto", "jump_over", "enter", "leave"}
_IN_AIR = {
    "jump_over",
    "jump_onto",
    "jump_up",
    "climb_over",
    "climb_onto",
    "fly",
    "fall",
    "swim",
    "ride",
    "sit",
    "lie",
    "leave",
    "enter",
    "dance",
}


def _at(actor: StagedActor, time: float, fps: int) -> StagedAction | None:
    """What the actor does at a time, or did last."""
    current = None
    for x in actor.actions:
        if x.t0 <= time + 0.5 / fps:
            current = x
    return current or (actor.actions[0] if actor.actions else None)


def _where(take: Take, x: StagedAction | None) -> str:
    return x.path if x else take.path


def _depth_inside(points: Array, prop: StagedProp) -> Array:
    """Metres (F,) that (F,3) points are inside the prop's footprint, negative outside; -inf above its top or when it is gone."""
    rel = points - prop.position
    c, s = np.cos(prop.yaw), np.sin(prop.yaw)
    x, z = c * rel[:, 0] - s * rel[:, 2], s * rel[:, 0] + c * rel[:, 2]
    w, h, d = prop.prop.size
    deep = np.minimum(w / 2 - np.abs(x), d / 2 - np.abs(z))
    return np.where((rel[:, 1] < min(0.9 * h, h - 0.05)) & prop.visible, deep, -np.inf)


@rule("space.path", owners=(Role.CHARACTER, Role.SCENE), source="two solid bodies cannot be in one place")
def path(take: Take) -> Iterator[Problem]:
    """Nobody walks through or stands inside a solid prop."""
    for actor in take.staged.actors:
        held = {h for h in actor.holds if h}
        for prop in take.staged.props:
            if not PROP_KINDS[prop.prop.kind].solid or prop.prop.size[1] < 0.12 or prop.id in held:
                continue
            if any(
                prop.id in (x.target, x.obstacle) and (x.action in _ON_PROPS or x.action == "fly")
                for x in actor.actions
            ):
                continue
            deep = _depth_inside(actor.root, prop)
            if PROP_KINDS[prop.prop.kind].shape in ("tree", "pole", "lamp"):
                deep = np.where(
                    actor.root[:, 1] - prop.position[:, 1] > 0.4 * prop.prop.size[1], -np.inf, deep
                )  # perched in it
            if prop.prop.kind in ("door", "house"):
                deep = np.where(prop.openness > 0.3, -np.inf, deep)
            worst = int(np.argmax(deep))
            if deep[worst] <= 0.05:
                continue
            x = _at(actor, worst / take.staged.fps, take.staged.fps)
            name = take.name(actor.id)
            verb = "goes through" if x is not None and ACTIONS[x.action].travels else "is inside"
            yield Problem(
                where=_where(take, x),
                measured=float(deep[worst]),
                limit=0.0,
                unit="m",
                shot=take.shot.id,
                raised_by=actor.id,
                owners=(actor.id, "scene"),
                text=f"{name} {verb} {prop.prop.name}, {deep[worst]:.2f} m deep at {worst / take.staged.fps:.1f} s",
                changes=partial(_clear_the_way, take, actor, prop, x, worst),
            )


def _clear_the_way(
    take: Take, actor: StagedActor, prop: StagedProp, x: StagedAction | None, worst: int
) -> Iterator[Change]:
    spot = actor.root[worst, (0, 2)]
    if x is not None and x.action not in ("chase", "follow"):
        k, here = take.performance(x)
        near = x.end[[0, 2]]
        yield from changes.other_marks(
            take,
            actor.id,
            k,
            "end" if here.end or ACTIONS[x.action].travels else "start",
            near,
            away_from=[prop.position[worst, (0, 2)]],
        )
        if here.start is not None:
            yield from changes.other_marks(
                take, actor.id, k, "start", spot, away_from=[prop.position[worst, (0, 2)]], count=2
            )
    found = take.prop(prop.id)
    if found:
        pointer, p = found
        clear = max(p.size[0], p.size[2]) / 2 + actor.radius + 0.3
        away = np.array([p.x, p.z]) - spot
        n = float(np.hypot(*away))
        away = away / n if n > 0.05 else np.array([0.0, -1.0])
        for step in (away * (clear + 0.2), np.array([0.0, -(clear + 0.6)]), np.array([0.0, -(clear + 2.0)])):
            yield changes.move_prop(pointer, p, *(spot + step))
    if x is not None and prop.prop.size[1] < actor.character.limits.jump_height:
        yield changes.action(take, x, "jump_over", target=prop.id)
    if x is not None and prop.prop.size[1] < 1.2 * actor.character.height:
        yield changes.action(take, x, "climb_over", target=prop.id)
    if x is not None and x.action in ("chase", "follow"):  # whoever is chased found a way that the chaser cannot take
        yield changes.action(take, x, "look")


def _pairs(take: Take) -> Iterator[tuple[StagedActor, StagedActor, Array, float]]:
    """Two people, metres between their axes (F,), and the least that is allowed."""
    for a, b in combinations(take.staged.actors, 2):
        apart = np.linalg.norm(a.root[:, (0, 2)] - b.root[:, (0, 2)], axis=1)
        over = np.abs(a.root[:, 1] - b.root[:, 1]) > 0.8 * min(a.character.height, b.character.height)
        close = [x for c, d in ((a, b), (b, a)) for x in c.actions if x.target == d.id]
        apart = np.where(over, np.inf, apart)
        times = take.staged.times
        for x in close:
            if ACTIONS[x.action].contact is not None or x.action in ("ride", "dance", "fight"):
                apart = np.where(times >= x.t0 - 0.2, np.inf, apart)
        yield a, b, apart, CLOSEST * (a.radius + b.radius)


def _still(actor: StagedActor, fps: int) -> NDArray[np.bool_]:
    """(F,) bool: standing still."""
    speed = (
        np.linalg.norm(np.gradient(actor.root[:, (0, 2)], axis=0), axis=1) * fps if len(actor.root) > 1 else np.zeros(1)
    )
    return speed < 0.1


@rule(
    "space.same_spot",
    owners=(Role.CHARACTER, Role.DIRECTOR),
    source="two people cannot stand on one spot (a fault of 13 of 45 published FilmAgent scenes)",
)
def same_spot(take: Take) -> Iterator[Problem]:
    """No two people stand on one spot."""
    for a, b, apart, limit in _pairs(take):
        both = (apart < limit) & _still(a, take.staged.fps) & _still(b, take.staged.fps)
        if both.sum() < max(2, 0.1 * take.staged.fps):
            continue
        yield _too_near(take, a, b, int(np.argmin(np.where(both, apart, np.inf))), apart, limit, "stand")


@rule("space.people", owners=(Role.CHARACTER, Role.DIRECTOR), source="two solid bodies cannot be in one place")
def people(take: Take) -> Iterator[Problem]:
    """No two people walk through each other."""
    for a, b, apart, limit in _pairs(take):
        still = _still(a, take.staged.fps) & _still(b, take.staged.fps)
        through = (apart < limit) & ~still
        if not through.any() or ((apart < limit) & still).sum() >= max(2, 0.1 * take.staged.fps):
            continue
        yield _too_near(take, a, b, int(np.argmin(np.where(through, apart, np.inf))), apart, limit, "pass")


def _too_near(take: Take, a: StagedActor, b: StagedActor, frame: int, apart: Array, limit: float, verb: str) -> Problem:
    time = frame / take.staged.fps
    ranked = sorted((a, b), key=lambda c: -float(np.ptp(c.root[:, (0, 2)], axis=0).max()))
    first, second = ranked
    x = _at(first, time, take.staged.fps)
    return Problem(
        where=_where(take, x or _at(second, time, take.staged.fps)),
        measured=float(apart[frame]),
        limit=limit,
        unit="m",
        shot=take.shot.id,
        raised_by=second.id,
        owners=(first.id, second.id, "director"),
        text=f"{take.name(a.id)} and {take.name(b.id)} {verb} {apart[frame]:.2f} m apart at {time:.1f} s and need {limit:.2f} m",
        changes=lambda: _keep_apart(take, first, second, frame),
    )


def _keep_apart(take: Take, first: StagedActor, second: StagedActor, frame: int) -> Iterator[Change]:
    time = frame / take.staged.fps
    for actor, other in ((first, second), (second, first)):
        x = _at(actor, time, take.staged.fps)
        if x is None:
            continue
        k, here = take.performance(x)
        spots = [other.root[frame, (0, 2)], other.root[-1, (0, 2)], other.root[0, (0, 2)]]
        keys = ["end"] if ACTIONS[x.action].travels else ["start"]
        if ACTIONS[x.action].travels and here.start is not None:
            keys.append("start")
        for key in keys:
            yield from changes.other_marks(
                take, actor.id, k, key, (x.end if key == "end" else x.start)[[0, 2]], away_from=spots, count=2
            )


@rule("space.on_stage", owners=(Role.CHARACTER, Role.SCENE), source="the set's width and depth")
def on_stage(take: Take) -> Iterator[Problem]:
    """Everyone stays on the stage, except while coming in or leaving."""
    s = take.staged.stage_set
    half = np.array([s.width / 2, s.depth / 2])
    for actor in take.staged.actors:
        beyond = (np.abs(actor.root[:, (0, 2)]) - half).max(axis=1)
        left = False
        for x in actor.actions:
            during = (take.staged.times >= x.t0 - 0.1) & (take.staged.times <= x.t1 + 0.1)
            if x.action in ("enter", "leave"):
                beyond = np.where(during, -np.inf, beyond)
            left = left or x.action == "leave"
            if left:
                beyond = np.where(take.staged.times >= x.t0, -np.inf, beyond)
            if x.action == "enter":
                beyond = np.where(take.staged.times <= x.t1, -np.inf, beyond)
        worst = int(np.argmax(beyond))
        if beyond[worst] <= 0.05:
            continue
        axis = int(np.argmax(np.abs(actor.root[worst, (0, 2)]) - half))
        there, limit = float(np.abs(actor.root[worst, (0, 2)])[axis]), float(half[axis])
        seconds = worst / take.staged.fps
        x_at = _at(actor, seconds, take.staged.fps)
        yield Problem(
            where=_where(take, x_at),
            measured=there,
            limit=limit,
            unit="m",
            shot=take.shot.id,
            raised_by=actor.id,
            owners=(actor.id, "scene"),
            text=f"{take.name(actor.id)} is {there:.1f} m from the middle at {seconds:.1f} s and the stage ends at {limit:.1f} m",
            changes=partial(_back_on_stage, take, actor, x_at, axis, there),
        )


def _back_on_stage(take: Take, actor: StagedActor, x: StagedAction | None, axis: int, there: float) -> Iterator[Change]:
    if x is not None:
        k, _ = take.performance(x)
        for key, spot in (("end", x.end), ("start", x.start)):
            yield from changes.other_marks(take, actor.id, k, key, spot[[0, 2]], count=2)
    size = [take.stage_set.width, take.stage_set.depth]
    size[axis] = 2 * (there + 0.5)
    yield changes.wider_stage(take, size[0], size[1])


@rule("space.standing", owners=(Role.CHARACTER, Role.SCENE), source="gravity")
def standing(take: Take) -> Iterator[Problem]:
    """Whoever is not jumping, climbing, flying or falling stands on the ground or on a prop."""
    s = take.staged.stage_set
    for actor in take.staged.actors:
        near = actor.root[:, :1] + np.array([[-0.35, 0.0, 0.35]])
        heights = ground.height(s.ground, near)
        floor, low = heights.max(axis=1), heights.min(axis=1)
        for prop in take.staged.props:
            top = prop.position[:, 1] + prop.prop.size[1]
            rel = actor.root - prop.position
            beside = np.hypot(rel[:, 0], rel[:, 2]) < 0.5 * max(prop.prop.size[0], prop.prop.size[2]) + 0.35
            floor = np.where(beside & (actor.root[:, 1] < top + 0.15), np.maximum(floor, actor.root[:, 1]), floor)
        wrong = np.maximum(actor.root[:, 1] - floor, low - actor.root[:, 1])
        for x in actor.actions:
            if x.action in _IN_AIR:
                wrong = np.where((take.staged.times >= x.t0 - 0.3) & (take.staged.times <= x.t1 + 0.5), 0.0, wrong)
        flyers = [x.t0 for x in actor.actions if x.action == "fly"]
        if flyers or actor.character.kind in ("owl", "bird", "eagle"):  # a bird may hang in the air
            wrong = np.where(actor.root[:, 1] > floor, 0.0, wrong)
        worst = int(np.argmax(wrong))
        if wrong[worst] <= 0.15:
            continue
        seconds = worst / take.staged.fps
        x_at = _at(actor, seconds, take.staged.fps)
        how = "above" if actor.root[worst, 1] > floor[worst] else "below"
        yield Problem(
            where=_where(take, x_at),
            measured=float(wrong[worst]),
            limit=0.15,
            unit="m",
            shot=take.shot.id,
            raised_by=actor.id,
            owners=(actor.id, "scene"),
            text=f"{take.name(actor.id)} is {wrong[worst]:.2f} m {how} the ground at {seconds:.1f} s without jumping, climbing or flying",
            changes=partial(_on_the_ground, take, actor, x_at, worst),
        )


def _on_the_ground(take: Take, actor: StagedActor, x: StagedAction | None, worst: int) -> Iterator[Change]:
    if x is not None:
        k, _ = take.performance(x)
        for key, spot in (("end", x.end), ("start", x.start)):
            yield from changes.other_marks(take, actor.id, k, key, spot[[0, 2]], count=2)

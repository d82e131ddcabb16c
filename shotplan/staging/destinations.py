"""Where somebody goes: to a mark, to a target, on across the stage, over its edge, behind a thing.

Knows goals. Does not know what happens on arrival.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Performance
from shotplan.staging.cue import Cue
from shotplan.staging.ground import half_extent, height, seat_height
from shotplan.staging.scene import Draft, Scene, bulk, face, hold, travel
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import approach
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, PROP_KINDS

CLEARANCE = 1.1
"""Metres kept to the stage's edge by someone who is not leaving."""


def mark_spot(scene: Scene, mark: str | None) -> Array | None:
    found = None if mark is None else scene.stage_set.mark(mark)
    return None if found is None else np.array([found.x, found.z])


def walk_to(scene: Scene, draft: Draft, goal: Array | None, cue: Cue) -> None:
    if goal is not None:
        limits = scene.character(draft.performance.actor).limits
        d, peak = travel(scene, draft.performance.actor, goal, 0.95 * limits.walk_speed, replace(cue, pose="walk"))
        draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)


def default_goal(scene: Scene, draft: Draft, speed: float) -> Array:
    """Where someone goes who was not told: on in the direction faced, as far as the time and the stage allow."""
    course = scene.courses[draft.performance.actor]
    place = course.place
    later = [q for q in scene.shot.performances[draft.index + 1 :] if q.actor == draft.performance.actor]
    seconds = max(1.2, scene.shot.duration - course.now - sum(ACTIONS[q.action].least_seconds for q in later))
    side = np.sin(place.heading)
    way = float(np.sign(side)) if abs(side) > 0.35 else (1.0 if place.x <= 0 else -1.0)
    edge = scene.stage_set.width / 2 - CLEARANCE
    if (edge - way * place.x) < 1.2:
        way = -way
    room = max(0.5, edge - way * place.x)
    distance = float(np.clip(speed * (seconds - 0.45), 0.6, room))
    return np.array([place.x + way * distance, place.z])


def run_up_spot(scene: Scene, draft: Draft, following: Performance | None) -> Array | None:
    """Where to be before the next performance when that one needs a run-up or has a thing to go to."""
    if following is None or following.target is None or following.start is not None:
        return None
    prop = scene.prop(following.target)
    if prop is None:
        return None
    limits = scene.character(following.actor).limits
    at = scene.courses[following.actor].place.xz
    d = at - np.array([prop.x, prop.z])
    n = float(np.linalg.norm(d))
    way = d / n if n > 0.1 else np.array([-1.0, 0.0])
    distance = half_extent(prop, way) + (
        0.55 * limits.jump_distance + 0.35 * limits.run_speed if following.action.startswith("jump") else 0.8
    )
    if n <= distance + 0.4:
        return None
    return np.array([prop.x, prop.z]) + way * distance


def travels(
    scene: Scene,
    draft: Draft,
    target: str | None,
    goal: Array | None,
    speed: float,
    cue: Cue,
    following: Performance | None,
) -> None:
    actor = draft.performance.actor
    character = scene.character(actor)
    course = scene.courses[actor]
    pose = ACTIONS[draft.performance.action].pose
    ignore: frozenset[str] = frozenset()
    if goal is None and target is not None:
        prop = scene.prop(target)
        if prop is not None and target not in scene.held:
            goal, _ = approach(scene.stage_set, prop, course.place.xz, scene.radius(actor) + 0.2 + bulk(character))
            if pose == "fly" and PROP_KINDS[prop.kind].shape in (
                "tree",
                "pole",
                "lamp",
                "rock",
                "log",
                "house",
                "seat",
                "table",
                "box",
            ):
                goal = np.array([prop.x, prop.z])
            ignore = frozenset({prop.id})
        else:
            spot = scene.spot(target)
            assert spot is not None
            away = course.place.xz - spot
            near = (
                bulk(character)
                + 0.9 * character.limits.reach
                + (bulk(scene.character(target)) + 0.2 if target in scene.courses else 0.0)
            )
            near = 0.0 if scene.stage_set.mark(target) is not None else near
            n = float(np.linalg.norm(away))
            goal = spot + away / max(n, 1e-6) * near if n > near else course.place.xz
    if goal is None:
        goal = run_up_spot(scene, draft, following)
    if goal is None:
        goal = default_goal(scene, draft, speed)
    flows = (
        following is not None
        and following.start is None
        and ACTIONS[following.action].travels
        and ACTIONS[following.action].gait in ("walk", "run")
        and following.action not in ("enter", "climb_onto", "chase", "follow", "jump_onto")
    )
    altitude = None
    if pose == "fly":
        altitude = _altitude(scene, draft, target, goal)
        flows = False
        if not CHARACTER_KINDS[character.kind].flies:
            scene.problem(draft.index, "warning", f"{character.name} has no wings; it is staged as flying all the same")
    elif scene.stage_set.ground.kind == "gap" and pose != "swim":
        _warn_gap(scene, draft, goal)
    d, peak = travel(
        scene, actor, goal, speed, cue, v_out=0.9 * speed if flows else 0.0, ignore=ignore, altitude=altitude
    )
    draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)
    if d == 0.0:
        hold(scene, actor, replace(cue, pose="stand"), 0.4)
    if altitude is not None and altitude[2] > 0.05:
        prop = scene.prop(target)
        course.place = replace(
            course.place,
            posture="stand" if prop is not None else "hover",
            support=prop.id if prop is not None else None,
        )
        course.cues[-1] = replace(course.cues[-1], posture=course.place.posture)
    if target is not None and target in scene.courses:
        face(scene, actor, scene.spot(target))


def _warn_gap(scene: Scene, draft: Draft, goal: Array) -> None:
    g = scene.stage_set.ground
    a, b = sorted((scene.courses[draft.performance.actor].place.x, float(goal[0])))
    bridged = any(p.kind == "bridge" and abs(p.x - (g.x0 + g.x1) / 2) < p.size[0] / 2 for p in scene.stage_set.props)
    if a < g.x1 and b > g.x0 and not bridged:
        scene.problem(
            draft.index,
            "warning",
            f"the way crosses the gap of {g.x1 - g.x0:.1f} m on foot; it is staged down into it and out again",
        )


def _altitude(scene: Scene, draft: Draft, target: str | None, goal: Array) -> tuple[float, float, float]:
    course = scene.courses[draft.performance.actor]
    tall = scene.character(draft.performance.actor).height
    ground = scene.stage_set.ground
    first = course.place.y - float(height(ground, course.place.x))
    cruise = 1.1 + 0.6 * tall
    prop = scene.prop(target)
    if prop is not None:
        return first, max(cruise, seat_height(prop) + 0.4), seat_height(prop)
    lands = draft.performance.end is not None or target is not None
    return first, cruise, 0.0 if lands else cruise


def edge(scene: Scene, draft: Draft, goal: Array | None, speed: float, cue: Cue) -> None:
    """Come in from the stage's edge (blocking has put the actor there), or go out over it."""
    p = draft.performance
    course = scene.courses[p.actor]
    if p.action == "enter":
        goal = (
            goal
            if goal is not None
            else np.array([np.sign(course.place.x or -1.0) * min(1.4, scene.stage_set.width / 4), course.place.z])
        )
        goal = _free_spot(scene, p.actor, goal)
    elif goal is None:
        way = (
            1.0
            if np.sin(course.place.heading) > 0.35
            or (abs(np.sin(course.place.heading)) <= 0.35 and course.place.x >= 0)
            else -1.0
        )
        goal = np.array([way * (scene.stage_set.width / 2 + 0.4), course.place.z])
    d, peak = travel(scene, p.actor, goal, speed, replace(cue, pose="walk"))
    draft.distance, draft.peak = d, peak
    if p.action == "leave" and abs(course.place.x) >= scene.stage_set.width / 2 - 0.1:
        scene.gone.add(p.actor)


def _free_spot(scene: Scene, actor: str, goal: Array) -> Array:
    for shift in (0.0, 0.9, -0.9, 1.8, -1.8):
        spot = goal + np.array([0.0, shift])
        near = [
            other
            for other, c in scene.courses.items()
            if other != actor and np.linalg.norm(c.place.xz - spot) < scene.radius(actor) + scene.radius(other) + 0.15
        ]
        if not near:
            return spot
    return goal


def hide(
    scene: Scene, draft: Draft, target: str | None, goal: Array | None, speed: float, cue: Cue, seconds: float
) -> None:
    actor = draft.performance.actor
    prop = scene.prop(target)
    if goal is None and prop is not None:
        goal = np.array([prop.x, prop.z - half_extent(prop, (0.0, -1.0)) - scene.radius(actor) - 0.2])
    elif goal is None and target in scene.courses:
        spot = scene.spot(str(target))
        assert spot is not None
        goal = spot + np.array([0.0, -0.8])
    if goal is not None:
        d, peak = travel(scene, actor, goal, speed, replace(cue, pose="sneak"))
        draft.distance, draft.peak = d, peak
        face(scene, actor, scene.courses[actor].place.xz + np.array([0.0, 1.0]))
    hold(scene, actor, cue, max(0.8, min(seconds, 1.2)))
    scene.courses[actor].place = replace(scene.courses[actor].place, posture="kneel")

"""What each action template makes an actor do: where it goes, for how long, in which poses.

Knows templates and ways. Does not know the order of performances (timing), who stands where at first (blocking), or what a
pose looks like (skeleton).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Performance, Prop
from shotplan.staging import contact, leaps
from shotplan.staging.cue import Cue, Place
from shotplan.staging.dialogue import line_seconds
from shotplan.staging.ground import half_extent, height, seat_height
from shotplan.staging.scene import Draft, Scene, bulk, face, hold, short_way, travel
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import approach, lengths, speeds
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, PROP_KINDS

SOCIAL_CONTACT = {"hug", "kiss", "fight", "shake_hands", "give", "dance"}
POSTURES = {"sit": "sit", "kneel": "kneel", "lie": "lie", "hide": "kneel"}
CLEARANCE = 1.1
"""Metres kept to the stage's edge by someone who is not leaving."""


def act(scene: Scene, index: int, performance: Performance, ready: float, following: Performance | None) -> Draft:
    """Stage one performance at the end of its actor's course, no earlier than `ready` seconds."""
    actor = performance.actor
    course = scene.courses[actor]
    template = ACTIONS[performance.action]
    limits = scene.character(actor).limits
    course.wait_until(ready)
    speed, most = speeds(template, limits, performance.pace, performance.emotion, performance.intensity)
    draft = Draft(index=index, performance=performance, t0=course.now, t1=course.now, speed_limit=most)
    scene.drafts.append(draft)
    target = _target(scene, draft)
    cue = Cue(pose=template.pose, t0=0, t1=0, emotion=performance.emotion, intensity=performance.intensity, toward=target, spoken=bool(_line(scene, performance)))
    if course.place.posture not in ("stand", "hover") and (template.travels or performance.action in ("stand_up", "jump_up", "dance", "fight", "fall", "stand") or _must_approach(scene, performance, target)):
        stand_up(scene, actor, cue)
        draft.t0 = min(draft.t0, course.now)
    _go_to_start(scene, draft, cue, speed)
    seconds = seconds_of(scene, performance)
    goal = _mark(scene, performance.end)
    match performance.action:
        case "jump_over" | "jump_onto" | "climb_over" | "climb_onto":
            _over(scene, draft, target, goal, speed, cue, following)
        case "jump_up":
            leaps.jump_up(scene, actor, cue, draft, seconds)
        case "fall":
            leaps.fall(scene, actor, cue, seconds, draft)
        case "chase" | "follow":
            contact.pursue(scene, draft, target, speed, cue, default_goal)
        case "ride":
            contact.ride(scene, draft, target, speed, cue, default_goal(scene, draft, speed) if goal is None else goal)
        case "enter" | "leave":
            _edge(scene, draft, goal, speed, cue)
        case "hide":
            _hide(scene, draft, target, goal, speed, cue, seconds)
        case _ if template.travels:
            _travel(scene, draft, target, goal, speed, cue, following)
        case "sit" | "lie" | "kneel":
            _settle(scene, draft, target, goal, cue, seconds)
        case "stand_up":
            hold(scene, actor, replace(cue, pose="stand"), 0.3)
        case a if a in SOCIAL_CONTACT and target in scene.courses:
            _walk_to(scene, draft, goal, cue)
            contact.together(scene, draft, str(target), cue, seconds, goal is not None)
        case _ if template.family == "object":
            _walk_to(scene, draft, goal, cue)
            contact.handle(scene, draft, target, cue, seconds, goal is not None)
        case _:
            _walk_to(scene, draft, goal, cue)
            _gesture(scene, draft, target, cue, seconds)
    draft.t1 = max(course.now, draft.t0 + 0.05)
    course.now = draft.t1
    return draft


def seconds_of(scene: Scene, performance: Performance) -> float:
    """How long the still part of an action takes, from its template, pace and line."""
    template = ACTIONS[performance.action]
    pace = {"slow": 1.3, "normal": 1.0, "fast": 0.75}[performance.pace]
    typical = max(template.least_seconds, template.seconds * pace)
    seconds = template.least_seconds + (typical - template.least_seconds) * scene.elastic
    line = _line(scene, performance)
    if line:
        spoken = line_seconds(line, scene.plan.brief.language, performance.emotion, performance.intensity) + 0.2
        seconds = spoken if performance.action == "talk" else max(seconds, spoken)
    return seconds


def _line(scene: Scene, performance: Performance) -> str:
    beat = scene.plan.beat(performance.beat) if performance.beat else None
    return beat.line if beat is not None and beat.actor in (None, performance.actor) else ""


def _target(scene: Scene, draft: Draft) -> str | None:
    p = draft.performance
    if p.target is None:
        if ACTIONS[p.action].target in ("prop", "character") and p.action not in ("pick_up", "put_down", "jump_over"):
            scene.problem(draft.index, "warning", f"{p.action.replace('_', ' ')} needs a target and has none; it is played toward nothing")
        return None
    if p.target == p.actor:
        scene.problem(draft.index, "warning", f"{p.actor} is its own target; the action is played without one")
        return None
    if p.target in scene.gone:
        scene.problem(draft.index, "warning", f"{p.target} has left the stage; the action is played toward where it went")
    if scene.spot(p.target) is None:
        scene.problem(draft.index, "error", f"{p.target} is not in the set {scene.stage_set.id}; the action is played without it")
        return None
    return p.target


def _mark(scene: Scene, mark: str | None) -> Array | None:
    found = None if mark is None else scene.stage_set.mark(mark)
    return None if found is None else np.array([found.x, found.z])


def _must_approach(scene: Scene, p: Performance, target: str | None) -> bool:
    if p.end is not None:
        return True
    if target is None or ACTIONS[p.action].contact is None:
        return False
    spot = scene.spot(target)
    reach = scene.character(p.actor).limits.reach
    return spot is not None and float(np.linalg.norm(spot - scene.courses[p.actor].place.xz)) > 2.5 * reach


def stand_up(scene: Scene, actor: str, cue: Cue) -> None:
    """Get up from sitting, kneeling or lying."""
    course = scene.courses[actor]
    hold(scene, actor, replace(cue, pose="stand_up"), 0.7 + 0.7 * scene.elastic)
    support = scene.prop(course.place.support)
    seated = support is not None and course.place.seat is not None
    course.place = replace(course.place, posture="stand", seat=None, support=None if seated else course.place.support)


def _go_to_start(scene: Scene, draft: Draft, cue: Cue, speed: float) -> None:
    start = _mark(scene, draft.performance.start)
    course = scene.courses[draft.performance.actor]
    if start is not None and np.linalg.norm(start - course.place.xz) > 0.3:
        gait = ACTIONS[draft.performance.action]
        travel(scene, draft.performance.actor, start, speed, replace(cue, pose=gait.pose if gait.travels and gait.gait in ("walk", "run", "sneak") else "walk"))
        draft.t0 = course.now


def _walk_to(scene: Scene, draft: Draft, goal: Array | None, cue: Cue) -> None:
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


def _travel(scene: Scene, draft: Draft, target: str | None, goal: Array | None, speed: float, cue: Cue, following: Performance | None) -> None:
    actor = draft.performance.actor
    character = scene.character(actor)
    course = scene.courses[actor]
    pose = ACTIONS[draft.performance.action].pose
    ignore: frozenset[str] = frozenset()
    if goal is None and target is not None:
        prop = scene.prop(target)
        if prop is not None and target not in scene.held:
            goal, _ = approach(scene.stage_set, prop, course.place.xz, scene.radius(actor) + 0.2 + bulk(character))
            if pose == "fly" and PROP_KINDS[prop.kind].shape in ("tree", "pole", "lamp", "rock", "log", "house", "seat", "table", "box"):
                goal = np.array([prop.x, prop.z])
            ignore = frozenset({prop.id})
        else:
            spot = scene.spot(target)
            assert spot is not None
            away = course.place.xz - spot
            near = bulk(character) + 0.9 * character.limits.reach + (bulk(scene.character(target)) + 0.2 if target in scene.courses else 0.0)
            near = 0.0 if scene.stage_set.mark(target) is not None else near
            n = float(np.linalg.norm(away))
            goal = spot + away / max(n, 1e-6) * near if n > near else course.place.xz
    if goal is None:
        goal = run_up_spot(scene, draft, following)
    if goal is None:
        goal = default_goal(scene, draft, speed)
    flows = following is not None and following.start is None and ACTIONS[following.action].travels and ACTIONS[following.action].gait in ("walk", "run") and following.action not in ("enter", "climb_onto", "chase", "follow", "jump_onto")
    altitude = None
    if pose == "fly":
        altitude = _altitude(scene, draft, target, goal)
        flows = False
        if not CHARACTER_KINDS[character.kind].flies:
            scene.problem(draft.index, "warning", f"{character.name} has no wings; it is staged as flying all the same")
    elif scene.stage_set.ground.kind == "gap" and pose != "swim":
        _warn_gap(scene, draft, goal)
    d, peak = travel(scene, actor, goal, speed, cue, v_out=0.9 * speed if flows else 0.0, ignore=ignore, altitude=altitude)
    draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)
    if d == 0.0:
        hold(scene, actor, replace(cue, pose="stand"), 0.4)
    if altitude is not None and altitude[2] > 0.05:
        prop = scene.prop(target)
        course.place = replace(course.place, posture="stand" if prop is not None else "hover", support=prop.id if prop is not None else None)
        course.cues[-1] = replace(course.cues[-1], posture=course.place.posture)
    if target is not None and target in scene.courses:
        face(scene, actor, scene.spot(target))


def _warn_gap(scene: Scene, draft: Draft, goal: Array) -> None:
    g = scene.stage_set.ground
    a, b = sorted((scene.courses[draft.performance.actor].place.x, float(goal[0])))
    bridged = any(p.kind == "bridge" and abs(p.x - (g.x0 + g.x1) / 2) < p.size[0] / 2 for p in scene.stage_set.props)
    if a < g.x1 and b > g.x0 and not bridged:
        scene.problem(draft.index, "warning", f"the way crosses the gap of {g.x1 - g.x0:.1f} m on foot; it is staged down into it and out again")


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
    distance = half_extent(prop, way) + (0.55 * limits.jump_distance + 0.35 * limits.run_speed if following.action.startswith("jump") else 0.8)
    if n <= distance + 0.4:
        return None
    return np.array([prop.x, prop.z]) + way * distance


def _over(scene: Scene, draft: Draft, target: str | None, goal: Array | None, speed: float, cue: Cue, following: Performance | None) -> None:
    p = draft.performance
    course = scene.courses[p.actor]
    character = scene.character(p.actor)
    limits = character.limits
    run = max(0.3, 0.7 * limits.run_speed * (1 if p.pace == "normal" else 0.8 if p.pace == "slow" else 1.2))
    run = min(run, limits.run_speed)
    walk = 0.95 * limits.walk_speed
    prop = scene.prop(target)
    ground = scene.stage_set.ground
    if prop is not None and target in scene.held:
        scene.problem(draft.index, "error", f"{prop.name} is in {scene.held[prop.id]}'s hand and cannot be jumped or climbed; a hop on the spot is staged")
        leaps.jump_up(scene, p.actor, cue, draft, 1.0)
        return
    flows = following is not None and following.start is None and following.action in ("walk", "run", "leave")
    if p.action.startswith("jump"):
        draft.speed_limit = limits.run_speed
    if p.action == "jump_over" and prop is None and target in scene.courses:
        other = scene.character(str(target))
        tall = other.height if scene.courses[str(target)].place.posture != "lie" else 0.35 * other.height
        spot = scene.spot(str(target))
        assert spot is not None
        leaps.jump_over(scene, p.actor, spot, float(height(ground, spot[0])) + tall, 0.2 + bulk(other), None, goal, run, cue, draft, run if flows else 0.0)
    elif p.action == "jump_over" and prop is None and ground.kind == "gap" and (goal is not None or target is None):
        centre = np.array([(ground.x0 + ground.x1) / 2, course.place.z])
        leaps.jump_over(scene, p.actor, centre, 0.0, (ground.x1 - ground.x0) / 2 + 0.1, None, goal, run, cue, draft, run if flows else 0.0)
    elif prop is None:
        scene.problem(draft.index, "error", f"there is nothing in the set {scene.stage_set.id} to {p.action.replace('_', ' ')}; a hop on the spot is staged")
        leaps.jump_up(scene, p.actor, cue, draft, 1.0)
    elif p.action == "jump_over":
        way = leaps.direction(scene, p.actor, np.array([prop.x, prop.z]))
        leaps.jump_over(scene, p.actor, np.array([prop.x, prop.z]), _top(scene, prop), half_extent(prop, way), prop.id, goal, run, cue, draft, run if flows else 0.0)
    elif p.action == "jump_onto":
        leaps.jump_onto(scene, p.actor, prop, run, cue, draft)
    else:
        leaps.climb(scene, p.actor, prop, p.action == "climb_onto", goal, speed, walk, cue, draft)
        draft.speed_limit = max(draft.speed_limit, 1.4 * limits.walk_speed)


def _top(scene: Scene, prop: Prop) -> float:
    return float(height(scene.stage_set.ground, prop.x)) + prop.size[1]


def _edge(scene: Scene, draft: Draft, goal: Array | None, speed: float, cue: Cue) -> None:
    """Come in from the stage's edge (blocking has put the actor there), or go out over it."""
    p = draft.performance
    course = scene.courses[p.actor]
    if p.action == "enter":
        goal = goal if goal is not None else np.array([np.sign(course.place.x or -1.0) * min(1.4, scene.stage_set.width / 4), course.place.z])
        goal = _free_spot(scene, p.actor, goal)
    elif goal is None:
        way = 1.0 if np.sin(course.place.heading) > 0.35 or (abs(np.sin(course.place.heading)) <= 0.35 and course.place.x >= 0) else -1.0
        goal = np.array([way * (scene.stage_set.width / 2 + 0.4), course.place.z])
    d, peak = travel(scene, p.actor, goal, speed, replace(cue, pose="walk"))
    draft.distance, draft.peak = d, peak
    if p.action == "leave" and abs(course.place.x) >= scene.stage_set.width / 2 - 0.1:
        scene.gone.add(p.actor)


def _free_spot(scene: Scene, actor: str, goal: Array) -> Array:
    for shift in (0.0, 0.9, -0.9, 1.8, -1.8):
        spot = goal + np.array([0.0, shift])
        near = [other for other, c in scene.courses.items() if other != actor and np.linalg.norm(c.place.xz - spot) < scene.radius(actor) + scene.radius(other) + 0.15]
        if not near:
            return spot
    return goal


def _hide(scene: Scene, draft: Draft, target: str | None, goal: Array | None, speed: float, cue: Cue, seconds: float) -> None:
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


def _settle(scene: Scene, draft: Draft, target: str | None, goal: Array | None, cue: Cue, seconds: float) -> None:
    """Sit, kneel or lie down: on the target where it can carry someone, else on the ground."""
    p = draft.performance
    character = scene.character(p.actor)
    course = scene.courses[p.actor]
    prop = scene.prop(target)
    posture = POSTURES[p.action]
    if course.place.posture == posture and goal is None:
        hold(scene, p.actor, replace(cue, pose=posture), seconds)
        return
    if course.place.posture not in ("stand", "hover"):
        stand_up(scene, p.actor, cue)
    carries = prop is not None and p.action in ("sit", "lie") and target not in scene.held and seat_height(prop) <= 0.75 * character.height and min(prop.size[0], prop.size[2]) >= 0.2 * character.height
    seat: float | None = None
    if carries and prop is not None and goal is None:
        yaw = np.radians(prop.yaw)
        front = np.array([np.sin(yaw), np.cos(yaw)])
        if PROP_KINDS[prop.kind].shape != "seat":
            front = np.array([0.0, 1.0])
        edge = half_extent(prop, front)
        before = np.array([prop.x, prop.z]) + front * (edge + 0.18 * character.height)
        _walk_to(scene, draft, before, cue)
        face(scene, p.actor, course.place.xz + front)
        on = np.array([prop.x, prop.z]) + front * (edge - min(edge, 0.16 * character.height))
        seat = seat_height(prop)
        if p.action == "lie":
            on = np.array([prop.x, prop.z])
            face(scene, p.actor, course.place.xz + _long_axis(prop))
        _slide_to(scene, p.actor, on, cue, posture, seconds, seat)
        course.place = replace(course.place, support=prop.id, seat=seat, posture=posture)
        return
    _walk_to(scene, draft, goal, cue)
    if prop is not None and goal is None:
        contact.stop_beside(scene, draft, prop, cue, scene.radius(p.actor) + 0.25)
    elif target in scene.courses:
        face(scene, p.actor, scene.spot(str(target)))
    hold(scene, p.actor, replace(cue, pose=posture), seconds)
    course.place = replace(course.place, posture=posture)


def _long_axis(prop: Prop) -> Array:
    yaw = np.radians(prop.yaw)
    return np.array([np.cos(yaw), -np.sin(yaw)]) if prop.size[0] >= prop.size[2] else np.array([np.sin(yaw), np.cos(yaw)])


def _slide_to(scene: Scene, actor: str, to: Array, cue: Cue, posture: str, seconds: float, seat: float) -> None:
    """Let the body sink onto a seat that is half a step away."""
    course = scene.courses[actor]
    p = course.place
    u = np.linspace(0, 1, 9)
    ease = u * u * (3 - 2 * u)
    xz = p.xz + ease[:, None] * (to - p.xz)
    t0 = course.now
    move = min(0.9, seconds)
    course.add_knots(t0 + u * move, np.stack([xz[:, 0], np.full(9, p.y), xz[:, 1]], 1), np.full(9, p.heading))
    course.add_knots(np.array([t0 + seconds]), np.array([[to[0], p.y, to[1]]]), np.array([p.heading]))
    course.cues.append(replace(cue, pose=posture, t0=t0, t1=t0 + seconds, posture=posture, seat=seat))
    course.now = t0 + seconds
    course.place = Place(float(to[0]), p.y, float(to[1]), p.heading, posture=posture, seat=seat)


def _gesture(scene: Scene, draft: Draft, target: str | None, cue: Cue, seconds: float) -> None:
    p = draft.performance
    course = scene.courses[p.actor]
    spot = scene.spot(target) if target is not None else None
    if p.action == "turn":
        heading = course.place.heading + np.pi if spot is None else float(np.arctan2(*(spot - course.place.xz)))
        t0 = course.now
        course.turn_to(heading, t0, t0 + seconds)
        course.cues.append(replace(cue, t0=t0, t1=t0 + seconds, posture=course.place.posture, seat=course.place.seat))
        return
    if target is None and p.action == "talk":
        others = [c.place.xz for other, c in scene.courses.items() if other != p.actor and other not in scene.gone]
        spot = min(others, key=lambda o: float(np.linalg.norm(o - course.place.xz)), default=None)
    if spot is not None and course.place.posture in ("stand", "hover"):
        if p.action == "look":
            d = spot - course.place.xz
            delta = short_way(float(np.arctan2(d[0], d[1])) - course.place.heading)
            if abs(delta) > 0.9 and np.linalg.norm(d) > 0.05:
                part = course.place.heading + delta - np.sign(delta) * 0.35
                face(scene, p.actor, course.place.xz + np.array([np.sin(part), np.cos(part)]))
        else:
            face(scene, p.actor, spot)
    if p.action == "talk" and target in scene.courses:
        listener = scene.courses[str(target)]
        busy = listener.now > course.now + 0.1
        if not busy and listener.place.posture == "stand":
            listener.wait_until(course.now)
            face(scene, str(target), course.place.xz)
    hold(scene, p.actor, cue, seconds)


__all__ = ["act", "default_goal", "lengths", "run_up_spot", "seconds_of", "stand_up"]

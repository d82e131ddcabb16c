"""What each action template makes an actor do.

Knows which template leads to which way, posture, contact or gesture. Does not know the order of performances (timing), who stands
where at first (blocking), or what a pose looks like (skeleton).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Performance
from shotplan.staging import contact, leaps, pursuit, things
from shotplan.staging.cue import Cue
from shotplan.staging.destinations import default_goal, edge, hide, mark_spot, travels, walk_to
from shotplan.staging.dialogue import line_seconds
from shotplan.staging.obstacles import over
from shotplan.staging.scene import Draft, Scene, face, hold, short_way, travel
from shotplan.staging.settling import settle, stand_up
from shotplan.staging.trajectory import speeds
from shotplan.vocabulary import ACTIONS

SOCIAL_CONTACT = {"hug", "kiss", "fight", "shake_hands", "give", "dance"}


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
    cue = Cue(
        pose=template.pose,
        t0=0,
        t1=0,
        emotion=performance.emotion,
        intensity=performance.intensity,
        toward=target,
        spoken=bool(_line(scene, performance)),
    )
    if course.place.posture not in ("stand", "hover") and (
        template.travels
        or performance.action in ("stand_up", "jump_up", "dance", "fight", "fall", "stand")
        or _must_approach(scene, performance, target)
    ):
        stand_up(scene, actor, cue)
        draft.t0 = min(draft.t0, course.now)
    _go_to_start(scene, draft, cue, speed)
    seconds = seconds_of(scene, performance)
    goal = mark_spot(scene, performance.end)
    match performance.action:
        case "jump_over" | "jump_onto" | "climb_over" | "climb_onto":
            over(scene, draft, target, goal, speed, cue, following)
        case "jump_up":
            leaps.jump_up(scene, actor, cue, draft, seconds)
        case "fall":
            leaps.fall(scene, actor, cue, seconds, draft)
        case "chase" | "follow":
            pursuit.pursue(scene, draft, target, speed, cue, default_goal)
        case "ride":
            pursuit.ride(scene, draft, target, speed, cue, default_goal(scene, draft, speed) if goal is None else goal)
        case "enter" | "leave":
            edge(scene, draft, goal, speed, cue)
        case "hide":
            hide(scene, draft, target, goal, speed, cue, seconds)
        case _ if template.travels:
            travels(scene, draft, target, goal, speed, cue, following)
        case "sit" | "lie" | "kneel":
            settle(scene, draft, target, goal, cue, seconds)
        case "stand_up":
            hold(scene, actor, replace(cue, pose="stand"), 0.3)
        case a if a in SOCIAL_CONTACT and target in scene.courses:
            walk_to(scene, draft, goal, cue)
            contact.together(scene, draft, str(target), cue, seconds, goal is not None)
        case _ if template.family == "object":
            walk_to(scene, draft, goal, cue)
            things.handle(scene, draft, target, cue, seconds, goal is not None)
        case _:
            walk_to(scene, draft, goal, cue)
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
            scene.problem(
                draft.index,
                "warning",
                f"{p.action.replace('_', ' ')} needs a target and has none; it is played toward nothing",
            )
        return None
    if p.target == p.actor:
        scene.problem(draft.index, "warning", f"{p.actor} is its own target; the action is played without one")
        return None
    if p.target in scene.gone:
        scene.problem(
            draft.index, "warning", f"{p.target} has left the stage; the action is played toward where it went"
        )
    if scene.spot(p.target) is None:
        scene.problem(
            draft.index, "error", f"{p.target} is not in the set {scene.stage_set.id}; the action is played without it"
        )
        return None
    return p.target


def _must_approach(scene: Scene, p: Performance, target: str | None) -> bool:
    if p.end is not None:
        return True
    if target is None or ACTIONS[p.action].contact is None:
        return False
    spot = scene.spot(target)
    reach = scene.character(p.actor).limits.reach
    return spot is not None and float(np.linalg.norm(spot - scene.courses[p.actor].place.xz)) > 2.5 * reach


def _go_to_start(scene: Scene, draft: Draft, cue: Cue, speed: float) -> None:
    start = mark_spot(scene, draft.performance.start)
    course = scene.courses[draft.performance.actor]
    if start is not None and np.linalg.norm(start - course.place.xz) > 0.3:
        gait = ACTIONS[draft.performance.action]
        travel(
            scene,
            draft.performance.actor,
            start,
            speed,
            replace(cue, pose=gait.pose if gait.travels and gait.gait in ("walk", "run", "sneak") else "walk"),
        )
        draft.t0 = course.now


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

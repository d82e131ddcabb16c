"""Hands at things: what an action does to a prop, and to a person who is pushed or thrown to.

Knows what happens to props. Does not know poses (skeleton) or where a held thing is per frame (props).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.contact import come_to, contact_distance, stop_beside
from shotplan.staging.cue import Cue
from shotplan.staging.ground import half_extent, height, seat_height
from shotplan.staging.scene import Draft, PropEvent, Scene, bulk, face, hold, travel
from shotplan.staging.staged import Array
from shotplan.vocabulary import ACTIONS, PROP_KINDS

FIXED = {"tree", "house", "wall", "lamp", "pole", "bridge", "river", "fire", "window", "fence", "door"}


def _gap_to(scene: Scene, draft: Draft, prop: Prop) -> float:
    """Metres by which the prop's nearest point is out of reach, sideways and upward; below 0: within reach."""
    p = draft.performance
    character = scene.character(p.actor)
    place = scene.courses[p.actor].place
    away = place.xz - np.array([prop.x, prop.z])
    n = float(np.linalg.norm(away))
    side = n - half_extent(prop, away / n) if n > 1e-6 else 0.0
    wanted = (ACTIONS[p.action].contact or 1.0) * character.limits.reach + bulk(character)
    base = float(height(scene.stage_set.ground, prop.x))
    above = base - (place.y + character.height + 0.6 * character.limits.reach)
    below = place.y - 0.3 * character.limits.reach - (base + prop.size[1])
    return (
        max(side - wanted, 0.0 if above < 0 else above, 0.0 if below < 0 else below)
        if side > wanted or above > 0 or below > 0
        else side - wanted
    )


def handle(scene: Scene, draft: Draft, target: str | None, cue: Cue, seconds: float, fixed: bool) -> None:
    """Do something with a thing (or to a character): come within reach, act, and record what happens to the thing."""
    p = draft.performance
    course = scene.courses[p.actor]
    mine = next((prop for prop, holder in scene.held.items() if holder == p.actor), None)
    prop = scene.prop(target)
    in_hand = target is not None and scene.held.get(target) == p.actor
    if target in scene.courses and target is not None:
        _to_person(scene, draft, target, mine, cue, seconds, fixed)
        return
    if prop is not None and target in scene.held and not in_hand:
        scene.problem(
            draft.index, "warning", f"{prop.name} is in {scene.held[prop.id]}'s hand; {p.actor} only reaches toward it"
        )
        face(scene, p.actor, scene.spot(prop.id))
        hold(scene, p.actor, cue, seconds)
        return
    if prop is not None and not in_hand and not (p.action == "throw" and mine is not None):
        reach = scene.character(p.actor).limits.reach
        distance = (ACTIONS[p.action].contact or 0.8) * reach * 0.62 + bulk(scene.character(p.actor))
        if course.place.posture == "stand" and not fixed:
            stop_beside(scene, draft, prop, cue, distance)
        elif course.place.posture == "stand":
            face(scene, p.actor, np.array([prop.x, prop.z]))
        draft.contact_gap = _gap_to(scene, draft, prop)
        draft.contact_time = course.now + 0.5 * seconds
    t0 = course.now
    match p.action:
        case "pick_up":
            hold(scene, p.actor, cue, seconds)
            _take(scene, draft, prop, t0 + 0.5 * seconds)
        case "put_down":
            hold(scene, p.actor, cue, seconds)
            _put(scene, draft, prop if not in_hand else None, target if in_hand else mine, t0 + 0.55 * seconds)
        case "throw":
            _throw(scene, draft, prop, mine, in_hand, cue, seconds)
        case "push" | "pull":
            _shift(scene, draft, prop, cue, seconds, 1.0 if p.action == "push" else -1.0)
        case "kick":
            hold(scene, p.actor, cue, seconds)
            if prop is not None and (PROP_KINDS[prop.kind].handheld or max(prop.size) < 0.7):
                _send(
                    scene,
                    prop,
                    t0 + 0.5 * seconds,
                    _ahead(scene, p.actor, 2.6 + bulk(scene.character(p.actor))),
                    "slide",
                    0.9,
                )
        case "open" | "close":
            hold(scene, p.actor, cue, seconds)
            if prop is not None:
                level = 1.0 if p.action == "open" else 0.0
                scene.events.append(
                    PropEvent(prop.id, "open", t0 + 0.35 * seconds, t0 + seconds, actor=p.actor, to=(level, 0.0, 0.0))
                )
                scene.opened[prop.id] = level
        case "eat" | "drink" | "read" if prop is not None and PROP_KINDS[prop.kind].handheld and not in_hand:
            hold(scene, p.actor, replace(cue, pose="pick_up"), 1.0)
            _take(scene, draft, prop, t0 + 0.5)
            hold(scene, p.actor, cue, seconds)
        case _:
            hold(scene, p.actor, cue, seconds)


def _to_person(
    scene: Scene, draft: Draft, target: str, mine: str | None, cue: Cue, seconds: float, fixed: bool
) -> None:
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    if p.action == "throw":
        face(scene, p.actor, other.place.xz)
        t0 = me.now
        hold(scene, p.actor, cue, seconds)
        if mine is None:
            scene.problem(
                draft.index, "warning", f"{p.actor} has nothing in hand to throw; the gesture is staged empty-handed"
            )
            return
        other.wait_until(t0)
        if other.place.posture == "stand":
            face(scene, target, me.place.xz)
        away = float(np.linalg.norm(other.place.xz - me.place.xz))
        release, flight = t0 + 0.55 * seconds, 0.45 + 0.08 * away
        scene.events.append(PropEvent(mine, "fly", release, release + flight, actor=p.actor, to=_chest(scene, target)))
        scene.events.append(PropEvent(mine, "hold", release + flight, release + flight, actor=target))
        other.wait_until(release)
        hold(scene, target, replace(cue, pose="receive", toward=p.actor, spoken=False), flight + 0.3)
        scene.held[mine] = target
        return
    wanted = contact_distance(scene, p.actor, target, p.action)
    if not fixed:
        come_to(scene, draft, target, wanted, cue)
    me.wait_until(other.now)
    face(scene, p.actor, other.place.xz)
    t0 = me.now
    other.wait_until(t0)
    if other.place.posture == "stand" and p.action in ("push", "pull", "kick", "touch"):
        face(scene, target, me.place.xz)
        t0 = max(t0, other.now)
        me.wait_until(t0)
    gap = float(np.linalg.norm(me.place.xz - other.place.xz))
    draft.contact_gap, draft.contact_time = gap - wanted, t0 + 0.4 * seconds
    hold(scene, p.actor, cue, seconds)
    if p.action in ("push", "kick"):
        other.wait_until(t0 + 0.4 * seconds)
        back = (other.place.xz - me.place.xz) / max(gap, 1e-6)
        limits = scene.character(target).limits
        travel(
            scene,
            target,
            other.place.xz + back * min(0.6, limits.reach),
            limits.walk_speed,
            replace(cue, pose="walk", toward=p.actor, emotion="surprised", spoken=False),
            facing=other.place.heading,
        )


def _chest(scene: Scene, actor: str) -> tuple[float, float, float]:
    place, character = scene.courses[actor].place, scene.character(actor)
    ahead = bulk(character) + 0.5 * character.limits.reach
    return (
        place.x + float(np.sin(place.heading)) * ahead,
        place.y + 0.6 * character.height,
        place.z + float(np.cos(place.heading)) * ahead,
    )


def _ahead(scene: Scene, actor: str, metres: float) -> Array:
    place = scene.courses[actor].place
    spot = place.xz + np.array([np.sin(place.heading), np.cos(place.heading)]) * metres
    half = np.array([scene.stage_set.width / 2 - 0.2, scene.stage_set.depth / 2 - 0.2])
    return np.clip(spot, -half, half)


def _take(scene: Scene, draft: Draft, prop: Prop | None, t: float) -> None:
    p = draft.performance
    if prop is None:
        scene.problem(
            draft.index,
            "warning",
            f"{p.actor} has nothing to {p.action.replace('_', ' ')}; the gesture is staged empty-handed",
        )
    elif not PROP_KINDS[prop.kind].handheld and max(prop.size) > 0.75 * scene.character(p.actor).height:
        scene.problem(
            draft.index,
            "warning",
            f"{prop.name} is {max(prop.size):.1f} m long, too large to be lifted by {p.actor}; it stays where it is",
        )
    elif scene.held.get(prop.id) != p.actor:
        scene.events.append(PropEvent(prop.id, "hold", t, t, actor=p.actor))
        scene.held[prop.id] = p.actor


def _put(scene: Scene, draft: Draft, onto: Prop | None, what: str | None, t: float) -> None:
    p = draft.performance
    if what is None:
        if onto is None or not PROP_KINDS[onto.kind].handheld:
            scene.problem(
                draft.index, "warning", f"{p.actor} has nothing in hand to put down; the gesture is staged empty-handed"
            )
        return
    if onto is not None and onto.id != what:
        x, z = onto.x, onto.z
        y = float(height(scene.stage_set.ground, x)) + seat_height(onto)
    else:
        x, z = (
            float(v)
            for v in _ahead(
                scene, p.actor, 0.5 * scene.character(p.actor).limits.reach + bulk(scene.character(p.actor))
            )
        )
        y = float(height(scene.stage_set.ground, x))
    scene.events.append(PropEvent(what, "rest", t, t + 0.12, to=(x, y, z)))
    scene.held.pop(what, None)
    scene.move_prop(what, x, z)


def _throw(
    scene: Scene, draft: Draft, prop: Prop | None, mine: str | None, in_hand: bool, cue: Cue, seconds: float
) -> None:
    p = draft.performance
    course = scene.courses[p.actor]
    aim = prop
    if prop is not None and not in_hand and mine is None and PROP_KINDS[prop.kind].handheld:
        t0 = course.now
        hold(scene, p.actor, replace(cue, pose="pick_up"), 1.0)
        _take(scene, draft, prop, t0 + 0.5)
        mine, aim = prop.id, None
    elif in_hand:
        mine, aim = p.target, None
    if aim is not None:
        face(scene, p.actor, np.array([aim.x, aim.z]))
    t0 = course.now
    hold(scene, p.actor, cue, seconds)
    if mine is None:
        scene.problem(
            draft.index, "warning", f"{p.actor} has nothing in hand to throw; the gesture is staged empty-handed"
        )
        return
    thrown = scene.prop(mine)
    if thrown is not None:
        scene.held.pop(mine, None)
        _send(
            scene,
            thrown,
            t0 + 0.55 * seconds,
            _ahead(scene, p.actor, 3.6) if aim is None else np.array([aim.x, aim.z]),
            "fly",
            0.7,
        )


def _send(scene: Scene, prop: Prop, t: float, to: Array, kind: str, seconds: float) -> None:
    y = float(height(scene.stage_set.ground, to[0]))
    scene.events.append(
        PropEvent(prop.id, "fly" if kind == "fly" else "slide", t, t + seconds, to=(float(to[0]), y, float(to[1])))
    )
    scene.move_prop(prop.id, float(to[0]), float(to[1]))


def _shift(scene: Scene, draft: Draft, prop: Prop | None, cue: Cue, seconds: float, way: float) -> None:
    """Push or pull: a movable thing goes along with the actor for about half a metre a second; a fixed one only takes the force."""
    p = draft.performance
    course = scene.courses[p.actor]
    if prop is None or prop.kind in FIXED or course.place.posture != "stand":
        hold(scene, p.actor, cue, seconds)
        return
    lean = min(0.45, 0.3 * seconds)
    hold(scene, p.actor, cue, lean)
    here = course.place
    metres = way * 0.5 * max(0.3, seconds - lean)
    forward = np.array([np.sin(here.heading), np.cos(here.heading)])
    goal = here.xz + forward * metres
    t0 = course.now
    d, peak = travel(scene, p.actor, goal, 0.6, cue, facing=here.heading, ignore=frozenset({prop.id}))
    draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)
    moved = course.place.xz - here.xz
    x, z = prop.x + float(moved[0]), prop.z + float(moved[1])
    scene.events.append(
        PropEvent(prop.id, "slide", t0, course.now, actor=p.actor, to=(x, float(height(scene.stage_set.ground, x)), z))
    )
    scene.move_prop(prop.id, x, z)

"""Actions between two: people who meet at contact distance facing each other, hands at things, things that are moved.

Knows distances and what happens to props. Does not know poses (skeleton) or where a held thing is per frame (props).
Contact distance is the template's multiple of the actor's reach from body axis to body axis, plus half the length of any
four-legged body between them; for a thing it is measured to its nearest side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.cue import Cue, Place, Steps
from shotplan.staging.ground import half_extent, height, seat_height
from shotplan.staging.scene import Draft, PropEvent, Scene, bulk, face, hold, travel
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import headings, lengths, speeds
from shotplan.vocabulary import ACTIONS, PROP_KINDS

Goal = Callable[[Scene, Draft, float], Array]
FIXED = {"tree", "house", "wall", "lamp", "pole", "bridge", "river", "fire", "window", "fence", "door"}


def contact_distance(scene: Scene, actor: str, target: str, action: str) -> float:
    """Metres between the two bodies' axes at contact."""
    a, b = scene.character(actor), scene.character(target)
    template = ACTIONS[action]
    return max((template.contact or 1.4) * a.limits.reach + bulk(a) + bulk(b), scene.radius(actor) * 0.6 + scene.radius(target) * 0.6)


def together(scene: Scene, draft: Draft, target: str, cue: Cue, seconds: float, fixed: bool) -> None:
    """Two people come to contact distance, face each other and do the same thing; the partner answers unless it is busy."""
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    wanted = contact_distance(scene, p.actor, target, p.action)
    if not fixed:
        _come_to(scene, draft, target, wanted, cue)
    other.wait_until(me.now)
    me.wait_until(other.now)
    face(scene, p.actor, other.place.xz)
    if other.place.posture in ("stand", "hover"):
        face(scene, target, me.place.xz)
    t0 = max(me.now, other.now)
    me.wait_until(t0)
    other.wait_until(t0)
    gap = float(np.linalg.norm(me.place.xz - other.place.xz))
    draft.contact_time, draft.contact_gap = t0 + 0.25 * seconds, gap - wanted + max(0.0, abs(me.place.y - other.place.y) - scene.character(p.actor).limits.reach)
    hold(scene, p.actor, cue, seconds)
    reply = {"give": "receive", "shake_hands": "receive"}.get(p.action, ACTIONS[p.action].pose)
    emotion = _partner_feeling(scene, draft, target)
    hold(scene, target, replace(cue, pose=reply, toward=p.actor, side=-cue.side, emotion=emotion[0], intensity=emotion[1], spoken=False), seconds)
    if p.action == "give":
        mine = [prop for prop, holder in scene.held.items() if holder == p.actor]
        if mine:
            scene.events.append(PropEvent(mine[0], "hold", t0 + 0.5 * seconds, t0 + 0.5 * seconds, actor=target))
            scene.held[mine[0]] = target
        else:
            scene.problem(draft.index, "warning", f"{p.actor} has nothing in hand to give; the gesture is staged empty-handed")


def _partner_feeling(scene: Scene, draft: Draft, target: str) -> tuple[str, float]:
    for q in (*scene.shot.performances[draft.index + 1 :], *scene.shot.performances):
        if q.actor == target:
            return q.emotion, q.intensity
    return ("neutral", 0.5) if draft.performance.action in ("fight",) else (draft.performance.emotion, draft.performance.intensity)


def _come_to(scene: Scene, draft: Draft, target: str, wanted: float, cue: Cue) -> None:
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    away = me.place.xz - other.place.xz
    n = float(np.linalg.norm(away))
    away = away / n if n > 0.05 else np.array([-1.0, 0.0])
    if abs(n - wanted) < 0.04:
        return
    limits = scene.character(p.actor).limits
    fast = p.pace == "fast" or p.action == "fight" or p.emotion in ("excited", "afraid", "angry")
    template = ACTIONS["run" if fast and n - wanted > 2.0 else "walk"]
    speed, most = speeds(template, limits, p.pace if not fast else "normal", p.emotion, p.intensity)
    draft.speed_limit = most
    facing = float(np.arctan2(-away[0], -away[1])) if n < wanted else None
    spot = other.place.xz + away * wanted
    d, peak = travel(scene, p.actor, spot, speed, replace(cue, pose=template.pose), facing=facing)
    draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)


def stop_beside(scene: Scene, draft: Draft, prop: Prop, cue: Cue, distance: float) -> None:
    """Walk to within `distance` metres of the prop's side and face it; already nearer is near enough."""
    p = draft.performance
    course = scene.courses[p.actor]
    centre = np.array([prop.x, prop.z])
    away = course.place.xz - centre
    n = float(np.linalg.norm(away))
    away = away / n if n > 1e-6 else np.array([0.0, 1.0])
    if PROP_KINDS[prop.kind].shape == "door":
        yaw = np.radians(prop.yaw)
        normal = np.array([np.sin(yaw), np.cos(yaw)])
        away = normal * (1.0 if float(away @ normal) >= 0 else -1.0)
    edge = half_extent(prop, away)
    if n - edge > distance + 0.03 or n - edge < min(0.5 * distance, distance - 0.15):
        limits = scene.character(p.actor).limits
        speed, most = speeds(ACTIONS["walk"], limits, p.pace, p.emotion, p.intensity)
        draft.speed_limit = max(draft.speed_limit, most)
        d, peak = travel(scene, p.actor, centre + away * (edge + distance), speed, replace(cue, pose="walk"), ignore=frozenset({prop.id}))
        draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)
    face(scene, p.actor, centre)


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
    return max(side - wanted, 0.0 if above < 0 else above, 0.0 if below < 0 else below) if side > wanted or above > 0 or below > 0 else side - wanted


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
        scene.problem(draft.index, "warning", f"{prop.name} is in {scene.held[prop.id]}'s hand; {p.actor} only reaches toward it")
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
                _send(scene, prop, t0 + 0.5 * seconds, _ahead(scene, p.actor, 2.6 + bulk(scene.character(p.actor))), "slide", 0.9)
        case "open" | "close":
            hold(scene, p.actor, cue, seconds)
            if prop is not None:
                level = 1.0 if p.action == "open" else 0.0
                scene.events.append(PropEvent(prop.id, "open", t0 + 0.35 * seconds, t0 + seconds, actor=p.actor, to=(level, 0.0, 0.0)))
                scene.opened[prop.id] = level
        case "eat" | "drink" | "read" if prop is not None and PROP_KINDS[prop.kind].handheld and not in_hand:
            hold(scene, p.actor, replace(cue, pose="pick_up"), 1.0)
            _take(scene, draft, prop, t0 + 0.5)
            hold(scene, p.actor, cue, seconds)
        case _:
            hold(scene, p.actor, cue, seconds)


def _to_person(scene: Scene, draft: Draft, target: str, mine: str | None, cue: Cue, seconds: float, fixed: bool) -> None:
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    if p.action == "throw":
        face(scene, p.actor, other.place.xz)
        t0 = me.now
        hold(scene, p.actor, cue, seconds)
        if mine is None:
            scene.problem(draft.index, "warning", f"{p.actor} has nothing in hand to throw; the gesture is staged empty-handed")
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
        _come_to(scene, draft, target, wanted, cue)
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
        away = (other.place.xz - me.place.xz) / max(gap, 1e-6)
        limits = scene.character(target).limits
        travel(scene, target, other.place.xz + away * min(0.6, limits.reach), limits.walk_speed, replace(cue, pose="walk", toward=p.actor, emotion="surprised", spoken=False), facing=other.place.heading)


def _chest(scene: Scene, actor: str) -> tuple[float, float, float]:
    place, character = scene.courses[actor].place, scene.character(actor)
    ahead = bulk(character) + 0.5 * character.limits.reach
    return (place.x + float(np.sin(place.heading)) * ahead, place.y + 0.6 * character.height, place.z + float(np.cos(place.heading)) * ahead)


def _ahead(scene: Scene, actor: str, metres: float) -> Array:
    place = scene.courses[actor].place
    spot = place.xz + np.array([np.sin(place.heading), np.cos(place.heading)]) * metres
    half = np.array([scene.stage_set.width / 2 - 0.2, scene.stage_set.depth / 2 - 0.2])
    return np.clip(spot, -half, half)


def _take(scene: Scene, draft: Draft, prop: Prop | None, t: float) -> None:
    p = draft.performance
    if prop is None:
        scene.problem(draft.index, "warning", f"{p.actor} has nothing to {p.action.replace('_', ' ')}; the gesture is staged empty-handed")
    elif not PROP_KINDS[prop.kind].handheld and max(prop.size) > 0.75 * scene.character(p.actor).height:
        scene.problem(draft.index, "warning", f"{prop.name} is {max(prop.size):.1f} m long, too large to be lifted by {p.actor}; it stays where it is")
    elif scene.held.get(prop.id) != p.actor:
        scene.events.append(PropEvent(prop.id, "hold", t, t, actor=p.actor))
        scene.held[prop.id] = p.actor


def _put(scene: Scene, draft: Draft, onto: Prop | None, what: str | None, t: float) -> None:
    p = draft.performance
    if what is None:
        if onto is None or not PROP_KINDS[onto.kind].handheld:
            scene.problem(draft.index, "warning", f"{p.actor} has nothing in hand to put down; the gesture is staged empty-handed")
        return
    if onto is not None and onto.id != what:
        x, z = onto.x, onto.z
        y = float(height(scene.stage_set.ground, x)) + seat_height(onto)
    else:
        x, z = (float(v) for v in _ahead(scene, p.actor, 0.5 * scene.character(p.actor).limits.reach + bulk(scene.character(p.actor))))
        y = float(height(scene.stage_set.ground, x))
    scene.events.append(PropEvent(what, "rest", t, t + 0.12, to=(x, y, z)))
    scene.held.pop(what, None)
    scene.move_prop(what, x, z)


def _throw(scene: Scene, draft: Draft, prop: Prop | None, mine: str | None, in_hand: bool, cue: Cue, seconds: float) -> None:
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
        scene.problem(draft.index, "warning", f"{p.actor} has nothing in hand to throw; the gesture is staged empty-handed")
        return
    thrown = scene.prop(mine)
    if thrown is not None:
        scene.held.pop(mine, None)
        _send(scene, thrown, t0 + 0.55 * seconds, _ahead(scene, p.actor, 3.6) if aim is None else np.array([aim.x, aim.z]), "fly", 0.7)


def _send(scene: Scene, prop: Prop, t: float, to: Array, kind: str, seconds: float) -> None:
    y = float(height(scene.stage_set.ground, to[0]))
    scene.events.append(PropEvent(prop.id, "fly" if kind == "fly" else "slide", t, t + seconds, to=(float(to[0]), y, float(to[1]))))
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
    scene.events.append(PropEvent(prop.id, "slide", t0, course.now, actor=p.actor, to=(x, float(height(scene.stage_set.ground, x)), z)))
    scene.move_prop(prop.id, x, z)


def pursue(scene: Scene, draft: Draft, target: str | None, speed: float, cue: Cue, default_goal: Goal) -> None:
    """Chase or follow: stay behind the other's way; someone who is chased and has nothing else to do flees."""
    p = draft.performance
    me = scene.courses[p.actor]
    if target is None or target not in scene.courses:
        goal = default_goal(scene, draft, speed)
        draft.distance, draft.peak = travel(scene, p.actor, goal, speed, cue)
        return
    other = scene.courses[target]
    gap = bulk(scene.character(p.actor)) + bulk(scene.character(target)) + (1.0 if p.action == "chase" else 1.2) * max(scene.character(p.actor).limits.reach, 0.5)
    t0 = me.now
    busy = any(d.performance.actor == target for d in scene.drafts)
    later = any(q.actor == target for q in scene.shot.performances[draft.index + 1 :])
    if not busy and not later and other.now <= t0 + 0.05:
        other.wait_until(max(0.0, t0))
        flee = Draft(index=draft.index, performance=p.model_copy(update={"actor": target}), t0=t0, t1=t0)
        pace, _ = speeds(ACTIONS[p.action], scene.character(target).limits, "normal", "neutral", 0.0)
        away = other.place.xz - me.place.xz
        if np.linalg.norm(away) > 0.1:
            other.turn_to(float(np.arctan2(away[0], away[1])), t0, t0 + 0.25)
            other.cues.append(replace(cue, pose="turn", toward=p.actor, t0=t0, t1=t0 + 0.25))
        travel(scene, target, default_goal(scene, flee, min(pace, 1.1 * speed)), min(pace, 1.1 * speed), replace(cue, toward=None, emotion="afraid" if p.action == "chase" else "neutral", spoken=False))
    _trail(scene, draft, target, t0, gap, speed, cue)


def _trail(scene: Scene, draft: Draft, target: str, t0: float, gap: float, speed: float, cue: Cue) -> None:
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    end = max(other.now, t0)
    times = t0 + np.linspace(0, 1, max(2, int((end - t0) * 15) + 2)) * (end - t0)
    theirs, _ = other.sample(times, 1.0)
    corners = np.concatenate([me.place.xz[None], theirs[:, [0, 2]]])
    keep = np.concatenate([[True], np.linalg.norm(np.diff(corners, axis=0), axis=1) > 1e-3])
    corners = corners[keep]
    if len(corners) < 2:
        hold(scene, p.actor, replace(cue, pose="stand"), 0.5)
        return
    corner_s = lengths(corners)
    last = max(0.0, corner_s[-1] - gap)
    first = float(np.linalg.norm(theirs[0, [0, 2]] - me.place.xz))
    theirs_s = first + lengths(theirs[:, [0, 2]])
    catch_up = max(0.0, last) / max(speed, 0.1) + 1.0
    t = t0 + np.arange(0, max(end - t0, 0) + catch_up, 1 / 30)
    ramp = 0.4
    ease = np.where(t - t0 < ramp, (t - t0) ** 2 / (2 * ramp), t - t0 - ramp / 2)
    room = np.interp(t, times, theirs_s) - gap
    s = np.zeros(len(t))
    dt, v = 1 / 30, 0.0
    for k in range(1, len(t)):
        free = min(room[k], last) - s[k - 1]
        v = min(v + speed / ramp * dt, speed, max(0.0, 3.0 * free))
        s[k] = s[k - 1] + v * dt
    _ = ease
    stop = int(np.argmax(s >= last - 0.03)) or len(t) - 1
    t, s = t[: stop + 1], s[: stop + 1]
    if s[-1] < 0.05:
        hold(scene, p.actor, replace(cue, pose="stand"), 0.5)
        face(scene, p.actor, other.place.xz)
        return
    path_s = np.linspace(0, float(s[-1]), max(2, int(s[-1] / 0.06) + 2))
    path = np.stack([np.interp(path_s, corner_s, corners[:, k]) for k in range(2)], 1)
    x, z = np.interp(s, path_s, path[:, 0]), np.interp(s, path_s, path[:, 1])
    way = np.interp(s, path_s, headings(path, me.place.heading))
    way = np.unwrap(np.concatenate([[me.place.heading], way]))[1:]
    fade = np.clip(1 - (t - t0) / 0.3, 0, 1)
    way = way + (me.place.heading - way[0]) * fade * fade * (3 - 2 * fade)
    y = height(scene.stage_set.ground, x)
    me.add_knots(t, np.stack([x, y, z], 1), way)
    me.cues.append(replace(cue, t0=t0, t1=float(t[-1]), steps=Steps(t, s, path_s, path)))
    me.now = float(t[-1])
    me.place = Place(float(x[-1]), float(y[-1]), float(z[-1]), float(way[-1]))
    me.speed = 0.0
    draft.distance, draft.peak = float(s[-1]), float(np.max(np.diff(s)) * 30)


def ride(scene: Scene, draft: Draft, target: str | None, speed: float, cue: Cue, goal: Array) -> None:
    """Get on a mount or a vehicle and go with it."""
    p = draft.performance
    me = scene.courses[p.actor]
    prop = scene.prop(target)
    if target is None or (prop is None and target not in scene.courses):
        draft.distance, draft.peak = travel(scene, p.actor, goal, speed, replace(cue, pose="run"))
        return
    spot = scene.spot(target)
    assert spot is not None
    limits = scene.character(p.actor).limits
    away = me.place.xz - spot
    n = float(np.linalg.norm(away))
    if n > 0.8:
        travel(scene, p.actor, spot + away / n * 0.6, limits.walk_speed, replace(cue, pose="walk"), ignore=frozenset({target}))
    mount = scene.courses.get(target)
    top = 0.62 * scene.character(target).height if mount is not None else min(seat_height(prop), 0.8) if prop is not None else 0.0
    if mount is not None:
        mount.wait_until(me.now)
        me.wait_until(mount.now)
    t0 = me.now
    ground = float(height(scene.stage_set.ground, spot[0]))
    u = np.linspace(0, 1, 9)
    ease = u * u * (3 - 2 * u)
    up = np.stack([me.place.x + ease * (spot[0] - me.place.x), me.place.y + ease * (ground + top - me.place.y), me.place.z + ease * (spot[1] - me.place.z)], 1)
    me.add_knots(t0 + 0.8 * u, up, np.full(9, me.place.heading))
    me.cues.append(replace(cue, pose="climb", t0=t0, t1=t0 + 0.8))
    me.now = t0 + 0.8
    me.place = Place(float(spot[0]), ground + top, float(spot[1]), me.place.heading)
    if mount is not None:
        mount.wait_until(me.now)
        fast, most = speeds(ACTIONS["run"], scene.character(target).limits, p.pace, p.emotion, p.intensity)
        draft.speed_limit = most
        k = len(mount.t)
        travel(scene, target, goal, fast, replace(cue, pose="run", toward=None, spoken=False))
        t, pos, heading = (np.concatenate(part[k:]) for part in (mount.t, mount.pos, mount.heading)) if len(mount.t) > k else (np.array([me.now]), mount.place.xyz[None], np.array([mount.place.heading]))
    else:
        assert prop is not None
        shadow = scene.courses[p.actor]
        k = len(shadow.t)
        travel(scene, p.actor, goal, speed, cue, ignore=frozenset({target}))
        shadow.cues.pop()
        t, pos, heading = np.concatenate(shadow.t[k:]), np.concatenate(shadow.pos[k:]), np.concatenate(shadow.heading[k:])
        del shadow.t[k:], shadow.pos[k:], shadow.heading[k:]
        scene.events.append(PropEvent(prop.id, "slide", float(t[0]), float(t[-1]), actor=p.actor, to=(float(pos[-1, 0]), float(height(scene.stage_set.ground, pos[-1, 0])), float(pos[-1, 2]))))
        scene.move_prop(prop.id, float(pos[-1, 0]), float(pos[-1, 2]))
    seat = pos + np.array([0.0, top, 0.0])
    if mount is None:
        seat[:, 1] = height(scene.stage_set.ground, pos[:, 0]) + top
    me.add_knots(t, seat, heading)
    me.cues.append(replace(cue, pose="astride", posture="astride", t0=t0 + 0.8, t1=float(t[-1])))
    me.now = float(t[-1])
    end = seat[-1]
    me.place = Place(float(end[0]), float(end[1]), float(end[2]), float(heading[-1]), posture="astride")
    draft.distance, draft.peak = float(lengths(pos).max()), float((np.linalg.norm(np.diff(pos, axis=0), axis=1) / np.maximum(np.diff(t), 1e-6)).max()) if len(t) > 1 else 0.0

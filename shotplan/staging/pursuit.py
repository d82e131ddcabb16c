"""Chasing, following and riding: ways that depend on somebody else's way.

Knows how to stay behind and how to be carried. Does not know poses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from shotplan.staging.cue import Cue, Place, Steps
from shotplan.staging.ground import height, seat_height, smooth_height
from shotplan.staging.scene import Draft, PropEvent, Scene, bulk, face, hold, travel
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import headings, lengths, speeds
from shotplan.vocabulary import ACTIONS

Goal = Callable[[Scene, Draft, float], Array]


def pursue(scene: Scene, draft: Draft, target: str | None, speed: float, cue: Cue, default_goal: Goal) -> None:
    """Chase or follow: stay behind the other's way; someone who is chased and has nothing else to do flees."""
    p = draft.performance
    me = scene.courses[p.actor]
    if target is None or target not in scene.courses:
        goal = default_goal(scene, draft, speed)
        draft.distance, draft.peak = travel(scene, p.actor, goal, speed, cue)
        return
    other = scene.courses[target]
    gap = (
        bulk(scene.character(p.actor))
        + bulk(scene.character(target))
        + (1.0 if p.action == "chase" else 1.2) * max(scene.character(p.actor).limits.reach, 0.5)
    )
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
        travel(
            scene,
            target,
            default_goal(scene, flee, min(pace, 1.1 * speed)),
            min(pace, 1.1 * speed),
            replace(cue, toward=None, emotion="afraid" if p.action == "chase" else "neutral", spoken=False),
        )
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
    room = np.interp(t, times, theirs_s) - gap
    s = np.zeros(len(t))
    dt, v = 1 / 30, 0.0
    for k in range(1, len(t)):
        free = min(room[k], last) - s[k - 1]
        v = min(v + speed / ramp * dt, speed, max(0.0, 3.0 * free))
        s[k] = s[k - 1] + v * dt
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
    y = smooth_height(scene.stage_set.ground, x, scene.character(p.actor).height)
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
        travel(
            scene,
            p.actor,
            spot + away / n * 0.6,
            limits.walk_speed,
            replace(cue, pose="walk"),
            ignore=frozenset({target}),
        )
    mount = scene.courses.get(target)
    top = (
        0.62 * scene.character(target).height
        if mount is not None
        else min(seat_height(prop), 0.8)
        if prop is not None
        else 0.0
    )
    if mount is not None:
        mount.wait_until(me.now)
        me.wait_until(mount.now)
    t0 = me.now
    ground = float(height(scene.stage_set.ground, spot[0]))
    u = np.linspace(0, 1, 9)
    ease = u * u * (3 - 2 * u)
    up = np.stack(
        [
            me.place.x + ease * (spot[0] - me.place.x),
            me.place.y + ease * (ground + top - me.place.y),
            me.place.z + ease * (spot[1] - me.place.z),
        ],
        1,
    )
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
        t, pos, heading = (
            (np.concatenate(part[k:]) for part in (mount.t, mount.pos, mount.heading))
            if len(mount.t) > k
            else (np.array([me.now]), mount.place.xyz[None], np.array([mount.place.heading]))
        )
    else:
        assert prop is not None
        shadow = scene.courses[p.actor]
        k = len(shadow.t)
        travel(scene, p.actor, goal, speed, cue, ignore=frozenset({target}))
        shadow.cues.pop()
        t, pos, heading = (
            np.concatenate(shadow.t[k:]),
            np.concatenate(shadow.pos[k:]),
            np.concatenate(shadow.heading[k:]),
        )
        del shadow.t[k:], shadow.pos[k:], shadow.heading[k:]
        scene.events.append(
            PropEvent(
                prop.id,
                "slide",
                float(t[0]),
                float(t[-1]),
                actor=p.actor,
                to=(float(pos[-1, 0]), float(height(scene.stage_set.ground, pos[-1, 0])), float(pos[-1, 2])),
            )
        )
        scene.move_prop(prop.id, float(pos[-1, 0]), float(pos[-1, 2]))
    seat = pos + np.array([0.0, top, 0.0])
    if mount is None:
        seat[:, 1] = height(scene.stage_set.ground, pos[:, 0]) + top
    me.add_knots(t, seat, heading)
    me.cues.append(replace(cue, pose="astride", posture="astride", t0=t0 + 0.8, t1=float(t[-1])))
    me.now = float(t[-1])
    end = seat[-1]
    me.place = Place(float(end[0]), float(end[1]), float(end[2]), float(heading[-1]), posture="astride")
    draft.distance, draft.peak = (
        float(lengths(pos).max()),
        float((np.linalg.norm(np.diff(pos, axis=0), axis=1) / np.maximum(np.diff(t), 1e-6)).max())
        if len(t) > 1
        else 0.0,
    )

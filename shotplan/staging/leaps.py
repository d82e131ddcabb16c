"""Jumps, climbs and falls: ways that leave the ground.

Knows arcs and surface paths. Does not know who jumps next.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.cue import Cue, Place
from shotplan.staging.ground import base_height, half_extent, height, seat_height
from shotplan.staging.scene import Draft, Scene, hold, travel
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import arc, leap_over, profile

CROUCH = 0.22
"""Seconds that a body gathers itself before it leaves the ground from a stand."""
ABSORB = 0.28
"""Seconds that legs take to absorb a landing."""


def direction(scene: Scene, actor: str, centre: Array) -> Array:
    """Unit (x, z) from the actor toward a point; along its heading when it stands there."""
    place = scene.courses[actor].place
    d = centre - place.xz
    n = float(np.linalg.norm(d))
    if n < 0.05:
        return np.array([np.sin(place.heading), np.cos(place.heading)])
    return np.asarray(d / n)


def fly_arc(
    scene: Scene, actor: str, cue: Cue, to: Array, y1: float, rise: float, seconds: float, support: str | None = None
) -> float:
    """One ballistic arc from where the actor is; returns the apex above the take-off (m)."""
    course = scene.courses[actor]
    p = course.place
    u = np.linspace(0, 1, 33)
    xz = p.xz + u[:, None] * (to - p.xz)
    y = arc(p.y, y1, rise, u)
    d = to - p.xz
    heading = (
        p.heading
        if np.linalg.norm(d) < 0.05
        else p.heading + (np.arctan2(d[0], d[1]) - p.heading + np.pi) % (2 * np.pi) - np.pi
    )
    t0 = course.now
    course.add_knots(t0 + u * seconds, np.stack([xz[:, 0], y, xz[:, 1]], 1), np.full(33, heading))
    course.cues.append(replace(cue, pose="jump_air", t0=t0, t1=t0 + seconds, steps=None, posture="stand"))
    course.now = t0 + seconds
    course.place = Place(float(to[0]), float(y1), float(to[1]), float(heading), support=support)
    return float(y.max() - y[0])


def crouch(scene: Scene, actor: str, cue: Cue, pose: str, seconds: float) -> None:
    speed = scene.courses[actor].speed
    hold(scene, actor, replace(cue, pose=pose, steps=None), seconds)
    scene.courses[actor].speed = speed


def jump_over(
    scene: Scene,
    actor: str,
    centre: Array,
    top: float,
    half: float,
    obstacle: str | None,
    goal: Array | None,
    speed: float,
    cue: Cue,
    draft: Draft,
    v_out: float = 0.0,
) -> None:
    """Run up, jump a box of `half` metres either side of `centre` and `top` metres high above the take-off ground, land, run on.

    A `top` of 0 with a wide `half` is a gap.
    """
    course = scene.courses[actor]
    limits = scene.character(actor).limits
    way = direction(scene, actor, centre) if goal is None or obstacle is not None else _toward(course.place.xz, goal)
    room = float((centre - course.place.xz) @ way)
    ground = scene.stage_set.ground
    line = course.place.y
    for _ in range(3):
        leap = leap_over(max(0.0, top - line), half, speed, limits)
        ends = height(ground, np.array([(centre - way * leap.reach)[0], (centre + way * leap.reach)[0]]))
        over = 0.5 + np.array([-half, half]) / (2 * leap.reach)
        line = (
            float((ends[0] + (ends[1] - ends[0]) * np.clip(over, 0, 1)).min())
            if top > 0 or obstacle
            else float(ends.min())
        )
    if room < half:
        scene.problem(
            draft.index,
            "warning",
            f"{scene.character(actor).name} starts {max(room, 0):.1f} m from the middle of what is jumped, with no room for a run-up",
        )
    landing = centre + way * leap.reach
    v_air = 2 * leap.reach / leap.seconds
    take_off = centre - way * leap.reach
    run_up = room - leap.reach
    ignore = frozenset({obstacle} if obstacle else set())
    if run_up < -0.05:
        facing = float(np.arctan2(way[0], way[1]))
        back, _ = travel(
            scene, actor, take_off, limits.walk_speed, replace(cue, pose="walk"), facing=facing, ignore=ignore
        )
        draft.distance += back
    standing = run_up < 0.3
    if not standing:
        d, peak = travel(
            scene,
            actor,
            take_off,
            max(speed, 0.6 * v_air),
            replace(cue, pose="run"),
            v_out=min(speed, v_air),
            ignore=ignore,
        )
        draft.distance += d
        draft.peak = max(draft.peak, peak)
        course.cues[-1] = replace(course.cues[-1], t1=course.now)
    gather = CROUCH if standing else 0.0
    if standing:
        crouch(scene, actor, cue, "jump_crouch", gather)
    else:
        course.cues.append(replace(cue, pose="jump_crouch", t0=course.now - 0.1, t1=course.now, steps=None))
    y1 = float(height(scene.stage_set.ground, landing[0]))
    take_off_y = course.place.y
    draft.apex = fly_arc(scene, actor, cue, landing, y1, leap.rise, leap.seconds)
    draft.obstacle, draft.leap = obstacle, 2 * leap.reach
    draft.obstacle_height = max(0.0, top - take_off_y)
    draft.distance += draft.leap
    draft.peak = max(draft.peak, v_air)
    beyond = (
        landing + way * float(np.clip(0.55 * speed, 0.5, 1.8))
        if goal is None or float((goal - landing) @ way) < 0.2
        else goal
    )
    limit = scene.stage_set.width / 2 - 0.3
    beyond = np.array([np.clip(beyond[0], min(-limit, landing[0]), max(limit, landing[0])), beyond[1]])
    course.cues.append(replace(cue, pose="jump_land", t0=course.now, t1=course.now + ABSORB, steps=None))
    course.speed = min(speed, v_air) * 0.8
    if np.linalg.norm(beyond - landing) > 0.3:
        mark = len(course.cues)
        d, peak = travel(
            scene, actor, beyond, max(0.7 * speed, course.speed), replace(cue, pose="run"), v_out=v_out, ignore=ignore
        )
        draft.distance += d
        draft.peak = max(draft.peak, peak)
        land = course.cues.pop(mark - 1)
        run = course.cues.pop()
        edge = min(land.t1, run.t1 - 0.1)
        course.cues += [replace(land, t1=edge, steps=run.steps), replace(run, t0=edge)]
    else:
        course.cues.pop()
        crouch(scene, actor, cue, "jump_land", ABSORB)
        course.speed = 0.0


def _toward(a: Array, b: Array) -> Array:
    d = b - a
    return np.asarray(d / max(float(np.linalg.norm(d)), 1e-6))


def jump_onto(scene: Scene, actor: str, prop: Prop, speed: float, cue: Cue, draft: Draft) -> None:
    """Run up and jump so as to land on top of a prop."""
    course = scene.courses[actor]
    centre = np.array([prop.x, prop.z])
    way = direction(scene, actor, centre)
    half = half_extent(prop, way)
    top = base_height(scene.stage_set, prop) + seat_height(prop)
    limits = scene.character(actor).limits
    take_off = centre - way * (half + max(0.25, 0.35 * limits.jump_distance))
    ahead = float((take_off - course.place.xz) @ way)
    if ahead > 0.3:
        d, peak = travel(scene, actor, take_off, speed, replace(cue, pose="run"), ignore=frozenset({prop.id}))
        draft.distance += d
        draft.peak = max(draft.peak, peak)
    crouch(scene, actor, cue, "jump_crouch", CROUCH)
    y0 = course.place.y
    rise = max(0.12, 0.12 * abs(top - y0))
    up = max(0.0, top - y0)
    seconds = float(np.sqrt(2 * (up + rise) / 9.81) + np.sqrt(2 * (rise + max(0.0, y0 - top)) / 9.81))
    _rise_and_land(scene, actor, cue, centre, top, up + rise, seconds, prop.id)
    leap = float(np.linalg.norm(centre - take_off)) if ahead > 0 else float(np.linalg.norm(centre - course.place.xz))
    draft.obstacle, draft.obstacle_height, draft.apex, draft.leap = prop.id, up, up + rise, leap
    draft.distance += leap
    draft.peak = max(draft.peak, leap / seconds)
    crouch(scene, actor, cue, "jump_land", ABSORB)
    course.speed = 0.0


def _rise_and_land(
    scene: Scene, actor: str, cue: Cue, to: Array, y1: float, apex: float, seconds: float, support: str | None
) -> None:
    """Free flight from here to (x, z) at height y1 through an apex (m above the start)."""
    course = scene.courses[actor]
    p = course.place
    v0 = np.sqrt(2 * 9.81 * apex)
    t = np.linspace(0, seconds, 33)
    y = p.y + v0 * t - 0.5 * 9.81 * t * t
    y += (y1 - y[-1]) * (t / seconds)
    xz = p.xz + (t / seconds)[:, None] * (to - p.xz)
    d = to - p.xz
    heading = (
        p.heading
        if np.linalg.norm(d) < 0.05
        else p.heading + (np.arctan2(d[0], d[1]) - p.heading + np.pi) % (2 * np.pi) - np.pi
    )
    course.add_knots(course.now + t, np.stack([xz[:, 0], y, xz[:, 1]], 1), np.full(33, heading))
    course.cues.append(
        replace(cue, pose="jump_air", t0=course.now, t1=course.now + seconds, steps=None, posture="stand")
    )
    course.now += seconds
    course.place = Place(float(to[0]), float(y1), float(to[1]), float(heading), support=support)


def jump_up(scene: Scene, actor: str, cue: Cue, draft: Draft, seconds: float) -> None:
    """Jump on the spot, as often as fits the time."""
    character = scene.character(actor)
    apex = min(0.6 * character.limits.jump_height, 0.35 * character.height)
    apex = max(apex, 0.05)
    air = float(np.sqrt(8 * apex / 9.81))
    times = max(1, round(seconds / (air + CROUCH + 0.2)))
    p = scene.courses[actor].place
    for _ in range(times):
        crouch(scene, actor, cue, "jump_crouch", CROUCH)
        fly_arc(scene, actor, cue, p.xz, p.y, apex, air, p.support)
        crouch(scene, actor, cue, "jump_land", 0.2)
    draft.apex = apex


def climb(
    scene: Scene,
    actor: str,
    prop: Prop,
    onto: bool,
    goal: Array | None,
    speed: float,
    walk: float,
    cue: Cue,
    draft: Draft,
) -> None:
    """Walk to a prop, climb its face, and stand on it, or cross it and climb down behind."""
    course = scene.courses[actor]
    character = scene.character(actor)
    centre = np.array([prop.x, prop.z])
    way = direction(scene, actor, centre)
    half = half_extent(prop, way)
    ground = scene.stage_set.ground
    off = scene.radius(actor) * 0.8
    foot = centre - way * (half + off)
    if float((foot - course.place.xz) @ way) > 0.05:
        d, peak = travel(scene, actor, foot, walk, replace(cue, pose="walk"), ignore=frozenset({prop.id}))
        draft.distance += d
        draft.peak = max(draft.peak, peak)
    top = base_height(scene.stage_set, prop) + seat_height(prop)
    p = course.place
    draft.obstacle, draft.obstacle_height = prop.id, max(0.0, top - p.y)
    narrow = 2 * half < 0.3 * character.height or prop.size[1] > 2.2 * character.height
    if onto:
        points = [(p.xz, p.y), (p.xz, top), (centre if not narrow else p.xz + way * off, top)]
    else:
        far = centre + way * (half + off)
        far_y = float(height(ground, far[0]))
        points = [(p.xz, p.y), (p.xz + way * 0.3 * off, top), (far - way * 0.3 * off, top), (far, far_y)]
    knots = np.array([[q[0][0], q[1], q[0][1]] for q in points])
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    t, at = profile(float(s[-1]), speed, ramp=0.3)
    pos = np.stack([np.interp(at, s, knots[:, k]) for k in range(3)], 1)
    heading = p.heading + (np.arctan2(way[0], way[1]) - p.heading + np.pi) % (2 * np.pi) - np.pi
    course.add_knots(course.now + t, pos, np.full(len(t), heading))
    course.cues.append(
        replace(cue, pose="climb", t0=course.now, t1=course.now + float(t[-1]), steps=None, toward=prop.id)
    )
    course.now += float(t[-1])
    end = pos[-1]
    course.place = Place(float(end[0]), float(end[1]), float(end[2]), float(heading), support=prop.id if onto else None)
    course.speed = 0.0
    draft.apex = float(pos[:, 1].max() - p.y)
    draft.distance += float(s[-1])
    if not onto and goal is not None and np.linalg.norm(goal - course.place.xz) > 0.2:
        d, _ = travel(scene, actor, goal, walk, replace(cue, pose="walk"), ignore=frozenset({prop.id}))
        draft.distance += d


def fall(scene: Scene, actor: str, cue: Cue, seconds: float, draft: Draft) -> None:
    """Fall forward onto the ground, from a prop if one carries the actor."""
    course = scene.courses[actor]
    p = course.place
    way = np.array([np.sin(p.heading), np.cos(p.heading)])
    prop = scene.prop(p.support)
    ahead = 0.25 * scene.character(actor).height
    if prop is not None:
        ahead += half_extent(prop, way)
    to = p.xz + way * ahead
    y1 = float(height(scene.stage_set.ground, to[0]))
    drop = max(0.0, p.y - y1)
    u = np.linspace(0, 1, 17)
    down = np.clip((u - 0.25) / 0.45, 0, 1)
    t0 = course.now
    y = p.y + (y1 - p.y) * (down**2 if drop > 0.1 else down)
    xz = p.xz + down[:, None] * (to - p.xz)
    course.add_knots(t0 + u * seconds, np.stack([xz[:, 0], y, xz[:, 1]], 1), np.full(17, p.heading))
    course.cues.append(replace(cue, pose="fall", t0=t0, t1=t0 + seconds, steps=None, posture="stand"))
    course.now = t0 + seconds
    course.place = Place(float(to[0]), y1, float(to[1]), p.heading, posture="fallen")
    course.speed = 0.0
    draft.distance = ahead

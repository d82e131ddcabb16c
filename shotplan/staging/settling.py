"""Sitting, kneeling and lying down, on a thing that carries or on the ground, and getting up.

Knows where a resting body ends up. Does not know how it looks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.contact import stop_beside
from shotplan.staging.cue import Cue, Place
from shotplan.staging.destinations import walk_to
from shotplan.staging.ground import half_extent, seat_height
from shotplan.staging.scene import Draft, Scene, face, hold
from shotplan.staging.staged import Array
from shotplan.vocabulary import PROP_KINDS

POSTURES = {"sit": "sit", "kneel": "kneel", "lie": "lie", "hide": "kneel"}


def stand_up(scene: Scene, actor: str, cue: Cue) -> None:
    """Get up from sitting, kneeling or lying."""
    course = scene.courses[actor]
    hold(scene, actor, replace(cue, pose="stand_up"), 0.7 + 0.7 * scene.elastic)
    support = scene.prop(course.place.support)
    seated = support is not None and course.place.seat is not None
    course.place = replace(course.place, posture="stand", seat=None, support=None if seated else course.place.support)


def settle(scene: Scene, draft: Draft, target: str | None, goal: Array | None, cue: Cue, seconds: float) -> None:
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
    carries = (
        prop is not None
        and p.action in ("sit", "lie")
        and target not in scene.held
        and seat_height(prop) <= 0.75 * character.height
        and min(prop.size[0], prop.size[2]) >= 0.2 * character.height
    )
    seat: float | None = None
    if carries and prop is not None and goal is None:
        yaw = np.radians(prop.yaw)
        front = np.array([np.sin(yaw), np.cos(yaw)])
        if PROP_KINDS[prop.kind].shape != "seat":
            front = np.array([0.0, 1.0])
        edge = half_extent(prop, front)
        before = np.array([prop.x, prop.z]) + front * (edge + 0.18 * character.height)
        walk_to(scene, draft, before, cue)
        face(scene, p.actor, course.place.xz + front)
        on = np.array([prop.x, prop.z]) + front * (edge - min(edge, 0.16 * character.height))
        seat = seat_height(prop)
        if p.action == "lie":
            on = np.array([prop.x, prop.z])
            face(scene, p.actor, course.place.xz + _long_axis(prop))
        _slide_to(scene, p.actor, on, cue, posture, seconds, seat)
        course.place = replace(course.place, support=prop.id, seat=seat, posture=posture)
        return
    walk_to(scene, draft, goal, cue)
    if prop is not None and goal is None:
        stop_beside(scene, draft, prop, cue, scene.radius(p.actor) + 0.25)
    elif target in scene.courses:
        face(scene, p.actor, scene.spot(str(target)))
    hold(scene, p.actor, replace(cue, pose=posture), seconds)
    course.place = replace(course.place, posture=posture)


def _long_axis(prop: Prop) -> Array:
    yaw = np.radians(prop.yaw)
    return (
        np.array([np.cos(yaw), -np.sin(yaw)]) if prop.size[0] >= prop.size[2] else np.array([np.sin(yaw), np.cos(yaw)])
    )


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

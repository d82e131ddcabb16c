"""Two people in one action: they meet at contact distance and face each other.

Knows distances. Does not know poses (skeleton), things (things) or chases (pursuit).
Contact distance is the template's multiple of the actor's reach from body axis to body axis, plus half the length of any
four-legged body between them; for a thing it is measured to its nearest side.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.cue import Cue
from shotplan.staging.ground import half_extent
from shotplan.staging.scene import Draft, PropEvent, Scene, bulk, face, hold, travel
from shotplan.staging.trajectory import speeds
from shotplan.vocabulary import ACTIONS, PROP_KINDS


def contact_distance(scene: Scene, actor: str, target: str, action: str) -> float:
    """Metres between the two bodies' axes at contact."""
    a, b = scene.character(actor), scene.character(target)
    template = ACTIONS[action]
    return max(
        (template.contact or 1.4) * a.limits.reach + bulk(a) + bulk(b),
        scene.radius(actor) * 0.6 + scene.radius(target) * 0.6,
    )


def together(scene: Scene, draft: Draft, target: str, cue: Cue, seconds: float, fixed: bool) -> None:
    """Two people come to contact distance, face each other and do the same thing; the partner answers unless it is busy."""
    p = draft.performance
    me, other = scene.courses[p.actor], scene.courses[target]
    wanted = contact_distance(scene, p.actor, target, p.action)
    if not fixed:
        come_to(scene, draft, target, wanted, cue)
    other.wait_until(me.now)
    me.wait_until(other.now)
    face(scene, p.actor, other.place.xz)
    if other.place.posture in ("stand", "hover"):
        face(scene, target, me.place.xz)
    t0 = max(me.now, other.now)
    me.wait_until(t0)
    other.wait_until(t0)
    gap = float(np.linalg.norm(me.place.xz - other.place.xz))
    draft.contact_time, draft.contact_gap = (
        t0 + 0.25 * seconds,
        gap - wanted + max(0.0, abs(me.place.y - other.place.y) - scene.character(p.actor).limits.reach),
    )
    hold(scene, p.actor, cue, seconds)
    reply = {"give": "receive", "shake_hands": "receive"}.get(p.action, ACTIONS[p.action].pose)
    emotion = _partner_feeling(scene, draft, target)
    hold(
        scene,
        target,
        replace(
            cue, pose=reply, toward=p.actor, side=-cue.side, emotion=emotion[0], intensity=emotion[1], spoken=False
        ),
        seconds,
    )
    _answered(scene, draft, target, t0)
    if p.action == "give":
        mine = [prop for prop, holder in scene.held.items() if holder == p.actor]
        if mine:
            scene.events.append(PropEvent(mine[0], "hold", t0 + 0.5 * seconds, t0 + 0.5 * seconds, actor=target))
            scene.held[mine[0]] = target
        else:
            scene.problem(
                draft.index, "warning", f"{p.actor} has nothing in hand to give; the gesture is staged empty-handed"
            )


def _answered(scene: Scene, draft: Draft, target: str, t0: float) -> None:
    """The partner's own performance of the same action toward the actor is this one: it is not staged again."""
    p = draft.performance
    staged = {d.index for d in scene.drafts}
    own = [(k, q) for k, q in enumerate(scene.shot.performances) if q.actor == target and k not in staged]
    if own and own[0][1].action == p.action and own[0][1].target == p.actor and p.action != "give":
        index, q = own[0]
        scene.drafts.append(
            Draft(
                index=index, performance=q, t0=t0, t1=scene.courses[target].now, speed_limit=scene.character(target).limits.walk_speed,
                contact_time=draft.contact_time, contact_gap=draft.contact_gap,
            )
        )  # fmt: skip


def _partner_feeling(scene: Scene, draft: Draft, target: str) -> tuple[str, float]:
    for q in (*scene.shot.performances[draft.index + 1 :], *scene.shot.performances):
        if q.actor == target:
            return q.emotion, q.intensity
    return (
        ("neutral", 0.5)
        if draft.performance.action in ("fight",)
        else (draft.performance.emotion, draft.performance.intensity)
    )


def come_to(scene: Scene, draft: Draft, target: str, wanted: float, cue: Cue) -> None:
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
        d, peak = travel(
            scene,
            p.actor,
            centre + away * (edge + distance),
            speed,
            replace(cue, pose="walk"),
            ignore=frozenset({prop.id}),
        )
        draft.distance, draft.peak = draft.distance + d, max(draft.peak, peak)
    face(scene, p.actor, centre)

"""Things through a shot: at rest, in hand, in the air, pushed along, opened.

Knows prop events and hands. Does not know why anything happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from shotplan.plan import Prop
from shotplan.staging.ground import base_height
from shotplan.staging.scene import PropEvent, Scene
from shotplan.staging.staged import Array, StagedActor, StagedProp
from shotplan.vocabulary import CHARACTER_KINDS


def before_hands(scene: Scene, opening: Sequence[Prop], times: Array, stretch: float) -> dict[str, Array]:
    """(F,3) middle of every prop as far as it is known without hands: what actors reach for."""
    out = {}
    for prop in opening:
        at = np.repeat([[prop.x, base_height(scene.stage_set, prop), prop.z]], len(times), 0)
        for event in sorted(
            (e for e in scene.events if e.prop == prop.id and e.kind in ("rest", "slide", "fly")), key=lambda e: e.t0
        ):
            on = times >= event.t0 * stretch
            if on.any():
                _go(event, at, np.zeros(len(times)), times, on, event.t0 * stretch, event.t1 * stretch)
        out[prop.id] = at + np.array([0.0, 0.5 * prop.size[1], 0.0])
    return out


def holding(scene: Scene, held: Mapping[str, str], times: Array, stretch: float) -> dict[str, Array]:
    """(F,) per actor how much it carries something, 0..1, easing in."""
    out = {a: np.zeros(len(times)) for a in scene.courses}
    for prop in {*held, *(e.prop for e in scene.events)}:
        events = [PropEvent(prop, "hold", -1.0, -1.0, actor=held[prop])] if prop in held else []
        events += sorted((e for e in scene.events if e.prop == prop and e.kind != "open"), key=lambda e: e.t0)
        for k, event in enumerate(events):
            if event.kind == "hold" and event.actor in out:
                until = events[k + 1].t0 * stretch if k + 1 < len(events) else np.inf
                on = np.clip((times - event.t0 * stretch) / 0.3, 0, 1) * np.clip((until - times) / 0.1, 0, 1)
                out[event.actor] = np.maximum(out[event.actor], on)
    return out


def carried_point(actor: StagedActor, prop: Prop) -> Array:
    """(F,3) base centre of a prop in the actor's right hand, or mouth for an animal."""
    plan = CHARACTER_KINDS[actor.character.kind].body
    if plan == "biped":
        hand = actor.joints[:, 4]
        fore = hand - actor.joints[:, 3]
        fore = fore / np.maximum(np.linalg.norm(fore, axis=-1, keepdims=True), 1e-6)
        point = hand + 0.05 * actor.character.height * fore
    else:
        point = actor.joints[:, 0].copy()
        ahead = np.stack([np.sin(actor.heading), np.zeros(len(point)), np.cos(actor.heading)], 1)
        point += 0.04 * actor.character.height * ahead
    grip = 0.5 if prop.size[1] < 0.6 else 0.35
    return np.asarray(point - np.array([0.0, grip * prop.size[1], 0.0]))


def stage_props(
    scene: Scene, opening: Sequence[Prop], held: Mapping[str, str], opened: Mapping[str, float], actors: Mapping[str, StagedActor],
    times: Array, stretch: float,
) -> tuple[tuple[StagedProp, ...], dict[str, list[str | None]]]:  # fmt: skip
    """Staged props in set order, and per actor the prop in hand for every frame.

    `opening`: the props as the shot finds them; `held` and `opened`: who held what, and how far doors stood open, at its start.
    """
    n = len(times)
    holds: dict[str, list[str | None]] = {a: [None] * n for a in actors}
    staged = []
    for prop in opening:
        base = base_height(scene.stage_set, prop)
        position = np.repeat(np.array([[prop.x, base, prop.z]]), n, 0)
        yaw = np.full(n, np.radians(prop.yaw))
        openness = np.full(n, float(opened.get(prop.id, 0.0)))
        visible = np.ones(n, dtype=bool)
        events = [PropEvent(prop.id, "hold", 0.0, 0.0, actor=held[prop.id])] if prop.id in held else []
        events += sorted((e for e in scene.events if e.prop == prop.id), key=lambda e: e.t0)
        for k, event in enumerate(events):
            t0, t1 = event.t0 * stretch, event.t1 * stretch
            on = times >= t0 - 1e-9
            until = events[k + 1].t0 * stretch if k + 1 < len(events) else np.inf
            if event.kind == "hold":
                if event.actor not in actors:
                    visible[on] = False
                    continue
                _hold(event, prop, position, yaw, actors[event.actor], times, on, t0, k == 0 and prop.id in held)
                for f in np.flatnonzero(on & (times < until - 1e-9)):
                    holds[event.actor][f] = prop.id
            elif event.kind == "open":
                u = np.clip((times - t0) / max(t1 - t0, 1e-6), 0, 1)
                openness = (
                    np.where(
                        on,
                        openness[on.argmax()] + (event.to[0] - openness[on.argmax()]) * u * u * (3 - 2 * u),
                        openness,
                    )
                    if on.any()
                    else openness
                )
            elif on.any():
                _go(event, position, yaw, times, on, t0, t1)
        staged.append(StagedProp(prop.id, prop, position, yaw, visible, openness))
    return tuple(staged), holds


def _hold(
    event: PropEvent,
    prop: Prop,
    position: Array,
    yaw: Array,
    actor: StagedActor,
    times: Array,
    on: np.ndarray,
    t0: float,
    at_once: bool,
) -> None:
    hand = carried_point(actor, prop)
    u = np.ones(len(times)) if at_once else np.clip((times - t0) / 0.12, 0, 1)
    if on.any():
        first = position[max(int(on.argmax()) - 1, 0)].copy()
        position[on] = (first + u[:, None] * (hand - first))[on]
        yaw[on] = (yaw[on.argmax()] + u * (actor.heading - yaw[on.argmax()]))[on]


def _go(event: PropEvent, position: Array, yaw: Array, times: Array, on: np.ndarray, t0: float, t1: float) -> None:
    """Rest, slide or fly from where the prop is to where the event ends."""
    start = position[max(int(on.argmax()) - 1, 0)].copy()
    to = np.array(event.to)
    u = np.clip((times - t0) / max(t1 - t0, 1e-6), 0, 1)
    ease = u if event.kind == "fly" else (1 - (1 - u) ** 2 if not event.actor else u * u * (3 - 2 * u))
    way = start + ease[:, None] * (to - start)
    if event.kind == "fly":
        seconds = t1 - t0
        way[:, 1] += 0.5 * 9.81 * seconds**2 * u * (1 - u)
        yaw[on] = (yaw[on.argmax()] + 6.0 * (times - t0).clip(0, seconds))[on]
    position[on] = way[on]

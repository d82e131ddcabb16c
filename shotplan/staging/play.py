"""A shot played through once: courses, drafts and prop events, fitted into the shot's time.

Knows how blocking, timing and moves work together. Does not know bodies or cameras.
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.plan import Shot, ShotPlan
from shotplan.staging.blocking import Entry, block, set_now
from shotplan.staging.cue import Course, Place
from shotplan.staging.moves import act
from shotplan.staging.scene import Scene
from shotplan.staging.timing import order, ready_time

TAIL = 0.0
"""Seconds kept at the end of a shot after the last action."""


@dataclass(frozen=True)
class Played:
    """One shot, placed in time but not yet embodied."""

    scene: Scene
    stretch: float
    """All times of the scene are multiplied by this to fit the shot; at most 1."""
    entry: Entry
    """The set as this shot found it."""
    leaves: Entry
    """The set as this shot leaves it."""


def play(plan: ShotPlan, index: int, entry: Entry) -> Played:
    """Play shot number `index` of a plan from the state `entry` of its set.

    Actions take their typical time; when that does not fit, still actions shrink to their least time, and when that does not fit
    either, everything is compressed (and each action's `needed` says what it would have taken).
    """
    shot = plan.shots[index]
    scene = _attempt(plan, shot, index, entry, 1.0)
    if _length(scene) > shot.duration:
        roomy = _length(scene)
        tight_scene = _attempt(plan, shot, index, entry, 0.0)
        tight = _length(tight_scene)
        scene = tight_scene
        if tight < shot.duration < roomy:
            middle = _attempt(plan, shot, index, entry, (shot.duration - tight) / (roomy - tight))
            scene = middle if _length(middle) <= shot.duration * 1.02 else tight_scene
    stretch = min(1.0, shot.duration / max(_length(scene), 1e-6))
    return Played(scene, stretch, entry, _leave(scene, entry))


def _attempt(plan: ShotPlan, shot: Shot, index: int, entry: Entry, elastic: float) -> Scene:
    stage_set = plan.stage_set(shot.set)
    assert stage_set is not None
    stage_set = set_now(stage_set, entry)
    places, problems = block(plan, shot, stage_set, entry)
    scene = Scene(
        plan=plan, shot=shot, index=index, stage_set=stage_set, courses={a: Course(p) for a, p in places.items()},
        held=dict(entry.held), opened=dict(entry.opened), elastic=elastic, problems=list(problems),
    )  # fmt: skip
    sequence = order(shot)
    for k in sequence:
        performance = shot.performances[k]
        if any(d.index == k for d in scene.drafts):
            continue
        following = next((q for q in shot.performances[k + 1 :] if q.actor == performance.actor), None)
        act(scene, k, performance, ready_time(shot, k, scene.drafts), following)
    return scene


def _length(scene: Scene) -> float:
    return max([d.t1 for d in scene.drafts] + [c.now for c in scene.courses.values()] + [0.0]) + TAIL


def _leave(scene: Scene, entry: Entry) -> Entry:
    places: dict[str, Place] = {a: p for a, p in entry.places.items() if a not in scene.courses}
    places |= {a: c.place for a, c in scene.courses.items() if a not in scene.gone}
    original = scene.plan.stage_set(scene.shot.set)
    assert original is not None
    moved = {}
    for was in original.props:
        now = scene.stage_set.prop(was.id)
        if now is not None and (now.x != was.x or now.z != was.z):
            moved[was.id] = (now.x, now.z)
    return Entry(places=places, props=moved, held=dict(scene.held), opened=dict(scene.opened))

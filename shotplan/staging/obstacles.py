"""What is jumped or climbed: a thing, a person, or a gap in the ground.

Knows which obstacle is meant and how high it is. Does not know arcs: that is leaps.
"""

from __future__ import annotations

import numpy as np

from shotplan.plan import Performance, Prop
from shotplan.staging import leaps
from shotplan.staging.cue import Cue
from shotplan.staging.ground import half_extent, height
from shotplan.staging.scene import Draft, Scene, bulk
from shotplan.staging.staged import Array


def over(
    scene: Scene,
    draft: Draft,
    target: str | None,
    goal: Array | None,
    speed: float,
    cue: Cue,
    following: Performance | None,
) -> None:
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
        scene.problem(
            draft.index,
            "error",
            f"{prop.name} is in {scene.held[prop.id]}'s hand and cannot be jumped or climbed; a hop on the spot is staged",
        )
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
        leaps.jump_over(
            scene,
            p.actor,
            spot,
            float(height(ground, spot[0])) + tall,
            0.2 + bulk(other),
            None,
            goal,
            run,
            cue,
            draft,
            run if flows else 0.0,
        )
    elif p.action == "jump_over" and prop is None and ground.kind == "gap" and (goal is not None or target is None):
        centre = np.array([(ground.x0 + ground.x1) / 2, course.place.z])
        leaps.jump_over(
            scene,
            p.actor,
            centre,
            0.0,
            (ground.x1 - ground.x0) / 2 + 0.1,
            None,
            goal,
            run,
            cue,
            draft,
            run if flows else 0.0,
        )
    elif prop is None:
        scene.problem(
            draft.index,
            "error",
            f"there is nothing in the set {scene.stage_set.id} to {p.action.replace('_', ' ')}; a hop on the spot is staged",
        )
        leaps.jump_up(scene, p.actor, cue, draft, 1.0)
    elif p.action == "jump_over":
        way = leaps.direction(scene, p.actor, np.array([prop.x, prop.z]))
        leaps.jump_over(
            scene,
            p.actor,
            np.array([prop.x, prop.z]),
            _top(scene, prop),
            half_extent(prop, way),
            prop.id,
            goal,
            run,
            cue,
            draft,
            run if flows else 0.0,
        )
    elif p.action == "jump_onto":
        leaps.jump_onto(scene, p.actor, prop, run, cue, draft)
    else:
        leaps.climb(scene, p.actor, prop, p.action == "climb_onto", goal, speed, walk, cue, draft)
        draft.speed_limit = max(draft.speed_limit, 1.4 * limits.walk_speed)


def _top(scene: Scene, prop: Prop) -> float:
    return float(height(scene.stage_set.ground, prop.x)) + prop.size[1]

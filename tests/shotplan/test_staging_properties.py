"""What holds for every plan, sensible or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shotplan.plan import Character, Ground, Performance, Prop, ShotPlan
from shotplan.staging import stage, stage_all
from shotplan.staging.ground import height, over
from shotplan.staging.staged import LIMBS, StagedShot
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS
from tests.shotplan.plans import one_shot, plans

FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
FEET = {"biped": (10, 13), "bird": (10, 13), "quadruped": (4, 7, 10, 13)}


def arrays(staged: StagedShot) -> list[np.ndarray]:
    out = [staged.camera.c2w, staged.camera.focal_mm]
    for a in staged.actors:
        out += [a.root, a.heading, a.joints, a.expression, a.pitch]
    for p in staged.props:
        out += [p.position, p.yaw, p.openness]
    return out


@FEW
@given(plans())
def test_every_array_is_finite_and_has_one_row_per_frame(plan: ShotPlan) -> None:
    for staged in stage_all(plan):
        assert staged.frames == max(1, round(staged.shot.duration * staged.fps))
        for array in arrays(staged):
            assert len(array) == staged.frames
            assert np.isfinite(array).all()


@FEW
@given(plans())
def test_staging_one_shot_gives_the_same_as_staging_all(plan: ShotPlan) -> None:
    for shot, whole in zip(plan.shots, stage_all(plan), strict=True):
        alone = stage(plan, shot)
        assert alone.problems == whole.problems
        assert alone.lines == whole.lines
        assert alone.prompt == whole.prompt
        for a, b in zip(arrays(alone), arrays(whole), strict=True):
            assert np.array_equal(a, b)


@FEW
@given(plans(calm_camera=True))
def test_bones_keep_their_length(plan: ShotPlan) -> None:
    for staged in stage_all(plan):
        for actor in staged.actors:
            for a, b in LIMBS:
                length = np.linalg.norm(actor.joints[:, a] - actor.joints[:, b], axis=-1)
                assert np.ptp(length) <= 0.03 * length.mean() + 1e-6, (actor.id, a, b)


@FEW
@given(plans(calm_camera=True))
def test_feet_stay_above_the_ground(plan: ShotPlan) -> None:
    for staged in stage_all(plan):
        for actor in staged.actors:
            for foot in FEET[CHARACTER_KINDS[actor.character.kind].body][-2:]:
                clear = actor.joints[:, foot, 1] - height(staged.stage_set.ground, actor.joints[:, foot, 0])
                assert clear.min() >= -0.03, (actor.id, foot, int(clear.argmin()))


@FEW
@given(plans(calm_camera=True))
def test_nobody_jumps_through_space(plan: ShotPlan) -> None:
    for staged in stage_all(plan):
        for actor in staged.actors:
            step = np.linalg.norm(np.diff(actor.root[:, [0, 2]], axis=0), axis=1) * staged.fps
            fastest = max([a.peak_speed for a in actor.actions] + [max(actor.character.limits.run_speed, 2.5) * 1.7])
            squeeze = max([a.needed / (a.t1 - a.t0) for other in staged.actors for a in other.actions] + [1.0])
            assert step.max(initial=0) <= fastest * squeeze * 1.25 + 0.3


@FEW
@given(plans(marks=False, calm_camera=True))
def test_nobody_starts_the_first_shot_on_somebody_elses_spot(plan: ShotPlan) -> None:
    staged = stage(plan, plan.shots[0])
    for k, a in enumerate(staged.actors):
        for b in staged.actors[k + 1 :]:
            assert np.linalg.norm((a.root[0] - b.root[0])[[0, 2]]) > a.radius + b.radius


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(CHARACTER_KINDS)),
    st.floats(0.05, 1.6),
    st.floats(0.1, 1.5),
    st.sampled_from(["slow", "normal", "fast"]),
    st.sampled_from([0.0, 20.0, 90.0]),
    st.sampled_from(["flat", "slope", "hill"]),
)
def test_a_jump_clears_its_obstacle(kind: str, tall: float, wide: float, pace: str, yaw: float, ground: str) -> None:
    log = Prop.of_kind("log", "log", "log", 0.5, 0.0, size=(wide, tall, 1.5), yaw=yaw)
    plan = one_shot(
        Performance(actor="hero", action="jump_over", target="log", pace=pace),
        cast=(Character.of_kind("hero", "Hero", kind),),
        props=(log,),
        duration=9,
        ground=Ground(kind=ground, height=0.0 if ground == "flat" else 0.4, x0=-4, x1=4),
    )
    staged = stage(plan, plan.shots[0])
    root, (jump,) = staged.actors[0].root, staged.actions("jump_over")
    dense = np.arange(0, staged.frames - 1, 0.05)
    root = np.stack([np.interp(dense, np.arange(staged.frames), root[:, k]) for k in range(3)], axis=1)
    above = over(log, root[:, 0], root[:, 2])
    base = float(height(staged.stage_set.ground, 0.5))
    assert above.any()
    assert root[above, 1].min() >= base + tall
    assert jump.apex >= jump.obstacle_height + min(0.1, 0.1 * jump.obstacle_height) - 1e-6
    assert jump.obstacle == "log"
    assert jump.leap > wide * 0.9


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["hug", "kiss", "shake_hands", "fight", "give", "dance"]),
    st.sampled_from(sorted(CHARACTER_KINDS)),
    st.sampled_from(sorted(CHARACTER_KINDS)),
    st.sampled_from(["left", "back", "center_left"]),
    st.sampled_from(["right", "front", "center_right"]),
)
def test_contact_puts_both_at_contact_distance_facing_each_other(
    action: str, one: str, other: str, a: str, b: str
) -> None:
    cast = (Character.of_kind("one", "One", one), Character.of_kind("other", "Other", other))
    plan = one_shot(
        Performance(actor="one", action=action, target="other"),
        Performance(actor="other", action="stand", start=b),
        cast=cast,
        duration=40,
    )
    staged = stage(plan, plan.shots[0])
    (contact,) = staged.actions(action)
    first, second = staged.actors
    f = min(staged.frames - 1, round(float(contact.contact_time or 0) * staged.fps) + 1)
    gap = second.root[f] - first.root[f]
    facing = np.arctan2(gap[0], gap[2])
    assert abs(contact.contact_gap) < 0.06
    assert abs(np.angle(np.exp(1j * (first.heading[f] - facing)))) < 0.1
    assert abs(np.angle(np.exp(1j * (second.heading[f] - facing - np.pi)))) < 0.1
    if ACTIONS[action].contact is not None and CHARACTER_KINDS[one].body != "quadruped" != CHARACTER_KINDS[other].body:
        wanted = ACTIONS[action].contact * cast[0].limits.reach
        assert np.hypot(gap[0], gap[2]) == pytest.approx(max(wanted, 0.6 * (first.radius + second.radius)), abs=0.06)

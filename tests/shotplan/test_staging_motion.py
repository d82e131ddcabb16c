"""How particular actions look and where they lead."""

from __future__ import annotations

import numpy as np
import pytest

from shotplan.errors import StagingError
from shotplan.plan import Beat, Character, Ground, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.prompt_text import prompt_text
from shotplan.staging import stage, stage_all
from shotplan.staging.dialogue import line_seconds
from shotplan.staging.ground import height, surface
from shotplan.staging.skeleton import animate  # noqa: F401  (registers every pose)
from shotplan.staging.skeleton.clip import POSES
from shotplan.staging.staged import StagedShot
from shotplan.vocabulary import ACTIONS
from tests.shotplan.plans import jump_plan, one_shot

MAN, WOMAN = Character.of_kind("man", "Man", "man"), Character.of_kind("woman", "Woman", "woman")
FOX, OWL = Character.of_kind("fox", "Fox", "fox"), Character.of_kind("owl", "Owl", "owl")


def staged(plan: ShotPlan) -> StagedShot:
    return stage(plan, plan.shots[0])


def do(*performances: Performance, **more: object) -> StagedShot:
    more.setdefault("cast", (MAN, WOMAN))
    return staged(one_shot(*performances, **more))  # type: ignore[arg-type]


def slides(feet: np.ndarray, clear: np.ndarray, fps: int) -> np.ndarray:
    """m/s of a foot in the frames where it is on the ground before and after."""
    down = (clear[1:] < 0.004) & (clear[:-1] < 0.004)
    return np.asarray(np.linalg.norm(np.diff(feet[:, [0, 2]], axis=0), axis=1)[down] * fps)


@pytest.mark.parametrize(("action", "who"), [("walk", MAN), ("run", MAN), ("sneak", MAN), ("walk", FOX), ("run", FOX)])
def test_feet_on_the_ground_do_not_slide(action: str, who: Character) -> None:
    shot = do(Performance(actor=who.id, action=action, start="far_left", end="far_right"), cast=(who,), duration=16)
    actor = shot.actors[0]
    planted = 0
    for foot in (10, 13) if who is MAN else (10, 13, 4, 7):
        joint = actor.joints[:, foot]
        slide = slides(joint, joint[:, 1] - joint[:, 1].min(), shot.fps)
        planted += len(slide)
        assert np.quantile(slide, 0.9) < 0.25 if len(slide) else True
    assert planted > 10


def test_arms_swing_against_the_legs_of_their_own_side() -> None:
    shot = do(Performance(actor="man", action="walk", start="far_left", end="far_right"), cast=(MAN,), duration=12)
    (walk,) = shot.actions("walk")
    middle = (shot.times > walk.t0 + 1) & (shot.times < walk.t1 - 1)
    j = shot.actors[0].joints[middle]
    hand, foot = j[:, 4, 0] - j[:, 2, 0], j[:, 10, 0] - j[:, 8, 0]
    assert np.corrcoef(hand, foot)[0, 1] < -0.7


def test_a_run_leans_forward_and_is_faster_than_a_walk() -> None:
    runs = do(Performance(actor="man", action="run", start="far_left", end="far_right"), cast=(MAN,), duration=8)
    walks = do(Performance(actor="man", action="walk", start="far_left", end="far_right"), cast=(MAN,), duration=16)
    assert runs.actors[0].pitch.max() > walks.actors[0].pitch.max() + 0.1
    assert runs.actions("run")[0].peak_speed > 2 * walks.actions("walk")[0].peak_speed
    assert runs.actions("run")[0].peak_speed <= MAN.limits.run_speed


def test_a_jump_gathers_before_it_leaves_the_ground_and_absorbs_after() -> None:
    shot = do(Performance(actor="man", action="jump_up"), cast=(MAN,), duration=2)
    hips = 0.5 * (shot.actors[0].joints[:, 8, 1] + shot.actors[0].joints[:, 11, 1])
    root = shot.actors[0].root[:, 1]
    off, down = int((root > 0.02).argmax()), len(root) - int((root > 0.02)[::-1].argmax())
    assert hips[: off + 1].min() < hips[0] - 0.05
    assert hips[down : down + 5].min() < hips[0] - 0.05
    assert shot.actions("jump_up")[0].apex > 0.2


def test_the_jump_example_measures_what_must_be_cleared() -> None:
    (jump,) = staged(jump_plan(1.4)).actions("jump_over")
    assert jump.obstacle == "log"
    assert jump.obstacle_height == pytest.approx(1.4)
    assert jump.apex >= 1.5
    assert jump.leap > 0.5
    assert jump.start[0] < 0 < jump.end[0]


def test_a_jump_without_an_obstacle_is_a_problem_that_is_told() -> None:
    shot = do(Performance(actor="man", action="jump_over"), cast=(MAN,))
    assert [(where, severity) for where, severity, _ in shot.problems] == [("/shots/0/performances/0", "error")]


def test_a_gap_is_jumped_from_edge_to_edge() -> None:
    gap = Ground(kind="gap", height=1.0, x0=-0.6, x1=0.6)
    shot = do(
        Performance(actor="man", action="jump_over", start="far_left", end="far_right"),
        cast=(MAN,),
        ground=gap,
        duration=9,
    )
    (jump,) = shot.actions("jump_over")
    assert jump.leap > 1.2
    assert not shot.problems
    over_gap = np.abs(shot.actors[0].root[:, 0]) < 0.6
    assert over_gap.any()
    assert shot.actors[0].root[over_gap, 1].min() > -0.01


def test_someone_who_runs_and_then_jumps_does_not_stop_in_between() -> None:
    log = Prop.of_kind("log", "log", "log", 1.0, 0.0)
    shot = do(
        Performance(actor="fox", action="run"),
        Performance(actor="fox", action="jump_over", target="log"),
        cast=(FOX,),
        props=(log,),
        duration=5,
    )
    run, jump = shot.actors[0].actions
    speed = np.linalg.norm(np.diff(shot.actors[0].root[:, [0, 2]], axis=0), axis=1) * shot.fps
    between = speed[round(run.t1 * shot.fps) - 2 : round(run.t1 * shot.fps) + 2]
    assert between.min() > 0.5 * run.peak_speed
    assert jump.t0 == pytest.approx(run.t1)


def test_a_solid_thing_in_the_way_is_walked_round() -> None:
    rock = Prop.of_kind("rock", "rock", "rock", 0.0, 0.0)
    shot = do(
        Performance(actor="man", action="walk", start="left", end="right"), cast=(MAN,), props=(rock,), duration=9
    )
    root = shot.actors[0].root
    inside = (np.abs(root[:, 0]) < 0.6) & (np.abs(root[:, 2]) < 0.5)
    assert not inside.any()
    assert np.allclose(root[-1, [0, 2]], [3.0, 0.0], atol=0.05)
    assert 6.0 < shot.actions("walk")[0].distance < 8.0


def test_walking_follows_slopes_and_stairs() -> None:
    for kind in ("slope", "steps", "hill"):
        ground = Ground(kind=kind, height=1.0)  # type: ignore[arg-type]
        shot = do(
            Performance(actor="man", action="walk", start="left", end="right"), cast=(MAN,), ground=ground, duration=9
        )
        root = shot.actors[0].root
        assert np.abs(root[:, 1] - height(ground, root[:, 0])).max() < 0.2
        assert root[-1, 1] == pytest.approx(float(height(ground, 3.0)), abs=0.02)


def test_who_climbs_onto_a_thing_stands_on_its_top_in_the_next_shot() -> None:
    box = Prop.of_kind("box", "box", "box", 0.0, 0.0, size=(1.2, 0.8, 1.2))
    plan = one_shot(Performance(actor="man", action="climb_onto", target="box"), cast=(MAN,), props=(box,), duration=8)
    plan = plan.model_copy(
        update={
            "shots": (
                *plan.shots,
                Shot(id="s02", set="meadow", duration=2, performances=(Performance(actor="man", action="wave"),)),
            )
        }
    )
    first, second = stage_all(plan)
    assert first.actors[0].root[-1, 1] == pytest.approx(0.8, abs=0.02)
    assert np.allclose(second.actors[0].root[0], first.actors[0].root[-1], atol=0.02)
    assert second.actors[0].joints[:, 10, 1].min() > 0.7


def test_people_are_where_the_last_shot_of_the_set_left_them() -> None:
    plan = one_shot(Performance(actor="man", action="walk", start="left", end="right"), cast=(MAN, WOMAN), duration=8)
    plan = plan.model_copy(
        update={
            "shots": (
                *plan.shots,
                Shot(id="s02", set="meadow", duration=2, performances=(Performance(actor="man", action="sit"),)),
            )
        }
    )
    first, second = stage_all(plan)
    assert np.allclose(first.actors[0].root[-1], second.actors[0].root[0], atol=0.01)


def test_a_ball_is_picked_up_carried_and_thrown_to_the_other() -> None:
    ball = Prop.of_kind("ball", "ball", "ball", -1.0, 0.0)
    shot = do(
        Performance(actor="man", action="pick_up", target="ball"),
        Performance(actor="man", action="walk", end="center"),
        Performance(actor="man", action="throw", target="woman"),
        props=(ball,),
        duration=12,
    )
    man, woman, thing = shot.actor("man"), shot.actor("woman"), shot.prop("ball")
    assert man is not None
    assert woman is not None
    assert thing is not None
    assert "ball" in man.holds
    assert woman.holds[-1] == "ball"
    assert man.holds[-1] is None
    carried = np.array([h == "ball" for h in man.holds])
    carried[: int(carried.argmax()) + 4] = False
    assert np.linalg.norm((thing.position - man.joints[:, 4])[carried], axis=1).max() < 0.35
    assert np.abs(np.diff(thing.position, axis=0)).max() < 1.0
    assert not shot.problems


def test_a_pushed_box_slides_and_an_opened_door_opens() -> None:
    box, door = Prop.of_kind("box", "box", "box", 0.0, 0.0), Prop.of_kind("door", "door", "door", 3.0, -1.0)
    shot = do(
        Performance(actor="man", action="push", target="box"),
        Performance(actor="man", action="open", target="door"),
        cast=(MAN,),
        props=(box, door),
        duration=14,
    )
    assert np.linalg.norm(shot.props[0].position[-1] - shot.props[0].position[0]) > 0.4
    assert shot.props[1].openness[0] == 0
    assert shot.props[1].openness[-1] == 1


def test_who_reaches_for_something_too_high_is_out_of_reach() -> None:
    lamp = Prop.of_kind("ball", "ball", "ball", 0.0, 0.0)
    near = do(Performance(actor="man", action="pick_up", target="ball"), cast=(MAN,), props=(lamp,), duration=5)
    far = do(
        Performance(actor="man", action="pick_up", target="ball", start="right", end="right"),
        cast=(MAN,),
        props=(lamp,),
        duration=5,
    )
    assert near.actions("pick_up")[0].contact_gap <= 0
    assert far.actions("pick_up")[0].contact_gap > 1


def test_a_chaser_stays_behind_the_one_it_chases() -> None:
    cat = Character.of_kind("cat", "Cat", "cat")
    shot = do(
        Performance(actor="cat", action="run", start="left", end="far_right"),
        Performance(actor="fox", action="chase", target="cat", start="far_left"),
        cast=(FOX, cat),
        duration=6,
    )
    fox, prey = shot.actor("fox"), shot.actor("cat")
    assert fox is not None
    assert prey is not None
    assert np.linalg.norm(fox.root - prey.root, axis=1).min() > 0.3
    assert fox.root[-1, 0] > 3.0


def test_what_does_not_fit_is_compressed_and_says_what_it_needed() -> None:
    shot = do(Performance(actor="man", action="walk", start="far_left", end="far_right"), cast=(MAN,), duration=2)
    (walk,) = shot.actions("walk")
    assert walk.needed > 8
    assert walk.t1 <= 2.0 + 1e-6
    assert walk.peak_speed > walk.speed_limit


def test_later_beats_do_not_start_before_earlier_ones() -> None:
    beats = (
        Beat(id="b1", span="walks", actor="man", action="walk"),
        Beat(id="b2", span="waves", actor="woman", action="wave"),
    )
    shot = do(
        Performance(actor="man", beat="b1", action="walk", start="left", end="center"),
        Performance(actor="woman", beat="b2", action="wave", target="man"),
        beats=beats,
        duration=8,
    )
    walk, wave = shot.actions("walk")[0], shot.actions("wave")[0]
    assert walk.t0 < wave.t0 < walk.t1 + 1


def test_lines_follow_each_other_and_mouths_move_while_they_are_spoken() -> None:
    beats = (
        Beat(id="b1", span="a", actor="man", action="talk", target="woman", line="Where are you going?"),
        Beat(id="b2", span="b", actor="woman", action="talk", target="man", line="Home, before it rains."),
    )
    shot = do(
        Performance(actor="man", beat="b1", action="talk", target="woman"),
        Performance(actor="woman", beat="b2", action="talk", target="man"),
        beats=beats,
        duration=6,
    )
    one, two = shot.lines
    assert one.speaker == "man"
    assert two.speaker == "woman"
    assert one.t1 <= two.t0
    for line, actor in ((one, shot.actors[0]), (two, shot.actors[1])):
        on = (shot.times > line.t0 + 0.1) & (shot.times < line.t1 - 0.1)
        off = (shot.times < line.t0 - 0.1) | (shot.times > line.t1 + 0.1)
        assert actor.expression[on, 0].max() > 0.5
        assert actor.expression[off, 0].max() < 0.3


def test_chinese_and_japanese_lines_take_their_own_time() -> None:
    assert line_seconds("Where are you going tonight?", "en") == pytest.approx(2.0)
    assert line_seconds("你今天晚上要去哪里呢", "zh") == pytest.approx(10 / 4.5)
    assert line_seconds("今夜はどこへ行くの", "ja") == pytest.approx(9 / 7)


def test_listeners_turn_their_heads_to_the_speaker() -> None:
    beats = (Beat(id="b1", span="a", actor="man", action="talk", line="Listen to me, this is important."),)
    owl = Performance(actor="owl", action="stand", start="back")
    shot = do(
        Performance(actor="man", beat="b1", action="talk", start="right"), owl, cast=(MAN, OWL), beats=beats, duration=4
    )
    listener = shot.actor("owl")
    assert listener is not None
    nose = listener.joints[24, 0] - listener.joints[24, 1]
    to_speaker = shot.actors[0].root[24] - listener.root[24]
    assert nose[[0, 2]] @ to_speaker[[0, 2]] > 0


def test_sad_people_slump_and_proud_people_stand_tall() -> None:
    def chin(emotion: str) -> float:
        shot = do(Performance(actor="man", action="stand", emotion=emotion, intensity=1.0), cast=(MAN,), duration=3)
        return float(shot.actors[0].joints[20, 0, 1])

    assert chin("sad") < chin("neutral") - 0.02
    assert chin("proud") > chin("neutral")


def test_sitting_on_a_chair_brings_the_hips_to_its_seat() -> None:
    chair = Prop.of_kind("chair", "chair", "chair", 0.0, 0.0)
    shot = do(Performance(actor="man", action="sit", target="chair"), cast=(MAN,), props=(chair,), duration=8)
    hips = shot.actors[0].joints[-1, [8, 11]].mean(axis=0)
    assert 0.45 < hips[1] < 0.75
    assert np.hypot(hips[0], hips[2]) < 0.45


def test_a_bird_flies_through_the_air_and_lands_where_it_is_sent() -> None:
    shot = do(Performance(actor="owl", action="fly", start="left", end="right"), cast=(OWL,), duration=5)
    root = shot.actors[0].root
    assert root[:, 1].max() > 1.0
    assert np.allclose(root[-1], [3.0, 0.0, 0.0], atol=0.05)
    wings = shot.actors[0].joints[:, 4, 1] - shot.actors[0].joints[:, 2, 1]
    assert np.ptp(wings[20:40]) > 0.2 * OWL.height


def test_every_action_template_has_a_pose_that_staging_can_play() -> None:
    missing = {a.pose for a in ACTIONS.values()} - set(POSES)
    assert not missing


def test_a_shot_from_another_plan_is_refused() -> None:
    with pytest.raises(StagingError, match="not in this plan"):
        stage(jump_plan(), Shot(id="s99", set="meadow", duration=2))


def test_a_target_in_another_set_is_told_and_the_rest_is_staged() -> None:
    kitchen = StageSet(id="kitchen", name="Kitchen", place="room", props=(Prop.of_kind("cup", "cup", "cup", 0, 0),))
    plan = one_shot(cast=(MAN,))
    shots = (
        plan.shots[0].model_copy(update={"performances": (Performance(actor="man", action="pick_up", target="cup"),)}),
    )
    plan = ShotPlan(brief=plan.brief, cast=plan.cast, sets=(*plan.sets, kitchen), shots=shots)
    shot = staged(plan)
    assert any(severity == "error" and "cup" in text for _, severity, text in shot.problems)


def test_the_prompt_text_says_who_does_what_where_and_how_it_is_shot() -> None:
    plan = one_shot(
        Performance(actor="fox", action="jump_over", target="log", emotion="excited", intensity=0.8),
        cast=(Character.of_kind("fox", "Red fox", "fox", look="a torn ear"),),
        props=(Prop.of_kind("log", "fallen log", "log", 0, 0),),
    )
    text = prompt_text(plan, plan.shots[0])
    for words in (
        "anime",
        "Red fox",
        "a torn ear",
        "jumps over the fallen log",
        "excited",
        "field",
        "day",
        "full shot",
    ):
        assert words in text
    assert "狐" in prompt_text(plan, plan.shots[0], "ja") or "飛び越える" in prompt_text(plan, plan.shots[0], "ja")


def test_the_top_of_a_prop_carries_only_above_its_footprint() -> None:
    box = Prop.of_kind("box", "box", "box", 0.0, 0.0, size=(1.0, 0.5, 1.0))
    plan = one_shot(cast=(MAN,), props=(box,))
    heights = surface(plan.sets[0], np.array([-2.0, 0.0, 2.0]), np.zeros(3), on=box)
    assert heights.tolist() == [0.0, 0.5, 0.0]

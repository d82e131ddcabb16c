import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotplan.brief import Brief
from shotplan.errors import PlanError
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.revisions import apply_patch, canonical_json, diff, shot_digest, touched_shots
from shotplan.vocabulary import ACTIONS, ANGLES, MOVES, SHOT_SIZES


def small_plan() -> ShotPlan:
    wood = StageSet(id="wood", name="wood", place="forest", props=(Prop.of_kind("log", "log", "log", 1.0, 0.0),))
    room = StageSet(id="room", name="room", place="room")
    fox, owl, cat = (Character.of_kind(k, k.title(), k) for k in ("fox", "owl", "cat"))
    beats = (
        Beat(id="b1", span="A fox runs", actor="fox", action="run"),
        Beat(id="b2", span="jumps over a log", actor="fox", action="jump_over", target="log"),
        Beat(id="b3", span="A cat sleeps", actor="cat", action="lie"),
    )
    shots = (
        Shot(
            id="s01",
            set="wood",
            beats=("b1",),
            duration=3,
            performances=(Performance(actor="fox", beat="b1", action="run", start="left", end="center"),),
        ),
        Shot(
            id="s02",
            set="wood",
            beats=("b2",),
            duration=3,
            performances=(Performance(actor="fox", beat="b2", action="jump_over", target="log"),),
        ),
        Shot(
            id="s03",
            set="room",
            beats=("b3",),
            duration=3,
            performances=(Performance(actor="cat", beat="b3", action="lie", start="center"),),
        ),
    )
    return ShotPlan(
        brief=Brief.from_text("A fox runs and jumps over a log. A cat sleeps."),
        cast=(fox, owl, cat),
        sets=(wood, room),
        beats=beats,
        shots=shots,
    )


def test_a_patch_gives_the_next_revision_and_leaves_the_old_plan_alone():
    plan = small_plan()
    after = apply_patch(plan, [{"op": "replace", "path": "/shots/0/camera/size", "value": "close_up"}])
    assert (after.revision, after.shots[0].camera.size) == (1, "close_up")
    assert (plan.revision, plan.shots[0].camera.size) == (0, "full")


@pytest.mark.parametrize(
    ("op", "words"),
    [
        ({"op": "replace", "path": "/shots/9/duration", "value": 3}, ["/shots/9/duration", "operation 0"]),
        ({"op": "dance", "path": "/shots/0"}, ["dance", "/shots/0"]),
        ({"path": "/shots/0"}, ["no op"]),
        (
            {"op": "replace", "path": "/shots/0/camera/size", "value": "huge"},
            ["'huge' is not a shot size", "/shots/0/camera/size"],
        ),
        ({"op": "replace", "path": "/shots/0/duration", "value": "long"}, ["/shots/0/duration", "valid number"]),
        ({"op": "remove", "path": "/cast/0"}, ["'fox' is not in the cast"]),
        ({"op": "add", "path": "/shots/0/mood", "value": 1}, ["mood"]),
        ({"op": "replace", "path": "", "value": 3}, ["no plan"]),
    ],
)
def test_a_patch_that_cannot_be_applied_says_which_operation_and_why(op, words):
    with pytest.raises(PlanError) as caught:
        apply_patch(small_plan(), [op])
    for word in words:
        assert word in str(caught.value)


def test_a_failed_patch_changes_nothing_even_when_its_first_operations_were_fine():
    plan = small_plan()
    with pytest.raises(PlanError, match="operation 1"):
        apply_patch(
            plan, [{"op": "replace", "path": "/shots/0/duration", "value": 5}, {"op": "remove", "path": "/shots/7"}]
        )
    assert plan == small_plan()


def test_a_camera_change_touches_its_own_shot_only():
    plan = small_plan()
    assert touched_shots(
        plan, apply_patch(plan, [{"op": "replace", "path": "/shots/0/camera/size", "value": "medium"}])
    ) == {"s01"}


def test_blocking_touches_the_later_shots_of_the_same_set():
    plan = small_plan()
    assert touched_shots(
        plan, apply_patch(plan, [{"op": "replace", "path": "/shots/0/performances/0/end", "value": "right"}])
    ) == {"s01", "s02"}


def test_a_prop_touches_the_shots_of_its_set_and_a_character_those_it_plays_in():
    plan = small_plan()
    assert touched_shots(
        plan, apply_patch(plan, [{"op": "replace", "path": "/sets/0/props/0/size", "value": [0.5, 0.4, 2.0]}])
    ) == {"s01", "s02"}
    assert touched_shots(plan, apply_patch(plan, [{"op": "replace", "path": "/cast/2/height", "value": 0.4}])) == {
        "s03"
    }
    assert touched_shots(plan, apply_patch(plan, [{"op": "replace", "path": "/cast/1/height", "value": 0.4}])) == set()


def test_style_fps_and_size_touch_everything_but_the_revision_number_touches_nothing():
    plan = small_plan()
    for path, value in (("/brief/style", "ink"), ("/brief/fps", 24), ("/brief/size", [240, 416])):
        assert touched_shots(plan, apply_patch(plan, [{"op": "replace", "path": path, "value": value}])) == {
            "s01",
            "s02",
            "s03",
        }
    assert touched_shots(plan, apply_patch(plan, [])) == set()


def test_a_digest_of_an_unknown_shot_names_the_known_ones():
    with pytest.raises(PlanError, match="s01, s02, s03"):
        shot_digest(small_plan(), "s99")


def test_canonical_json_is_the_same_for_equal_plans_and_refuses_nan():
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
    assert canonical_json(small_plan()) == canonical_json(ShotPlan.model_validate_json(small_plan().model_dump_json()))
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


@st.composite
def edited(draw):
    shots = list(small_plan().shots)
    for i, shot in enumerate(shots):
        camera = CameraSpec(
            size=draw(st.sampled_from(list(SHOT_SIZES))),
            angle=draw(st.sampled_from(list(ANGLES))),
            move=draw(st.sampled_from(list(MOVES))),
        )
        acts = tuple(
            Performance(actor=draw(st.sampled_from(["fox", "owl", "cat"])), action=draw(st.sampled_from(list(ACTIONS))))
            for _ in range(draw(st.integers(0, 3)))
        )
        shots[i] = shot.model_copy(
            update={"camera": camera, "performances": acts, "duration": draw(st.integers(1, 12)) / 2}
        )
    keep = draw(st.lists(st.sampled_from(range(3)), unique=True, min_size=1))
    return small_plan().model_copy(update={"shots": tuple(shots[i] for i in keep)})


@settings(max_examples=60, deadline=None)
@given(edited(), edited())
def test_the_patch_between_any_two_plans_leads_from_one_to_the_other(a, b):
    after = apply_patch(a, diff(a, b))
    assert after.model_copy(update={"revision": 0}) == b.model_copy(update={"revision": 0})
    assert touched_shots(a, after) == touched_shots(a, b)

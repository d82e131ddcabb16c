"""A plan cannot be built with references that do not resolve."""

import pytest
from pydantic import ValidationError

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Ground, Performance, Prop, Shot, ShotPlan, StageSet

BRIEF = Brief.from_text("A fox runs.")
FOX = Character.of_kind("fox", "a fox", "fox")
WOODS = StageSet(id="woods", name="the woods", place="forest", props=(Prop.of_kind("log", "a log", "log", 1.0, 0.0),))
RUN = Beat(id="b1", span="A fox runs.", actor="fox", action="run")


def plan(**changes: object) -> ShotPlan:
    shot = Shot(id="s01", set="woods", beats=("b1",), duration=3.0, performances=(Performance(actor="fox", beat="b1", action="run"),))
    parts: dict = {"brief": BRIEF, "cast": (FOX,), "sets": (WOODS,), "beats": (RUN,), "shots": (shot,)}
    return ShotPlan(**(parts | changes))


def test_a_plan_survives_json() -> None:
    assert ShotPlan.model_validate_json(plan().model_dump_json()) == plan()


def test_the_json_schema_lists_the_parts() -> None:
    assert {"brief", "cast", "sets", "beats", "shots"} <= set(ShotPlan.model_json_schema()["properties"])


@pytest.mark.parametrize(
    ("shot", "message"),
    [
        ({"set": "moon"}, "no set 'moon'"),
        ({"beats": ("b9",)}, "no beat 'b9'"),
        ({"performances": (Performance(actor="owl", action="look"),)}, "'owl' is not in the cast"),
        ({"performances": (Performance(actor="fox", action="look", target="star"),)}, "'star' is no character, prop or mark"),
        ({"performances": (Performance(actor="fox", action="run", end="nowhere"),)}, "no mark 'nowhere'"),
        ({"camera": CameraSpec(subject="owl")}, "'owl' is no character or prop"),
    ],
)
def test_a_reference_that_does_not_resolve_is_named(shot: dict, message: str) -> None:
    base = {"id": "s01", "set": "woods", "beats": ("b1",), "duration": 3.0}
    with pytest.raises(ValidationError, match=message):
        plan(shots=(Shot(**(base | shot)),))


def test_repeated_ids_are_named() -> None:
    with pytest.raises(ValidationError, match="repeated ids: fox"):
        plan(cast=(FOX, FOX))


def test_words_outside_the_vocabulary_are_refused_with_the_choices() -> None:
    with pytest.raises(ValidationError, match=r"not a camera move; choose one of: static, pan_left"):
        CameraSpec(move="wobble")


def test_a_prop_without_size_and_a_ground_turned_round_are_refused() -> None:
    with pytest.raises(ValidationError, match="size"):
        Prop.of_kind("log", "log", "log", 0, 0, size=(0.0, 1.0, 1.0))
    with pytest.raises(ValidationError, match="x1"):
        Ground(kind="gap", height=1.0, x0=2.0, x1=-2.0)

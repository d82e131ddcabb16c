"""Each role says only what it may say and writes only its part of the plan."""

from __future__ import annotations

from typing import Any

import pytest

from agents.permissions import allowed
from shotplan.brief import Brief
from shotplan.plan import Beat, Character, Performance, Prop, Shot, ShotPlan, StageSet


@pytest.fixture
def plan() -> ShotPlan:
    return ShotPlan(
        brief=Brief.from_text("A fox jumps over a log. An owl watches."),
        cast=(Character.of_kind("fox", "fox", "fox"), Character.of_kind("owl", "owl", "owl")),
        sets=(StageSet(id="forest", name="forest", place="forest", props=(Prop.of_kind("log", "log", "log", 0, 0),)),),
        beats=(Beat(id="b01", span="A fox jumps over a log", actor="fox", action="jump_over", target="log"),),
        shots=(
            Shot(
                id="s01",
                set="forest",
                beats=("b01",),
                duration=3,
                performances=(
                    Performance(actor="fox", beat="b01", action="jump_over", target="log"),
                    Performance(actor="owl", action="look", target="fox"),
                ),
            ),
        ),
    )


def op(kind: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": kind, "path": path} if kind == "remove" else {"op": kind, "path": path, "value": value}


PLAY = {"actor": "fox", "action": "run"}


@pytest.mark.parametrize(
    ("role", "agent", "operation"),
    [
        ("director", "director", op("replace", "/shots/0/duration", 4.0)),
        ("director", "director", op("replace", "/beats/0/emotion", "happy")),
        ("director", "director", op("add", "/sets/-", {})),
        ("scene", "scene", op("replace", "/sets/0/props/0/size/1", 0.4)),
        ("character", "fox", op("add", "/shots/0/performances/-", PLAY)),
        ("character", "fox", op("replace", "/shots/0/performances/0/action", "climb_over")),
        ("character", "owl", op("remove", "/shots/0/performances/1")),
        ("camera", "camera", op("replace", "/shots/0/camera/size", "long")),
    ],
)
def test_a_role_may_write_its_own_part(plan: ShotPlan, role: str, agent: str, operation: dict[str, Any]) -> None:
    assert allowed(role, agent, "propose", [operation], plan) is None


@pytest.mark.parametrize(
    ("role", "agent", "operation"),
    [
        ("director", "director", op("replace", "/sets/0/props/0/size/1", 0.4)),
        ("director", "director", op("replace", "/shots/0/camera/size", "long")),
        ("director", "director", op("replace", "/brief/script", "x")),
        ("scene", "scene", op("replace", "/shots/0/duration", 4.0)),
        ("character", "fox", op("replace", "/shots/0/performances/1/action", "run")),
        ("character", "fox", op("add", "/shots/0/performances/-", PLAY | {"actor": "owl"})),
        ("character", "fox", op("replace", "/shots/0/performances/0/actor", "owl")),
        ("character", "fox", op("replace", "/shots/0/performances/1", PLAY)),
        ("character", "fox", op("replace", "/shots/0/camera/size", "long")),
        ("character", "fox", {"op": "move", "from": "/shots/0/performances/1", "path": "/shots/0/performances/0"}),
        ("camera", "camera", op("replace", "/shots/0/performances/0/action", "run")),
        ("camera", "camera", op("replace", "/shots/0/camera_x", 1)),
    ],
)
def test_a_role_may_not_write_what_is_not_its_own(
    plan: ShotPlan, role: str, agent: str, operation: dict[str, Any]
) -> None:
    reason = allowed(role, agent, "propose", [operation], plan)
    assert reason is not None
    assert agent in reason


def test_a_patch_is_judged_on_the_plan_as_it_is_when_each_operation_is_reached(plan: ShotPlan) -> None:
    shifted = [
        op("add", "/shots/0/performances/0", {"actor": "owl", "action": "nod"}),
        op("replace", "/shots/0/performances/1/action", "run"),
    ]
    assert (
        allowed("character", "owl", "propose", shifted, plan)
        == "owl (character) may not replace /shots/0/performances/1/action: that is a performance of fox"
    )


def test_a_patch_that_does_not_apply_is_refused_with_the_reason(plan: ShotPlan) -> None:
    assert "does not apply" in str(
        allowed("camera", "camera", "propose", [op("replace", "/shots/7/camera/size", "long")], plan)
    )


def test_only_the_director_requests(plan: ShotPlan) -> None:
    assert allowed("director", "director", "request", (), plan) is None
    assert "may not request" in str(allowed("camera", "camera", "request", (), plan))

"""A small film that breaks no rule, and ways to break one at a time."""

from __future__ import annotations

from typing import Any

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.revisions import apply_patch
from shotplan.rules.check import check
from shotplan.rules.finding import Finding
from shotplan.staging import stage_all
from shotplan.staging.staged import StagedShot


def film() -> ShotPlan:
    """A girl walks up to a boy in a field, says hello, he waves, she jumps a box: four shots, nothing to object to."""
    field = StageSet(
        id="field",
        name="the field",
        place="field",
        props=(
            Prop.of_kind("box", "box", "box", 3.6, 0.0, size=(0.4, 0.3, 0.6)),
            Prop.of_kind("tree", "tree", "tree", -5.0, -3.2),
        ),
    )
    girl, boy = Character.of_kind("girl", "Mei", "girl"), Character.of_kind("boy", "Tom", "boy")
    beats = (
        Beat(id="b1", span="Mei walks to Tom", actor="girl", action="walk"),
        Beat(id="b2", span="and says hello.", actor="girl", action="talk", target="boy", line="Hello, Tom!"),
        Beat(id="b3", span="Tom waves.", actor="boy", action="wave", target="girl", emotion="happy"),
        Beat(id="b4", span="Mei jumps over a box.", actor="girl", action="jump_over", target="box"),
    )
    shots = (
        Shot(
            id="s01",
            set="field",
            beats=("b1",),
            duration=4.5,
            performances=(
                Performance(actor="girl", beat="b1", action="walk", start="left", end="center_left"),
                Performance(actor="boy", action="stand", start="center_right", target="girl"),
            ),
            camera=CameraSpec(size="long"),
        ),
        Shot(
            id="s02",
            set="field",
            beats=("b2",),
            duration=3.0,
            performances=(
                Performance(actor="girl", beat="b2", action="talk", target="boy"),
                Performance(actor="boy", action="look", target="girl"),
            ),
            camera=CameraSpec(size="medium", subject="girl", side="audience_right"),
        ),
        Shot(
            id="s03",
            set="field",
            beats=("b3",),
            duration=3.0,
            performances=(Performance(actor="boy", beat="b3", action="wave", target="girl", emotion="happy"),),
            camera=CameraSpec(size="medium_close", subject="boy", side="audience_left"),
        ),
        Shot(
            id="s04",
            set="field",
            beats=("b4",),
            duration=4.0,
            performances=(
                Performance(actor="girl", beat="b4", action="jump_over", target="box", start="front_right"),
                Performance(actor="boy", action="stand", start="back_left"),
            ),
            camera=CameraSpec(size="full", subject="girl", move="follow"),
        ),
    )
    brief = Brief.from_text("Mei walks to Tom and says hello. Tom waves. Mei jumps over a box.")
    return ShotPlan(brief=brief, cast=(girl, boy), sets=(field,), beats=beats, shots=shots)


def changed(plan: ShotPlan, **pointers: Any) -> ShotPlan:
    """The plan with values replaced: `shots__0__duration=3`."""
    return apply_patch(
        plan,
        [{"op": "replace", "path": "/" + key.replace("__", "/"), "value": value} for key, value in pointers.items()],
    )


def findings(
    plan: ShotPlan, rule: str, *, remedies: bool = True, staged: list[StagedShot] | None = None
) -> list[Finding]:
    return [f for f in check(plan, staged or stage_all(plan), remedies=remedies) if f.rule == rule]


def only(plan: ShotPlan, rule: str, *, remedies: bool = True) -> Finding:
    """The one finding of this rule; its remedies are checked to really remove it."""
    found = findings(plan, rule, remedies=remedies)
    assert len(found) == 1, [f.text for f in found] or f"{rule} is silent"
    for remedy in found[0].remedies:
        assert_removes(plan, found[0], remedy.patch)
    return found[0]


def assert_removes(plan: ShotPlan, finding: Finding, patch: Any) -> None:
    before = {f.key for f in check(plan, remedies=False) if f.severity == "error"}
    after = check(apply_patch(plan, patch), remedies=False)
    assert finding.key not in {f.key for f in after}, patch
    assert not {f.key for f in after if f.severity == "error"} - before, patch

"""The crew casts whom the user's library knows as the library says."""

from __future__ import annotations

import pytest

from agents.crew_of_models import ModelCrew
from agents.permissions import allowed
from agents.scripted import ScriptedModel
from shotplan.brief import Brief
from shotplan.characters.known import KnownCharacter
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch

PALETTE = ("#102030", "#405060", "#708090", "#a0b0c0")
HANA = KnownCharacter(id="hana", names=("Hana", "小红"), kind="girl", height=1.31, look="red hood, silver bell", palette=PALETTE)


def outline(script: str, *known: KnownCharacter) -> tuple[ShotPlan, ScriptedModel]:
    model, brief = ScriptedModel(), Brief.from_text(script, characters=known)
    proposal = ModelCrew(model, brief).director.outline(ShotPlan(brief=brief))
    assert allowed("director", "director", "propose", proposal.patch, ShotPlan(brief=brief)) is None
    return apply_patch(ShotPlan(brief=brief), [dict(op) for op in proposal.patch]), model


def test_the_cast_is_dressed_from_the_library_before_anything_is_staged() -> None:
    plan, _ = outline("Hana runs through a forest. A fox watches Hana.", HANA)
    hana, fox = plan.character("hana"), plan.character("fox")
    assert hana is not None
    assert fox is not None
    assert (hana.kind, hana.height, hana.look, hana.palette) == ("girl", 1.31, "red hood, silver bell", PALETTE)
    assert fox.look == "fox"
    assert ShotPlan.model_validate_json(plan.model_dump_json()) == plan


def test_nobody_is_asked_what_kind_of_being_a_character_of_the_library_is() -> None:
    script = "Hana runs through a forest."
    asked = [[r.question for r in outline(script, *known)[1].asked].count("outline.kind") for known in ((), (HANA,))]
    assert asked == [1, 0]


def test_whom_the_script_only_speaks_of_is_said_not_to_be_cast() -> None:
    absent = KnownCharacter(id="ghost_of_the_mill", names=("The Mill",), look="grey")
    model, brief = ScriptedModel(), Brief.from_text("Hana sleeps.", characters=(HANA, absent))
    assert "doing nothing there: The Mill" in ModelCrew(model, brief).director.outline(ShotPlan(brief=brief)).intent


def test_a_chinese_script_finds_the_same_character() -> None:
    plan, _ = outline("小红走进森林，一只狐狸看着她。", HANA)
    assert [member.look for member in plan.cast if member.name == "小红"] == ["red hood, silver bell"]


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("小花", "小花走进森林，一只狐狸看着她。"),
        ("花火", "花火坐在石头上。狐狸跳过一根木头，跑到花火面前。"),
        ("はな", "はなは森を走る。"),
        ("Rose", "Rose walks into a forest. A fox watches Rose."),
        ("Pan", "Pan opens a box in the kitchen."),
    ],
)
def test_a_name_of_the_library_is_a_name_even_where_it_means_something_else(name: str, script: str) -> None:
    known = HANA.model_copy(update={"names": (name,)})
    plan, _ = outline(script, known)
    member = next((m for m in plan.cast if m.name == name), None)
    assert member is not None, [m.name for m in plan.cast]
    assert member.look == known.look
    assert any(beat.actor == member.id for beat in plan.beats)
    assert name not in [prop.name for stage_set in plan.sets for prop in stage_set.props]

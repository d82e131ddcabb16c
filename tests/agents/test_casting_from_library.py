"""The crew casts whom the user's library knows as the library says."""

from __future__ import annotations

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


def test_a_chinese_script_finds_the_same_character() -> None:
    plan, _ = outline("小红走进森林，一只狐狸看着她。", HANA)
    assert [member.look for member in plan.cast if member.name == "小红"] == ["red hood, silver bell"]

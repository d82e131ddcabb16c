"""The adapters of the characters who are in a shot go into the model, and only theirs; what cannot is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from shotplan.characters.known import Adapter
from shotplan.errors import RenderError
from tests.video_core.backends.wan.conftest import MakeBackend
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import ControlUse
from video_core.backends.wan.families import FAMILIES
from video_core.backends.wan.identity import check_adapters, identities, with_triggers
from video_core.conditioning import Conditioning

Checkpoints = Callable[..., Path]
DIM = 24


@pytest.fixture(autouse=True)
def nothing_large_to_collect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of a few kilobytes need no collection, which takes most of a second each time."""
    for where in ("parts", "experts"):
        monkeypatch.setattr(f"video_core.backends.wan.{where}.release", lambda: None)


def lora(path: Path, seed: int, dim: int = DIM) -> str:
    draw = torch.Generator().manual_seed(seed)
    name = "diffusion_model.blocks.0.self_attn.q"
    parts = {"lora_A": torch.randn(2, dim, generator=draw), "lora_B": torch.randn(dim, 2, generator=draw)}
    save_file({f"{name}.{part}.weight": tensor for part, tensor in parts.items()}, path)
    return str(path)


def wearing(shot: Conditioning, *adapters: Adapter | None) -> Conditioning:
    """The shot whose first actors have these adapters."""
    actors = list(shot.scene.actors)
    for n, adapter in enumerate(adapters):
        if adapter is not None:
            actors[n] = actors[n].model_copy(update={"adapters": (adapter,)})
    return replace(shot, scene=shot.scene.model_copy(update={"actors": tuple(actors)}))


def said(report: tuple[ControlUse, ...]) -> dict[str, tuple[str, str]]:
    return {use.control.removeprefix("identity of "): (use.use, use.reason) for use in report if use.control.startswith("identity of")}


def test_a_shot_is_drawn_with_its_characters_adapter_and_the_next_one_without(
    checkpoints: Checkpoints, backend: MakeBackend, shot: Conditioning, tmp_path: Path
) -> None:
    drawing = backend(checkpoints("t2v"))
    plain = drawing.render(shot)
    hana = Adapter(family=drawing.family.name, file=lora(tmp_path / "hana.safetensors", 1), trigger="hana_girl")
    worn = drawing.render(wearing(shot, hana))
    first = shot.scene.actors[0].id
    assert said(worn.report) == {first: ("honoured", 'adapter hana.safetensors, strength 1, called by "hana_girl"')}
    assert not np.array_equal(worn.frames, plain.frames)
    assert np.array_equal(drawing.render(shot).frames, plain.frames)
    assert said(plain.report) == {}


def test_two_characters_bring_two_adapters_which_are_the_sum_of_both(
    checkpoints: Checkpoints, backend: MakeBackend, shot: Conditioning, tmp_path: Path
) -> None:
    drawing = backend(checkpoints("t2v"), option="weights=fp32")
    family = drawing.family.name
    hana = Adapter(family=family, file=lora(tmp_path / "hana.safetensors", 1))
    tom = Adapter(family=family, file=lora(tmp_path / "tom.safetensors", 2), strength=0.5)
    before = drawing.parts.experts[0].blocks[0].attn1.to_q.weight.clone()
    clip = drawing.render(wearing(shot, hana, tom))
    after = drawing.parts.experts[0].blocks[0].attn1.to_q.weight
    from safetensors.torch import load_file

    a, b = (load_file(adapter.file) for adapter in (hana, tom))
    up, down = ("diffusion_model.blocks.0.self_attn.q.lora_B.weight", "diffusion_model.blocks.0.self_attn.q.lora_A.weight")
    assert torch.allclose(after - before, a[up] @ a[down] + 0.5 * b[up] @ b[down], atol=1e-4)
    assert [use for use, _ in said(clip.report).values()] == ["approximated", "approximated"]
    assert all("features may mix" in reason for _, reason in said(clip.report).values())


def test_of_adapters_for_other_models_the_one_whose_model_is_fed_alike_is_taken(shot: Conditioning, tmp_path: Path) -> None:
    anisora = FAMILIES["anisora-v3"]
    for_text = Adapter(family="wan2.1-t2v-14b", file=lora(tmp_path / "text.safetensors", 1, anisora.dim))
    for_pictures = Adapter(family="wan2.1-i2v-14b", file=lora(tmp_path / "pictures.safetensors", 2, anisora.dim))
    actor = shot.scene.actors[0].model_copy(update={"adapters": (for_text, for_pictures)})
    scene = shot.scene.model_copy(update={"actors": (actor,)})
    assert [worn.path.name for worn in identities(scene, anisora).high] == ["pictures.safetensors"]


def test_two_experts_get_one_file_each_and_without_the_second_nothing_is_used(
    checkpoints: Checkpoints, backend: MakeBackend, shot: Conditioning, tmp_path: Path
) -> None:
    drawing = backend(checkpoints("i2v", clip=False, experts=2))
    plain = drawing.render(shot)
    whole = Adapter(
        family=drawing.family.name, file=lora(tmp_path / "high.safetensors", 1), file_low=lora(tmp_path / "low.safetensors", 2)
    )
    half = whole.model_copy(update={"file_low": ""})
    first = shot.scene.actors[0].id
    assert said(drawing.render(wearing(shot, whole)).report)[first][0] == "honoured"
    missing = drawing.render(wearing(shot, half))
    assert said(missing.report)[first] == ("ignored", "there is no adapter for the low-noise expert; an identity comes from both")
    assert np.array_equal(missing.frames, plain.frames)


@pytest.mark.parametrize(
    ("family", "dim", "use", "reason"),
    [
        ("wan2.2-ti2v-5b", DIM, "ignored", "another model"),
        ("wan9", DIM, "ignored", "another model"),
        ("wan2.1-vace-1.3b", DIM, "approximated", "blocks have the same shape"),
        ("wan2.1-t2v-1.3b", 48, "ignored", "made for a model of width 48"),
    ],
)
def test_an_adapter_of_another_model_is_said_to_be_ignored(
    checkpoints: Checkpoints, backend: MakeBackend, shot: Conditioning, tmp_path: Path, family: str, dim: int, use: str, reason: str
) -> None:
    drawing = backend(checkpoints("t2v"), model="wan2.1-t2v-1.3b")
    adapter = Adapter(family=family, file=lora(tmp_path / "other.safetensors", 1, dim))
    found = said(drawing.render(wearing(shot, adapter)).report)[shot.scene.actors[0].id]
    assert found[0] == use
    assert reason in found[1]


def test_a_file_that_is_cut_short_is_an_error_before_anything_is_drawn(tmp_path: Path) -> None:
    path = Path(lora(tmp_path / "hana.safetensors", 1))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(RenderError, match="cut short"):
        check_adapters([Adapter(family="wan2.1-t2v-1.3b", file=str(path))])


def test_the_trigger_word_stands_before_the_name_or_in_front_and_never_twice() -> None:
    assert with_triggers("anime. Hana (girl) walks", [("Hana", "hxn")]) == "anime. hxn Hana (girl) walks"
    assert with_triggers("anime. A girl walks", [("Hana", "hxn")]) == "hxn, anime. A girl walks"
    assert with_triggers("hxn Hana walks", [("Hana", "hxn")]) == "hxn Hana walks"
    assert with_triggers("", [("Hana", "hxn")]) == "hxn"


def test_a_name_inside_another_word_is_not_the_character_and_a_trigger_inside_another_trigger_is_not_said() -> None:
    assert with_triggers("Also, Al walks", [("Al", "al_character")]) == "Also, al_character Al walks"
    both = with_triggers("Chicken and Ken walk", [("Chicken", "chicken_character"), ("Ken", "ken_character")])
    assert both == "chicken_character Chicken and ken_character Ken walk"
    assert with_triggers("动漫。小红走", [("小红", "hong")]) == "动漫。hong 小红走"


def test_a_backend_without_a_large_model_says_that_it_takes_no_adapter(shot: Conditioning) -> None:
    adapted = wearing(shot, Adapter(family="wan2.1-t2v-1.3b", file="/nowhere.safetensors"))
    assert said(AnimaticBackend().report(adapted))[shot.scene.actors[0].id][0] == "ignored"

"""A painter sees the characters' reference pictures through an IP-Adapter; here a tiny one with random weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from shotplan.errors import ConditioningError, RenderError
from tests.video_core.key_frames.test_painter import painters  # noqa: F401
from tests.video_core.puppets import talk
from video_core.conditioning import Conditioning
from video_core.key_frames.give import KeyFrames
from video_core.key_frames.ip_adapter import NAME
from video_core.key_frames.painter import Painter
from video_core.key_frames.settings import KeyFrameSettings, PainterSettings
from video_core.rasterise import condition

SIZE, DIM, TOKENS = (64, 96), 16, 4


@pytest.fixture(scope="module")
def adapter(painters: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """Laid out like h94/IP-Adapter's `models`: the adapter, and the image encoder beside it."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_pretrained(painters["plain"] / "unet")
    tensors: dict[str, torch.Tensor] = {
        "image_proj.proj.weight": torch.randn(TOKENS * DIM, DIM), "image_proj.proj.bias": torch.zeros(TOKENS * DIM),
        "image_proj.norm.weight": torch.ones(DIM), "image_proj.norm.bias": torch.zeros(DIM),
    }  # fmt: skip
    crosses = [name for name in unet.attn_processors if "attn2" in name]
    for number, name in enumerate(crosses):
        width = unet.get_submodule(name.removesuffix(".processor")).to_k.weight.shape[0]
        for part in "kv":
            tensors[f"ip_adapter.{2 * number + 1}.to_{part}_ip.weight"] = torch.randn(width, DIM)
    save_file(tensors, folder / "ip-adapter_sd15.safetensors")
    encoder = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, projection_dim=DIM, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4
    )
    CLIPVisionModelWithProjection(encoder).save_pretrained(folder / "image_encoder")
    return folder / "ip-adapter_sd15.safetensors"


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(talk(frames=5), size=SIZE, seed=1)


def wearing(shot: Conditioning, **files: list[Path]) -> Conditioning:
    cards = tuple(card.model_copy(update={"references": tuple(map(str, files.get(card.id, ())))}) for card in shot.scene.actors)
    return replace(shot, scene=shot.scene.model_copy(update={"actors": cards}))


def picture(path: Path, seed: int) -> Path:
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (24, 16, 3), dtype=np.uint8)).save(path)
    return path


def painter(painters: dict[str, Path], adapter: Path | str, kind: str = "plain", **settings: object) -> Painter:  # noqa: F811
    said = {"checkpoint": str(painters[kind]), "ip_adapter": str(adapter), "ip_strength": 1.0, "steps": 2} | settings
    made = Painter(PainterSettings.model_validate(said))
    made.check()
    return made


def test_other_pictures_of_a_character_paint_another_key_frame(
    painters: dict[str, Path], adapter: Path, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    red, blue = (picture(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    made = painter(painters, adapter)
    one, uses = made.paint(wearing(shot, anna=[red]), 0)
    other, _ = made.paint(wearing(shot, anna=[blue]), 0)
    again, _ = made.paint(wearing(shot, anna=[red]), 0)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert [(use.control, use.use) for use in uses][1] == (NAME, "honoured")
    assert "Anna (1)" in uses[1].reason


def test_each_characters_pictures_act_where_that_character_is(
    painters: dict[str, Path], adapter: Path, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    red, blue = (picture(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    made = painter(painters, adapter)
    straight, uses = made.paint(wearing(shot, anna=[red], ben=[blue, blue]), 0)
    swapped, _ = made.paint(wearing(shot, anna=[blue], ben=[red]), 0)
    assert not np.array_equal(straight, swapped)
    assert "Anna (1), Ben (2)" in uses[1].reason


def test_without_anybodys_pictures_the_adapter_changes_nothing(
    painters: dict[str, Path], adapter: Path, shot: Conditioning  # noqa: F811
) -> None:
    made, uses = painter(painters, adapter).paint(shot, 0)
    plain, _ = Painter(PainterSettings(checkpoint=str(painters["plain"]), steps=2)).paint(shot, 0)
    assert np.array_equal(made, plain)
    assert len(uses) == 1


def test_it_works_beside_a_controlnet(painters: dict[str, Path], adapter: Path, shot: Conditioning, tmp_path: Path) -> None:  # noqa: F811
    red, blue = (picture(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    made = painter(painters, adapter, "held", control="pose")
    one, uses = made.paint(wearing(shot, anna=[red]), 0)
    other, _ = made.paint(wearing(shot, anna=[blue]), 0)
    assert not np.array_equal(one, other)
    assert {use.use for use in uses} == {"honoured"}


def test_pictures_that_the_painter_does_not_see_are_told(
    painters: dict[str, Path], shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    asked = KeyFrameSettings(sources=("painter",), painter=PainterSettings(checkpoint=str(painters["plain"]), steps=1))
    _, report = KeyFrames(asked, tmp_path).give(wearing(shot, anna=[picture(tmp_path / "a.png", 1)]), (0, 4), None)
    rows = [use for use in report if use.control == NAME]
    assert len(rows) == 1
    assert rows[0].use == "ignored"
    assert "painter.ip_adapter" in rows[0].reason


def test_what_cannot_be_used_is_said_before_anything_is_painted(
    painters: dict[str, Path], adapter: Path, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(RenderError, match="no IP-Adapter"):
        painter(painters, tmp_path / "a.safetensors")
    (tmp_path / "alone.safetensors").write_bytes(adapter.read_bytes())
    with pytest.raises(RenderError, match="no image encoder"):
        painter(painters, tmp_path / "alone.safetensors")
    index = (painters["plain"] / "model_index.json").read_text(encoding="utf-8").replace("StableDiffusionPipeline", "Flux2Pipeline")
    (tmp_path / "flux").mkdir()
    (tmp_path / "flux" / "model_index.json").write_text(index, encoding="utf-8")
    with pytest.raises(RenderError, match="Flux2Pipeline takes no IP-Adapter"):
        painter(painters | {"flux": tmp_path / "flux"}, adapter, "flux")
    with pytest.raises(ConditioningError, match="reference picture of Anna is missing"):
        painter(painters, adapter).paint(wearing(shot, anna=[tmp_path / "gone.png"]), 0)


def test_another_adapter_makes_painted_key_frames_stale(painters: dict[str, Path], adapter: Path, tmp_path: Path) -> None:  # noqa: F811
    plain = Painter(PainterSettings(checkpoint=str(painters["plain"]))).version()
    assert painter(painters, adapter).version() != plain
    assert painter(painters, adapter.parent).version() == painter(painters, adapter).version()

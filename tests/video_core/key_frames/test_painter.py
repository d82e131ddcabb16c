"""A painter is any diffusers text-to-image pipeline; here a tiny one with random weights, with a ControlNet and without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    StableDiffusionControlNetPipeline,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel

from shotplan.errors import RenderError
from tests.video_core.backends.wan.tiny import tokenizer
from tests.video_core.puppets import fox_jump
from video_core.conditioning import Conditioning
from video_core.key_frames.give import KeyFrames
from video_core.key_frames.painter import Painter
from video_core.key_frames.settings import KeyFrameSettings, PainterSettings
from video_core.rasterise import condition

SIZE = (64, 64)


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(fox_jump(frames=5), size=SIZE, seed=1)


@pytest.fixture(scope="module")
def painters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(4, 8), layers_per_block=1, sample_size=8, in_channels=4, out_channels=4, norm_num_groups=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, attention_head_dim=2,
    )  # fmt: skip
    net = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 16))
    for name, tensor in net.named_parameters():
        if "controlnet_down_blocks" in name or "controlnet_mid_block" in name or "cond_embedding.conv_out" in name:
            torch.nn.init.normal_(tensor)
    vae = AutoencoderKL(
        block_out_channels=[4, 8], in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=2,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )  # fmt: skip
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_hidden_layers": 1}
    words = CLIPTextModel(CLIPTextConfig(**sizes, vocab_size=64, max_position_embeddings=77))
    letters = tokenizer()
    letters.model_max_length = 77
    parts = {
        "unet": unet, "vae": vae, "text_encoder": words, "tokenizer": letters, "scheduler": DDIMScheduler(), "safety_checker": None,
        "feature_extractor": None,
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("painters")
    StableDiffusionPipeline(**parts, requires_safety_checker=False).save_pretrained(folder / "plain")
    StableDiffusionControlNetPipeline(**parts, controlnet=net, requires_safety_checker=False).save_pretrained(folder / "held")
    return {"plain": folder / "plain", "held": folder / "held", "net": folder / "held" / "controlnet"}


def paint(shot: Conditioning, frame: int = 0, **settings: object) -> np.ndarray:
    painter = Painter(PainterSettings.model_validate({"steps": 2} | settings))
    painter.check()
    return painter.paint(shot, frame)[0]


def test_a_painter_paints_at_the_size_of_the_film_and_the_same_again(painters: dict[str, Path], shot: Conditioning) -> None:
    first, again = (paint(shot, checkpoint=str(painters["plain"])) for _ in range(2))
    assert first.shape == (*SIZE, 3)
    assert np.array_equal(first, again)


def test_words_that_the_painter_does_not_read_are_said(painters: dict[str, Path], shot: Conditioning) -> None:
    painter = Painter(PainterSettings(checkpoint=str(painters["plain"]), steps=1))

    def told(prompt: str) -> list[str]:
        scene = shot.scene.model_copy(update={"prompt": prompt})
        return [use.reason for use in painter.paint(replace(shot, scene=scene), 0)[1] if use.control == "prompt"]

    assert told("a fox " * 20) == ["plain reads the first 77 tokens of its words"]
    assert told("a fox") == []


def test_a_controlnet_shows_the_painter_the_moment(painters: dict[str, Path], shot: Conditioning) -> None:
    painter = Painter(PainterSettings(checkpoint=str(painters["held"]), steps=2, control="pose"))
    early, uses = painter.paint(shot, 0)
    late, _ = painter.paint(shot, 4)
    assert [use.use for use in uses] == ["honoured"]
    assert not np.array_equal(early, late)
    assert not np.array_equal(early, paint(shot, checkpoint=str(painters["held"]), control="depth"))


def test_a_controlnet_may_be_given_apart(painters: dict[str, Path], shot: Conditioning) -> None:
    painter = Painter(PainterSettings(checkpoint=str(painters["plain"]), controlnet=str(painters["net"]), steps=2))
    painter.check()
    assert painter.shown == "depth"
    assert painter.paint(shot, 0)[0].shape == (*SIZE, 3)


def test_key_frames_come_from_the_painter_when_there_is_no_art(painters: dict[str, Path], shot: Conditioning, tmp_path: Path) -> None:
    asked = KeyFrameSettings(sources=("art", "painter"), painter=PainterSettings(checkpoint=str(painters["plain"]), steps=1))
    sources = KeyFrames(asked, tmp_path)
    sources.check()
    given, report = sources.give(shot, (0,), None)
    assert given.key_frames.shape == (1, *SIZE, 3)
    assert "painted by plain" in report[0].reason


def test_a_video_model_is_no_painter(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "WanPipeline", "transformer": ["diffusers", "WanTransformer3DModel"]}')
    with pytest.raises(RenderError, match="makes videos"):
        Painter(PainterSettings(checkpoint=str(tmp_path))).check()


def test_painter_without_a_name_is_said_before_the_talk(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="--painter"):
        KeyFrames(KeyFrameSettings(sources=("painter",)), tmp_path).check()


class Flux:
    """Called as diffusers' FLUX and SD3 ControlNet pipelines are; says what it was given."""

    def __init__(self, blacked: bool = False) -> None:
        self.blacked = blacked
        self.given: dict[str, Any] = {}

    def __call__(
        self, prompt: str, height: int, width: int, control_image: Any, guidance_scale: Any = 3.5, controlnet_conditioning_scale: Any = 1
    ) -> Any:
        self.given = {"drawing": control_image, "guidance": guidance_scale}
        return SimpleNamespace(images=np.zeros((1, height, width, 3)), nsfw_content_detected=[self.blacked])


def with_pipeline(painters: dict[str, Path], pipeline: Any) -> Painter:
    painter = Painter(PainterSettings(checkpoint=str(painters["held"])))
    painter.__dict__["_pipeline"] = pipeline
    return painter


def test_a_pipeline_that_calls_it_control_image_is_shown_the_drawing_and_keeps_its_own_guidance(
    painters: dict[str, Path], shot: Conditioning
) -> None:
    pipeline = Flux()
    with_pipeline(painters, pipeline).paint(shot, 0)
    assert pipeline.given["drawing"].size == SIZE
    assert pipeline.given["guidance"] == 3.5


def test_a_picture_that_the_safety_checker_blacked_out_is_no_key_frame(painters: dict[str, Path], shot: Conditioning) -> None:
    with pytest.raises(RenderError, match="safety checker"):
        with_pipeline(painters, Flux(blacked=True)).paint(shot, 0)


def test_a_controlnet_is_loaded_as_what_its_own_configuration_says(
    painters: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import FluxControlNetModel

    loaded: list[str] = []

    def remember(folder: str, **options: object) -> None:
        loaded.append(folder)
        raise OSError("no weights")

    monkeypatch.setattr(FluxControlNetModel, "from_pretrained", remember)
    (tmp_path / "config.json").write_text('{"_class_name": "FluxControlNetModel"}', encoding="utf-8")
    painter = Painter(PainterSettings(checkpoint=str(painters["plain"]), controlnet=str(tmp_path)))
    with pytest.raises(RenderError, match="no weights"):
        _ = painter._pipeline
    assert loaded == [str(tmp_path)]

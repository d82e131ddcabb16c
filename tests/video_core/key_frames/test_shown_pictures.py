"""A painter of the FLUX.2 kind is shown the characters' references and the draft; here a tiny one with random weights."""

from __future__ import annotations

import inspect
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, Flux2Transformer2DModel
from PIL import Image
from transformers import Qwen3Config, Qwen3ForCausalLM

from tests.video_core.backends.wan.tiny import tokenizer
from tests.video_core.key_frames.test_ip_adapter import wearing
from tests.video_core.puppets import talk
from video_core.conditioning import Conditioning
from video_core.key_frames.ip_adapter import NAME
from video_core.key_frames.painter import Painter
from video_core.key_frames.settings import PainterSettings
from video_core.key_frames.shown_pictures import PIPELINES, shown_pictures
from video_core.rasterise import condition

SIZE = (72, 100)


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(talk(frames=5), size=SIZE, seed=1)


@pytest.fixture(scope="module")
def klein(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    words = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=64, hidden_size=8, intermediate_size=8, num_hidden_layers=28, num_attention_heads=1, num_key_value_heads=1,
            head_dim=8, max_position_embeddings=512,
        )  # the prompt is what its layers 9, 18 and 27 say
    )  # fmt: skip
    letters = tokenizer()
    letters.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    vae = AutoencoderKLFlux2(
        sample_size=32, in_channels=3, out_channels=3, down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
        block_out_channels=[4] * 4, layers_per_block=1, latent_channels=1, norm_num_groups=1, use_quant_conv=False,
        use_post_quant_conv=False,
    )  # fmt: skip
    transformer = Flux2Transformer2DModel(
        patch_size=1, in_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=24, timestep_guidance_channels=256, axes_dims_rope=[4, 4, 4, 4], guidance_embeds=False,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("painters") / "klein"
    Flux2KleinPipeline(FlowMatchEulerDiscreteScheduler(), vae, words, letters, transformer).save_pretrained(folder)
    return folder


def picture(path: Path, seed: int) -> Path:
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (96, 64, 3), dtype=np.uint8)).save(path)
    return path


def test_the_references_and_the_draft_are_painted_after(klein: Path, shot: Conditioning, tmp_path: Path) -> None:
    one, two = (picture(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    painter = Painter(PainterSettings(checkpoint=str(klein), steps=2, guidance=1))
    painter.check()
    first, uses = painter.paint(wearing(shot, anna=[one]), 0)
    other, _ = painter.paint(wearing(shot, anna=[two]), 0)
    assert first.shape == (*SIZE, 3)
    assert not np.array_equal(first, other)
    assert [(use.control, use.use) for use in uses] == [("picture of frame 0", "approximated"), (NAME, "honoured")]
    assert "after the animatic's drawing" in uses[0].reason


def test_the_prompt_says_which_picture_is_whose(shot: Conditioning, tmp_path: Path) -> None:
    one, two = (picture(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    still = condition(talk(frames=1), size=SIZE, seed=1)
    draft = np.zeros((*SIZE, 3), np.uint8)
    wanted, uses = shown_pictures(wearing(still, anna=[one, two], ben=[one]), draft)
    assert "Anna looks as in image 1 and image 2. Ben looks as in image 3. Image 4 is a rough draft" in wanted["prompt"]
    assert [np.asarray(image).shape for image in wanted["image"]] == [(96, 64, 3)] * 3 + [(*SIZE, 3)]
    assert "Anna (2), Ben (1)" in uses[0].reason
    alone, uses = shown_pictures(still, draft)
    assert len(alone["image"]) == 1
    assert uses == ()


@pytest.mark.parametrize("name", PIPELINES)
def test_the_pipelines_named_take_a_list_of_pictures(name: str) -> None:
    taken = inspect.signature(getattr(diffusers, name).__call__).parameters["image"]
    assert "list[PIL.Image.Image]" in str(taken.annotation).replace("List", "list")

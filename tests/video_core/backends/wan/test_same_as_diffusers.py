"""Frames of the backend against diffusers' own pipelines, with the same weights, noise, words and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline, WanPipeline, WanVACEPipeline
from PIL import Image

from tests.video_core.backends.wan.conftest import SIZE, MakeBackend, with_pictures
from video_core.adapters.vace import vace_inputs
from video_core.backends.wan.prompt import model_prompt
from video_core.conditioning import Conditioning

FRAMES = 9
WIDE = ("weights=fp32",)


def theirs(kind: Any, folder: Path, shift: float) -> Any:
    pipeline = kind.from_pretrained(
        str(folder), torch_dtype=torch.float32, local_files_only=True,
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift),
        **({"image_processor": None} if kind is WanImageToVideoPipeline else {}),
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def noise(latent_frames: int, channels: int = 16, seed: int = 3) -> torch.Tensor:
    shape = (1, channels, latent_frames, SIZE[0] // 8, SIZE[1] // 8)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def words_of(pipeline: Any, backend: Any, shot: Conditioning) -> dict[str, Any]:
    prompt, _ = model_prompt(shot.scene.prompt, backend.family, motion=shot.scene.motion_score, aesthetic=5.5)
    with torch.no_grad():
        positive, negative = (
            WanPipeline._get_t5_prompt_embeds(pipeline, text, max_sequence_length=512, device="cpu") for text in (prompt, "blurry")
        )
    return {"prompt_embeds": positive, "negative_prompt_embeds": negative}


def u8(video: np.ndarray) -> np.ndarray:
    return np.round(np.asarray(video) * 255).astype(np.int16)


def test_text_to_video_with_two_experts_and_guidance_is_what_diffusers_draws(
    checkpoints: Callable[..., Path], backend: MakeBackend, shot: Conditioning
) -> None:
    folder = checkpoints("t2v", experts=2)
    bare = with_pictures(shot)
    ours = backend(folder, steps=3, guidance=3.0, guidance_low=2.0, negative_prompt="blurry", shift=5.0, option=WIDE)
    pipeline = theirs(WanPipeline, folder, 5.0)
    expected = pipeline(
        **words_of(pipeline, ours, bare), height=SIZE[0], width=SIZE[1], num_frames=FRAMES, num_inference_steps=3, guidance_scale=3.0,
        guidance_scale_2=2.0, latents=noise(3), output_type="np",
    ).frames[0]  # fmt: skip
    assert np.abs(ours.render(bare).frames - u8(expected)).max() <= 1


@pytest.mark.parametrize("clip", [True, False])
def test_image_to_video_is_what_diffusers_draws(
    checkpoints: Callable[..., Path], backend: MakeBackend, shot: Conditioning, clip: bool
) -> None:
    folder = checkpoints("i2v", clip=clip, experts=1 if clip else 2)
    first = with_pictures(shot, 0)
    ours = backend(folder, shift=3.0, option=WIDE)
    pipeline = theirs(WanImageToVideoPipeline, folder, 3.0)
    seen = {}
    if clip:
        from video_core.adapters.vision import clip_pixels

        with torch.no_grad():
            pixels = clip_pixels(first.key_frames[0], 16)
            seen = {"image_embeds": pipeline.image_encoder(pixels, output_hidden_states=True).hidden_states[-2]}
        pipeline.check_inputs = lambda *a, **k: None  # it refuses picture and features together
    expected = pipeline(
        image=Image.fromarray(first.key_frames[0]), **seen, **words_of(pipeline, ours, first), height=SIZE[0], width=SIZE[1],
        num_frames=FRAMES, num_inference_steps=2, guidance_scale=1.0, latents=noise(3), output_type="np",
    ).frames[0]  # fmt: skip
    assert np.abs(ours.render(first).frames - u8(expected)).max() <= 1


def test_text_and_image_5b_is_what_diffusers_draws(checkpoints: Callable[..., Path], backend: MakeBackend, shot: Conditioning) -> None:
    folder = checkpoints("ti2v")
    first = with_pictures(shot, 0)
    ours = backend(folder, shift=5.0, option=WIDE)
    ours_frames = ours.render(first)
    pipeline = theirs(WanImageToVideoPipeline, folder, 5.0)
    start = torch.randn((1, 48, 3, SIZE[0] // 16, SIZE[1] // 16), generator=torch.Generator().manual_seed(3))
    expected = pipeline(
        image=Image.fromarray(first.key_frames[0]), **words_of(pipeline, ours, first), height=SIZE[0], width=SIZE[1], num_frames=FRAMES,
        num_inference_steps=2, guidance_scale=1.0, latents=start, output_type="np",
    ).frames[0]  # fmt: skip
    assert np.abs(ours_frames.frames - u8(expected)).max() <= 1


def test_vace_is_what_diffusers_draws(checkpoints: Callable[..., Path], backend: MakeBackend, shot: Conditioning) -> None:
    folder = checkpoints("vace")
    bare = with_pictures(shot)
    ours = backend(folder, shift=5.0, control="depth", control_strength=0.7, option=WIDE)
    pipeline = theirs(WanVACEPipeline, folder, 5.0)
    inputs = vace_inputs(bare, control="depth")
    expected = pipeline(
        video=[Image.fromarray(frame) for frame in inputs.video], mask=[Image.fromarray(frame) for frame in inputs.mask],
        conditioning_scale=0.7, **words_of(pipeline, ours, bare), height=SIZE[0], width=SIZE[1], num_frames=FRAMES,
        num_inference_steps=2, guidance_scale=1.0, latents=noise(3), output_type="np",
    ).frames[0]  # fmt: skip
    assert np.abs(ours.render(bare).frames - u8(expected)).max() <= 1

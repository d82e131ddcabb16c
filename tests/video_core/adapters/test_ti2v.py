"""TI2V-5B: the clean first latent and the timestep per token."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import encode, image_to_video, noise_picture, vae_5b
from video_core.adapters import ti2v_condition

SIZE = (64, 96)


def test_latent_mask_input_and_timesteps_are_bit_for_bit_those_of_diffusers() -> None:
    pipe, picture, t = image_to_video(expand_timesteps=True), noise_picture(SIZE), torch.tensor(875.0)
    image = pipe.video_processor.preprocess(Image.fromarray(picture), height=SIZE[0], width=SIZE[1])
    with torch.no_grad():
        noisy, first, mask = pipe.prepare_latents(
            image, 1, 48, *SIZE, 9, torch.float32, torch.device("cpu"), torch.Generator().manual_seed(0)
        )
    ours = ti2v_condition(picture, 9, SIZE)
    latent = encode(ours.pixels, vae_5b())
    assert torch.equal(latent, first)
    assert torch.equal(torch.from_numpy(ours.mask)[None], mask)
    assert torch.equal(ours.model_input(latent, noisy), (1 - mask) * first + mask * noisy)
    assert torch.equal(ours.timesteps(t), (mask[0][0][:, ::2, ::2] * t).flatten()[None])


def test_the_first_frames_tokens_are_at_time_0() -> None:
    # 9 frames of 64x96: 3 latents of 4x6, tokens of 2x2: 6 per latent
    ours = ti2v_condition(noise_picture(SIZE), 9, SIZE)
    assert ours.timesteps(torch.tensor(500.0)).tolist() == [[0.0] * 6 + [500.0] * 12]


def test_sides_must_divide_by_32_and_there_must_be_a_first_frame() -> None:
    with pytest.raises(ConditioningError, match="divide by 32"):
        ti2v_condition(noise_picture((720, 1280)), 121, (720, 1280))
    with pytest.raises(ConditioningError, match="first frame"):
        ti2v_condition(None, 121, (704, 1280))

"""The 20-channel condition: its layout, and diffusers' own preparation of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import encode, image_to_video, noise_picture, unfolded
from tests.video_core.adapters.patience import patient
from video_core.adapters import first_last_condition, fold_mask

SIZE = (32, 48)


def _theirs(frames: int, first: np.ndarray, last: np.ndarray | None) -> torch.Tensor:
    pipe = image_to_video()
    pictures = [
        None if p is None else pipe.video_processor.preprocess(Image.fromarray(p), height=SIZE[0], width=SIZE[1])
        for p in (first, last)
    ]
    with torch.no_grad():
        _, condition = pipe.prepare_latents(
            pictures[0], 1, 16, *SIZE, frames, torch.float32, torch.device("cpu"), torch.Generator(), None, pictures[1]
        )
    return condition


@pytest.mark.parametrize("with_last", [False, True])
def test_first_and_last_frame_are_bit_for_bit_what_diffusers_prepares(with_last: bool) -> None:
    first, last = noise_picture(SIZE), noise_picture(SIZE, 1) if with_last else None
    ours = first_last_condition(first, 9, SIZE, last=last)
    assert torch.equal(ours.channels(encode(ours.pixels)), _theirs(9, first, last))


def test_the_condition_is_the_same_for_every_clip_of_a_batch() -> None:
    condition = first_last_condition(noise_picture(SIZE), 5, SIZE)
    latents = torch.randn(3, 16, 2, 4, 6)
    batch = condition.channels(latents)
    assert torch.equal(batch[1:2], condition.channels(latents[1:2]))
    assert condition.channels(latents.to(torch.bfloat16)).dtype == torch.bfloat16


def test_frame_0_fills_four_mask_channels_and_the_last_frame_one() -> None:
    mask = first_last_condition(noise_picture(SIZE), 9, SIZE, last=noise_picture(SIZE)).mask
    assert mask.shape == (4, 3, 4, 6)
    assert mask[:, :, 0, 0].tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 1]]


@patient
@given(st.integers(0, 6), st.integers(1, 3))
def test_folding_a_mask_loses_nothing(n: int, side: int) -> None:
    mask = np.random.default_rng(n).random((4 * n + 1, side, side)).astype(np.float32)
    folded = fold_mask(mask)
    assert np.array_equal(unfolded(folded), mask)
    for frame in range(len(mask)):
        latent, channel = (frame + 3) // 4, (frame + 3) % 4
        assert np.array_equal(folded[channel, latent], mask[frame])


def test_without_a_first_frame_there_is_no_condition() -> None:
    with pytest.raises(ConditioningError, match="needs a first frame"):
        first_last_condition(None, 81, (480, 832))


def test_latents_of_another_clip_are_refused() -> None:
    condition = first_last_condition(noise_picture(SIZE), 5, SIZE)
    with pytest.raises(ConditioningError, match="shape"):
        condition.channels(torch.zeros(1, 16, 3, 4, 6))


def test_a_picture_that_is_cut_is_reported() -> None:
    report = first_last_condition(noise_picture((64, 48)), 5, SIZE).report
    assert [(use.control, use.use) for use in report] == [("first frame", "approximated")]
    assert "cropped" in report[0].reason

"""The network: shapes it takes, and that its two ways of modulation agree."""

from __future__ import annotations

import pytest
import torch

from video_core.embedded.controls import CHANNELS
from video_core.embedded.model import EkonteVideoModel, shifted


@pytest.fixture(scope="module")
def model() -> EkonteVideoModel:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    made = EkonteVideoModel(widths=(8, 12, 16), blocks=(1, 1, 1), cond_width=16)
    for parameter in made.parameters():  # zero-initialised parts would hide what they do
        torch.nn.init.normal_(parameter, std=0.1)
    return made.eval()


def clips(count: int, frames: int, height: int, width: int) -> tuple[torch.Tensor, ...]:
    g = torch.Generator().manual_seed(1)
    sample = torch.randn(count, 3, frames, height, width, generator=g)
    controls = torch.rand(count, CHANNELS, frames, height, width, generator=g)
    t = torch.rand(count, generator=g)
    context = torch.tensor([[1, 2, 3], [3, 0, 1]])[:count]
    return sample, controls, t, context


@pytest.mark.parametrize(("frames", "height", "width"), [(1, 8, 8), (5, 16, 24), (20, 24, 8)])
@torch.no_grad()
def test_any_frame_count_and_any_size_divisible_by_eight_keeps_its_shape(
    model: EkonteVideoModel, frames: int, height: int, width: int
) -> None:
    sample, *rest = clips(1, frames, height, width)
    assert model(sample, *rest).shape == sample.shape


@torch.no_grad()
def test_clips_drawn_together_are_what_they_are_drawn_alone(model: EkonteVideoModel) -> None:
    inputs = clips(2, 6, 16, 16)
    together = model(*inputs)
    for i in range(2):
        alone = model(*(x[i : i + 1] for x in inputs))
        torch.testing.assert_close(together[i : i + 1], alone, atol=1e-4, rtol=1e-3)


@torch.no_grad()
def test_a_frame_hears_of_the_other_frames_of_its_clip(model: EkonteVideoModel) -> None:
    sample, controls, t, context = clips(1, 6, 16, 16)
    before = model(sample, controls, t, context)
    changed = controls.clone()
    changed[:, :, 5] = 0
    after = model(sample, changed, t, context)
    assert float((before - after)[:, :, 0].abs().max()) > 0


@torch.no_grad()
def test_style_and_noise_level_change_the_picture(model: EkonteVideoModel) -> None:
    sample, controls, t, context = clips(1, 2, 16, 16)
    base = model(sample, controls, t, context)
    assert float((model(sample, controls, t, context + 1) - base).abs().max()) > 1e-3
    assert float((model(sample, controls, t / 2, context) - base).abs().max()) > 1e-3


def test_shifting_repeats_the_end_frame_and_keeps_clips_apart() -> None:
    x = torch.arange(6.0).reshape(6, 1, 1, 1)
    assert shifted(x, 3, 1).flatten().tolist() == [0, 0, 1, 3, 3, 4]
    assert shifted(x, 3, -1).flatten().tolist() == [1, 2, 2, 4, 5, 5]
    assert shifted(x, 6, 1).flatten().tolist() == [0, 0, 1, 2, 3, 4]

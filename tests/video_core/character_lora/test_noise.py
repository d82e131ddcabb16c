"""Each expert is trained at its own noise levels, drawn as the settings say."""

from __future__ import annotations

import pytest
import torch

from video_core.character_lora.noise import Levels, levels_of, noised
from video_core.character_lora.settings import TrainSettings


@pytest.mark.parametrize("how", ["logit_normal", "uniform"])
def test_the_two_experts_share_the_levels_at_the_boundary(how: str) -> None:
    high, low = (levels_of(how, 3.0, 0.9, number) for number in (0, 1))  # type: ignore[arg-type]
    shares = [0.0, 0.1, 0.5, 0.9, 1.0]
    assert min(high.at(s) for s in shares) == pytest.approx(0.9, abs=1e-6)
    assert max(low.at(s) for s in shares) == pytest.approx(0.9, abs=1e-6)
    assert all(a < b for a, b in zip([high.at(s) for s in shares], [high.at(s) for s in shares[1:]], strict=False))


def test_the_shift_is_the_schedulers() -> None:
    assert Levels("uniform", 3.0).at(0.5) == pytest.approx(3 * 0.5 / (1 + 2 * 0.5), abs=1e-3)
    assert Levels("logit_normal", 3.0).at(0.5) == pytest.approx(0.75, abs=1e-3)


def test_levels_are_drawn_as_trainers_of_wan_recommend_unless_asked_otherwise() -> None:
    settings = TrainSettings()
    drawn = torch.sigmoid(torch.randn(40_000, generator=torch.Generator().manual_seed(0)))
    recommended = 3 * drawn / (1 + 2 * drawn)  # musubi-tuner: --timestep_sampling shift --discrete_flow_shift 3
    levels = levels_of(settings.timesteps, settings.shift, 0.0, 0)
    for share in (0.05, 0.5, 0.95):
        assert levels.at(share) == pytest.approx(float(recommended.quantile(share)), abs=0.01)


def test_the_logit_normal_is_the_logit_normal() -> None:
    draw = torch.sigmoid(torch.randn(40_000, generator=torch.Generator().manual_seed(0)))
    levels = Levels("logit_normal", 1.0)
    for share in (0.1, 0.3, 0.7, 0.9):
        assert levels.at(share) == pytest.approx(float(draw.quantile(share)), abs=0.01)


def test_the_model_goes_straight_from_noise_to_picture() -> None:
    latents, noise = torch.randn(1, 2, 3), torch.randn(1, 2, 3)
    at, velocity = noised(latents, noise, 0.25)
    assert torch.allclose(at - 0.25 * velocity, latents, atol=1e-6)
    assert torch.allclose(at + 0.75 * velocity, noise, atol=1e-6)

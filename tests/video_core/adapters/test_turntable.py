"""The 360-degree turn and what CLIP sees."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_picture
from video_core.adapters import clip_pixels, turntable, turntable_views


def test_the_turn_is_the_released_recipe() -> None:
    turn = turntable(noise_picture((32, 32)), "Red hair, a green coat.")
    assert turn.prompt == (
        "A 360-degree turning and circling video of an anime character. "
        "This is a long shot with a pure/plain white background. Red hair, a green coat."
    )
    assert (turn.frames, turn.motion_score) == (81, 3.0)
    assert {use.control: use.use for use in turn.report} == {"reference": "honoured", "turn": "approximated"}


def test_sides_of_the_character_are_found_in_the_turn() -> None:
    assert turntable_views(4) == {0: 0, 90: 20, 180: 40, 270: 60}
    assert turntable_views(3, 49) == {0: 0, 120: 16, 240: 32}
    assert "9 frames" in turntable(noise_picture((32, 32)), frames=9).report[-1].reason


def test_a_turn_needs_a_picture() -> None:
    with pytest.raises(ConditioningError, match="RGB picture"):
        turntable(np.zeros((4, 4), np.uint8))


def test_clip_sees_the_whole_picture_squashed_and_normalised() -> None:
    white = np.full((10, 30, 3), 255, np.uint8)
    pixels = clip_pixels(white)
    assert pixels.shape == (1, 3, 224, 224)
    # (1 - mean) / std: (1 - 0.48145466) / 0.26862954 = 1.930336 and so on
    assert pixels.amax(dim=(0, 2, 3)).tolist() == pytest.approx([1.930336, 2.074886, 2.145896], abs=1e-4)
    half = white.copy()
    half[:, :15] = 0
    columns = clip_pixels(half).mean(dim=(0, 1, 2))
    assert torch.sign(columns[50]) != torch.sign(columns[170])

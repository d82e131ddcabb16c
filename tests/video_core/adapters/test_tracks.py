"""ATI: features of the first frame carried along point tracks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_picture
from video_core.adapters import splat, track_condition
from video_core.adapters.tracks import ati_units

SIZE = (32, 48)


def _still(frames: int, *points: tuple[float, float, float]) -> np.ndarray:
    return np.tile(np.array(points, dtype=np.float32), (frames, 1, 1))


def test_units_are_centred_and_in_halves_of_the_short_edge() -> None:
    # 480x832: the centre is (416, 240); the right edge is 416 / 240 = 1.7333 away, the bottom 1
    units = ati_units(_still(1, (416, 240, 1), (832, 480, 1), (0, 0, 0.2)), (480, 832))
    assert units[0, 0].tolist() == [0, 0, 1]
    assert units[0, 1] == pytest.approx([1.733333, 1, 1])
    assert units[0, 2] == pytest.approx([-1.733333, -1, 0])  # 0.2 -> 2 * 0.2 - 1 < 0: hidden


def test_a_still_point_by_hand() -> None:
    # 3x5 latents, one point in the middle: s = 3, so the grid is y in {-1, 0, 1}, x in {-5/3, -5/6, 0, 5/6, 5/3}.
    # Seen in all 4 frames of latent 1: sum 4, clamped to 1. Its place is 4 * 0 / (4 + 1e-5) = 0.
    # Weight: exp(-220 d^2): 1 at the middle; nothing elsewhere: the nearest neighbour is 5/6 away, exp(-220 * 0.694) = 4.6e-67.
    latents = torch.arange(2 * 15, dtype=torch.float32).view(1, 2, 3, 5).expand(16, -1, -1, -1)
    out, mask = splat(latents, np.tile(np.array([[[0, 0, 1]]], np.float32), (5, 1, 1)))
    expected = torch.zeros(3, 5)
    expected[1, 2] = 1
    assert torch.allclose(mask[0, 1], expected, atol=1e-30)
    assert (mask[:, 0] == 1).all()
    assert torch.equal(mask[0], mask[3])
    # the first frame's feature in the middle is number 7 of 0..14; it replaces number 15 + 7 = 22
    assert out[0, 1, 1, 2] == 7
    assert torch.equal(out[:, 0], latents[:, 0])
    others = expected == 0
    assert torch.equal(out[0, 1][others], latents[0, 1][others])


def test_the_gaussian_has_the_published_temperature() -> None:
    # 2x2 latents: the grid is -1 and 1 each way. A point at (1, 0.95): distance^2 0.0025 to (1, 1), so exp(-220 * 0.0025) = exp(-0.55)
    latents = torch.zeros(16, 2, 2, 2)
    _, mask = splat(latents, np.tile(np.array([[[1, 0.95, 1]]], np.float32), (5, 1, 1)))
    assert float(mask[0, 1, 1, 1]) == pytest.approx(math.exp(-0.55), rel=1e-4)


def test_two_points_on_one_pixel_add_up_past_1_in_the_mask_and_not_in_the_background() -> None:
    latents = torch.ones(16, 2, 3, 3)
    points = np.tile(np.array([[[0, 0, 1], [0, 0, 1], [0, 0, 1]]], np.float32), (5, 1, 1))
    out, mask = splat(latents, points)
    assert float(mask[0, 1, 1, 1]) == 2  # the two nearest of three
    assert float(out[0, 1, 1, 1]) == 2  # 1 + 1 carried, (1 - clamp(2)) = 0 of the old


def test_a_point_is_where_it_was_in_the_frames_that_show_it() -> None:
    # at x = -1 in the two frames that show it, at 1 in the two that do not
    track = np.zeros((5, 1, 3), np.float32)
    track[:, 0, 2] = [1, 1, 1, 0, 0]
    track[:, 0, 0] = [0, -1, -1, 1, 1]
    _, mask = splat(torch.zeros(16, 2, 3, 3), track)
    assert mask[0, 1, 1].tolist() == pytest.approx([1, 0, 0], abs=1e-3)


def test_a_point_that_is_never_seen_changes_nothing() -> None:
    track = np.zeros((5, 1, 3), np.float32)
    latents = torch.randn(16, 2, 3, 3)
    out, mask = splat(latents, track)
    assert torch.equal(out, latents)
    assert (mask[:, 1] == 0).all()


def test_points_the_first_frame_does_not_show_are_left_out_and_counted() -> None:
    tracks = _still(5, (10, 10, 1), (20, 20, 0.2), (30, 20, 0))
    tracks[2:, 1, 2] = 1
    ours = track_condition(noise_picture(SIZE), tracks, SIZE)
    assert ours.tracks.shape == (5, 1, 3)
    assert ours.report[-1].use == "approximated"
    assert "1 points; 2 that the first frame does not show" in ours.report[-1].reason
    assert np.array_equal(ours.condition.mask[:, 1:], np.zeros((4, 1, 4, 6)))


def test_tracks_drawn_at_another_size_mean_the_same_places() -> None:
    small = track_condition(noise_picture(SIZE), _still(5, (12, 8, 1)), SIZE)
    large = track_condition(noise_picture(SIZE), _still(5, (120, 80, 1)), SIZE, drawn_at=(320, 480))
    assert np.allclose(small.tracks, large.tracks)


def test_bad_tracks_are_errors() -> None:
    with pytest.raises(ConditioningError, match="no point"):
        track_condition(noise_picture(SIZE), _still(5, (10, 10, 0)), SIZE)
    with pytest.raises(ConditioningError, match="4n\\+1"):
        track_condition(noise_picture(SIZE), _still(6, (10, 10, 1)), SIZE)
    with pytest.raises(ConditioningError, match="9"):
        splat(torch.zeros(16, 3, 4, 4), np.zeros((5, 1, 3), np.float32))
    with pytest.raises(ConditioningError, match="first frame"):
        track_condition(None, _still(5, (10, 10, 1)), SIZE)

"""AniSora's key frames at any time, as released and exactly placed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_picture, unfolded
from tests.video_core.adapters.patience import patient
from video_core.adapters import KeyFrame, anisora_condition, first_last_condition, picture_pixels, snap_frame

SIZE = (32, 48)


def _keys(*frames: int) -> list[KeyFrame]:
    return [KeyFrame(f, noise_picture(SIZE, abs(f))) for f in frames]


def test_frames_snap_as_in_the_released_code() -> None:
    # round(i / 8) * 8 with halves to even: 60/8 = 7.5 -> 8 -> 64; 20/8 = 2.5 -> 2 -> 16; 4/8 = 0.5 -> 0
    assert [snap_frame(f) for f in (3, 4, 5, 12, 20, 28, 60, 72, 80)] == [0, 0, 8, 16, 16, 32, 64, 72, 80]


def test_compat_condition_by_hand() -> None:
    # frames 0, 21 and 80 of 81 go to 0, 24 and 80: latents 0 (all channels), 6 and 20 (channel 3 alone)
    condition = anisora_condition(_keys(0, 21, 80), 81, SIZE, placement="compat")
    mask = condition.mask[:, :, 0, 0]
    assert condition.mask.shape == (4, 21, 4, 6)
    assert np.argwhere(mask).tolist() == [[0, 0], [1, 0], [2, 0], [3, 0], [3, 6], [3, 20]]
    known = np.flatnonzero(np.abs(condition.pixels).sum(axis=(0, 2, 3)))
    assert known.tolist() == [0, 24, 80]
    assert [use.use for use in condition.report] == ["honoured", "approximated", "honoured"]
    assert "moved to frame 24" in condition.report[1].reason


def test_compat_reproduces_the_released_tensors() -> None:
    pictures = [noise_picture((20, 30)), noise_picture((50, 20), 1), noise_picture((32, 48), 2)]
    times, frames, (h, w) = [0.0, 0.45, 1.0], 41, SIZE
    mask = torch.zeros(1, frames, h // 8, w // 8)
    video = torch.zeros(3, frames, h, w)
    for time, picture in zip(times, pictures, strict=True):  # the formula of image2video.py, written out
        at = round(int((frames - 1) * time) / 8) * 8
        mask[:, at : at + 1] = 1
        source = torch.from_numpy(picture.transpose(2, 0, 1).copy()).float().div(255).sub(0.5).div(0.5)
        video[:, at] = torch.nn.functional.interpolate(source[None], size=(h, w), mode="bicubic")[0]
    mask = torch.cat([torch.repeat_interleave(mask[:, :1], repeats=4, dim=1), mask[:, 1:]], dim=1)
    mask = mask.view(1, mask.shape[1] // 4, 4, h // 8, w // 8).transpose(1, 2)[0]
    keys = [KeyFrame(int((frames - 1) * t), p) for t, p in zip(times, pictures, strict=True)]
    ours = anisora_condition(keys, frames, SIZE, placement="compat")
    assert np.array_equal(ours.mask, mask.numpy())
    assert np.array_equal(ours.pixels, video.numpy())
    assert ours.clip_image is pictures[0]


def test_exact_placement_puts_a_key_frame_where_it_was_asked_for() -> None:
    condition = anisora_condition(_keys(0, 5, 7), 9, SIZE)
    # 5 -> latent 2, channel 0; 7 -> latent 2, channel 2
    assert condition.mask[:, :, 0, 0].tolist() == [[1, 0, 1], [1, 0, 0], [1, 0, 1], [1, 0, 0]]
    assert np.array_equal(condition.pixels[:, 5], picture_pixels(noise_picture(SIZE, 5)))
    assert [use.use for use in condition.report] == ["honoured", "approximated", "approximated"]
    assert "off the grid" in condition.report[1].reason


@patient
@given(st.sets(st.integers(0, 16), min_size=1))
def test_exact_placement_knows_exactly_the_frames_given(frames: set[int]) -> None:
    keys = [KeyFrame(f, np.full((16, 16, 3), 200, np.uint8)) for f in sorted(frames)]
    condition = anisora_condition(keys, 17, (16, 16))
    known = unfolded(condition.mask)[:, 0, 0]
    assert set(np.flatnonzero(known).tolist()) == frames
    assert set(np.flatnonzero(condition.pixels[0, :, 0, 0]).tolist()) == frames


def test_a_key_frame_at_0_alone_is_plain_image_to_video() -> None:
    plain = first_last_condition(noise_picture(SIZE), 9, SIZE)
    for placement in ("exact", "compat"):
        ours = anisora_condition([KeyFrame(0, noise_picture(SIZE))], 9, SIZE, placement=placement)
        assert np.array_equal(ours.pixels, plain.pixels)
        assert np.array_equal(ours.mask, plain.mask)


def test_key_frames_that_meet_are_an_error_instead_of_overwriting_each_other() -> None:
    with pytest.raises(ConditioningError, match="key frames 0 and 4 both move to frame 0"):
        anisora_condition(_keys(0, 4), 81, SIZE, placement="compat")
    assert len(anisora_condition(_keys(0, 4), 81, SIZE).report) == 2
    with pytest.raises(ConditioningError, match="fall on frame 8"):
        anisora_condition(_keys(8, 8), 81, SIZE)


@pytest.mark.parametrize("frame", [-1, 81])
def test_a_key_frame_outside_the_clip_is_an_error(frame: int) -> None:
    with pytest.raises(ConditioningError, match="frames 0 to 80"):
        anisora_condition(_keys(0, frame), 81, SIZE)


def test_a_key_frame_that_the_grid_moves_out_of_the_clip_is_an_error() -> None:
    with pytest.raises(ConditioningError, match=r"key frame 76 moves to frame 80 .* the last is 76"):
        anisora_condition(_keys(0, 76), 77, SIZE, placement="compat")


def test_no_key_frame_is_an_error() -> None:
    with pytest.raises(ConditioningError, match="at least one key frame"):
        anisora_condition([], 81, SIZE)

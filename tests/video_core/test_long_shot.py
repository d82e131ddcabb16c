"""Shots longer than a clip: where clips begin, what is handed over, and that joins neither flash nor drift."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.video_core.puppets import talk
from video_core.conditioning import Conditioning
from video_core.long_shot import Window, cut, draw_long, hand_over, joined, matched, windows
from video_core.rasterise import condition

Bytes = NDArray[np.uint8]


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(talk(frames=30), size=(32, 48))


@given(st.integers(1, 700), st.integers(2, 25), st.sampled_from([4, 8]), st.integers(1, 9))
def test_windows_cover_the_shot_on_the_grid_and_overlap_as_asked(frames: int, cells: int, grid: int, overlap: int) -> None:
    longest = cells * grid + 1
    parts = windows(frames, longest, overlap, grid)
    assert parts[0].start == 0
    assert parts[-1].start + parts[-1].length >= frames
    assert parts[-1].start < frames
    for before, after in itertools.pairwise(parts):
        assert before.start + before.length - after.start == after.overlap == min(overlap, longest - 1)
    assert all(part.length % grid == 1 and part.length <= longest for part in parts)


def test_a_shot_that_fits_is_one_clip_of_the_next_legal_length() -> None:
    assert windows(78, 81, 5) == (Window(0, 81, 0),)


def test_a_clip_beyond_the_end_repeats_the_last_frame_and_keeps_no_key_frame_from_there(shot: Conditioning) -> None:
    part = cut(shot, Window(24, 9, 0))
    assert part.frames == 9
    assert np.array_equal(part.instance_ids[5], part.instance_ids[8])


def test_handed_frames_are_given_whole_and_other_key_frames_stay(shot: Conditioning) -> None:
    frames = np.full((2, 32, 48, 3), 90, np.uint8)
    given_frames = hand_over(cut(shot, Window(4, 9, 2)), frames)
    assert list(given_frames.key_frame_numbers) == [0, 1]
    assert given_frames.keep_mask[:2].all()
    assert not given_frames.keep_mask[2:].any()


def _film(level: float, frames: int, noise: int = 0) -> Bytes:
    picture = np.linspace(40, 200, 32 * 48).reshape(32, 48, 1).repeat(3, axis=-1)
    grain = np.random.default_rng(noise).normal(0, 1, (frames, 32, 48, 3))
    return np.clip(picture + level + grain, 0, 255).round().astype(np.uint8)


def test_a_clip_that_comes_out_brighter_does_not_flash_at_the_join() -> None:
    film = joined(_film(0, 12), _film(12, 12, noise=1), 4)
    light = film.reshape(len(film), -1).mean(axis=1)
    assert len(film) == 20
    assert np.abs(np.diff(light)).max() < 0.5


def test_small_shifts_of_colour_do_not_add_up_over_many_clips(shot: Conditioning) -> None:
    def tinting(number: int, window: Window, clip: Conditioning) -> Bytes:
        last = clip.key_frames[-1].astype(np.float32).mean() - 120 if window.overlap else 0.0
        return _film(last + 5, window.length, noise=number)

    parts = windows(30, 9, 3)
    matching = draw_long(shot, parts, tinting)
    adding = draw_long(shot, parts, tinting, match=False)
    assert abs(float(matching[-3:].mean()) - float(matching[:3].mean())) < 1.0
    assert float(adding[-3:].mean()) - float(adding[:3].mean()) > 10


def test_matching_a_clip_to_itself_changes_nothing() -> None:
    clip = _film(0, 5)
    assert np.array_equal(matched(clip, clip, clip), clip)


def test_an_even_grey_picture_is_not_blown_up() -> None:
    flat = np.full((3, 8, 8, 3), 100, np.uint8)
    assert np.array_equal(matched(flat, flat + 4, flat), flat + 4)


def test_a_model_that_keeps_what_it_is_given_and_shifts_the_rest_does_not_flash_either() -> None:
    before = _film(0, 12)
    clip = np.concatenate([before[-4:], _film(9, 8, noise=1)])
    light = joined(before, clip, 4).reshape(20, -1).mean(axis=1)
    assert np.abs(np.diff(light)).max() < 0.5

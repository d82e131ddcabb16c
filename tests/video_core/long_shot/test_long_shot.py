"""Shots longer than a clip: where clips begin, what is handed over, and that joins neither flash nor drift."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.video_core.puppets import talk
from video_core.adapters.vace_controls import depth_video
from video_core.conditioning import Conditioning
from video_core.long_shot.draw import Window, cut, draw_long, hand_over, joins_of, windows
from video_core.long_shot.join_colours import MOST, field, held
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


def test_clips_of_one_shot_share_its_range_of_depth(shot: Conditioning) -> None:
    part = windows(30, 17, 4)[1]
    assert np.array_equal(depth_video(cut(shot, part))[:13], depth_video(shot)[13:26])


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


TWO = (Window(0, 12, 0), Window(8, 12, 4))


def _drawn(shot: Conditioning, second: Bytes, *, match: bool = True) -> Bytes:
    """A film of 20 frames in two clips, the first even, the second as given."""
    film = draw_long(shot, TWO, lambda number, window, clip: second if number else _film(0, 12), match=match)
    assert len(film) == 20
    return film


def _light_steps(film: Bytes) -> NDArray[np.float64]:
    return np.abs(np.diff(film.reshape(len(film), -1).mean(axis=1)))


def test_a_clip_that_comes_out_brighter_does_not_flash_at_the_join_nor_after(shot: Conditioning) -> None:
    brighter = _film(12, 12, noise=1)
    assert _light_steps(_drawn(shot, brighter, match=False)).max() > 2
    film = _drawn(shot, brighter)
    assert _light_steps(film).max() < 0.5
    assert abs(float(film[-1].mean()) - float(film[0].mean())) < 1


def test_a_model_that_keeps_what_it_is_given_and_shifts_the_rest_does_not_flash_either(shot: Conditioning) -> None:
    kept = np.concatenate([_film(0, 12)[-4:], _film(9, 8, noise=1)])
    assert _light_steps(_drawn(shot, kept, match=False)).max() > 5
    assert _light_steps(_drawn(shot, kept)).max() < 0.5


def test_light_that_changes_on_one_side_only_is_matched_there(shot: Conditioning) -> None:
    second = _film(0, 12, noise=1).astype(np.int16)
    second[:, :, 24:] += 14
    film = _drawn(shot, np.clip(second, 0, 255).astype(np.uint8)).astype(np.float64)
    jump = np.abs(np.diff(film, axis=0)).mean(axis=(1, 3))
    assert jump[7:13, 36:].max() < 6
    assert jump[7:13, :12].max() < 4


def test_a_pan_is_not_taken_for_a_change_of_colour(shot: Conditioning) -> None:
    wide = cv2.resize(np.random.default_rng(3).integers(30, 220, (8, 30, 3), dtype=np.uint8), (240, 64), interpolation=cv2.INTER_CUBIC)
    pan = np.stack([wide[:, 4 * f : 4 * f + 96] for f in range(30)])
    staged = condition(talk(frames=30), size=(64, 96))
    parts = windows(30, 17, 4)
    frames = [np.minimum(np.arange(w.start, w.start + w.length), 29) for w in parts]
    film = draw_long(staged, parts, lambda number, window, clip: pan[frames[number]])
    assert np.abs(film.astype(int) - pan).mean() < 0.5


def test_small_shifts_of_colour_do_not_add_up_over_many_clips(shot: Conditioning) -> None:
    def tinting(number: int, window: Window, clip: Conditioning) -> Bytes:
        last = clip.key_frames[-1].astype(np.float32).mean() - 120 if window.overlap else 0.0
        return _film(last + 5, window.length, noise=number)

    parts = windows(30, 9, 3)
    matching = draw_long(shot, parts, tinting)
    adding = draw_long(shot, parts, tinting, match=False)
    assert abs(float(matching[-3:].mean()) - float(matching[:3].mean())) < 1.0
    assert float(adding[-3:].mean()) - float(adding[:3].mean()) > 10


def test_a_picture_is_already_in_its_own_colours() -> None:
    picture = _film(0, 1)[0]
    assert not field(picture, picture).any()


def test_a_wild_difference_is_followed_only_so_far(shot: Conditioning) -> None:
    assert np.abs(field(_film(0, 1)[0], 255 - _film(0, 1)[0])).max() <= MOST


def test_what_the_first_clip_cannot_tell_is_held() -> None:
    join, unknown = np.full(3, 5.0, np.float32), np.full(3, np.inf, np.float32)
    assert np.array_equal(held(join, np.zeros(3, np.float32), unknown), join)
    nothing = np.zeros(3, np.float32)
    assert np.abs(held(join, nothing, np.full(3, 0.3, np.float32))).max() < 0.1
    assert np.abs(held(join, nothing, np.full(3, 9.0, np.float32)) - join).max() < 1


def test_joins_are_the_frames_at_which_the_next_clip_comes_in(shot: Conditioning) -> None:
    assert joins_of(windows(30, 17, 4), 30) == (13, 14, 15, 16, 17)
    assert joins_of((Window(0, 9, 0), Window(8, 9, 1)), 17) == (9,)
    assert joins_of((Window(0, 9, 0), Window(9, 9, 0)), 18) == (9,)
    assert joins_of(windows(9, 17, 4), 9) == ()

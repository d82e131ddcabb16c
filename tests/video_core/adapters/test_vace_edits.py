"""VACE's editing tasks as a video and a mask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_picture, noise_video
from tests.video_core.adapters.patience import patient
from video_core.adapters import inpaint, known_frames, outpaint, over_control


def test_inpainting_greys_what_is_drawn_and_keeps_the_rest() -> None:
    video = noise_video(3, (8, 8))
    draw = np.zeros((8, 8), bool)
    draw[2:4, 2:4] = True
    edit = inpaint(video, draw)
    assert (edit.video[:, 2:4, 2:4] == 127).all()
    assert (edit.mask[:, 2:4, 2:4] == 255).all()
    assert edit.mask.sum() == 3 * 4 * 255
    assert np.array_equal(edit.video[:, 5:], video[:, 5:])


def test_outpainting_puts_the_video_inside_a_larger_grey_frame() -> None:
    video = noise_video(2, (4, 6))
    edit = outpaint(video, (16, 16), top=2, left=10)
    assert np.array_equal(edit.video[:, 2:6, 10:16], video)
    assert (edit.mask[:, 2:6, 10:16] == 0).all()
    assert edit.mask.sum() == 2 * (256 - 24) * 255
    with pytest.raises(ConditioningError, match="does not lie inside"):
        outpaint(video, (16, 16), top=2, left=11)


@patient
@given(st.sets(st.integers(0, 8), min_size=1))
def test_known_frames_are_kept_and_all_others_are_grey_and_drawn(numbers: set[int]) -> None:
    pictures = {n: noise_picture((8, 8), n) for n in numbers}
    edit = known_frames(pictures, 9, (8, 8))
    for n in range(9):
        assert (edit.mask[n] == (0 if n in numbers else 255)).all()
        assert np.array_equal(edit.video[n], pictures.get(n, np.full((8, 8, 3), 127, np.uint8)))


def test_a_first_clip_is_its_frames_and_then_the_control() -> None:
    first = noise_video(3, (8, 8))
    control = noise_video(9, (8, 8), 1)
    edit = over_control(known_frames(dict(enumerate(first)), 9, (8, 8)), control)
    assert np.array_equal(edit.video[:3], first)
    assert np.array_equal(edit.video[3:], control[3:])
    assert edit.mask.reshape(9, -1).max(axis=1).tolist() == [0] * 3 + [255] * 6


def test_bad_edits_are_errors() -> None:
    with pytest.raises(ConditioningError, match="no frame"):
        known_frames({}, 9, (8, 8))
    with pytest.raises(ConditioningError, match="frame 9"):
        known_frames({9: noise_picture((8, 8))}, 9, (8, 8))
    with pytest.raises(ConditioningError, match="4x4"):
        known_frames({0: noise_picture((4, 4))}, 9, (8, 8))
    with pytest.raises(ConditioningError, match="mask"):
        inpaint(noise_video(2, (8, 8)), np.zeros((4, 4), bool))
    with pytest.raises(ConditioningError, match="control video"):
        over_control(known_frames({0: noise_picture((8, 8))}, 9, (8, 8)), noise_video(5, (8, 8)))

"""VACE's editing tasks as a video and a mask."""

from __future__ import annotations

import numpy as np
import pytest

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_video
from video_core.adapters import Edit, compose_controls, over_control


def test_the_control_is_drawn_where_nothing_is_kept() -> None:
    video, control = noise_video(3, (8, 8)), noise_video(3, (8, 8), 1)
    mask = np.full((3, 8, 8), 255, np.uint8)
    mask[0] = 0  # a first frame
    mask[1, :4] = 0  # part of a frame
    edit = over_control(Edit(video, mask), control)
    assert np.array_equal(edit.video[0], video[0])
    assert np.array_equal(edit.video[1, :4], video[1, :4])
    assert np.array_equal(edit.video[1, 4:], control[1, 4:])
    assert np.array_equal(edit.video[2], control[2])
    assert np.array_equal(edit.mask, mask)


def test_two_controls_share_one_picture() -> None:
    base, over = noise_video(2, (4, 4)), noise_video(2, (4, 4), 1)
    where = np.zeros((2, 4, 4), bool)
    where[1, 2] = True
    both = compose_controls(base, over, where)
    assert np.array_equal(both[0], base[0])
    assert np.array_equal(both[1, 2], over[1, 2])


def test_a_control_of_another_size_is_an_error() -> None:
    with pytest.raises(ConditioningError, match="control video"):
        over_control(Edit(noise_video(2, (8, 8)), np.zeros((2, 8, 8), np.uint8)), noise_video(5, (8, 8)))

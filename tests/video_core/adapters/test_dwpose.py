"""Pose pictures, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from video_core.adapters.dwpose import canvas_size, draw_aapose, draw_dwpose
from video_core.raster.pose import RAINBOW


def _person(**joints: tuple[float, float]) -> np.ndarray:
    out = np.zeros((18, 3), np.float32)
    for name, (x, y) in joints.items():
        out[int(name[1:])] = x, y, 1
    return out


def test_the_canvas_has_a_short_side_of_1024_and_multiples_of_64() -> None:
    # 480x832: 1024/480 = 2.1333; 832 * 2.1333 = 1774.9 -> 27.73 -> 28 * 64 = 1792
    assert canvas_size((480, 832)) == (1024, 1792)
    assert canvas_size((720, 1280)) == (1024, 1792)  # 1820.4 -> 28.4 -> 28
    assert canvas_size((1024, 1024)) == (1024, 1024)


def test_limbs_are_at_60_percent_and_joints_at_full_colour() -> None:
    # on a canvas that is not scaled: neck (1) at (300, 500), right shoulder (2) at (500, 500)
    picture = draw_dwpose(_person(j1=(300, 500), j2=(500, 500))[None], [], (1024, 1024))
    assert picture[500, 400].tolist() == [153, 0, 0]  # limb 0: (255, 0, 0) * 0.6
    assert picture[500, 300].tolist() == list(RAINBOW[1])
    assert picture[500, 500].tolist() == list(RAINBOW[2])
    assert picture[503, 400].any()  # half-width 4 in the middle
    assert not picture[505, 400].any()
    assert picture[504, 300].any()  # radius 4
    assert not picture[505, 300].any()


def test_a_limb_needs_both_ends_and_unseen_joints_leave_no_mark() -> None:
    person = _person(j1=(300, 500), j2=(500, 500))
    person[2, 2] = 0.2
    picture = draw_dwpose(person[None], [], (1024, 1024))
    assert not picture[500, 400].any()
    assert not picture[500, 500].any()
    assert picture[500, 300].any()


def test_faces_are_white_dots_of_radius_3_and_those_past_the_edge_are_left_out() -> None:
    face = np.array([[200.0, 200.0], [0.0, 50.0], [-5.0, 80.0]])
    picture = draw_dwpose(np.zeros((0, 18, 3)), [face], (1024, 1024))
    assert picture[200, 200].tolist() == [255] * 3
    assert picture[203, 200].any()
    assert not picture[204, 200].any()
    assert not picture[:150].any()


def test_wan_animates_limbs_are_thinner_and_go_to_the_toes() -> None:
    person = _person(j13=(300, 300), j10=(100, 300))
    toes = np.array([[400, 300, 1], [150, 350, 1]], np.float32)
    picture = draw_aapose(person, toes, (1024, 1024))
    # 1024 / 200 = 5, less 1: half-width 4. Left ankle to left toe is limb 17, (255, 0, 85) * 0.6; the right one (200, 200, 0) * 0.6
    assert picture[300, 350].tolist() == [153, 0, 51]
    assert picture[325, 125].tolist() == [120, 120, 0]
    assert picture[300, 400].tolist() == [200, 200, 0]
    assert picture[350, 150].tolist() == [100, 100, 0]
    small = draw_aapose(person / np.array([4, 4, 1]), toes / np.array([4, 4, 1]), (256, 256))
    assert small[75, 87].any()
    assert not small[77, 87].any()  # 256 / 200 = 1, less 1, but at least 1


@pytest.mark.parametrize("size", [(480, 832), (832, 480), (1280, 1280)])
def test_a_pose_picture_has_the_size_of_the_clip(size: tuple[int, int]) -> None:
    assert draw_dwpose(np.zeros((0, 18, 3)), [], size).shape == (*size, 3)

"""The control videos VACE reads, and which one a shot gets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shotplan.errors import ConditioningError
from tests.video_core.adapters import shots
from video_core.adapters import (
    choose_control,
    control_of,
    depth_video,
    grey_video,
    layout_video,
    pose_video,
    scribble_video,
)
from video_core.raster.pose import SHOWN


def test_depth_is_near_white_far_black_over_one_range_for_the_shot() -> None:
    bundle = shots.empty()
    depth = np.zeros((5, *shots.SIZE), np.float16)
    depth[0, 0, 0], depth[1, 0, 0], depth[2, 0, 0] = 0.25, 0.5, 1.0
    video = depth_video(replace(bundle, inverse_depth=depth))
    # d * 255, cut: 63, 127, 255
    assert video[:3, 0, 0, 0].tolist() == [63, 127, 255]
    assert np.array_equal(video[..., 0], video[..., 2])
    stretched = depth_video(replace(bundle, inverse_depth=depth), per_frame=True)
    assert stretched[:3, 0, 0, 0].tolist() == [255, 255, 255]


def test_a_part_of_a_shot_has_the_depth_it_has_in_the_whole() -> None:
    bundle = shots.fox()
    part = replace(bundle, inverse_depth=bundle.inverse_depth[2:4])
    assert np.array_equal(depth_video(part), depth_video(bundle)[2:4])


def test_a_flat_frame_can_be_stretched_without_an_error() -> None:
    flat = replace(shots.empty(), inverse_depth=np.full((5, *shots.SIZE), 0.5, np.float16))
    assert (depth_video(flat) == 127).all()
    assert (depth_video(flat, per_frame=True) == 0).all()


def test_layout_boxes_are_black_lines_of_2_on_white_where_the_actors_are() -> None:
    bundle = shots.fox()
    video = layout_video(bundle)
    x0, y0, x1, y1 = bundle.boxes[0, 0].astype(int)
    assert (video[0, y0, x0:x1] == 0).all()
    assert (video[0, y0:y1, x1] == 0).all()
    assert (video[0, y0 + 4 : y1 - 3, x0 + 4 : x1 - 3] == 255).all()
    assert (video[0, : y0 - 2] == 255).all()


def test_layout_contours_follow_the_figure() -> None:
    bundle = shots.fox()
    dark = layout_video(bundle, shape="contour")[0, ..., 0] == 0
    inside = bundle.instance_ids[0] == 1
    assert dark.any()
    assert (dark & inside).sum() > 0.3 * dark.sum()
    assert dark.sum() < inside.sum()


def test_scribble_is_dark_lines_on_white_along_the_figures_edge() -> None:
    bundle = shots.people()
    video = scribble_video(bundle)
    assert (video == 255).mean() > 0.6
    ids = bundle.instance_ids[0].astype(int)
    edge = np.zeros(ids.shape, bool)
    edge[:, :-1] = np.diff(ids, axis=1) != 0
    assert video[0, ..., 0][edge].max() < 128


def test_grey_is_the_luminance_three_times() -> None:
    colours = np.zeros((1, 1, 3, 3), np.uint8)
    colours[0, 0] = np.eye(3) * 255
    # BT.601: 0.299, 0.587, 0.114 of 255
    assert grey_video(colours)[0, 0].tolist() == [[76] * 3, [150] * 3, [29] * 3]


def test_a_pose_picture_shows_the_joints_that_are_seen_and_no_others() -> None:
    bundle = shots.people()
    video = pose_video(bundle, face=False)
    for n in range(2):
        for joint in (2, 5, 8, 11):
            x, y, seen = bundle.joints_2d[0, n, joint]
            lit = video[0, max(int(y) - 1, 0) : int(y) + 2, max(int(x) - 1, 0) : int(x) + 2].max()
            assert (lit > 60) == (seen >= SHOWN), (n, joint)
    hidden = replace(bundle, joints_2d=bundle.joints_2d * np.array([1, 1, 0.1], np.float32))
    assert (pose_video(hidden) == 0).all()


def test_channels_can_be_turned_round_as_vaces_own_annotator_does() -> None:
    bundle = shots.people()
    assert np.array_equal(pose_video(bundle, channel_order="bgr"), pose_video(bundle)[..., ::-1])


def test_people_in_a_still_camera_get_a_pose_and_beasts_moves_and_places_get_depth() -> None:
    assert choose_control(shots.people())[0] == "pose"
    name, why = choose_control(shots.people(moving=True))
    assert name == "depth"
    assert "camera moves" in why
    name, why = choose_control(shots.fox())
    assert name == "depth"
    assert "Fox" in why
    assert choose_control(shots.empty())[0] == "depth"


def test_the_report_says_what_was_chosen_why_and_what_was_left_out() -> None:
    choice = control_of(shots.people())
    assert choice.name == "pose"
    assert np.array_equal(choice.video, pose_video(shots.people()))
    uses = {use.control: (use.use, use.reason) for use in choice.report}
    assert uses["control video"][0] == "honoured"
    assert uses["control video"][1].startswith("pose: the camera stands")
    assert uses["inverse_depth"] == ("ignored", "VACE reads one control video")
    assert uses["tracks"][0] == "ignored"
    assert uses["hands"][0] == "ignored"


def test_a_fox_drawn_as_a_person_is_reported_as_out_of_the_models_world() -> None:
    uses = {use.control: use.use for use in control_of(shots.fox(), "pose").report}
    assert uses["joints"] == "approximated"


def test_two_controls_in_one_picture_are_drawn_where_each_belongs_and_reported() -> None:
    bundle = shots.people()
    choice = control_of(bundle, ("depth", "pose"))
    assert choice.name == "depth+pose"
    assert choice.video is not None
    far = np.zeros(bundle.instance_ids.shape, bool)
    far[:, :, :10] = True
    far &= bundle.instance_ids == 0
    assert np.array_equal(choice.video[far], depth_video(bundle)[far])
    actors = (bundle.instance_ids == 1) | (bundle.instance_ids == 2)
    assert np.array_equal(choice.video[actors], pose_video(bundle)[actors])
    assert choice.report[0].use == "approximated"
    assert "not trained on" in choice.report[0].reason


def test_no_control_leaves_the_video_out_and_says_so() -> None:
    choice = control_of(shots.people(), "none")
    assert choice.video is None
    assert {use.use for use in choice.report if use.control in ("joints", "inverse_depth", "boxes")} == {"ignored"}


@pytest.mark.parametrize("control", ["edges", ("pose", "pose"), ("pose", "auto"), ("pose", "depth", "layout")])
def test_controls_vace_does_not_have_are_errors(control: object) -> None:
    with pytest.raises(ConditioningError, match="VACE"):
        control_of(shots.people(), control)  # type: ignore[arg-type]


def test_the_same_bundle_gives_the_same_video() -> None:
    assert np.array_equal(scribble_video(shots.fox()), scribble_video(shots.fox()))
    assert np.array_equal(pose_video(shots.fox()), pose_video(shots.fox()))


def test_words_and_pictures_alone_have_no_control_video() -> None:
    bare = replace(shots.empty(), inverse_depth=np.zeros((5, *shots.SIZE), np.float16))
    assert choose_control(bare) == ("none", "nothing is staged")
    choice = control_of(bare)
    assert choice.video is None
    assert choice.report[0].reason == "nothing is staged"

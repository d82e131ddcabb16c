"""Control videos as files for other programs."""

from __future__ import annotations

import numpy as np
import pytest

from shotplan.errors import ConditioningError
from tests.video_core.adapters import shots
from video_core.adapters import depth_video, plucker_rays, pose_video
from video_core.adapters.export import KINDS, control_files
from video_core.adapters.plucker import camera_lines


def test_a_shot_of_people_gives_every_kind_of_file() -> None:
    files = {
        file.name: file for file in control_files(shots.people(), [k for k in KINDS if k not in ("grey", "animate", "plucker")])
    }
    assert list(files) == ["pose.mp4", "depth.mp4", "layout.mp4", "scribble.mp4", "camera.txt"]
    video = files["pose.mp4"].video
    assert video is not None
    assert np.array_equal(video, pose_video(shots.people()))
    assert all(file.report for file in files.values())


def test_the_best_control_is_the_one_the_shot_would_be_rendered_with() -> None:
    assert [file.name for file in control_files(shots.people(), ["best"])] == ["pose.mp4"]
    (file,) = control_files(shots.fox(), ["best"])
    assert file.name == "depth.mp4"
    assert "Fox" in file.report[0].reason


def test_people_drive_wan_animate_with_a_skeleton_and_a_face_each() -> None:
    files = list(control_files(shots.people(), ["animate"]))
    assert [file.name for file in files] == ["ann.pose.mp4", "ann.face.mp4", "bob.pose.mp4", "bob.face.mp4"]
    assert files[1].video is not None
    assert files[1].video.shape == (5, 512, 512, 3)
    assert files[1].video.any()


def test_videos_are_held_to_a_length_the_models_take_and_it_is_said() -> None:
    (file,) = control_files(shots.fox(6), ["depth"])
    assert file.video is not None
    assert len(file.video) == 9
    assert np.array_equal(file.video[:6], depth_video(shots.fox(6)))
    assert np.array_equal(file.video[8], file.video[5])
    assert "6 frames; the last is held to make 9" in file.report[-1].reason


def test_a_camera_file_read_as_cameractrl_reads_it_gives_the_same_rays() -> None:
    bundle = shots.people(moving=True)
    lines = camera_lines(bundle.camera_to_world, bundle.intrinsics, bundle.size).splitlines()[1:]
    entries = np.array([[float(word) for word in line.split()] for line in lines])
    assert entries.shape == (5, 19)
    assert (entries[:, 5:7] == 0).all()
    h, w = 16, 26  # the rays of a smaller picture: the lens is written in parts of the picture
    k = np.zeros((5, 3, 3))
    k[:, 0, 0], k[:, 1, 1], k[:, 0, 2], k[:, 1, 2] = (entries[:, 1:5] * [w, h, w, h]).T
    world_to_camera = np.tile(np.eye(4), (5, 1, 1))
    world_to_camera[:, :3] = entries[:, 7:].reshape(5, 3, 4)
    read = plucker_rays(np.linalg.inv(world_to_camera), k, (h, w))
    assert np.allclose(
        read, plucker_rays(bundle.camera_to_world, bundle.intrinsics, (h, w), drawn_at=bundle.size), atol=1e-5
    )


def test_a_camera_path_is_given_as_fun_cameras_24_channels() -> None:
    bundle = shots.people(6, moving=True)
    (file,) = control_files(bundle, ["plucker"])
    tensor = file.tensor
    assert tensor is not None
    assert tensor.shape == (24, 3, *bundle.size)
    rays = plucker_rays(bundle.camera_to_world, bundle.intrinsics, bundle.size)
    assert np.allclose(tensor[4 * 5 + 1, 1], rays[2, 5], atol=1e-3)  # the sixth number of the second frame of latent 1
    assert np.allclose(tensor[4 * 0 + 3, 2], rays[5, 0], atol=2e-3)  # held
    assert [use.control for use in file.report] == ["camera", "length"]


def test_what_cannot_be_exported_is_an_error() -> None:
    with pytest.raises(ConditioningError, match="no control 'edges'"):
        list(control_files(shots.people(), ["edges"]))
    with pytest.raises(ConditioningError, match="it moves people"):
        list(control_files(shots.fox(), ["animate"]))

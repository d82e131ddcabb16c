"""Plücker rays of a camera path, by hand and as geometry demands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import ConditioningError
from tests.video_core.adapters.patience import patient
from video_core.adapters import camera_report, fold_rays, plucker_rays
from video_core.adapters.plucker import relative_poses


def _intrinsics(frames: int, focal: float, size: tuple[int, int]) -> np.ndarray:
    k = np.zeros((frames, 3, 3))
    k[:, 0, 0] = k[:, 1, 1] = focal
    k[:, 0, 2], k[:, 1, 2], k[:, 2, 2] = size[1] / 2, size[0] / 2, 1
    return k


def _pose(x: float = 0, y: float = 0, z: float = 0, pan: float = 0) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    c, s = np.cos(pan), np.sin(pan)
    pose[:3, :3] = [[c, 0, s], [0, 1, 0], [-s, 0, c]]
    return pose


def test_rays_by_hand() -> None:
    # 2x2 picture, focal 1 px, centre (1, 1): the pixel centres are at 0.5 and 1.5, so directions are (+-0.5, +-0.5, 1) / sqrt(1.5)
    # = (0.408248, 0.408248, 0.816497) at the bottom right. The second camera stands at (2, 0, 0) of the first:
    # (2, 0, 0) x d = (0, -2 dz, 2 dy) = (0, -1.632993, 0.816497)
    rays = plucker_rays(np.stack([_pose(), _pose(x=2)]), _intrinsics(2, 1.0, (2, 2)), (2, 2))
    assert rays.shape == (2, 6, 2, 2)
    assert rays[0, :, 1, 1] == pytest.approx([0, 0, 0, 0.408248, 0.408248, 0.816497], abs=1e-6)
    assert rays[1, :, 1, 1] == pytest.approx([0, -1.632993, 0.816497, 0.408248, 0.408248, 0.816497], abs=1e-6)
    assert rays[0, 3:, 0, 0] == pytest.approx([-0.408248, -0.408248, 0.816497], abs=1e-6)


def test_a_camera_that_pans_right_sees_along_its_new_axis() -> None:
    # OpenCV axes: a quarter turn about y to the right makes forward (0, 0, 1) into (1, 0, 0)
    rays = plucker_rays(np.stack([_pose(), _pose(pan=np.pi / 2)]), _intrinsics(2, 1000.0, (2, 2)), (2, 2))
    assert rays[1, 3:].mean(axis=(1, 2)) == pytest.approx([1, 0, 0], abs=1e-3)


@patient
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-3, 3), st.floats(0.5, 5))
def test_every_ray_is_of_length_1_and_square_to_its_moment_wherever_the_world_begins(
    x: float, z: float, pan: float, unit: float
) -> None:
    path = np.stack([_pose(), _pose(x=0.3, z=1, pan=0.2), _pose(x=x, z=z, pan=pan)])
    k = _intrinsics(3, 20.0, (4, 6))
    rays = plucker_rays(path, k, (4, 6), unit=unit)
    moment, direction = rays[:, :3], rays[:, 3:]
    assert np.allclose(np.linalg.norm(direction, axis=1), 1, atol=1e-5)
    assert np.allclose((moment * direction).sum(axis=1), 0, atol=1e-4)
    assert (moment[0] == 0).all()
    moved = _pose(x=7, y=2, z=-3, pan=1.1) @ path
    assert np.allclose(plucker_rays(moved, k, (4, 6), unit=unit), rays, atol=1e-4)


def test_intrinsics_of_another_size_give_the_same_view() -> None:
    path = np.stack([_pose(), _pose(x=1)])
    small = plucker_rays(path, _intrinsics(2, 10.0, (4, 6)), (4, 6))
    large = plucker_rays(path, _intrinsics(2, 100.0, (40, 60)), (4, 6), drawn_at=(40, 60))
    assert np.allclose(small, large, atol=1e-6)


def test_folding_repeats_frame_0_and_interleaves_four_frames_per_number() -> None:
    rays = np.zeros((5, 6, 16, 16), np.float32)
    for f in range(5):
        for c in range(6):
            rays[f, c] = 10 * f + c
    folded = fold_rays(rays)
    assert folded.shape == (24, 2, 16, 16)
    assert folded[:, 0, 0, 0].tolist() == [c for c in range(6) for _ in range(4)]
    assert folded[:, 1, 0, 0].tolist() == [10 * f + c for c in range(6) for f in (1, 2, 3, 4)]


def test_the_first_pose_is_the_identity_exactly() -> None:
    path = np.stack([_pose(x=0.1, pan=0.7), _pose(x=0.4, pan=0.9)])
    assert np.array_equal(relative_poses(path)[0], np.eye(4))
    assert np.allclose(path[0] @ relative_poses(path)[1], path[1])


def test_a_camera_that_travels_is_reported_as_of_unknown_scale() -> None:
    assert camera_report(np.stack([_pose(), _pose(pan=0.3)]))[0].use == "honoured"
    use = camera_report(np.stack([_pose(), _pose(x=3)]), unit=2)[0]
    assert use.use == "approximated"
    assert "3.00 m of travel count as 1.50 units" in use.reason


def test_bad_cameras_are_errors() -> None:
    path, k = np.stack([_pose(), _pose()]), _intrinsics(2, 1.0, (2, 2))
    with pytest.raises(ConditioningError, match="2 camera poses and 1 intrinsics"):
        plucker_rays(path, k[:1], (2, 2))
    with pytest.raises(ConditioningError, match="finite"):
        plucker_rays(path * np.nan, k, (2, 2))
    with pytest.raises(ConditioningError, match="positive"):
        plucker_rays(path, k, (2, 2), unit=0)
    with pytest.raises(ConditioningError, match="4n\\+1"):
        fold_rays(np.zeros((4, 6, 16, 16), np.float32))

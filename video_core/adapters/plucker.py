"""Fun-Camera: a camera path as Plücker rays, folded to the frames of a latent.

Knows the six numbers per pixel and their folding to 24 channels. Does not know the network's own PixelUnshuffle(8) and convolution.
Source: VideoX-Fun `videox_fun/data/utils.py` (`ray_condition`, `get_relative_pose`, after CameraCtrl, He et al. 2024) and its pipeline.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.grid import TEMPORAL, Grid
from video_core.backends.backend import ControlUse

Floats = NDArray[np.float32]

CHANNELS = 6


def relative_poses(camera_to_world: NDArray[np.floating]) -> NDArray[np.float64]:
    """Camera-to-world poses (F,4,4), OpenCV axes, seen from the first camera, whose own pose becomes the identity exactly."""
    poses = np.asarray(camera_to_world, dtype=np.float64)
    out = np.linalg.inv(poses[0]) @ poses
    out[0] = np.eye(4)
    return out


def plucker_rays(
    camera_to_world: NDArray[np.floating],
    intrinsics: NDArray[np.floating],
    size: tuple[int, int],
    *,
    drawn_at: tuple[int, int] | None = None,
    unit: float = 1.0,
) -> Floats:
    """Rays (F,6,H,W) of a camera path: o x d, then d, where o is the camera's place and d the direction of length 1.

    Poses (F,4,4) camera-to-world in metres, OpenCV axes; intrinsics (F,3,3) in pixels of `drawn_at` (H, W; `size` when not given).
    Pixel centres are at +0.5. `unit` is how many metres are one unit of the model's world.
    Raises `ConditioningError` when poses and intrinsics differ in number, a number is not finite, or `unit` is not positive.
    """
    if len(camera_to_world) != len(intrinsics) or not len(intrinsics):
        raise ConditioningError(
            f"there are {len(camera_to_world)} camera poses and {len(intrinsics)} intrinsics",
            todo="give one of each per frame",
        )
    if not (np.isfinite(camera_to_world).all() and np.isfinite(intrinsics).all() and unit > 0):
        raise ConditioningError(
            "the camera has numbers that are not finite, or its unit is not positive", todo="stage the shot again"
        )
    h, w = size
    from_h, from_w = drawn_at or size
    poses = relative_poses(camera_to_world)
    k = np.asarray(intrinsics, dtype=np.float64)
    scale = np.array([[w / from_w], [h / from_h]])
    focal = np.stack([k[:, 0, 0], k[:, 1, 1]]) * scale
    centre = np.stack([k[:, 0, 2], k[:, 1, 2]]) * scale
    x = (np.arange(w) + 0.5)[None, None, :]
    y = (np.arange(h) + 0.5)[None, :, None]
    rays = np.empty((len(poses), CHANNELS, h, w), np.float32)
    for f, pose in enumerate(poses):
        across, down = (x[0] - centre[0, f]) / focal[0, f], (y[0] - centre[1, f]) / focal[1, f]
        d = np.stack(np.broadcast_arrays(across, down, np.ones((1, 1))), axis=-1)
        d = d / np.linalg.norm(d, axis=-1, keepdims=True) @ pose[:3, :3].T
        o = pose[:3, 3] / unit
        rays[f, :3] = np.moveaxis(np.cross(np.broadcast_to(o, d.shape), d), -1, 0)
        rays[f, 3:] = np.moveaxis(d, -1, 0)
    return rays


def fold_rays(rays: Floats) -> Floats:
    """Rays (F,6,H,W) as (24,T,H,W): frame 0 four times, then four frames to a latent; channel 4c+k is number c of its k-th frame.

    Raises `ConditioningError` unless F is 4n+1 and the picture's sides divide by 16.
    """
    frames, channels, h, w = rays.shape
    Grid.of(frames, (h, w))
    spread = np.concatenate([np.repeat(rays[:1], TEMPORAL, axis=0), rays[1:]])
    folded = spread.reshape(-1, TEMPORAL, channels, h, w).transpose(2, 1, 0, 3, 4)
    return np.ascontiguousarray(folded.reshape(channels * TEMPORAL, -1, h, w))


def camera_lines(camera_to_world: NDArray[np.floating], intrinsics: NDArray[np.floating], size: tuple[int, int]) -> str:
    """A camera path as the pose file that CameraCtrl and VideoX-Fun read: a line of heading, then one line per frame.

    `frame fx fy cx cy 0 0` with the lens in parts of the picture's width and height, and the 12 numbers of world-to-camera, row by row,
    the world being the first camera's. Poses and intrinsics as for `plucker_rays`.
    """
    h, w = size
    worlds = np.linalg.inv(relative_poses(camera_to_world))[:, :3].reshape(len(camera_to_world), 12)
    lines = ["frame fx fy cx cy 0 0, then world-to-camera 3x4, OpenCV axes, metres"]
    for f, (k, world) in enumerate(zip(np.asarray(intrinsics, dtype=np.float64), worlds, strict=True)):
        lens = (k[0, 0] / w, k[1, 1] / h, k[0, 2] / w, k[1, 2] / h)
        lines.append(f"{f} " + " ".join(f"{number:.9f}" for number in (*lens, 0.0, 0.0, *world)))
    return "\n".join(lines) + "\n"


def camera_report(camera_to_world: NDArray[np.floating], unit: float = 1.0) -> tuple[ControlUse, ...]:
    """What the rays carry of a camera path."""
    poses = relative_poses(camera_to_world)
    travel = float(np.linalg.norm(np.diff(poses[:, :3, 3], axis=0), axis=-1).sum())
    if travel < 1e-6:
        return (ControlUse("camera", "honoured", "turns and lens as rays; the camera does not travel"),)
    return (
        ControlUse(
            "camera",
            "approximated",
            f"turns and lens as rays; {travel:.2f} m of travel count as {travel / unit:.2f} units of a world without scale",
        ),
    )

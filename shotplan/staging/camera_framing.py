"""Where a still camera stands so that its subject has the size and angle asked for.

Knows the size formula, headroom and how a group or a path is kept in frame. Does not know moves or obstacles.
Source of the size formula: a pinhole of focal length f (mm, on a 36 mm-wide frame) sees a height of 36 d / (f aspect) at distance d.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shotplan.staging.camera_subject import WHOLE_BODY_RANK, Extent
from shotplan.staging.staged import Array
from shotplan.vocabulary.camera import ShotSize

MARGIN = 0.025
"""Part of the frame that stays free at each edge."""
SIZE_TOLERANCE = 0.055
"""Part of the frame height by which the size may give way so that a moving subject stays in a still frame."""


CENTRED_RANK = 7
"""Sizes up to this rank have head room."""


@dataclass(frozen=True)
class Pose:
    """A still camera: `aim` is in the middle of the frame, `distance` metres in front of it, along `azimuth` and `elevation`."""

    aim: Array
    azimuth: float
    """Radians about +Y, of the direction from aim to camera; 0 is +Z."""
    elevation: float
    distance: float
    focal: float
    """mm"""
    roll: float

    @property
    def position(self) -> Array:
        return self.aim + view_axes(self.azimuth, self.elevation)[2] * self.distance


def view_axes(azimuth: float, elevation: float, roll: float = 0.0) -> tuple[Array, Array, Array]:
    """Right, up and back (toward the camera) unit vectors of a camera that looks at its aim from (azimuth, elevation), radians."""
    ca, sa, ce, se = math.cos(azimuth), math.sin(azimuth), math.cos(elevation), math.sin(elevation)
    back = np.array([ce * sa, se, ce * ca])
    right = np.array([ca, 0.0, -sa])
    up = np.array([-se * sa, ce, -se * ca])  # back x right
    if roll:
        right, up = math.cos(roll) * right + math.sin(roll) * up, math.cos(roll) * up - math.sin(roll) * right
    return right, up, back


def in_frame(points: Array, pose: Pose, aspect: float) -> tuple[Array, Array, Array]:
    """Frame coordinates of points (...,3): x right in frame widths, y up in frame heights, both 0 in the middle; depth in metres."""
    right, up, back = view_axes(pose.azimuth, pose.elevation, pose.roll)
    rel = points - pose.aim
    depth = pose.distance - rel @ back
    scale = pose.focal / 36.0 / np.maximum(depth, 1e-3)
    return (rel @ right) * scale, (rel @ up) * scale * aspect, depth


def size_distance(length: float, size: ShotSize, focal: float, aspect: float) -> float:
    """Metres at which a segment of `length` metres fills `size.fill` of the frame height."""
    return length / size.fill * focal * aspect / 36.0


def frame_subject(
    extents: Sequence[Extent], size: ShotSize, *, main: int, hold: NDArray[np.intp] | None, azimuth: float, elevation: float, roll: float,
    focal: float, aspect: float, least_distance: float = 0.0,
) -> Pose:  # fmt: skip
    """The still camera that shows `extents` at `size` at frame `main`.

    `hold`: frame numbers that the same still frame should also hold, None when the camera will follow by itself. When size
    and hold cannot both be had, size wins. A closer minimum distance than the lens asks for is met by a longer focal length.
    """
    tallest = max(extents, key=lambda e: e.length)
    wanted = size_distance(tallest.length, size, focal, aspect)
    if wanted < least_distance:
        focal, wanted = focal * least_distance / wanted, least_distance
    now = np.array([main])
    pose = Pose(tallest.center[main], azimuth, elevation, wanted, focal, roll)
    pose = _size_at(pose, tallest.center[main], wanted)
    whole = size.rank <= WHOLE_BODY_RANK
    if len(extents) > 1 or whole:
        pose = _fit(pose, _points(extents, now), aspect, tallest.center[main], wanted, np.inf)
    if len(extents) == 1 and not whole:
        pose = _head_room(pose, extents[0], size, main, aspect)
    if hold is not None and len(hold) > 1:
        reach = wanted * size.fill / max(size.fill - SIZE_TOLERANCE, 0.4 * size.fill)
        held = _fit(
            pose,
            _points(extents, hold),
            aspect,
            tallest.center[main],
            max(wanted, pose.distance),
            max(reach, pose.distance),
        )
        if _holds(held, _points(extents, hold), aspect):
            if len(extents) == 1 and not whole:
                kept = _head_room(held, extents[0], size, main, aspect)
                held = kept if _holds(kept, _points(extents, hold), aspect) else held
            return held
        return _longest_hold(pose, extents, hold, main, aspect)
    return pose


def _longest_hold(pose: Pose, extents: Sequence[Extent], hold: NDArray[np.intp], main: int, aspect: float) -> Pose:
    """Where one still frame cannot hold everything: the main moment, unless another aim of the same size holds far more."""
    tallest = max(extents, key=lambda e: e.length)
    points = np.concatenate([e.outline[hold] for e in extents], axis=1)

    def share(p: Pose) -> float:
        x, y, z = in_frame(points, p, aspect)
        inside = (np.abs(x) <= 0.5) & (np.abs(y) <= 0.5) & (z > 0.05)
        return float((inside.mean(axis=1) >= 0.8).mean())

    best, most = pose, share(pose)
    lead = pose.aim - tallest.center[main]
    for frame in hold[np.linspace(0, len(hold) - 1, min(12, len(hold))).astype(int)]:
        other = replace(pose, aim=tallest.center[frame] + lead)
        if share(other) > max(most, share(pose) + 0.2):
            best, most = other, share(other)
    return best


def _points(extents: Sequence[Extent], frames: NDArray[np.intp]) -> Array:
    return np.concatenate([e.outline[frames].reshape(-1, 3) for e in extents])


def _size_at(pose: Pose, center: Array, depth: float) -> Pose:
    """Move the camera along its axis until `center` is `depth` metres deep."""
    back = view_axes(pose.azimuth, pose.elevation)[2]
    return replace(pose, distance=depth + float((center - pose.aim) @ back))


def _fit(pose: Pose, points: Array, aspect: float, center: Array, nearest: float, farthest: float) -> Pose:
    """Aim at the middle of `points` and step back, at most until `center` is `farthest` metres deep, until they are in frame."""
    right, up, _ = view_axes(pose.azimuth, pose.elevation, pose.roll)
    depth = nearest
    for _ in range(4):
        x, y, z = in_frame(points, pose, aspect)
        mid_x, mid_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        view = 36.0 / pose.focal * pose.distance
        pose = _size_at(
            replace(pose, aim=pose.aim + right * (mid_x * view) + up * (mid_y * view / aspect)), center, depth
        )
        x, y, z = in_frame(points, pose, aspect)
        room = 0.5 - MARGIN
        # |x| z is fixed under a step back of s: |x| z / (z + s) <= room
        need = max(float(np.max((np.abs(x) / room - 1) * z)), float(np.max((np.abs(y) / room - 1) * z)))
        depth = float(np.clip(depth + need, nearest, farthest))
        pose = _size_at(pose, center, depth)
    return pose


def _holds(pose: Pose, points: Array, aspect: float) -> bool:
    x, y, z = in_frame(points, pose, aspect)
    return bool(np.all(z > 0.05) and max(np.abs(x).max(), np.abs(y).max()) <= 0.5 - 0.5 * MARGIN)


def _head_room(pose: Pose, extent: Extent, size: ShotSize, main: int, aspect: float) -> Pose:
    """Put the top of the head about a tenth of the frame below its top; the closest size is centred on the eyes instead."""
    if size.rank > CENTRED_RANK:
        return pose
    room = min(0.6 * (1.0 - size.fill), 0.12)
    up = view_axes(pose.azimuth, pose.elevation, pose.roll)[1]
    _, y, z = in_frame(np.stack([extent.top[main], *extent.outline[main]]), pose, aspect)
    step = up * ((float(y.max()) - (0.5 - room)) * float(z[0]) * 36.0 / pose.focal / aspect)
    return replace(pose, aim=pose.aim + step)

"""The heads of a shot's people in the picture: 68 face landmarks and toe tips, as pose estimators report them.

Knows a plain face's proportions, and how the shot's joints and expression curves move it. Does not know how landmarks are drawn.
The landmarks are in the order of iBUG 300-W (jaw, brows, nose, eyes, lips), which is the face part of COCO-WholeBody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning
from video_core.raster.anatomy import J, anatomy
from video_core.raster.build import build_of
from video_core.raster.pose import SHOWN
from video_core.raster.view import View

Floats = NDArray[np.float64]

_TURNED_AWAY = -0.15
"""Cosine between a face's direction and the way to the camera below which no estimator sees a face: a little past a profile."""
_COVERED = 0.4
"""Least part of a face's box that its owner's own pixels fill; with less, something else is in front."""


@dataclass(frozen=True)
class Head:
    """One actor's head and feet in the picture."""

    face: Floats
    """(F,68,2) pixels: landmarks around the joints of eyes and nose, in a plain person's proportions."""
    drawn: Floats
    """(F,68,2) pixels: the same landmarks where this project draws the face, on the larger head that its figures have."""
    seen: NDArray[np.bool_]
    """(F,) whether the face is in the picture and turned to the camera."""
    toes: Floats
    """(F,2,3) left and right toe tip: pixel x, pixel y, visibility of its ankle."""


def is_person(conditioning: Conditioning, actor: int) -> bool:
    """Whether a pose estimator for people would find this actor: a body on two legs."""
    return conditioning.scene.actors[actor].body == "biped"


def head_of(conditioning: Conditioning, actor: int) -> Head:
    """Face landmarks and toes of actor number `actor`. Faces of beasts and birds are never `seen`."""
    card = conditioning.scene.actors[actor]
    joints = conditioning.joints_3d[:, actor].astype(np.float64)
    shape = anatomy(
        joints,
        conditioning.root[:, actor],
        conditioning.heading[:, actor],
        build_of(card.kind, card.body),
        card.body,
        card.height,
        conditioning.scene.fps,
    )
    size = conditioning.size
    view = View.of(conditioning.camera_to_world, conditioning.intrinsics, size, size)
    eyes = (joints[:, J["r_eye"]] + joints[:, J["l_eye"]]) / 2
    apart = np.linalg.norm(joints[:, J["l_eye"]] - joints[:, J["r_eye"]], axis=-1)
    plain = face_landmarks(conditioning.expressions[:, actor].astype(np.float64))
    pixels = view.project_all(eyes[:, None] + apart[:, None, None] * plain @ shape.axes)
    radius = build_of(card.kind, card.body).head * card.height
    drawn = view.project_all(shape.skull[:, None] + radius * _on_skull(plain) @ shape.axes)
    to_camera = view.eye - eyes
    facing = np.sum(shape.axes[:, 2] * to_camera, axis=-1) / np.maximum(np.linalg.norm(to_camera, axis=-1), 1e-9)
    flat = conditioning.joints_2d[:, actor]
    shown = (flat[:, J["nose"], 2] >= SHOWN) & (flat[:, [J["r_eye"], J["l_eye"]], 2].max(axis=1) >= SHOWN)
    ahead = np.minimum(pixels[..., 2], drawn[..., 2]).min(axis=1) > 0
    seen = shown & (facing > _TURNED_AWAY) & ahead & is_person(conditioning, actor)
    for f in np.flatnonzero(seen):
        seen[f] = _own_share(conditioning.instance_ids[f] == actor + 1, drawn[f, :, :2]) >= _COVERED
    toes = view.project_all(shape.toes[:, ::-1])
    toes[..., 2] = np.where(toes[..., 2] > 0, flat[:, [J["l_ankle"], J["r_ankle"]], 2], 0)
    return Head(pixels[..., :2], drawn[..., :2], seen, toes)


def _own_share(own: NDArray[np.bool_], landmarks: Floats) -> float:
    h, w = own.shape
    (x0, y0), (x1, y1) = (
        np.clip(landmarks.min(axis=0), 0, (w, h)).astype(int),
        np.clip(landmarks.max(axis=0), 0, (w, h)).astype(int),
    )
    box = own[y0 : y1 + 1, x0 : x1 + 1]
    return float(box.mean()) if box.size else 0.0


def _on_skull(local: Floats) -> Floats:
    """Landmarks in distances between the eyes, laid onto a head of radius 1 as `video_core.animatic.face` lays its features."""
    x, y = local[..., 0] * 0.8, -0.16 + local[..., 1] * np.where(local[..., 1] < 0, 0.5, 0.8)
    z = np.sqrt(np.clip(1.0 - (x * 0.92) ** 2 - (y * 0.62) ** 2, 0.02, 1.0))
    return np.stack([x, y, z], axis=-1)


def face_landmarks(expressions: Floats) -> Floats:
    """Landmarks (F,68,3) of faces with these expressions (F,4), in distances between the eyes.

    Axes: the face's own left, up, forward; the origin is midway between the eyes.
    """
    mouth, smile, brow, lids = (expressions[:, k, None] for k in range(4))
    frames = len(expressions)
    turn = np.linspace(-np.pi / 2, np.pi / 2, 17)
    jaw = _points(frames, 1.15 * np.sin(turn), -0.1 - 1.75 * np.cos(turn) ** 0.85, np.cos(turn) - 0.9)
    jaw[:, 4:13, 1] -= 0.25 * mouth * np.cos(turn[4:13])
    half = np.linspace(0, 1, 5)
    outward = 0.18 + 0.62 * half
    arch = 0.32 + 0.14 * np.sin(np.pi * (0.25 + 0.6 * half)) + 0.14 * brow
    left_brow = _points(frames, outward, arch, 0.18 - 0.3 * half)
    right_brow = _points(frames, -outward, arch, 0.18 - 0.3 * half)[:, ::-1]
    bridge = _points(frames, np.zeros(4), np.linspace(0.02, -0.55, 4), np.linspace(0.16, 0.5, 4))
    nostrils = _points(
        frames,
        np.linspace(-0.24, 0.24, 5),
        -0.68 - 0.05 * np.array([0, 1, 1.4, 1, 0]),
        np.array([0.2, 0.3, 0.36, 0.3, 0.2]),
    )
    corner = np.array([0.0, 0.33, 0.67, 1.0, 0.67, 0.33])
    lid = np.array([0.0, 1.0, 1.0, 0.0, -0.7, -0.7]) * 0.13 * np.clip(lids, 0.05, 1.2)
    right_eye = _points(frames, -0.72 + 0.44 * corner, lid, 0.04 * np.sin(np.pi * corner))
    left_eye = _points(frames, 0.28 + 0.44 * corner, lid, 0.04 * np.sin(np.pi * corner))
    outer = np.linspace(-1, 1, 7)
    width = 0.42 + 0.07 * smile
    rise = 0.13 * smile
    upper = _lips(outer, width, 0.09 * (1 - outer**2), rise, 0)
    lower = _lips(outer[5:0:-1], width, -0.14 * (1 - outer[5:0:-1] ** 2), rise, -0.42 * mouth)
    inner = np.linspace(-1, 1, 5)
    inner_upper = _lips(inner, width * 0.8, 0.02 * (1 - inner**2), rise, 0)
    inner_lower = _lips(inner[3:0:-1], width * 0.8, -0.03 * (1 - inner[3:0:-1] ** 2), rise, -0.4 * mouth)
    return np.concatenate(
        [jaw, right_brow, left_brow, bridge, nostrils, right_eye, left_eye, upper, lower, inner_upper, inner_lower],
        axis=1,
    )


def _lips(along: Floats, width: Floats, bow: Floats, rise: Floats, drop: Floats | float) -> Floats:
    y = -1.12 + bow + rise * along**2 + drop * (1 - along**2)
    return _points(len(width), along * width, y, 0.22 - 0.14 * along**2)


def _points(frames: int, x: Floats, y: Floats, z: Floats) -> Floats:
    count = np.shape(x)[-1]
    return np.stack([np.broadcast_to(part, (frames, count)) for part in (x, y, z)], axis=-1).astype(np.float64)

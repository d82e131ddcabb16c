"""One actor's body points as pixels, and its head as a small globe that features are drawn on.

Knows projections of an `Anatomy`. Does not know how a kind of character looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.staging.staged import JOINTS
from video_core.animatic.look import Look
from video_core.conditioning import ActorCard
from video_core.raster.anatomy import Anatomy
from video_core.raster.build import Build, build_of
from video_core.raster.view import View

Floats = NDArray[np.float64]

POINTS = (*JOINTS, "skull", "chest", "hips", "snout", "tail0", "tail1", "tail2", "tail3", "tail4", "r_toe", "l_toe")
_INDEX = {name: i for i, name in enumerate(POINTS)}


@dataclass(frozen=True)
class Puppet:
    """An actor through the shot, projected."""

    card: ActorCard
    build: Build
    shape: Anatomy
    pixels: Floats
    """(F,P,3): pixel x, pixel y, depth in metres; order `POINTS`."""
    expression: NDArray[np.float32]
    """(F,4)"""

    @classmethod
    def of(cls, card: ActorCard, shape: Anatomy, expression: NDArray[np.float32], view: View) -> Puppet:
        points = np.concatenate(
            [
                shape.joints,
                np.stack([shape.skull, shape.chest, shape.hips, shape.snout], axis=1),
                shape.tail,
                shape.toes,
            ],
            axis=1,
        )
        return cls(card, build_of(card.kind, card.body), shape, view.project_all(points), expression)


class Figure:
    """A puppet in one frame."""

    def __init__(self, puppet: Puppet, view: View, frame: int, look: Look) -> None:
        self.puppet, self.view, self.frame, self.look = puppet, view, frame, look
        self.build, self.card = puppet.build, puppet.card
        self.height = puppet.card.height
        self._p = puppet.pixels[frame]
        rotation = view.w2c[frame, :, :3]
        self.head_axes: Floats = puppet.shape.axes[frame] @ rotation.T
        """Rows: the head's left, up, forward in camera axes (x right, y down, z away)."""
        self.body_axes: Floats = puppet.shape.body[frame] @ rotation.T
        self.drift = puppet.shape.drift[frame] @ rotation.T

    def depth(self, name: str) -> float:
        return float(self._p[_INDEX[name], 2])

    def at(self, name: str) -> Floats:
        """Pixel (2,) of a point."""
        return self._p[_INDEX[name], :2]

    def size(self, name: str, share: float) -> float:
        """`share` body heights in pixels, at a point's depth."""
        return self.view.pixels_per_metre(max(self.depth(name), 0.12), self.frame) * share * self.height

    def ahead(self, *names: str) -> bool:
        """Whether all these points are in front of the lens."""
        return all(self.depth(n) > 0.12 for n in names)

    def between(self, a: str, b: str, t: float) -> Floats:
        return np.asarray(self.at(a) * (1 - t) + self.at(b) * t)

    def globe(self, points: Floats) -> Floats:
        """Head points (n,3) in skull radii (left, up, forward) to pixels (n,2)."""
        r = self.size("skull", self.build.head)
        return np.asarray(self.at("skull") + (points @ self.head_axes)[:, :2] * r)

    def toward(self, points: Floats) -> Floats:
        """How much each head direction (n,3) faces the camera: 1 straight at it, negative when turned away."""
        camera = points @ self.head_axes
        line = self._p[_INDEX["skull"]]
        fx, fy = self.view.focal[self.frame]
        cx, cy = self.view.centre[self.frame]
        ray = np.array([(line[0] - cx) / fx, (line[1] - cy) / fy, 1.0])
        ray /= np.linalg.norm(ray)
        return np.asarray(-(camera @ ray) / np.maximum(np.linalg.norm(camera, axis=-1), 1e-6))

    @property
    def facing(self) -> float:
        """1 when the face looks into the camera, -1 when the back of the head is seen."""
        return float(self.toward(np.array([[0.0, 0.0, 1.0]]))[0])

    @property
    def body_facing(self) -> float:
        """1 when the body's front (on four legs: its chest end) points at the camera."""
        camera = self.body_axes[2]
        line = self.puppet.shape.chest[self.frame] - self.view.eye[self.frame]
        ray = self.view.w2c[self.frame, :, :3] @ (line / max(float(np.linalg.norm(line)), 1e-6))
        return float(-(camera @ ray))

    def nearer(self, a: str, b: str) -> bool:
        return self.depth(a) < self.depth(b)

"""Instance ids and inverse depth of a whole shot.

Knows how the stage's parts go into the z-buffer and what can be kept from frame to frame. Does not know `StagedShot`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import Ground
from video_core.raster.body import Capsules
from video_core.raster.ground import strips
from video_core.raster.scenery import Dressing, Wall
from video_core.raster.solids import Solid, place, solid_of
from video_core.raster.view import View
from video_core.raster.zbuffer import ZBuffer

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PropTrack:
    """One prop through the shot."""

    shape: str
    size: tuple[float, float, float]
    position: Floats
    """(F,3)"""
    yaw: Floats
    """(F,)"""
    visible: NDArray[np.bool_]
    openness: Floats
    """(F,)"""

    def same(self, frame: int) -> bool:
        """Whether nothing about it changed since the frame before."""
        if frame == 0:
            return False
        return bool(
            self.visible[frame] == self.visible[frame - 1]
            and np.array_equal(self.position[frame], self.position[frame - 1])
            and self.yaw[frame] == self.yaw[frame - 1]
            and self.openness[frame] == self.openness[frame - 1]
        )


@dataclass(frozen=True)
class Stage:
    """Everything that is drawn into the maps."""

    ground: Ground
    walls: tuple[Wall, ...]
    dressing: tuple[Dressing, ...]
    actors: tuple[Capsules, ...]
    props: tuple[PropTrack, ...]


def draw_solid(
    buffer: ZBuffer, solid: Solid, position: NDArray[np.floating], yaw: float, view: View, frame: int, id: int
) -> None:
    """Put a prop's pieces into the z-buffer."""
    for face in solid.faces:
        seen = view.clip(place(face, position, yaw), frame)
        if seen is not None:
            buffer.plane(seen, view, frame, id)
    for a, b, ra, rb in solid.capsules:
        ends = view.to_camera(place(np.stack([a, b]), position, yaw), frame)
        buffer.capsule(ends[0], ends[1], ra, rb, view, frame, id)
    for centre, rx, ry in solid.balls:
        buffer.disc(view.to_camera(place(centre, position, yaw), frame), rx, ry, view, frame, id)


def maps(stage: Stage, view: View) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Ids (F,H,W) and inverse depth (F,H,W) in 1/m. Ids: 0 background, 1..N actors, N+1..N+M props."""
    frames = len(view)
    h, w = view.size
    ids = np.zeros((frames, h, w), np.uint8)
    inverse = np.zeros((frames, h, w), np.float16)
    buffer = ZBuffer(view.size)
    ground = strips(stage.ground)
    moving = [not all(p.same(f) for f in range(1, frames)) for p in stage.props]
    solids = [
        None if move else solid_of(p.shape, p.size, float(p.openness[0]))
        for p, move in zip(stage.props, moving, strict=True)
    ]
    first_prop = 1 + len(stage.actors)
    kept_ids, kept_inverse = np.zeros((h, w), np.uint8), np.zeros((h, w), np.float32)
    for f in range(frames):
        if view.still(f):
            buffer.load(kept_ids, kept_inverse)
        else:
            buffer.ids[:], buffer.inverse[:] = 0, 0
            _set(buffer, stage, ground, view, f)
            for k, (prop, solid) in enumerate(zip(stage.props, solids, strict=True)):
                if solid is not None and prop.visible[f]:
                    draw_solid(buffer, solid, prop.position[f], float(prop.yaw[f]), view, f, first_prop + k)
            np.copyto(kept_ids, buffer.ids)
            np.copyto(kept_inverse, buffer.inverse)
        for k, prop in enumerate(stage.props):
            if moving[k] and prop.visible[f]:
                now = solid_of(prop.shape, prop.size, float(prop.openness[f]))
                draw_solid(buffer, now, prop.position[f], float(prop.yaw[f]), view, f, first_prop + k)
        for n, limbs in enumerate(stage.actors):
            ends_a, ends_b = view.to_camera(limbs.a[f], f), view.to_camera(limbs.b[f], f)
            for a, b, (ra, rb) in zip(ends_a, ends_b, limbs.radius, strict=True):
                buffer.capsule(a, b, float(ra), float(rb), view, f, 1 + n)
        ids[f], inverse[f] = buffer.ids, buffer.inverse
    return ids, inverse


def _set(buffer: ZBuffer, stage: Stage, ground: list[Floats], view: View, frame: int) -> None:
    for quad in ground:
        seen = view.clip(quad, frame)
        if seen is not None:
            buffer.plane(seen, view, frame, 0)
    for wall in stage.walls:
        if (view.eye[frame] - wall.corners[0]) @ wall.inward > 0:
            seen = view.clip(wall.corners, frame)
            if seen is not None:
                buffer.plane(seen, view, frame, 0)
    for item in stage.dressing:
        draw_solid(buffer, solid_of(item.shape, item.size), np.array(item.position), item.yaw, view, frame, 0)

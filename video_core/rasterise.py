"""From a staged shot to its conditioning bundle: ids, inverse depth, joints, boxes and tracks as tensors.

Knows how each tensor of `video_core.conditioning.Conditioning` is drawn. Does not know which backend reads it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from shotplan.staging.staged import StagedShot
from shotplan.vocabulary import CHARACTER_KINDS, PLACES, PROP_KINDS
from video_core.animatic.draw import instance_colors
from video_core.conditioning import ActorCard, Conditioning, LineCard, PropCard, SceneCard
from video_core.raster.anatomy import anatomy
from video_core.raster.body import capsules
from video_core.raster.build import build_of
from video_core.raster.ground import height_at
from video_core.raster.maps import PropTrack, Stage, maps
from video_core.raster.pose import draw_pose
from video_core.raster.scenery import dressing, walls
from video_core.raster.view import View

__all__ = ["condition", "instance_colors", "pose_map", "scene_card"]

Floats = NDArray[np.float64]

OCCLUDED = 0.2
"""Visibility of a joint that is in the frame but behind something else."""
_TRACKED_JOINTS = (0, 1, 4, 7, 8, 10, 11, 13)


def scene_card(staged: StagedShot, seed: int = 0) -> SceneCard:
    """What the tensors cannot say: cast, props, place, light and words."""
    s = staged.stage_set
    place = PLACES[s.place]
    return SceneCard(
        shot=staged.shot.id,
        style=staged.style,
        place=s.place,
        indoor=place.indoor,
        time=s.time,
        weather=s.weather,
        ground=s.ground,
        stage_width=s.width,
        stage_depth=s.depth,
        fps=staged.fps,
        actors=tuple(
            ActorCard(
                id=a.id,
                name=a.character.name,
                kind=a.character.kind,
                body=CHARACTER_KINDS[a.character.kind].body,
                height=a.character.height,
                palette=a.character.palette,
                references=a.character.references,
                references_digest=a.character.references_digest,
                adapters=a.character.adapters,
            )
            for a in staged.actors
        ),
        props=tuple(
            PropCard(
                id=p.id,
                kind=p.prop.kind,
                shape=PROP_KINDS[p.prop.kind].shape,
                size=p.prop.size,
                palette=PROP_KINDS[p.prop.kind].palette,
            )
            for p in staged.props
        ),
        scenery=place.scenery,
        lines=tuple(LineCard(speaker=x.speaker, text=x.text, t0=x.t0, t1=x.t1) for x in staged.lines),
        prompt=staged.prompt,
        motion_score=_motion_score(staged),
        seed=seed,
        transition=staged.shot.transition,
    )


def condition(
    staged: StagedShot, *, size: tuple[int, int] | None = None, seed: int = 0, frames: slice | None = None
) -> Conditioning:
    """Draw the conditioning bundle of a staged shot at `size` (H, W).

    Without `size`: 480 pixels high, as wide as the camera's aspect asks. `frames` takes only a part of the shot, whose depth
    range and swinging tails are then its own.
    Raises `ConditioningError` when the shot cannot be drawn (no frames, too many instances, numbers that are not finite).
    """
    h, w = size or (480, round(480 * staged.camera.aspect / 2) * 2)
    where = f"shot {staged.shot.id}"
    if len(staged.actors) + len(staged.props) > 250:
        raise ConditioningError("a shot can hold at most 250 actors and props", where=where, todo="split the shot")
    part = frames or slice(None)
    c2w = staged.camera.c2w[part]
    if not len(c2w):
        raise ConditioningError("the shot has no frames", where=where, todo="give it a longer duration")
    for name, array in (("camera", staged.camera.c2w), *((a.id, a.joints) for a in staged.actors)):
        if not np.isfinite(array).all():
            raise ConditioningError(
                f"{name} has positions that are not numbers", where=where, todo="report this plan as a staging defect"
            )
    scene = scene_card(staged, seed)
    intrinsics = staged.camera.intrinsics(h, w)[part]
    view = View.of(c2w, intrinsics, (h, w), (h, w))
    count = len(c2w)
    n = len(staged.actors)
    joints = _stack([a.joints[part] for a in staged.actors], (count, 0, 18, 3))
    root = _stack([a.root[part] for a in staged.actors], (count, 0, 3))
    heading = _stack([a.heading[part] for a in staged.actors], (count, 0))
    expressions = _stack([a.expression[part] for a in staged.actors], (count, 0, 4))
    bodies = []
    for k, card in enumerate(scene.actors):
        build = build_of(card.kind, card.body)
        shape = anatomy(joints[:, k], root[:, k], heading[:, k], build, card.body, card.height, staged.fps)
        bodies.append(capsules(shape, build, card.body, card.height))
    props = tuple(
        PropTrack(
            "flower" if p.prop.kind == "flower" else PROP_KINDS[p.prop.kind].shape,
            p.prop.size,
            p.position[part],
            p.yaw[part],
            p.visible[part],
            p.openness[part],
        )
        for p in staged.props
    )
    ids, inverse = maps(Stage(scene.ground, walls(scene), dressing(scene), tuple(bodies), props), view)
    points, owners = _track_points(staged, joints, props, scene, count)
    prop_state = (
        np.stack([np.stack([p.visible, p.openness], axis=-1) for p in props], axis=1)
        if props
        else np.zeros((count, 0, 2))
    )
    projected = view.project_all(joints)
    owner = np.broadcast_to(np.arange(1, n + 1)[None, :, None], projected.shape[:3])
    joints_2d = _seen(projected, owner, ids, inverse).astype(np.float32)
    followed = np.broadcast_to(owners, points.shape[:2])
    tracks = _seen(view.project_all(points), followed, ids, inverse).astype(np.float32)
    return Conditioning(
        scene=scene,
        camera_to_world=c2w.astype(np.float32),
        intrinsics=intrinsics.astype(np.float32),
        joints_2d=joints_2d,
        joints_3d=joints.astype(np.float32),
        instance_ids=ids,
        inverse_depth=_scaled(inverse, _nearest(inverse)),
        boxes=_boxes(ids, n),
        tracks=tracks,
        expressions=expressions.astype(np.float32),
        root=root.astype(np.float32),
        heading=heading.astype(np.float32),
        prop_position=_stack([p.position for p in props], (count, 0, 3)).astype(np.float32),
        prop_yaw=_stack([p.yaw for p in props], (count, 0)).astype(np.float32),
        prop_state=prop_state.astype(np.float32),
        keep_mask=np.zeros((count, h, w), np.uint8),
        key_frames=np.zeros((0, h, w, 3), np.uint8),
        key_frame_numbers=np.zeros(0, np.int32),
    )


def pose_map(conditioning: Conditioning) -> NDArray[np.uint8]:
    """OpenPose-coloured limbs of every actor (F,H,W,3) RGB on black."""
    return draw_pose(conditioning.joints_2d, conditioning.size)


def _stack(parts: list[Floats], empty: tuple[int, ...]) -> Floats:
    return np.stack(parts, axis=1).astype(np.float64) if parts else np.zeros(empty)


def _motion_score(staged: StagedShot) -> float:
    speeds = [0.0]
    for actor in staged.actors:
        if staged.frames > 1:
            step = np.linalg.norm(np.diff(actor.joints, axis=0), axis=-1).mean()
            speeds.append(float(step) * staged.fps / max(actor.character.height, 0.1))
    return round(float(np.clip(2.0 + max(speeds) * 0.8, 2.0, 4.0)), 2)


def _nearest(inverse: NDArray[np.float16]) -> float:
    """The inverse depth (1/m) that becomes 1: a little beyond the nearest thing, without single stray pixels."""
    sample = inverse[:: max(1, len(inverse) // 8), ::4, ::4]
    return max(float(np.quantile(sample.astype(np.float32), 0.998)), 1e-3)


def _scaled(inverse: NDArray[np.float16], nearest: float) -> NDArray[np.float16]:
    """Inverse depth in 1/m to 0..1, in place, frame by frame: a long shot is not held twice."""
    for frame in inverse:
        frame[:] = np.minimum(frame.astype(np.float32) / nearest, 1.0)
    return inverse


JOINT_DEPTH = 0.08
"""Metres that a joint may lie under the surface in front of it and still count as seen: half a limb."""
DEPTH_SLACK = 0.02
"""The same for the rounding of half-precision inverse depth, as a share of the distance."""


def _seen(pixels: Floats, owner: NDArray[np.integer], ids: NDArray[np.uint8], inverse: NDArray[np.float16]) -> Floats:
    """Pixels and depth (F,...,3) to pixels and visibility: 1 seen, `OCCLUDED` behind something else, 0 out of frame."""
    count, h, w = ids.shape
    x, y, depth = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    inside = (depth > 0.06) & (x >= 0) & (x < w) & (y >= 0) & (y < h)
    column = np.clip(np.nan_to_num(x), 0, w - 1).astype(np.int64)
    row = np.clip(np.nan_to_num(y), 0, h - 1).astype(np.int64)
    frame = np.arange(count).reshape(-1, *([1] * (x.ndim - 1)))
    own = ids[frame, row, column] == owner
    surface = 1.0 / np.maximum(inverse[frame, row, column].astype(np.float64), 1e-4)
    near = surface >= depth * (1 - DEPTH_SLACK) - JOINT_DEPTH
    visible = np.where(inside, np.where(own | near, 1.0, OCCLUDED), 0.0)
    limit = 4.0 * max(h, w)
    return np.stack([np.clip(x, -limit, limit), np.clip(y, -limit, limit), visible], axis=-1)


def _boxes(ids: NDArray[np.uint8], actors: int) -> NDArray[np.float32]:
    out = np.zeros((len(ids), actors, 4), np.float32)
    for n in range(actors):
        mask = ids == n + 1
        columns, rows = mask.any(axis=1), mask.any(axis=2)
        for f in np.flatnonzero(rows.any(axis=1)):
            xs, ys = np.flatnonzero(columns[f]), np.flatnonzero(rows[f])
            out[f, n] = xs[0], ys[0], xs[-1] + 1, ys[-1] + 1
    return out


def _track_points(
    staged: StagedShot, joints: Floats, props: tuple[PropTrack, ...], scene: SceneCard, count: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Points to follow (F,P,3) and the instance id each belongs to (P,)."""
    n = joints.shape[1]
    parts = [joints[:, k, _TRACKED_JOINTS] for k in range(n)]
    owners = [k + 1 for k in range(n) for _ in _TRACKED_JOINTS]
    for k, prop in enumerate(props):
        for dx, dy in ((-0.4, 0.9), (0.4, 0.9), (0.0, 0.3)):
            c, s = np.cos(prop.yaw), np.sin(prop.yaw)
            w, h, _ = prop.size
            parts.append(
                (prop.position + np.stack([c * dx * w, np.full(count, dy * h), -s * dx * w], axis=-1))[:, None]
            )
            owners.append(n + 1 + k)
    xs = np.linspace(-scene.stage_width / 2, scene.stage_width / 2, 9)
    zs = np.linspace(-scene.stage_depth / 2, scene.stage_depth / 2, 5)
    gx, gz = np.meshgrid(xs, zs)
    grid = np.stack([gx, height_at(scene.ground, gx), gz], axis=-1).reshape(1, -1, 3)
    parts.append(np.broadcast_to(grid, (count, grid.shape[1], 3)))
    owners += [0] * grid.shape[1]
    return np.concatenate(parts, axis=1), np.array(owners, dtype=np.int64)

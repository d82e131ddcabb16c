"""Conditioning maps against the geometry they were drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from shotplan.errors import ConditioningError
from shotplan.plan import Ground
from tests.video_core import puppets
from video_core.rasterise import condition, instance_colors, pose_map

SIZE = (120, 208)


def test_an_actors_id_is_seen_where_its_joints_project() -> None:
    bundle = condition(puppets.talk(8), size=SIZE)
    for n in range(2):
        for joint in (0, 1, 2, 5, 8, 11):
            x, y, seen = bundle.joints_2d[4, n, joint]
            if seen == 1.0:
                around = bundle.instance_ids[4, max(int(y) - 1, 0) : int(y) + 2, max(int(x) - 1, 0) : int(x) + 2]
                assert n + 1 in around, (n, joint)


def test_a_nearer_person_covers_a_farther_one() -> None:
    near = puppets.actor("near", "man", 2, z=1.0)
    far = puppets.actor("far", "man", 2, z=-1.5)
    cam = puppets.camera(2, (0.0, 1.2, 5.0), (0.0, 1.2, 0.0))
    bundle = condition(puppets.shot(2, cam, (far, near)), size=SIZE)
    x, y, _ = bundle.joints_2d[0, 1, 1]
    assert bundle.instance_ids[0, int(y) + 6, int(x)] == 2
    hidden = bundle.joints_2d[0, 0, :, 2]
    assert (hidden < 0.5).sum() > 6
    assert hidden.max() <= 1.0


def test_a_body_far_away_shows_no_joint_through_the_wall_before_it() -> None:
    person = puppets.actor("boy", "boy", 2, z=-4.0)
    wall = puppets.prop("wall", "wall", 2, 0.0, -3.2)
    cam = puppets.camera(2, (0.0, 1.2, 8.0), (0.0, 0.8, -4.0))
    open_air = condition(puppets.shot(2, cam, (person,)), size=SIZE).joints_2d[0, 0]
    behind = condition(puppets.shot(2, cam, (person,), (wall,)), size=SIZE)
    height = wall.prop.size[1]
    low = [j for j in range(18) if person.joints[0, j, 1] < height - 0.15]
    assert low
    assert (open_air[low, 2] == 1.0).sum() > 0.7 * len(low)
    assert (behind.joints_2d[0, 0, low, 2] < 0.5).all()


def test_inverse_depth_orders_things_as_their_distance_does() -> None:
    cam = puppets.camera(2, (0.0, 1.0, 6.0), (0.0, 0.5, 0.0))
    things = (
        puppets.prop("a", "box", 2, -1.0, 1.0),
        puppets.prop("b", "box", 2, 0.0, -1.0),
        puppets.prop("c", "box", 2, 1.5, -3.0),
    )
    bundle = condition(puppets.shot(2, cam, (), things), size=SIZE)
    depth = [
        float(np.median(bundle.inverse_depth[0][bundle.instance_ids[0] == k].astype(np.float32))) for k in (1, 2, 3)
    ]
    assert depth[0] > depth[1] > depth[2] > 0
    assert depth[0] / depth[2] == pytest.approx((6 + 3 - 0.25) / (6 - 1 - 0.25), rel=0.12)


def test_what_is_behind_the_camera_leaves_no_mark() -> None:
    cam = puppets.camera(2, (0.0, 1.2, 0.0), (0.0, 1.2, -5.0))
    people = (puppets.actor("a", "man", 2, z=2.0), puppets.actor("b", "fox", 2, z=0.05, x=0.1))
    things = (puppets.prop("h", "house", 2, 0.0, 6.0), puppets.prop("l", "log", 2, 0.5, 1.8))
    bundle = condition(puppets.shot(2, cam, people, things, place="beach"), size=SIZE)
    assert not (bundle.instance_ids == 1).any()
    assert not np.isin(bundle.instance_ids, (3, 4)).any()
    assert (bundle.joints_2d[:, 0, :, 2] == 0).all()
    assert (bundle.boxes[:, 0] == 0).all()
    assert np.isfinite(bundle.joints_2d).all()
    assert np.isfinite(bundle.inverse_depth).all()


def test_boxes_hold_all_of_an_actors_pixels() -> None:
    bundle = condition(puppets.fox_jump(12), size=SIZE)
    for f in (3, 6, 9):
        ys, xs = np.nonzero(bundle.instance_ids[f] == 1)
        assert bundle.boxes[f, 0].tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


@pytest.mark.parametrize("kind", ["flat", "slope", "steps", "gap", "hill"])
def test_every_ground_profile_fills_the_lower_image(kind: str) -> None:
    cam = puppets.camera(2, (0.0, 2.0, 6.0), (0.0, 0.4, 0.0), 28)
    bundle = condition(puppets.shot(2, cam, ground=Ground(kind=kind, height=0.0 if kind == "flat" else 0.8)), size=SIZE)  # type: ignore[arg-type]
    assert (bundle.inverse_depth[0, -20:] > 0).all()


def test_ground_tracks_move_with_a_trucking_camera_but_not_with_a_still_one() -> None:
    still = condition(puppets.shot(6, puppets.camera(6, (0, 1.5, 6), (0, 1, 0))), size=SIZE)
    assert np.array_equal(still.tracks[0], still.tracks[-1])
    moving = condition(puppets.shot(6, puppets.camera(6, (0, 1.5, 6), (0, 1, 0), to=(1.5, 1.5, 6))), size=SIZE)
    assert np.abs(moving.tracks[0, :, 0] - moving.tracks[-1, :, 0]).max() > 5


def test_the_same_shot_gives_the_same_bundle_and_it_survives_the_disk(tmp_path) -> None:  # type: ignore[no-untyped-def]
    first, again = (condition(puppets.fox_jump(6), size=SIZE) for _ in range(2))
    assert first.digest() == again.digest()
    first.save(tmp_path / "s01.safetensors")
    assert type(first).load(tmp_path / "s01.safetensors").digest() == first.digest()


def test_a_slice_of_a_shot_is_the_same_as_those_frames_of_the_whole() -> None:
    whole = condition(puppets.talk(10), size=SIZE)
    part = condition(puppets.talk(10), size=SIZE, frames=slice(4, 8))
    assert np.array_equal(part.instance_ids, whole.instance_ids[4:8])


def test_positions_that_are_not_numbers_are_refused_by_name() -> None:
    broken = puppets.talk(4)
    broken.actors[0].joints[2, 3] = np.nan
    with pytest.raises(ConditioningError, match="anna"):
        condition(broken, size=SIZE)


def test_the_pose_map_paints_limbs_in_openpose_colours() -> None:
    bundle = condition(puppets.talk(2), size=(240, 416))
    poses = pose_map(bundle)
    assert poses.shape == (2, 240, 416, 3)
    x, y, seen = bundle.joints_2d[0, 0, 0]
    assert seen == 1
    assert tuple(poses[0, int(y), int(x)]) == (255, 0, 0)
    assert (poses[0] == (int(255 * 0.6), 0, 0)).all(axis=-1).any()
    assert (poses[0] == 0).all(axis=-1).mean() > 0.8


def test_flat_colours_show_the_cast_in_its_palette() -> None:
    bundle = condition(puppets.fox_jump(8), size=SIZE)
    flat = instance_colors(bundle)
    assert flat.shape == (8, *SIZE, 3)
    inside = flat[4][bundle.instance_ids[4] == 1].astype(int)
    assert (inside[:, 0] > inside[:, 2] + 60).mean() > 0.4, "a fox is mostly orange"

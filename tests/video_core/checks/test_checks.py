"""Every check is silent about a good clip and speaks about one that is spoilt in its own way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from evals.bench import checks as spoil
from tests.video_core import puppets
from video_core.backends import make_backend
from video_core.checks import CHECKS, badness, check_clip
from video_core.conditioning import Conditioning
from video_core.rasterise import condition

Bytes = NDArray[np.uint8]
SIZE = (180, 312)


@pytest.fixture(scope="module")
def bundle() -> Conditioning:
    """A fox jumps before a still camera that a man crosses: motion, depth order and two actors."""
    frames = 24
    jump = puppets.fox_jump(frames)
    return condition(jump, size=SIZE)


@pytest.fixture(scope="module")
def video(bundle: Conditioning) -> Bytes:
    return make_backend("animatic").render(bundle).frames


def failed(video: Bytes, bundle: Conditioning) -> set[str]:
    return {m.check for m in check_clip(video, bundle) if m.failed}


def test_a_clip_that_shows_its_plan_passes_every_check(video: Bytes, bundle: Conditioning) -> None:
    measures = check_clip(video, bundle)
    assert not [m for m in measures if m.failed]
    assert {"adherence.place", "temporal.flicker", "temporal.black", "identity.drift"} <= {m.check for m in measures}
    assert badness(measures) == 0


@pytest.mark.parametrize(
    ("how", "check"),
    [
        (spoil.with_a_black_frame, "temporal.black"),
        (spoil.with_a_step, "temporal.flash"),
        (spoil.noisy, "temporal.flicker"),
        (spoil.still, "temporal.frozen"),
        (spoil.turning_hue, "identity.drift"),
        (spoil.mirrored, "adherence.place"),
        (spoil.backwards, "adherence.motion"),
    ],
)
def test_a_spoilt_clip_is_found_by_the_check_for_it(
    how: Callable[[Bytes], Bytes], check: str, video: Bytes, bundle: Conditioning
) -> None:
    assert check in failed(how(video), bundle)


def test_somebody_drawn_behind_who_should_be_in_front_is_found() -> None:
    near, far = puppets.actor("near", "man", 6, z=1.0), puppets.actor("far", "girl", 6, z=-0.6, x=0.35)
    cam = puppets.camera(6, (0.0, 1.2, 5.0), (0.0, 1.0, 0.0))
    planned = condition(puppets.shot(6, cam, (near, far)), size=SIZE)
    good = np.zeros((6, *SIZE, 3), np.uint8)
    colours = np.array([[90, 160, 90], [220, 60, 60], [60, 60, 220]], np.uint8)
    good[:] = colours[np.minimum(planned.instance_ids, 2)]
    assert "adherence.depth_order" not in failed(good, planned)
    wrong = good.copy()
    overlap = (planned.instance_ids == 1) & _wider(planned.instance_ids == 2)
    wrong[overlap] = colours[2]
    assert "adherence.depth_order" in failed(wrong, planned)


def test_of_two_that_share_their_colours_it_is_not_asked_who_covers_whom() -> None:
    near, far = puppets.actor("near", "man", 6, z=1.0), puppets.actor("far", "girl", 6, z=-0.6, x=0.35)
    planned = condition(puppets.shot(6, puppets.camera(6, (0.0, 1.2, 5.0), (0.0, 1.0, 0.0)), (near, far)), size=SIZE)
    paper = np.random.default_rng(0).integers(150, 250, (6, *SIZE, 1), dtype=np.uint8)
    drawing = np.where(planned.instance_ids[..., None] > 0, paper, paper // 2).repeat(3, -1)
    assert "adherence.depth_order" not in {m.check for m in check_clip(drawing, planned)}


def _wider(masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.stack([cv2.dilate(m.astype(np.uint8), np.ones((9, 9), np.uint8)) for m in masks]).astype(bool)


def test_an_actor_who_is_missing_before_a_still_stage_is_found(video: Bytes, bundle: Conditioning) -> None:
    nobody = make_backend("animatic").render(spoil.without(bundle, 0)).frames
    name = bundle.scene.actors[0].id
    assert ("adherence.outline", name) in {(m.check, m.about) for m in check_clip(nobody, bundle) if m.failed}
    measured = {m.about: m for m in check_clip(video, bundle) if m.check == "adherence.outline"}
    assert set(measured) == {actor.id for actor in bundle.scene.actors}
    assert not [m for m in measured.values() if m.failed]


def test_who_comes_into_the_picture_tail_first_does_not_change() -> None:
    frames = 32
    cam = puppets.camera(frames, (0.0, 0.9, 4.0), (0.0, 0.6, 0.0))
    fox = puppets.actor("fox", "fox", frames, x=2.8, to_x=1.6, heading=np.pi / 2)
    planned = condition(puppets.shot(frames, cam, (fox,)), size=SIZE)
    drawn = make_backend("animatic").render(planned).frames
    assert [m.failed for m in check_clip(drawn, planned) if m.check == "identity.drift"] == [False]


def test_a_still_plan_may_stand_still() -> None:
    cam = puppets.camera(12, (0.0, 1.2, 5.0), (0.0, 1.0, 0.0))
    planned = condition(puppets.shot(12, cam, (puppets.actor("a", "man", 12),)), size=SIZE)
    first = make_backend("animatic").render(planned).frames[:1]
    assert "temporal.frozen" not in failed(np.repeat(first, 12, 0), planned)


def test_a_picture_that_stands_still_under_a_little_noise_is_frozen(video: Bytes, bundle: Conditioning) -> None:
    noise = np.random.default_rng(0).normal(0, 1, video.shape)
    assert "temporal.frozen" in failed(np.clip(video[:1] + noise, 0, 255).astype(np.uint8), bundle)
    assert "temporal.frozen" not in failed(np.clip(video + noise, 0, 255).astype(np.uint8), bundle)


def test_one_small_walker_before_a_still_crowd_may_not_stand_still() -> None:
    crowd = [puppets.actor(f"a{k}", "man", 16, x=-1.2 + 0.6 * k, z=-1.0) for k in range(5)]
    walker = puppets.actor("walker", "girl", 16, x=-1.0, to_x=1.0, walking=1.0)
    planned = condition(puppets.shot(16, puppets.camera(16, (0.0, 1.2, 6.0), (0.0, 0.9, 0.0)), (*crowd, walker)), size=SIZE)
    drawn = make_backend("animatic").render(planned).frames
    assert "temporal.frozen" not in failed(drawn, planned)
    assert "temporal.frozen" in failed(np.repeat(drawn[:1], 16, 0), planned)


def test_every_check_has_been_seen_to_fail() -> None:
    seen = {"temporal.black", "temporal.flash", "temporal.flicker", "temporal.frozen", "identity.drift"}
    adherence = {"adherence.place", "adherence.motion", "adherence.depth_order", "adherence.outline"}
    assert set(CHECKS) == seen | adherence | {"joins.flash", "joins.motion", "joins.figures", "joins.detail"}


JOIN = (12,)


def joined(video: Bytes, bundle: Conditioning) -> set[str]:
    return {m.check for m in check_clip(video, bundle, JOIN) if m.failed and m.check.startswith("joins.")}


def test_a_join_that_nobody_can_see_passes(video: Bytes, bundle: Conditioning) -> None:
    assert not joined(video, bundle)
    assert {m.check for m in check_clip(video, bundle, JOIN)} >= {"joins.flash", "joins.motion", "joins.figures", "joins.detail"}


@pytest.mark.parametrize(
    ("how", "checks"),
    [
        (spoil.with_a_tint_after, {"joins.flash"}),
        (spoil.with_a_jump_after, {"joins.motion", "joins.figures"}),
        (spoil.softer_after, {"joins.detail"}),
    ],
)
def test_a_bad_join_is_found_by_the_check_for_it(
    how: Callable[[Bytes, int], Bytes], checks: set[str], video: Bytes, bundle: Conditioning
) -> None:
    assert joined(how(video, JOIN[0]), bundle) == checks


def test_a_figure_that_jumps_at_a_join_while_the_stage_goes_on_is_found(video: Bytes, bundle: Conditioning) -> None:
    moved = spoil.with_a_figure_moved_after(video, JOIN[0], bundle)
    assert joined(moved, bundle) == {"joins.figures"}
    told = next(m for m in check_clip(moved, bundle, JOIN) if m.check == "joins.figures" and m.failed)
    assert told.about == bundle.scene.actors[0].id
    assert told.measured == pytest.approx(0.02 * moved.shape[2], abs=1.5)


def test_without_joins_nothing_is_said_of_joins(video: Bytes, bundle: Conditioning) -> None:
    assert not [m for m in check_clip(spoil.with_a_tint_after(video, 12), bundle) if m.check.startswith("joins.")]


def test_rain_is_no_flicker_and_flicker_in_the_rain_is_found(bundle: Conditioning) -> None:
    wet = dataclasses.replace(bundle, scene=bundle.scene.model_copy(update={"weather": "rain"}))
    video = make_backend("animatic").render(wet).frames
    assert "temporal.flicker" in failed(video, bundle), "measured as in clear weather, it would be"
    assert "temporal.flicker" not in failed(video, wet)
    assert "temporal.flicker" in failed(spoil.noisy(video), wet)


def test_a_thing_held_in_the_hand_is_in_front_of_nobody() -> None:
    near, far = puppets.actor("near", "man", 6, z=0.0), puppets.actor("far", "girl", 6, z=-0.06, x=0.35)
    cam = puppets.camera(6, (0.0, 1.2, 5.0), (0.0, 1.0, 0.0))
    planned = condition(puppets.shot(6, cam, (near, far)), size=SIZE)
    colours = np.array([[90, 160, 90], [220, 60, 60], [60, 60, 220]], np.uint8)
    swapped = colours[np.where(_wider(planned.instance_ids == 2) & (planned.instance_ids == 1), 2, np.minimum(planned.instance_ids, 2))]
    assert "adherence.depth_order" not in {m.check for m in check_clip(swapped, planned)}


def test_a_fast_pan_from_dark_to_bright_is_no_flash_and_a_flash_in_it_is_found(bundle: Conditioning) -> None:
    h, w = SIZE
    chance = np.random.default_rng(3)
    wall = cv2.resize(chance.integers(0, 60, (h // 6, 4 * w // 6), np.uint8), (4 * w, h), interpolation=cv2.INTER_CUBIC)
    wall = np.clip(wall.astype(int) + np.where(np.arange(4 * w) > w + 40, 180, 0), 0, 255).astype(np.uint8)
    at = np.cumsum([2] * 8 + [18] * 6 + [2] * 10)
    video = np.stack([np.repeat(wall[:, x : x + w, None], 3, axis=2) for x in at])
    level = video.mean(axis=(1, 2, 3))
    assert np.abs(np.diff(level)).max() - np.median(np.abs(np.diff(level))) > 8, "as a whole, the picture grows brighter at once"
    assert "temporal.flash" not in failed(video, bundle)
    video[12:] = np.minimum(video[12:].astype(int) + 12, 255)
    assert "temporal.flash" in failed(video, bundle)

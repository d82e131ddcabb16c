"""Frames in between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shotplan.errors import RenderError
from tests.video_core import puppets
from tests.video_core.finishing.films import bundle_of, drawn, psnr, shot_on_disk, square
from video_core.animatic.draw import draw
from video_core.finishing.flow import FlowPair, blended, planned
from video_core.finishing.interpolate import Interpolate
from video_core.finishing.settings import InterpolateSettings
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.planned_picture import PlannedPicture


def stage(**settings: object) -> Interpolate:
    return Interpolate(InterpolateSettings.model_validate(settings))


def run(frames: Bytes, shot: FinishingShot, **settings: object) -> tuple[list[Bytes], Told]:
    told = Told()
    return list(stage(**settings).apply(iter(frames), shot.form, shot, told)), told


def test_a_moving_thing_is_in_the_middle_and_not_in_two_places() -> None:
    first, truth, second = square(40), square(45), square(50)
    made = FlowPair(first, second).at(0.5)
    assert psnr(made, truth) > psnr(blended(first, second, [0.5])[0], truth) + 6


def test_what_one_frame_hides_is_taken_from_the_other() -> None:
    """The ground that the square leaves and the ground that it covers are both whole in between."""
    first, second = square(40), square(54)
    truth = square(47)
    made = FlowPair(first, second).at(0.5)
    beside = np.s_[26:58, 36:82]
    assert psnr(made[beside], truth[beside]) > psnr(blended(first, second, [0.5])[0][beside], truth[beside]) + 4


def test_the_plan_follows_a_pan_that_flow_alone_loses() -> None:
    count = 3
    pan = puppets.fox_jump(count)
    moving = puppets.camera(count, (0.3, 0.9, 5.6), (0.0, 0.75, 0.0), 38, to=(2.1, 0.9, 5.6))
    bundle = bundle_of(replace(pan, camera=moving), "s01", (160, 272))
    frames = draw(bundle, captions=False)
    picture = PlannedPicture(bundle, (160, 272))
    guided, alone = FlowPair(frames[0], frames[2], planned(picture, 0, 2)).at(0.5), FlowPair(frames[0], frames[2]).at(0.5)
    assert psnr(guided, frames[1]) > psnr(alone, frames[1]) + 1
    assert psnr(guided, frames[1]) > psnr(blended(frames[0], frames[2], [0.5])[0], frames[1]) + 2


@pytest.mark.parametrize(
    ("settings", "fps", "frames"), [({"times": 2}, 32, 16), ({"times": 4}, 64, 32), ({"fps": 24}, 24, 12), ({"fps": 60}, 60, 30)]
)
def test_a_shot_keeps_its_length_in_seconds_and_its_own_frames(tmp_path: Path, settings: dict[str, int], fps: int, frames: int) -> None:
    given, bundle = drawn(8, (96, 160))
    shot = shot_on_disk(tmp_path, "s01", given, bundle)
    out, told = run(given, shot, **settings)
    assert stage(**settings).form(Form(8, 16, (96, 160))) == Form(frames, fps, (96, 160))
    assert len(out) == frames
    np.testing.assert_array_equal(out[0], given[0])
    if "times" in settings:
        for f in range(8):
            np.testing.assert_array_equal(out[f * settings["times"]], given[f])
    assert f"to {frames} at {fps} by optical flow" in told.findings[0].text


def test_nothing_is_made_across_a_jump_inside_a_clip(tmp_path: Path) -> None:
    given, bundle = drawn(6, (96, 160))
    other = np.stack([np.roll(255 - f, 30, 1) for f in given[3:]])
    cut = np.concatenate([given[:3], other])
    shot = shot_on_disk(tmp_path, "s01", cut, bundle)
    out, told = run(cut, shot, times=2)
    np.testing.assert_array_equal(out[5], cut[3])  # between the third frame and the fourth: one of them, no mixture
    assert "1 held at a jump" in told.findings[0].text


def test_frames_that_stand_still_stay_bit_for_bit(tmp_path: Path) -> None:
    given, bundle = drawn(4, (96, 160))
    still = np.repeat(given[:1], 4, 0)
    out, _ = run(still, shot_on_disk(tmp_path, "s01", still, bundle), times=3)
    assert len(out) == 12
    assert all(np.array_equal(f, still[0]) for f in out)


def test_a_shot_of_one_frame_is_held(tmp_path: Path) -> None:
    given, bundle = drawn(1, (96, 160))
    out, _ = run(given, shot_on_disk(tmp_path, "s01", given, bundle), times=4)
    assert len(out) == 4


@pytest.mark.parametrize(("settings", "told"), [({"fps": 16}, "16 frames a second already"), ({"fps": 12}, "not fewer than 12")])
def test_fewer_frames_are_refused(settings: dict[str, int], told: str) -> None:
    with pytest.raises(RenderError, match=told):
        stage(**settings).form(Form(8, 16, (96, 160)))


def test_more_frames_than_any_screen_shows_are_refused() -> None:
    with pytest.raises(RenderError, match="more than 120"):
        stage(times=4).form(Form(8, 60, (96, 160)))

"""A finished clip drawn again in part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shotplan.errors import ConditioningError, RenderError
from tests.video_core.puppets import talk
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import Clip
from video_core.conditioning import Conditioning
from video_core.long_shot.draw import Window, cut
from video_core.rasterise import condition
from video_core.retouch.redraw import actor_mask, melted, placed, redraw

SIZE = (96, 160)


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(talk(frames=7), size=SIZE, seed=3)


class White:
    """A backend that keeps what it is told to keep, nearly, and draws white."""

    name = "white"

    def check(self) -> None: ...

    def version(self) -> str:
        return "1"

    def keeps_pixels(self) -> bool:
        return True

    def render(self, conditioning: Conditioning, *, progress: object = None) -> Clip:
        drawn = np.where(conditioning.keep_mask[..., None] > 0, conditioning.key_frames // 2, np.uint8(255))
        return Clip(drawn, conditioning.scene.fps, (), 0.0)


def test_an_actors_place_leaves_out_the_others(shot: Conditioning) -> None:
    anna, ben = (actor_mask(shot, [name]) for name in ("anna", "ben"))
    ids = shot.instance_ids
    assert anna[ids == 1].all()
    assert not anna[ids == 2].any()
    assert ben[ids == 2].all()
    assert anna.sum() > (ids == 1).sum()
    both = actor_mask(shot, ["anna", "ben"])
    assert both[(ids == 1) | (ids == 2)].all()


def test_everything_but_the_actor_stays_to_the_pixel(shot: Conditioning) -> None:
    clip = np.random.default_rng(0).integers(0, 200, (7, *SIZE, 3), dtype=np.uint8)
    draw = actor_mask(shot, ["anna"])
    made = redraw(White(), shot, clip, draw)
    assert np.array_equal(made.frames[~draw], clip[~draw])
    assert (made.frames[draw] == 255).mean() > 0.5
    assert made.report[0].control == "drawn anew"


def test_new_pixels_begin_softly(shot: Conditioning) -> None:
    old, new = np.zeros((1, 64, 64, 3), np.uint8), np.full((1, 64, 64, 3), 240, np.uint8)
    draw = np.zeros((1, 64, 64), bool)
    draw[:, 20:44, 20:44] = True
    row = melted(old, new, draw)[0, 32, :, 0].astype(int)
    assert row[19] == 0
    assert 0 < row[20] < 200
    assert row[32] == 240


def test_a_clip_is_placed_as_large_as_it_fits() -> None:
    clip = np.full((2, 40, 40, 3), 200, np.uint8)
    inner, draw, note = placed(clip, (48, 96))
    assert (inner[0, 4:44, 28:68] == 200).all()
    assert not draw[:, 4:44, 28:68].any()
    assert draw.mean() == pytest.approx(1 - 1600 / (48 * 96))
    assert note == "40x40 in the middle of 48x96"
    assert placed(clip, (32, 96))[2] == "40x40 scaled to 32x32 in the middle of 32x96"
    with pytest.raises(ConditioningError, match="fills 40x40"):
        placed(clip, (40, 40))


def test_what_does_not_belong_together_is_an_error(shot: Conditioning) -> None:
    clip = np.zeros((7, *SIZE, 3), np.uint8)
    draw = np.ones((7, *SIZE), bool)
    with pytest.raises(ConditioningError, match="6 frames of 96x160 and the shot 7"):
        redraw(White(), shot, clip[:6], draw[:6])
    with pytest.raises(RenderError, match="cannot keep part of a frame"):
        redraw(AnimaticBackend(), shot, clip, draw)
    with pytest.raises(ConditioningError, match="no actor 'cat'"):
        actor_mask(shot, ["cat"])
    unseen = replace(shot, instance_ids=np.zeros_like(shot.instance_ids))
    with pytest.raises(ConditioningError, match="cannot be seen"):
        actor_mask(unseen, ["anna"])


def test_a_source_clip_is_held_beyond_the_shots_end_and_a_single_picture_is_not(shot: Conditioning) -> None:
    clip = np.arange(7, dtype=np.uint8).reshape(7, 1, 1, 1) * np.ones((7, *SIZE, 3), np.uint8)
    keep = np.full_like(shot.keep_mask, 255)
    given = replace(shot, key_frames=clip, key_frame_numbers=np.arange(7, dtype=np.int32), keep_mask=keep)
    part = cut(given, Window(4, 5, 1))
    assert part.key_frames[:, 0, 0, 0].tolist() == [4, 5, 6, 6, 6]
    assert part.key_frame_numbers.tolist() == [0, 1, 2, 3, 4]
    last = replace(given, key_frames=clip[6:], key_frame_numbers=np.array([6], np.int32))
    part = cut(last, Window(0, 9, 0))
    assert part.key_frame_numbers.tolist() == [6]
    assert part.keep_mask[6].all()
    assert not part.keep_mask[7:].any()

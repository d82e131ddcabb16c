"""AniSora anymask: pixels kept in space and time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import noise_video, unfolded
from tests.video_core.adapters.patience import patient
from video_core.adapters import anymask_condition, video_pixels

SIZE = (32, 48)


@pytest.mark.parametrize(("variant", "mode"), [("spatial", "nearest"), ("temporal", "bicubic")])
def test_the_released_variants_are_reproduced(variant: str, mode: str) -> None:
    video, keep = noise_video(17, (40, 60)), np.zeros((17, 40, 60), bool)
    keep[:, 10:30, 5:33] = True
    source = torch.from_numpy(video_pixels(video)).transpose(0, 1)  # image2video_any_mask1{_spa}.py, written out
    mask = torch.where(torch.from_numpy(keep)[:, None].expand(-1, 3, -1, -1), 1.0, 0.0).clone()
    if variant == "spatial":
        mask[0] = 1
    else:
        mask[::8] = 1
    source = torch.nn.functional.interpolate(source, size=SIZE, mode="nearest")
    mask = torch.nn.functional.interpolate(mask, size=SIZE, mode="nearest")
    low = torch.nn.functional.interpolate(mask, size=(4, 6), mode=mode)[:, 0][None]
    low = torch.cat([torch.repeat_interleave(low[:, :1], repeats=4, dim=1), low[:, 1:]], dim=1)
    low = low.view(1, 5, 4, 4, 6).transpose(1, 2)[0]
    ours = anymask_condition(video, keep, SIZE, variant=variant)  # type: ignore[arg-type]
    assert np.array_equal(ours.pixels, (source * mask).transpose(0, 1).numpy())
    assert np.array_equal(ours.mask, low.numpy())
    assert np.array_equal(ours.clip_image, video[0])


def test_the_temporal_variant_gives_soft_edges_and_says_what_it_adds() -> None:
    keep = np.zeros((17, *SIZE), bool)
    keep[:, 8:20, 8:20] = True  # the edge runs through the middle of a block, where bicubic looks
    ours = anymask_condition(noise_video(17, SIZE), keep, SIZE, variant="temporal")
    values = np.unique(unfolded(ours.mask)[1])
    assert len(values) > 2
    reasons = " ".join(use.reason for use in ours.report)
    assert "3 more frames whole: 0, 8, 16" in reasons
    assert "17 frames; the released code always runs 65" in reasons


def test_exact_knows_a_latent_pixel_only_when_its_whole_block_is_kept() -> None:
    keep = np.zeros((5, *SIZE), bool)
    keep[1, 0:16, 0:12] = True  # two blocks down; one and a half across
    ours = anymask_condition(noise_video(5, SIZE), keep, SIZE)
    known = unfolded(ours.mask)
    assert known[1].astype(int).tolist() == [[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0] * 6, [0] * 6]
    assert not known[[0, 2, 3, 4]].any()
    assert (ours.pixels[:, 1, :16, :8] != 0).any()
    assert (ours.pixels[:, 1, :, 8:] == 0).all()
    # 16*12 pixels were kept, 16*8 are known: 64 of 5*32*48 = 0.83 %
    assert "0.8% of the pixels" in ours.report[0].reason


@patient
@given(st.integers(0, 99))
def test_what_is_not_kept_is_grey_and_what_is_kept_is_the_source(seed: int) -> None:
    rng = np.random.default_rng(seed)
    video = noise_video(5, (16, 32), seed)
    keep = rng.random((5, 2, 4)) < 0.5
    keep[0, 0, 0] = True
    ours = anymask_condition(video, keep.repeat(8, axis=1).repeat(8, axis=2), (16, 32))
    assert np.array_equal(unfolded(ours.mask) > 0, keep)
    whole = keep.repeat(8, axis=1).repeat(8, axis=2)
    assert np.array_equal(ours.pixels, video_pixels(video) * whole)


def test_bad_masks_are_errors() -> None:
    video = noise_video(5, SIZE)
    with pytest.raises(ConditioningError, match="one mask picture per frame"):
        anymask_condition(video, np.ones((4, *SIZE), bool), SIZE)
    with pytest.raises(ConditioningError, match="keeps no pixel"):
        anymask_condition(video, np.zeros((5, *SIZE), bool), SIZE)
    speck = np.zeros((5, *SIZE), bool)
    speck[0, 3, 3] = True
    with pytest.raises(ConditioningError, match="no whole 8x8 block"):
        anymask_condition(video, speck, SIZE)
    with pytest.raises(ConditioningError, match="4n\\+1"):
        anymask_condition(video[:4], np.ones((4, *SIZE), bool), SIZE)

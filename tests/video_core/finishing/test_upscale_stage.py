"""Larger frames."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from shotplan.errors import RenderError
from tests.video_core.finishing.films import drawn, psnr, shot_on_disk
from video_core import upscale as network
from video_core.finishing.settings import UpscaleSettings
from video_core.finishing.stage import Form, Told
from video_core.finishing.upscale import Upscale, steps, with_colours_of


def stage(**settings: int) -> Upscale:
    return Upscale(UpscaleSettings.model_validate(settings))


@pytest.mark.parametrize(
    ("settings", "size"), [({"times": 2}, (96, 160)), ({"times": 3}, (144, 240)), ({"times": 4}, (192, 320)), ({"rows": 130}, (130, 216))]
)
def test_frames_come_out_as_large_as_asked_and_show_the_same(tmp_path: Path, settings: dict[str, int], size: tuple[int, int]) -> None:
    given, bundle = drawn(3, (48, 80))
    shot = shot_on_disk(tmp_path, "s01", given, bundle)
    told = Told()
    out = list(stage(**settings).apply(iter(given), shot.form, shot, told))
    assert [f.shape for f in out] == [(*size, 3)] * 3
    assert psnr(np.asarray(cv2.resize(out[1], (80, 48), interpolation=cv2.INTER_AREA)), given[1]) > 26
    edges, flicker, back = told.findings
    assert edges.before is not None
    assert edges.after > edges.before, "sharper than bicubic"
    assert flicker.unit == back.unit == "grey levels"


def test_flat_colours_stay_as_they_were_drawn() -> None:
    """The network alone lightens a lawn by some grey levels."""
    frame = drawn(1, (96, 160))[0][0]
    alone = network.Enlarger((192, 320))(frame[None])[0]
    small = [cv2.resize(f, (160, 96), interpolation=cv2.INTER_AREA).astype(float) for f in (alone, with_colours_of(frame, alone))]
    off = [float(np.abs(cv2.blur(s - frame, (9, 9))).mean()) for s in small]
    assert off[1] < 0.4 * off[0]
    assert off[1] < 1.0


def test_ninety_rows_become_a_thousand_and_eighty_in_two_passes() -> None:
    assert stage(rows=1080).form(Form(1, 16, (90, 160))).size == (1080, 1920)
    assert steps((90, 160), (1080, 1920)) == [(360, 640), (1080, 1920)]
    assert steps((480, 832), (1080, 1872)) == [(1080, 1872)]


def test_a_frame_in_tiles_is_the_frame_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    given, _ = drawn(1, (96, 160))
    whole = network.Enlarger((384, 640))(given)
    monkeypatch.setattr(network, "TILE", 48)
    tiled = network.Enlarger((384, 640))
    out = tiled(given)
    assert tiled.computed == 8
    assert np.abs(out.astype(int) - whole).max() <= 1


def test_tiles_that_stand_still_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given, _ = drawn(1, (96, 160))
    moved = given.copy()
    moved[0, 5:15, 5:15] = 255
    monkeypatch.setattr(network, "TILE", 48)
    enlarge = network.Enlarger((384, 640))
    enlarge(given)
    out = enlarge(moved)
    assert (enlarge.computed, enlarge.kept) == (9, 7)
    np.testing.assert_array_equal(out, network.Enlarger((384, 640))(moved))


@pytest.mark.parametrize(
    ("settings", "size", "told"),
    [
        ({"rows": 480}, (480, 832), "480 rows already"),
        ({"rows": 240}, (480, 832), "not fewer than 240"),
        ({"rows": 2160}, (90, 160), "at most 1440p"),
        ({"times": 4}, (2160, 3840), "larger than a film can hold"),
        ({"times": 4}, (64, 4800), "larger than a film can hold"),
    ],
)
def test_sizes_that_cannot_be_are_refused_before_any_work(settings: dict[str, int], size: tuple[int, int], told: str) -> None:
    with pytest.raises(RenderError, match=told):
        stage(**settings).form(Form(10, 16, size))

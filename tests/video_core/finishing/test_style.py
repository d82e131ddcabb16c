"""Style filters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.video_core import puppets
from tests.video_core.finishing.films import bundle_of, drawn, shot_on_disk
from video_core.animatic.draw import draw
from video_core.finishing.filters import make_filter
from video_core.finishing.filters.instant import Instant
from video_core.finishing.settings import FILTERS, FilterSettings, parse_finish
from video_core.finishing.stage import Form, Told
from video_core.finishing.style import Style, pattern_shifts

PLAIN = [name for name in FILTERS if name != "lut"]
STILL = [name for name in PLAIN if name != "grain"]


@pytest.fixture(scope="module")
def frame() -> np.ndarray:
    return drawn(1, (120, 208))[0][0]


@pytest.mark.parametrize("name", PLAIN)
def test_a_filter_changes_the_picture_and_keeps_what_it_shows(frame: np.ndarray, name: str) -> None:
    out = make_filter(FilterSettings(name=name), frame.shape[:2])(frame, Instant(0))  # type: ignore[arg-type]
    assert out.shape == frame.shape
    assert out.dtype == np.uint8
    assert np.abs(out.astype(int) - frame).mean() > 0.5
    light = [cv2.blur(f.astype(float).mean(-1), (7, 7)) for f in (frame, out)]  # dots and grain are seen from some way off
    assert np.corrcoef(light[0].ravel(), light[1].ravel())[0, 1] > 0.75


@pytest.mark.parametrize("name", STILL)
def test_a_still_picture_stands_still_under_every_filter_but_grain(frame: np.ndarray, name: str) -> None:
    apply = make_filter(FilterSettings(name=name), frame.shape[:2])  # type: ignore[arg-type]
    np.testing.assert_array_equal(apply(frame, Instant(0)), apply(frame, Instant(7)))
    again = make_filter(FilterSettings(name=name), frame.shape[:2])  # type: ignore[arg-type]
    np.testing.assert_array_equal(apply(frame, Instant(0)), again(frame, Instant(0)))


@pytest.mark.parametrize("name", ["line", "cel"])
def test_a_portrait_has_the_strokes_of_a_landscape(name: str) -> None:
    lying = cv2.resize(drawn(1, (120, 208))[0][0], (832, 480))
    upright = np.ascontiguousarray(np.rot90(lying))
    one, other = (make_filter(FilterSettings(name=name), f.shape[:2])(f, Instant(0)) for f in (lying, upright))  # type: ignore[arg-type]
    assert np.abs(np.rot90(one).astype(int) - other).mean() < 0.1


def test_grain_is_another_in_every_frame_and_the_same_in_every_run(frame: np.ndarray) -> None:
    one, other = (make_filter(FilterSettings(name="grain"), frame.shape[:2]) for _ in range(2))
    assert not np.array_equal(one(frame, Instant(0)), one(frame, Instant(1)))
    np.testing.assert_array_equal(one(frame, Instant(5)), other(frame, Instant(5)))


@pytest.mark.parametrize("name", ["watercolour", "paper", "halftone"])
def test_patterns_go_with_the_background_of_a_pan(name: str) -> None:
    """A picture that a pan moves by 6 pixels comes out moved by 6 pixels: nothing slides over it."""
    wide = drawn(1, (120, 240))[0][0]
    apply = make_filter(FilterSettings(name=name), (120, 208))  # type: ignore[arg-type]
    before, after = apply(wide[:, 10:218], Instant(0)), apply(wide[:, 16:224], Instant(1, (0, -6)))
    fixed = apply(wide[:, 16:224], Instant(1))
    inside = np.s_[20:-20, 20:-26]
    slid = [float(np.abs(before[:, 6:][inside].astype(int) - f[:, :-6][inside]).mean()) for f in (after, fixed)]
    assert slid[0] < 0.25 * slid[1]


def test_the_planned_camera_says_how_far_patterns_go(tmp_path: Path) -> None:
    moving = replace(puppets.fox_jump(5), camera=puppets.camera(5, (0.0, 0.9, 5.6), (0.0, 0.75, 0.0), 38, to=(1.0, 0.9, 5.6)))
    bundle = bundle_of(moving, "s01", (120, 208))
    shot = shot_on_disk(tmp_path, "s01", draw(bundle, captions=False), bundle)
    shifts = pattern_shifts(shot, Form(10, 32, (240, 416)))
    assert len(shifts) == 10
    assert shifts[0] == (0, 0)
    assert abs(shifts[8][1]) > 6
    still = pattern_shifts(shot_on_disk(tmp_path / "still", "s01", *drawn(5, (120, 208))), Form(5, 16, (120, 208)))
    assert still == [(0, 0)] * 5


def test_noir_has_no_colour_and_warm_is_warmer_than_cool(frame: np.ndarray) -> None:
    looks = {name: make_filter(FilterSettings(name=name), frame.shape[:2])(frame, Instant(0)) for name in ("noir", "warm", "cool")}  # type: ignore[arg-type]
    assert (np.ptp(looks["noir"], axis=-1) == 0).all()
    lean = {name: float((look[..., 0].astype(int) - look[..., 2]).mean()) for name, look in looks.items()}
    assert lean["warm"] > lean["cool"] + 20


def test_cel_leaves_fewer_tones_and_darker_outlines(frame: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(frame + rng.normal(0, 4, frame.shape), 0, 255).astype(np.uint8)
    out = make_filter(FilterSettings(name="cel"), frame.shape[:2])(noisy, Instant(0))
    grey = [f.astype(float).mean(-1) for f in (noisy, out)]
    flat = [float((np.abs(np.diff(g, axis=1)) < 1).mean()) for g in grey]
    assert flat[1] > 1.5 * flat[0]
    assert np.quantile(grey[1], 0.01) < np.quantile(grey[0], 0.01)


def test_the_stage_chains_filters_at_the_asked_strength_and_measures_flicker(tmp_path: Path) -> None:
    given, bundle = drawn(5, (96, 160))
    shot = shot_on_disk(tmp_path, "s01", given, bundle)
    results = {}
    for words in ("style=sepia+paper", "style=sepia+paper,style.strength=0.5"):
        settings = parse_finish([words]).style
        assert settings is not None
        told = Told()
        results[words] = np.stack(list(Style(settings).apply(iter(given), shot.form, shot, told)))
        assert told.findings[0].text == "sepia, then paper"
        assert told.findings[0].before is not None
    moved = [float(np.abs(out.astype(int) - given).mean()) for out in results.values()]
    assert moved[1] == pytest.approx(moved[0] / 2, rel=0.1)


def test_a_changed_colour_table_makes_a_film_stale(tmp_path: Path) -> None:
    table = tmp_path / "look.cube"
    versions = []
    for last in ("1 1 1", "1 1 0.9"):
        table.write_text(f"LUT_1D_SIZE 2\n0 0 0\n{last}\n")
        settings = parse_finish([f"style=lut:{table}"]).style
        assert settings is not None
        versions.append(Style(settings).version())
    assert versions[0] != versions[1]

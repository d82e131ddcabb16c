"""Colour tables in the .cube format, against cases worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shotplan.errors import RenderError
from video_core.finishing.filters.instant import Instant
from video_core.finishing.filters.lut import make, read_cube

NOW = Instant()


def cube(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


CORNERS = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
"""Red changes fastest."""


def three_d(values: list[tuple[float, ...]], *more: str) -> str:
    return "\n".join(['TITLE "a look"', "# by hand", *more, "LUT_3D_SIZE 2", *(" ".join(f"{v:g}" for v in row) for row in values)])


def test_an_identity_table_changes_nothing(tmp_path: Path) -> None:
    look = make(read_cube(cube(tmp_path / "a.cube", three_d(CORNERS))))  # type: ignore[arg-type]
    frame = np.random.default_rng(1).integers(0, 256, (80, 9, 3), dtype=np.uint8)
    np.testing.assert_array_equal(look(frame, NOW), frame)


def test_red_changes_fastest_in_a_file(tmp_path: Path) -> None:
    values = [(0.0, 0.0, 0.0)] * 8
    values[1] = (1.0, 0.5, 0.25)  # the second row is pure red
    look = make(read_cube(cube(tmp_path / "a.cube", three_d(values))))
    frame = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    assert look(frame, NOW).tolist() == [[[255, 128, 64], [0, 0, 0]]]


def test_colours_between_are_read_tetrahedrally(tmp_path: Path) -> None:
    """At r 0.8, g 0.4, b 0.2 the tetrahedron is black, red, yellow, white with shares 0.2, 0.4, 0.2, 0.2; trilinear would see all eight."""
    values = [(0.0, 0.0, 0.0)] * 8
    values[1], values[3], values[7], values[6] = (0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5), (1.0, 1.0, 1.0)
    (table,) = read_cube(cube(tmp_path / "a.cube", three_d(values)))
    np.testing.assert_allclose(table(np.array([0.8, 0.4, 0.2], np.float32)), [0.2, 0.1, 0.1], atol=1e-6)


def test_greys_stay_grey_through_a_table_that_tints_only_colours(tmp_path: Path) -> None:
    values: list[tuple[float, ...]] = [(0.2, 0.9, 0.4)] * 8
    values[0], values[7] = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    look = make(read_cube(cube(tmp_path / "a.cube", three_d(values))))
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=-1)
    np.testing.assert_array_equal(look(ramp, NOW), ramp)


def test_a_one_dimensional_table_works_per_channel_and_over_its_domain(tmp_path: Path) -> None:
    text = "LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 0.5 1 1\n0 0 0\n0.5 1 0.5\n1 0 1\n"
    (table,) = read_cube(cube(tmp_path / "a.cube", text))
    got = table(np.array([[0.125, 0.25, 0.5], [0.9, 0.75, 1.0]], np.float32))
    np.testing.assert_allclose(got, [[0.25, 0.5, 0.5], [1.0, 0.5, 1.0]], atol=1e-6)


def test_a_file_with_both_kinds_applies_the_curve_first(tmp_path: Path) -> None:
    invert_red = [(1 - r, g, b) for r, g, b in CORNERS]
    curve = "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n0 0 0\n0.5 0.5 0.5\n"
    text = curve + "\n".join(" ".join(map(str, row)) for row in invert_red)
    look = make(read_cube(cube(tmp_path / "a.cube", text)))
    assert look(np.array([[[255, 255, 255]]], np.uint8), NOW).tolist() == [[[128, 128, 128]]]
    assert look(np.array([[[0, 0, 0]]], np.uint8), NOW).tolist() == [[[255, 0, 0]]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        (three_d(CORNERS[:-1]), "announces 8 colours and holds 7"),  # type: ignore[arg-type]
        (three_d(CORNERS).replace("1 1 1", "1 1"), "line 11 is no colour"),  # type: ignore[arg-type]
        (three_d(CORNERS).replace("1 1 1", "1 nan 1"), "line 11 is no colour"),  # type: ignore[arg-type]
        (three_d(CORNERS).replace("1 1 1", "1 one 1"), "line 11 is no colour"),  # type: ignore[arg-type]
        ("LUT_3D_SIZE many\n", "line 1 is no colour"),
        ("LUT_3D_SIZE 1\n0 0 0\n", "LUT_3D_SIZE is 1"),
        ("LUT_3D_SIZE 9999\n0 0 0\n", "LUT_3D_SIZE is 9999"),
        (three_d(CORNERS, "DOMAIN_MAX 0 0 0"), "range of its input is empty"),  # type: ignore[arg-type]
        ("\x00\x01\x02PK\x03\x04", "is no colour"),
    ],
)
def test_a_damaged_table_is_refused_with_the_reason(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RenderError) as refused:
        read_cube(cube(tmp_path / "a.cube", text))
    assert told in str(refused.value)
    assert "a.cube" in str(refused.value)


def test_a_missing_table_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"give style=lut:FILE a \.cube file"):
        read_cube(tmp_path / "nothing.cube")

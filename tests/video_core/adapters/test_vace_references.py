"""References of the cast, from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters import shots
from tests.video_core.adapters.models import noise_picture
from video_core.adapters import load_references, vace_inputs


def test_the_casts_pictures_are_found_and_the_others_are_named(tmp_path: Path) -> None:
    picture = noise_picture((40, 24))
    Image.fromarray(picture).save(tmp_path / "ann.png")
    bundle = shots.with_references(shots.people(), ann=(str(tmp_path / "ann.png"),))
    found, report = load_references(bundle)
    assert list(found) == ["ann"]
    assert np.array_equal(found["ann"][0], picture)
    assert "none for Bob" in report[0].reason
    inputs = vace_inputs(bundle)
    assert len(inputs.pictures) == 1
    assert any(use.control == "references" and use.use == "honoured" for use in inputs.report)


def test_see_through_pictures_stand_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "glass.png")
    found, _ = load_references(shots.with_references(shots.people(), ann=(str(tmp_path / "glass.png"),)))
    assert (found["ann"][0] == 255).all()


def test_a_missing_or_broken_reference_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for name, message in (("nowhere.png", "is missing"), ("text.png", "is not a picture")):
        with pytest.raises(ConditioningError, match=message) as error:
            load_references(shots.with_references(shots.people(), bob=(str(tmp_path / name),)))
        assert error.value.where.endswith(name)


def test_references_for_somebody_else_are_an_error() -> None:
    with pytest.raises(ConditioningError, match=r"'eve', who is not in shot .* ann, bob"):
        vace_inputs(shots.people(), references={"eve": [noise_picture((16, 16))]})


def test_references_stand_in_the_casts_order() -> None:
    a, b = noise_picture((16, 16), 1), noise_picture((16, 16), 2)
    inputs = vace_inputs(shots.people(), control="none", references={"bob": [b], "ann": [a]})
    assert [p is q for p, q in zip(inputs.pictures, (a, b), strict=True)] == [True, True]


def test_of_many_pictures_everybodys_first_ones_are_taken_and_that_is_said() -> None:
    ann, bob = ([noise_picture((16, 16), 10 * n + k) for k in range(5)] for n in (1, 2))
    inputs = vace_inputs(shots.people(), references={"ann": ann, "bob": bob[:1]})
    assert [any(np.array_equal(picture, one) for one in inputs.pictures) for picture in (*ann, bob[0])] == [True] * 3 + [False] * 2 + [True]
    assert np.array_equal(inputs.pictures[-1], bob[0])
    said = next(use for use in inputs.report if use.control == "references")
    assert said.use == "approximated"
    assert "2 more are left out" in said.reason

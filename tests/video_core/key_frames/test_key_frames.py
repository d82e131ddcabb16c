"""Key frames: the user's art first, then whoever can draw the pictures that a backend must have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotplan.errors import ConditioningError, RenderError
from tests.video_core.puppets import talk
from video_core.backends.backend import Clip
from video_core.conditioning import Conditioning
from video_core.key_frames.art import art_of, strangers
from video_core.key_frames.give import KeyFrames
from video_core.key_frames.settings import KeyFrameSettings
from video_core.production.transitions import write_film
from video_core.rasterise import condition

SIZE = (64, 96)


@pytest.fixture(scope="module")
def shot() -> Conditioning:
    return condition(talk(frames=9), size=SIZE, seed=1)


def picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = SIZE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size[::-1], colour).save(path)


def test_art_is_given_where_its_name_says(tmp_path: Path, shot: Conditioning) -> None:
    for name, colour in (("s01", (255, 0, 0)), ("s01@0.5", (0, 255, 0)), ("s01@last", (0, 0, 255)), ("s02", (9, 9, 9))):
        picture(tmp_path / "key_frames" / f"{name}.png", colour)
    given, report = KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (0,), None)
    assert list(given.key_frame_numbers) == [0, 4, 8]
    assert [tuple(p[0, 0]) for p in given.key_frames] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert all(use.use == "honoured" for use in report)
    assert given.keep_mask[4].all()
    assert not given.keep_mask[5].any()


def test_art_of_another_shape_is_cut_to_the_frame_and_that_is_said(tmp_path: Path, shot: Conditioning) -> None:
    picture(tmp_path / "key_frames" / "s01.png", (200, 100, 0), size=(100, 100))
    given, report = KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (), None)
    assert given.key_frames.shape == (1, *SIZE, 3)
    assert report[0].use == "approximated"


def test_without_art_the_animatic_stands_in_and_that_is_said(tmp_path: Path, shot: Conditioning) -> None:
    given, report = KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (0, 8), None)
    assert list(given.key_frame_numbers) == [0, 8]
    assert [use.use for use in report] == ["approximated", "approximated"]
    assert given.key_frames.std() > 5


def test_with_nothing_needed_and_nothing_given_the_bundle_stays_as_it_is(tmp_path: Path, shot: Conditioning) -> None:
    sources = KeyFrames(KeyFrameSettings(), tmp_path)
    assert sources.digest("s01", (), "") == ""
    assert sources.give(shot, (), None)[0] is shot


def test_the_shot_before_hands_its_last_frame_over(tmp_path: Path, shot: Conditioning) -> None:
    frames = np.full((5, *SIZE, 3), 30, np.uint8)
    frames[-1] = 220
    write_film(tmp_path / "before.mp4", [Clip(frames, 16, (), 0.0)], 16)
    sources = KeyFrames(KeyFrameSettings(sources=("previous", "animatic")), tmp_path)
    given, report = sources.give(shot, (0, 8), tmp_path / "before.mp4")
    assert abs(float(given.key_frames[0].mean()) - 220) < 4
    assert [use.use for use in report] == ["honoured", "approximated"]
    assert sources.digest("s01", (0,), "a") != sources.digest("s01", (0,), "b")


def test_a_needed_picture_that_nobody_has_says_which_file_to_make(tmp_path: Path, shot: Conditioning) -> None:
    with pytest.raises(RenderError, match=r"s01@f8\.png"):
        KeyFrames(KeyFrameSettings(sources=("art",)), tmp_path).give(shot, (8,), None)


@pytest.mark.parametrize(
    ("name", "says"), [("s01@f9", "frames 0 to 8"), ("s01@2.5", "from 0 to 1"), ("Mia fällt", "neither shot nor time")]
)
def test_names_that_cannot_be_meant_are_refused(tmp_path: Path, shot: Conditioning, name: str, says: str) -> None:
    picture(tmp_path / "key_frames" / f"{name}.png", (1, 2, 3))
    with pytest.raises(ConditioningError, match=says):
        KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (), None)


def test_two_pictures_for_one_frame_are_refused(tmp_path: Path, shot: Conditioning) -> None:
    for name in ("s01", "s01@f0"):
        picture(tmp_path / "key_frames" / f"{name}.png", (1, 2, 3))
    with pytest.raises(ConditioningError, match="two pictures"):
        KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (), None)


def test_art_for_a_shot_that_the_plan_does_not_have_is_no_surprise_at_the_end(tmp_path: Path) -> None:
    picture(tmp_path / "key_frames" / "s09.png", (1, 2, 3))
    with pytest.raises(ConditioningError, match=r"s09\.png belongs to no shot"):
        KeyFrames(KeyFrameSettings(), tmp_path).check_shots(["s01", "s02"])


def test_a_changed_picture_makes_the_shot_stale(tmp_path: Path) -> None:
    sources = KeyFrames(KeyFrameSettings(), tmp_path)
    picture(tmp_path / "key_frames" / "s01.png", (1, 2, 3))
    first = sources.digest("s01", (), "")
    picture(tmp_path / "key_frames" / "s01.png", (1, 2, 4))
    assert sources.digest("s01", (), "") != first


def test_a_file_that_is_no_picture_is_named(tmp_path: Path, shot: Conditioning) -> None:
    (tmp_path / "key_frames").mkdir()
    (tmp_path / "key_frames" / "s01.png").write_bytes(b"not a picture")
    with pytest.raises(ConditioningError, match="no picture"):
        KeyFrames(KeyFrameSettings(), tmp_path).give(shot, (), None)


def test_hidden_files_are_no_art_and_other_picture_formats_are(tmp_path: Path, shot: Conditioning) -> None:
    (tmp_path / "._s01.png").write_bytes(b"resource fork")
    picture = Image.fromarray(np.full((*shot.size, 3), 90, np.uint8))
    for name in ("s01.bmp", "s01@last.tif"):
        picture.save(tmp_path / name)
    assert [art.path.name for art in art_of(tmp_path, "s01")] == ["s01.bmp", "s01@last.tif"]
    assert strangers(tmp_path, {"s01"}) == ()

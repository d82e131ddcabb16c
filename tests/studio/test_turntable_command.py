"""`ekonte turntable`, as a person runs it, on a tiny AniSora with random weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotplan.characters.library import Library
from studio.cli import app, run
from tests.video_core.backends.wan.tiny import write_checkpoint
from video_core.encode import read_mp4


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("tiny")
    checkpoint = write_checkpoint(folder / "anisora-v3.2", "i2v", clip=False, experts=2)
    return [
        "--checkpoint", str(checkpoint), "--steps", "1", "--set", f"cache={folder / 'cache'}", "--frames", "9", "--size", "96x64", "--json",
    ]  # fmt: skip


@pytest.fixture
def hana(tmp_path: Path) -> Path:
    folder = tmp_path / "characters" / "hana"
    (folder / "references").mkdir(parents=True)
    (folder / "character.json").write_text('{"id": "hana", "names": ["Hana"], "look": "red hair, a green coat"}', encoding="utf-8")
    Image.new("RGB", (30, 90), (200, 30, 60)).save(folder / "references" / "front.png")
    return folder


def test_one_picture_of_a_character_becomes_views_that_its_films_take(
    options: list[str], hana: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["turntable", str(hana), *options]) == 0
    said = json.loads(capfd.readouterr().out)
    clip, fps = read_mp4(Path(said["clip"]))
    assert (clip.shape, fps) == ((9, 96, 64, 3), 16)
    assert [Path(view).name for view in said["views"]] == ["turn_090.png", "turn_180.png", "turn_270.png"]
    assert np.array_equal(np.asarray(Image.open(said["views"][1])), clip[4])
    known = Library.read(hana.parent).called("Hana")
    assert known is not None
    assert [Path(path).name for path in known.references] == ["front.png", "turn_090.png", "turn_180.png", "turn_270.png"]
    assert run(app, ["turntable", str(hana), *options]) == 0
    assert not json.loads(capfd.readouterr().out)["drawn"]


def test_pictures_that_are_listed_stay_listed_with_the_views_behind_them(
    options: list[str], hana: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    listed = {"id": "hana", "names": ["Hana"], "references": ["references/front.png"]}
    (hana / "character.json").write_text(json.dumps(listed), encoding="utf-8")
    for _ in range(2):
        assert run(app, ["turntable", str(hana), "--views", "2", *options]) == 0
    capfd.readouterr()
    written = json.loads((hana / "character.json").read_text(encoding="utf-8"))
    assert written["references"] == ["references/front.png", "references/turn_180.png"]


def test_a_picture_alone_is_turned_too(options: list[str], hana: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["turntable", str(hana / "references" / "front.png"), "--views", "2", *options]) == 0
    assert json.loads(capfd.readouterr().out)["views"][0].endswith("front_turntable/turn_180.png")


def test_without_a_picture_or_a_character_it_is_one_line(options: list[str], hana: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (hana / "references" / "front.png").unlink()
    for source, said in ((hana, "no picture to turn"), (hana.parent / "kenji", "no such character")):
        assert run(app, ["turntable", str(source), *options]) == 2
        error = capfd.readouterr().err
        assert said in error
        assert len(error.strip().splitlines()) == 1

"""Clips through all stages: lettering, what is made again, memory, the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shotplan.errors import RenderError
from shotplan.staging.staged import Line
from tests.video_core import puppets
from tests.video_core.finishing.films import bundle_of, drawn, shot_on_disk, spoken
from video_core.animatic.caption import draw_caption
from video_core.animatic.draw import draw
from video_core.encode import read_mp4
from video_core.finishing.finisher import Finisher, finished_form, said
from video_core.finishing.lettering import without_letters
from video_core.finishing.settings import parse_finish
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.ledger import Ledger


def finish(folder: Path, shots: list[FinishingShot], words: str) -> tuple[list[Path], list[str]]:
    """Paths, and which shots were worked on."""
    heard: list[str] = []
    finisher = Finisher(parse_finish([words]), folder, Ledger(folder), "code")
    last = {shot.name: 0 for shot in shots}

    def hear(shot: str, done: int, total: int) -> None:
        last[shot] += 1
        if last[shot] == 2:
            heard.append(shot)

    return finisher.run(shots, hear), heard


def two_shots(folder: Path) -> list[FinishingShot]:
    shots = []
    for name in ("s01", "s02"):
        frames, bundle = drawn(5, (64, 96), name)
        shots.append(shot_on_disk(folder, name, frames, bundle))
    return shots


def test_a_film_goes_through_every_stage_and_says_what_was_measured(tmp_path: Path) -> None:
    shots = two_shots(tmp_path)
    paths, _ = finish(tmp_path, shots, "style=noir,upscale=2,interpolate=2,match")
    frames, fps = read_mp4(paths[0])
    assert frames.shape == (10, 128, 192, 3)
    assert fps == 32
    assert not any("conditioning" in vars(shot) for shot in shots), "tensors of a finished shot are let go"
    assert paths[0] == tmp_path / "clips/animatic/finished/s01.mp4"
    note = json.loads(paths[0].with_suffix(".json").read_text())
    assert (note["frames"], note["fps"], note["size"]) == (10, 32, [128, 192])
    assert note["stages"] == ["match", "interpolate", "upscale", "style"]
    lines = said({path.stem: json.loads(path.with_suffix(".json").read_text()) for path in paths})
    assert [line for line in lines if line.startswith("finishing")] == [f"finishing, {name}" for name in note["stages"]]
    assert any("CIEDE2000" in line for line in lines)
    assert any("64x96 to 128x192" in line for line in lines)


def test_only_what_is_stale_is_finished_again(tmp_path: Path) -> None:
    shots = two_shots(tmp_path)
    assert finish(tmp_path, shots, "style=sepia")[1] == ["s01", "s02"]
    assert finish(tmp_path, shots, "style=sepia")[1] == []
    assert finish(tmp_path, shots, "style=sepia,style.strength=0.5")[1] == ["s01", "s02"]
    frames, bundle = drawn(5, (64, 96), "s02")
    shots[1] = shot_on_disk(tmp_path, "s02", 255 - frames, bundle)
    assert finish(tmp_path, shots, "style=sepia,style.strength=0.5")[1] == ["s02"]


def test_the_same_film_finished_twice_is_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        paths, _ = finish(tmp_path / name, two_shots(tmp_path / name), "match,interpolate=2,style=watercolour+grain")
        made.append([path.read_bytes() for path in paths])
    assert made[0] == made[1]


def test_frames_are_streamed_and_never_held(tmp_path: Path) -> None:
    """When the first finished frame comes out, a handful have gone in."""
    frames, bundle = drawn(6, (64, 96))
    shot = shot_on_disk(tmp_path, "s01", frames, bundle)
    taken = 0

    def source() -> Iterator[Bytes]:
        nonlocal taken
        for frame in frames:
            taken += 1
            yield frame

    finisher = Finisher(parse_finish(["match,interpolate=2,upscale=2,style=cel"]), tmp_path, Ledger(tmp_path), "code")
    for stage in finisher.stages:
        stage.survey([shot])
    stream, form = source(), shot.form
    for stage in finisher.stages:
        stream, form = stage.apply(stream, form, shot, Told()), stage.form(form)
    next(iter(stream))
    assert taken <= 2


def test_dialogue_is_as_readable_after_finishing_as_before(tmp_path: Path) -> None:
    """English and Chinese: the letters on the finished frame are those that would be written on it, not filtered ones."""
    for language, text in (("en", "I kept your letter."), ("zh", "你好，世界！")):
        staged = puppets.talk(4, lines=(Line("anna", text, 0.0, 1.0),))
        bundle = bundle_of(staged, "s01", (160, 272))
        shot = shot_on_disk(tmp_path / language, "s01", draw(bundle, captions=True), bundle, lettered=True)
        (path,), _ = finish(tmp_path / language, [shot], "upscale=2,style=watercolour")
        out = read_mp4(path)[0][3]
        written = out.copy()
        draw_caption(written, bundle.scene, 3 / 16)
        letters = (written != out).any(-1)
        white = np.full_like(out, 90)
        draw_caption(white, bundle.scene, 3 / 16)
        ink = (white != 90).any(-1)
        assert ink.sum() > 500
        assert np.abs(written.astype(int) - out)[ink].mean() < 14, language
        assert letters.any()


def test_lifted_lettering_leaves_the_picture_behind_it() -> None:
    with_letters, bundle = spoken(8, (160, 272))
    plain = draw(bundle, captions=False)
    lifted = without_letters(with_letters[5], bundle.scene, 5 / 16)
    before, after = (float(np.abs(f.astype(int) - plain[5]).mean()) for f in (with_letters[5], lifted))
    assert before > 1
    assert after < 0.35 * before
    np.testing.assert_array_equal(without_letters(with_letters[0], bundle.scene, 0.0), with_letters[0])


def test_what_cannot_be_done_is_said_before_any_film_is_drawn(tmp_path: Path) -> None:
    form = Form(16, 16, (480, 832))
    assert finished_form(parse_finish(["interpolate=2,upscale=1080p"]), form) == Form(32, 32, (1080, 1872))
    (tmp_path / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0 0\n")
    for words, told in (
        (f"style=lut:{tmp_path / 'none.cube'}", "cannot be read"),
        (f"style=lut:{tmp_path / 'bad.cube'}", "damaged"),
        (f"interpolate=2,interpolate.model={tmp_path}", "cannot be read"),
        ("upscale=8000p", "at most 7680p"),
        ("interpolate=12fps", "16 frames a second already"),
    ):
        with pytest.raises(RenderError, match=told):
            finished_form(parse_finish([words]), form)

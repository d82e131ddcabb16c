"""--finish as people use it: films of another size, rate and style, kept for resume, and one clear line for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.studio.conftest import Ekonte
from video_core.encode import read_mp4
from video_core.finishing import finisher

STORY = "A fox runs through a field. An owl watches, surprised."
SMALL = ["--backend", "animatic", "--size", "64x112", "--fps", "6", "--duration", "2", "--llm", "scripted"]



def events(folder: Path, kind: str) -> list[dict[str, object]]:
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["type"] == kind]


def test_a_film_is_finished_as_asked_and_says_so(ekonte: Ekonte) -> None:
    code, out, err = ekonte("make", STORY, "--out", "film", *SMALL, "--finish", "match,interpolate=2", "--finish", "upscale=2,style=noir")
    assert (code, err) == (0, "")
    film, fps = read_mp4(Path("film/film.mp4"))
    plain, slow = read_mp4(Path("film/animatic.mp4"))
    assert (film.shape[1:], fps) == ((128, 224, 3), 12)
    assert (plain.shape[1:], slow) == ((64, 112, 3), 6)
    assert abs(len(film) / fps - len(plain) / slow) < 0.5
    assert int(np.ptp(film[len(film) // 2].astype(int), axis=-1).max()) < 12, "no colour is left"
    report = Path("film/report.txt").read_text(encoding="utf-8")
    for section in ("finishing, match", "finishing, interpolate", "finishing, upscale", "finishing, style"):
        assert section in report
    assert "clips/animatic/finished/s01.mp4" in out
    phases = [event["phase"] for event in events(Path("film"), "phase_started")]
    assert phases.index("diffusion") < phases.index("finishing") < len(phases) - 1
    progressed = [event for event in events(Path("film"), "phase_progressed") if event["phase"] == "finishing"]
    assert progressed[-1]["done"] == progressed[-1]["total"]


def test_finishing_an_old_film_draws_nothing_again_and_can_be_taken_back(ekonte: Ekonte) -> None:
    assert ekonte("make", STORY, "--out", "film", *SMALL)[0] == 0
    clips = sorted(Path("film/clips/animatic").glob("*.mp4"))
    drawn = [clip.stat().st_mtime_ns for clip in clips]
    plain = Path("film/film.mp4").read_bytes()
    assert ekonte("render", "film", "--backend", "animatic", "--finish", "style=sepia")[0] == 0
    assert [clip.stat().st_mtime_ns for clip in clips] == drawn
    assert Path("film/film.mp4").read_bytes() != plain
    finished = sorted(Path("film/clips/animatic/finished").glob("*.mp4"))
    made = [clip.stat().st_mtime_ns for clip in finished]
    assert len(finished) == len(clips)
    assert ekonte("render", "film", "--backend", "animatic", "--finish", "style=sepia")[0] == 0
    assert [clip.stat().st_mtime_ns for clip in finished] == made
    assert ekonte("render", "film", "--backend", "animatic")[0] == 0
    assert Path("film/film.mp4").read_bytes() == plain
    assert "finishing" not in Path("film/report.txt").read_text(encoding="utf-8")


def test_a_run_that_is_stopped_while_finishing_goes_on_the_same_way(ekonte: Ekonte, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["--finish", "interpolate=2,style=cel"]
    assert ekonte("make", STORY, "--out", "whole", *SMALL, *asked)[0] == 0
    true = finisher.write_mp4

    def stops(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(finisher, "write_mp4", stops)
    code, _, err = ekonte("make", STORY, "--out", "film", *SMALL, *asked)
    assert code == 130
    assert "ekonte resume film" in err
    assert not Path("film/film.mp4").exists()
    drawn = Path("film/clips/animatic/s01.mp4").stat().st_mtime_ns
    monkeypatch.setattr(finisher, "write_mp4", true)
    assert ekonte("resume", "film")[0] == 0
    assert Path("film/clips/animatic/s01.mp4").stat().st_mtime_ns == drawn
    assert Path("film/film.mp4").read_bytes() == Path("whole/film.mp4").read_bytes()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("upscale=5", "write upscale=2, 3 or 4, or rows: upscale=1080p"),
        ("style=oil", "there is no style filter 'oil'"),
        ("polish", "there is no stage 'polish'"),
        ("style=lut:nothing.cube", "the colour table cannot be read"),
        ("style=lut:broken.cube", "the colour table is damaged"),
        ("upscale=8000p", "64 rows can be made 16 times as many"),
        ("interpolate=2,interpolate.model=nowhere", "the network cannot be read"),
        ("interpolate=4fps", "6 frames a second already"),
    ],
)
def test_what_cannot_be_finished_is_one_line_before_anything_is_written(ekonte: Ekonte, words: str, told: str) -> None:
    Path("broken.cube").write_text("LUT_3D_SIZE 4\n0 0 0\n")
    code, out, err = ekonte("make", STORY, "--out", "film", *SMALL, "--finish", words)
    assert (code, out) == (2, "")
    assert told in err
    assert not Path("film").exists()

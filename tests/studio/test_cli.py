"""What a person meets on the command line: films, and for every wrong input one clear line and exit code 2."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from agents.choose_model import MODELS
from agents.scripted import FunctionModel
from tests.studio.conftest import Ekonte
from video_core.embedded import pipeline as embedded_pipeline

STORY = "A fox runs through a field. An owl watches, surprised."
SMALL = ["--backend", "animatic", "--size", "96x160", "--fps", "8", "--llm", "scripted"]



def test_make_writes_every_promised_file_and_lists_it(ekonte: Ekonte) -> None:
    code, out, err = ekonte("make", STORY, "--out", "film", *SMALL)
    assert (code, err) == (0, "")
    for name in (
        "plan.json",
        "events.jsonl",
        "storyboard.png",
        "animatic.mp4",
        "film.mp4",
        "conditioning/s01.safetensors",
    ):
        assert (Path("film") / name).stat().st_size > 0
        assert name in out
    assert (Path("film") / "conditioning/s01.json").is_file()
    assert "director" in out
    assert "proposes" in out
    assert not list(Path("film").rglob("*.part"))


def test_json_is_one_document_on_standard_output(ekonte: Ekonte) -> None:
    code, out, _ = ekonte("make", STORY, "--out", "film", "--json", *SMALL)
    result = json.loads(out)
    assert code == 0
    assert {"storyboard.png", "animatic.mp4", "film.mp4"} <= {file["path"] for file in result["files"]}
    assert result["outcome"] in ("agreed", "agreed_with_overrides")


def test_plan_then_render_gives_the_same_film_as_make(ekonte: Ekonte) -> None:
    assert ekonte("make", STORY, "--out", "one", *SMALL)[0] == 0
    talk = [option for option in SMALL if option not in ("--backend", "animatic")]
    assert ekonte("plan", STORY, "--out", "two", *talk)[0] == 0
    assert not (Path("two") / "film.mp4").exists()
    assert ekonte("render", "two", "--backend", "animatic")[0] == 0
    assert Path("one/plan.json").read_bytes() == Path("two/plan.json").read_bytes()
    assert Path("one/film.mp4").read_bytes() == Path("two/film.mp4").read_bytes()


def test_rendering_again_draws_only_what_is_stale(ekonte: Ekonte) -> None:
    ekonte("make", STORY, "--out", "film", *SMALL)
    clips = sorted(Path("film/clips/animatic").glob("*.mp4"))
    times = [path.stat().st_mtime_ns for path in clips]
    clips[0].write_bytes(b"damaged")
    assert ekonte("render", "film", "--backend", "animatic")[0] == 0
    assert clips[0].stat().st_size > 100
    assert [path.stat().st_mtime_ns for path in clips][1:] == times[1:]


def test_show_prints_the_talk_and_the_shots(ekonte: Ekonte) -> None:
    ekonte("plan", STORY, "--out", "film", "--llm", "scripted")
    code, out, _ = ekonte("show", "film")
    assert code == 0
    assert "director" in out
    assert "s01" in out
    code, out, _ = ekonte("show", "film", "--json")
    assert {"plan", "messages", "findings", "figures"} <= set(json.loads(out))
    assert ekonte("show", "film/plan.json")[0] == 0


def test_a_chinese_story_is_drawn_with_its_own_words(ekonte: Ekonte) -> None:
    code, out, err = ekonte("make", "一只狐狸跑过草地。猫头鹰惊讶地看着。", "--out", "film", *SMALL)
    assert (code, err) == (0, "")
    plan = json.loads(Path("film/plan.json").read_text(encoding="utf-8"))
    assert {"fox", "owl"} == {character["kind"] for character in plan["cast"]}
    assert "狐狸" in out


def fails(result: tuple[int, str, str], *words: str) -> None:
    """Exit code 2 and one line on standard error that has these words."""
    code, _, err = result
    assert code == 2, err
    assert len(err.strip().splitlines()) == 1, err
    assert err.startswith("error (")
    for word in words:
        assert word in err, err


def test_wrong_scripts_and_options_get_one_clear_line(ekonte: Ekonte) -> None:
    Path("picture.txt").write_bytes(b"\x89PNG\x00\x00\x01")
    fails(ekonte("make", "", *SMALL), "empty")
    fails(ekonte("make", "A fox runs. " * 17_000, *SMALL), "split")
    fails(ekonte("make", "picture.txt", *SMALL), "binary")
    fails(ekonte("make", "missing.txt", *SMALL), "no such script file")
    fails(ekonte("make", "Лиса бежит по лесу.", *SMALL), "English, Chinese or Japanese")
    fails(ekonte("make", STORY, "--style", "cubist", *SMALL), "anime")
    fails(ekonte("make", STORY, "--duration", "0", *SMALL), "1 to 600")
    fails(ekonte("make", STORY, "--size", "big"), "height x width")
    fails(ekonte("make", STORY, "--backend", "oil"), "embedded")
    fails(ekonte("make", STORY, "--protocol", "shouting", "--llm", "scripted"), "director_led")
    fails(ekonte("make"), "there is no script")
    fails(ekonte("make", STORY, "--wrong-option"), "usage")
    assert not Path("out").exists()


def test_a_model_that_does_not_read_the_language_is_said_before_anything_is_written(
    ekonte: Ekonte, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = FunctionModel(lambda request: None, languages=frozenset({"en"}))
    monkeypatch.setitem(MODELS, "embedded", lambda name, adapter: english)
    fails(ekonte("make", "一只狐狸跑过草地。", "--llm", "embedded", "--backend", "animatic"), "Chinese", "ekonte serve")
    assert not Path("out").exists()


def test_a_server_that_cannot_be_reached_or_lacks_the_model_is_said(ekonte: Ekonte) -> None:
    fails(ekonte("make", STORY, "--llm", "http://127.0.0.1:9/v1", "--backend", "animatic"), "127.0.0.1:9")
    fails(ekonte("make", STORY, "--llm", "gpt", "--backend", "animatic"), "embedded")
    assert not Path("out").exists()


def test_an_output_folder_that_cannot_be_used_is_said(ekonte: Ekonte) -> None:
    Path("file").write_text("x")
    Path("mine").mkdir()
    Path("mine/photo.jpg").write_text("x")
    fails(ekonte("make", STORY, "--out", "/proc/none/film", *SMALL), "cannot be written")
    fails(ekonte("make", STORY, "--out", "file", *SMALL), "is a file")
    fails(ekonte("make", STORY, "--out", "mine", "--overwrite", *SMALL), "other files")
    assert Path("mine/photo.jpg").read_text() == "x"
    ekonte("plan", STORY, "--out", "film", "--llm", "scripted")
    fails(ekonte("plan", STORY, "--out", "film", "--llm", "scripted"), "--overwrite", "ekonte resume film")


def test_too_little_disk_space_is_said_before_the_talk(ekonte: Ekonte, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10_000_000))
    fails(ekonte("make", STORY, "--out", "film", *SMALL), "10 MB are free")


@pytest.mark.parametrize("full_for", [".mp4", ".safetensors", ".png", ".json"])
def test_a_disk_that_fills_up_leaves_nothing_half_written_that_looks_finished(
    ekonte: Ekonte, monkeypatch: pytest.MonkeyPatch, full_for: str
) -> None:
    replace = os.replace

    def full(source: Any, target: Any, **more: Any) -> None:
        if str(target).endswith(full_for):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        replace(source, target, **more)

    monkeypatch.setattr(os, "replace", full)
    fails(ekonte("make", STORY, "--out", "film", *SMALL), "No space left")
    assert not [path for path in Path("film").rglob("*") if path.name.endswith(full_for)]


def test_corrupt_video_weights_are_said(ekonte: Ekonte, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(embedded_pipeline.WEIGHTS, weights)
    for path in weights.rglob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:1000])
    monkeypatch.setattr(embedded_pipeline.EmbeddedVideoPipeline.load.__func__, "__defaults__", (weights, None))
    ekonte("plan", STORY, "--out", "film", "--size", "96x160", "--fps", "8", "--llm", "scripted")
    fails(ekonte("render", "film", "--backend", "embedded"), "weights")
    fails(ekonte("make", STORY, "--out", "other", "--llm", "scripted"), "weights")
    assert not Path("other").exists()
    assert not (Path("film") / "film.mp4").exists()


def test_damaged_sessions_and_plans_are_said(ekonte: Ekonte) -> None:
    fails(ekonte("resume", "nowhere"), "no session")
    fails(ekonte("show", "nowhere"), "no plan")
    ekonte("plan", STORY, "--out", "film", "--llm", "scripted")
    Path("broken.json").write_text(Path("film/plan.json").read_text(encoding="utf-8")[:200], encoding="utf-8")
    fails(ekonte("render", "broken.json"), "not valid")
    Path("film/session.json").write_text("{")
    fails(ekonte("resume", "film"), "damaged")
    Path("film/request.json").write_text("{")
    fails(ekonte("resume", "film"), "damaged")

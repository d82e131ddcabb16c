"""A whole film from a sentence with the `server` backend, its server losing a job on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.choose_model import MODELS
from agents.scripted import ScriptedModel
from studio.cli import app, run
from tests.video_core.backends.video_server import VideoServer
from video_core.encode import read_mp4

STORY = "A fox runs through a field. An owl watches, surprised."


def test_a_sentence_becomes_a_film_although_the_server_restarts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(MODELS, "scripted", lambda name, adapter: ScriptedModel())
    with VideoServer(faults={"create": [503], "status": [None, "lose"], "content": ["garbage", "garbage"]}) as server:
        settings = ["--video-server", server.url, "--set", "poll=0.01", "--set", f"cache={tmp_path}"]
        words = ["make", STORY, "--out", "film", "--llm", "scripted", "--size", "96x160", "--fps", "8", "--backend", "server", *settings]
        assert run(app, words) == 0, capfd.readouterr().err
        shots = json.loads(Path("film/plan.json").read_text(encoding="utf-8"))["shots"]
        created = len(server.created)
        assert created == len(shots) + 2, "each shot once, and again for the lost job and the bad film"
        assert all("fox" in sent["prompt"] or "owl" in sent["prompt"] for sent in server.created)
        frames, fps = read_mp4(Path("film/film.mp4"))
        assert frames.shape[1:] == (96, 160, 3)
        assert fps == 8
        report = Path("film/report.txt").read_text(encoding="utf-8")
        for said in ("honoured", "prompt", "ignored", "joints", "lost the job", "cannot be read"):
            assert said in report, report
        assert run(app, ["render", "film", "--backend", "server", *settings]) == 0
        assert len(server.created) == created, "a finished shot was made again"
    code = run(app, ["make", STORY, "--out", "other", "--llm", "scripted", "--backend", "server", "--video-server", "http://127.0.0.1:9"])
    assert code == 2
    assert "no video server answers" in capfd.readouterr().err
    assert not Path("other").exists()

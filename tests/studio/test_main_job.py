"""The main job as users run it: real model, real processes, killed and resumed. Slow: run by `make test-slow`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio.script_source import EXAMPLE
from video_core.conditioning import Conditioning
from video_core.encode import read_mp4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
OPTIONS = ["--llm", "embedded", "--size", "240x416", "--duration", "6"]


def ekonte(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "studio.cli", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def events_of(folder: Path) -> list[dict[str, Any]]:
    """The complete lines of the event log so far."""
    try:
        lines = (folder / "events.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    except OSError:
        return []
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's film, made without a break."""
    folder = tmp_path_factory.mktemp("whole") / "film"
    process = ekonte("make", EXAMPLE, "--out", str(folder), *OPTIONS)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return folder


def test_the_film_has_the_promised_length_size_and_something_to_see(film: Path) -> None:
    plan = json.loads((film / "plan.json").read_text(encoding="utf-8"))
    frames, fps = read_mp4(film / "film.mp4")
    assert frames.shape[1:] == (240, 416, 3)
    assert fps == plan["brief"]["fps"]
    assert abs(len(frames) / fps - sum(shot["duration"] for shot in plan["shots"])) < 1.0
    assert float(np.abs(np.diff(frames[::4].astype(np.int16), axis=0)).mean()) > 0.5, "nothing moves"
    assert cv2.imread(str(film / "storyboard.png")) is not None


def test_the_fox_and_the_owl_are_where_the_conditioning_says(film: Path) -> None:
    plan = json.loads((film / "plan.json").read_text(encoding="utf-8"))
    assert {character["kind"] for character in plan["cast"]} == {"fox", "owl"}
    for shot in plan["shots"]:
        bundle = Conditioning.load(film / "conditioning" / f"{shot['id']}.safetensors")
        assert bundle.frames == round(shot["duration"] * plan["brief"]["fps"])
        assert (bundle.instance_ids > 0).any(axis=(1, 2)).mean() > 0.9, f"nobody is seen in {shot['id']}"


@pytest.mark.parametrize("moment", ["message_sent", "model_called", "conditioning", "diffusion"])
def test_killed_at_any_moment_it_resumes_to_the_same_film(film: Path, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "film"
    process = ekonte("make", EXAMPLE, "--out", str(folder), *OPTIONS)
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if any(e["type"] == moment or (e.get("phase") == moment and e.get("done", 0) > 0) for e in events_of(folder)):
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"
    assert not (folder / "film.mp4").exists()
    before = [e["id"] for e in events_of(folder)]

    resumed = ekonte("resume", str(folder))
    _, errors = resumed.communicate()
    assert resumed.returncode == 0, errors.decode()
    after = [e["id"] for e in events_of(folder)]
    assert after[: len(before)] == before, "an event was lost"
    assert len(set(after)) == len(after), "an event was written twice"
    keys = [json.loads(line)["key"] for line in (folder / "tape.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(set(keys)) == len(keys), "a model call was made twice"
    for name in ("plan.json", "animatic.mp4", "film.mp4"):
        assert (folder / name).read_bytes() == (film / name).read_bytes(), f"{name} is another one"

"""The main job with the wan backend as users run it, on a tiny checkpoint with random weights: real processes, killed and resumed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.video_core.backends.wan.tiny import write_checkpoint
from video_core.encode import read_mp4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def ekonte(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "studio.cli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def options(folder: Path, checkpoint: Path) -> list[str]:
    return [
        "make", "--example", "--llm", "embedded", "--backend", "wan", "--checkpoint", str(checkpoint), "--steps", "2", "--set",
        "guidance=1", "--set", f"cache={folder.parent / 'cache'}", "--size", "64x96", "--out", str(folder), "--json",
    ]  # fmt: skip


def test_the_example_becomes_a_film_and_a_killed_run_resumes_to_the_same_one(tmp_path: Path) -> None:
    checkpoint = write_checkpoint(tmp_path / "anisora-v3.2", "i2v", clip=False, experts=2)
    whole = tmp_path / "whole"
    process = ekonte(*options(whole, checkpoint))
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    frames, fps = read_mp4(whole / "film.mp4")
    plan = json.loads((whole / "plan.json").read_text(encoding="utf-8"))
    assert abs(len(frames) / fps - sum(shot["duration"] for shot in plan["shots"])) < 1.0
    report = (whole / "report.txt").read_text(encoding="utf-8")
    assert "key frame 0: shown at frame 0" in report
    assert "in the prompt's last words" in report

    killed = tmp_path / "killed"
    process = ekonte(*options(killed, checkpoint))
    deadline = time.monotonic() + 600
    while process.poll() is None and time.monotonic() < deadline and not (killed / "clips" / "wan" / "s01.json").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (killed / "film.mp4").exists()
    process = ekonte("resume", str(killed))
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert (killed / "film.mp4").read_bytes() == (whole / "film.mp4").read_bytes()


def test_a_wrong_checkpoint_is_said_in_one_line_before_the_talk(tmp_path: Path) -> None:
    checkpoint = write_checkpoint(tmp_path / "tiny", "t2v")
    process = ekonte(*options(tmp_path / "out", checkpoint), "--video-model", "anisora-v3.2")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert len(errors.decode().strip().splitlines()) == 1
    assert "text-to-video" in errors.decode()
    assert not (tmp_path / "out").exists()

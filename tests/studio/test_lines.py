"""A film's shots as lines of AniSora's prompt file, and such lines as clips."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from studio.cli import run
from studio.commands import app
from tests.shotplan.films import film
from tests.video_core.backends.wan.tiny import write_checkpoint
from video_core.backends.wan.prompt_file import read_prompt_file
from video_core.encode import read_mp4


def test_a_plan_is_written_as_lines_that_anisora_reads_with_a_picture_each(tmp_path: Path) -> None:
    whole = film()
    short = tuple(shot.model_copy(update={"duration": 0.5}) for shot in whole.shots[:2])
    plan = whole.model_copy(update={"shots": short, "brief": whole.brief.model_copy(update={"size": (64, 96)})})
    (tmp_path / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")
    assert run(app, ["lines", str(tmp_path / "plan.json"), "--out", str(tmp_path / "shots.txt"), "--encoding", "gbk"]) == 0
    encoding, lines = read_prompt_file(tmp_path / "shots.txt")
    assert len(lines) == 2
    assert all(line.prompt.endswith("There is no text in the video.") for line in lines)
    assert [Image.open(line.pictures[0]).size for line in lines] == [(96, 64), (96, 64)]
    assert lines[0].times == (0.0,)
    assert encoding in ("utf-8", "gbk")


def test_lines_become_clips_and_only_what_changed_is_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = write_checkpoint(tmp_path / "anisora-v3.2", "i2v", clip=False, experts=2)
    Image.new("RGB", (96, 64), (10, 200, 30)).save(tmp_path / "fox.png")
    file = tmp_path / "shots.txt"
    file.write_bytes("狐狸跳过木头。@@fox.png&&0\n狐狸跑。@@fox.png,fox.png&&0,1\n".encode("gbk"))
    command = [
        "clips", str(file), "--out", str(tmp_path / "clips"), "--checkpoint", str(checkpoint), "--steps", "1", "--frames", "9", "--size",
        "32x64", "--set", f"cache={tmp_path / 'cache'}", "--json",
    ]  # fmt: skip
    assert run(app, command) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["encoding"] == "gbk"
    assert [clip["drawn"] for clip in said["clips"]] == [True, True]
    assert read_mp4(tmp_path / "clips" / "clip002.mp4")[0].shape == (9, 32, 64, 3)
    file.write_bytes("狐狸跳过木头。@@fox.png&&0\n狐狸睡。@@fox.png,fox.png&&0,1\n".encode("gbk"))
    assert run(app, command) == 0
    assert [clip["drawn"] for clip in json.loads(capsys.readouterr().out)["clips"]] == [False, True]

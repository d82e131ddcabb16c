"""`ekonte controls`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors import safe_open

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Performance, Shot, ShotPlan, StageSet
from studio.cli import app, run
from video_core.encode import read_mp4

STORY = "A fox runs through a field."


def _plan() -> ShotPlan:
    return ShotPlan(
        brief=Brief.from_text(STORY, size=(96, 160), fps=8),
        cast=(Character.of_kind("fox", "Fox", "fox"),),
        sets=(StageSet(id="field", name="field", place="field"),),
        beats=(Beat(id="b01", span=STORY, actor="fox", action="run"),),
        shots=(
            Shot(
                id="s01",
                set="field",
                beats=("b01",),
                duration=1.5,
                performances=(Performance(actor="fox", beat="b01", action="run"),),
                camera=CameraSpec(size="full"),
            ),
        ),
    )


def test_a_plans_controls_are_written_and_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text(_plan().model_dump_json(), encoding="utf-8")
    assert run(app, ["controls", "plan.json", "--shot", "s01", "--kind", "best", "--kind", "camera", "--json"]) == 0
    listed = json.loads(capfd.readouterr().out)
    assert [file["path"] for file in listed["files"]] == ["s01/depth.mp4", "s01/camera.txt"]
    assert all(file["controls"] for file in listed["files"])
    video, fps = read_mp4(Path("controls/s01/depth.mp4"))
    assert (video.shape, fps) == ((13, 96, 160, 3), 8)
    assert len(Path("controls/s01/camera.txt").read_text(encoding="utf-8").splitlines()) == 13
    assert run(app, ["controls", "plan.json", "--kind", "plucker", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["files"][0]["path"] == "s01/plucker.safetensors"
    with safe_open("controls/s01/plucker.safetensors", framework="np") as file:
        assert file.get_tensor("control_camera_video").shape == (24, 4, 96, 160)
        assert "OpenCV" in json.loads(file.metadata()["ekonte"])["axes"]
    for wrong, said in ((["--shot", "s99"], "no shot 's99'"), (["--kind", "edges"], "no control 'edges'")):
        assert run(app, ["controls", "plan.json", *wrong]) == 2
        assert said in capfd.readouterr().err

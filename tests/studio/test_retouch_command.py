"""`ekonte retouch` and `ekonte outpaint`, as a person runs them on a tiny VACE model with random weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.cli import app, run
from tests.shotplan.films import film
from tests.video_core.backends.wan.tiny import write_checkpoint
from video_core.conditioning import Conditioning
from video_core.encode import read_mp4
from video_core.retouch.redraw import actor_mask

SIZE = (64, 96)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {kind: write_checkpoint(folder / kind, kind) for kind in ("vace", "t2v")}


@pytest.fixture
def options(models: dict[str, Path], tmp_path: Path) -> list[str]:
    return ["--checkpoint", str(models["vace"]), "--steps", "1", "--set", "guidance=1", "--set", f"cache={tmp_path / 'cache'}", "--json"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two short shots, drawn by the animatic: flat areas and sharp lines, unlike what a random model draws."""
    folder = tmp_path_factory.mktemp("drawn")
    whole = film()
    shots = tuple(shot.model_copy(update={"duration": 0.5}) for shot in whole.shots[:2])
    plan = whole.model_copy(update={"shots": shots, "brief": whole.brief.model_copy(update={"size": SIZE})})
    (folder / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")
    assert run(app, ["render", str(folder), "--backend", "animatic", "--json"]) == 0
    return folder


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "film"))


def test_one_actor_of_a_finished_film_is_drawn_anew_and_the_rest_stays(
    options: list[str], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["retouch", str(folder), "--shot", "s02", "--only", "girl", "--margin", "0", "--seed", "5", *options]) == 0
    said = json.loads(capfd.readouterr().out)
    after, _ = read_mp4(Path(said["clip"]))
    before, _ = read_mp4(Path(said["before"]))
    mask = actor_mask(Conditioning.load(folder / "conditioning" / "s02.safetensors"), ["girl"], 0)
    change = np.abs(after.astype(int) - before)
    assert 0 < mask.mean() < 0.9
    assert change[mask].mean() > 3 * change[~mask].mean()
    assert {"drawn anew", "key_frames, keep_mask"} <= {use["control"] for use in said["controls"]}
    joined, _ = read_mp4(folder / "film.mp4")
    clips = [len(read_mp4(folder / "clips" / "animatic" / f"{shot}.mp4")[0]) for shot in ("s01", "s02")]
    assert len(joined) == sum(clips)

    kept = Path(said["clip"]).read_bytes()
    assert run(app, ["render", str(folder), "--backend", "animatic", "--json"]) == 0
    assert Path(said["clip"]).read_bytes() == kept
    assert "girl drawn anew: by wan" in (folder / "report.txt").read_text(encoding="utf-8")


def test_a_film_is_joined_again_although_finished_clips_of_an_earlier_one_lie_there(
    options: list[str], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    again = ["render", str(folder), "--backend", "animatic", "--json"]
    change = ["retouch", str(folder), "--shot", "s02", "--only", "girl", *options]
    assert run(app, [*again, "--finish", "style=grain"]) == 0
    capfd.readouterr()
    assert run(app, change) == 0
    assert json.loads(capfd.readouterr().out)["film"] is None
    assert run(app, again) == 0
    for _ in range(2):
        capfd.readouterr()
        assert run(app, change) == 0
        film = Path(json.loads(capfd.readouterr().out)["film"])
        joined = film.stat().st_mtime_ns
        assert run(app, again) == 0
        assert film.stat().st_mtime_ns == joined


def test_what_cannot_be_retouched_is_said_in_one_line(
    options: list[str], models: dict[str, Path], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [str(models["t2v"]) if word == str(models["vace"]) else word for word in options]
    for arguments, said in (
        (["--shot", "s09", "--only", "girl", *options], "there is no shot 's09'"),
        (["--shot", "s01", "--only", "cat", *options], "there is no actor 'cat'"),
        (["--shot", "s01", "--only", "girl", "--of", "server", *options], "there is no clip"),
        (["--shot", "s01", "--only", "girl", *words], "cannot keep part of a frame"),
    ):
        assert run(app, ["retouch", str(folder), *arguments]) == 2
        error = capfd.readouterr().err
        assert said in error
        assert len(error.strip().splitlines()) == 1


def test_a_clip_is_made_wider_around_its_own_pixels(
    options: list[str], folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clip = folder / "clips" / "animatic" / "s01.mp4"
    assert run(app, ["outpaint", str(clip), "--size", "64x160", "--out", str(tmp_path / "wide.mp4"), "--prompt", "a park", *options]) == 0
    assert json.loads(capfd.readouterr().out)["placed"] == "64x96 in the middle of 64x160"
    narrow, wide = read_mp4(clip)[0], read_mp4(tmp_path / "wide.mp4")[0]
    assert wide.shape == (len(narrow), 64, 160, 3)
    assert np.abs(wide[:, :, 32:128].astype(int) - narrow).mean() < 6  # the same pixels, encoded once more
    assert wide[:, :, :24].std() > 1
    assert run(app, ["outpaint", str(clip), "--size", "64x96", "--out", str(tmp_path / "same.mp4"), *options]) == 2
    assert "fills 64x96" in capfd.readouterr().err

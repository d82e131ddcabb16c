"""Tiny checkpoints and a folder of pictures, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.video_core.backends.wan.conftest import _enough_memory, backend, checkpoints  # noqa: F401  (fixtures)
from tests.video_core.character_lora.material import pictures_of_a_character

Checkpoints = Callable[..., Path]


@pytest.fixture(autouse=True)
def _nothing_large_to_collect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of a few kilobytes need no collection, which takes most of a second each time."""
    for where in ("video_core.character_lora.job", "video_core.backends.wan.parts", "video_core.backends.wan.experts"):
        monkeypatch.setattr(f"{where}.release", lambda: None)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures of one character."""
    return pictures_of_a_character(tmp_path_factory.mktemp("pictures"), pictures=8)


@pytest.fixture(scope="session")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pictures and two clips."""
    return pictures_of_a_character(tmp_path_factory.mktemp("moving"), pictures=3, clips=2, size=(32, 64))

"""Tiny checkpoints, a shot, and backends whose clips two processes on the CPU draw together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.video_core.backends.wan.conftest import _enough_memory, checkpoints, shot
from video_core.backends import make_backend
from video_core.parallel.backend import GroupBackend

__all__ = ["_enough_memory", "checkpoints", "shot"]

Make = Callable[..., Any]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """`make(folder, gpus=2)`: a backend of two steps without guidance and a cache of its own; its processes end with the test."""
    made: list[Any] = []

    def get(checkpoint: Path, **settings: Any) -> Any:
        said = {"checkpoint": str(checkpoint), "steps": "2", "guidance": "1", "device": "cpu", "cache": str(tmp_path / f"cache{len(made)}")}
        made.append(make_backend("wan", said | {name: str(value) for name, value in settings.items()}))
        return made[-1]

    yield get
    for backend in made:
        if isinstance(backend, GroupBackend):
            backend.close()

"""Tiny checkpoints of every kind, written once, and a small staged shot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.video_core.backends.wan.tiny import write_checkpoint
from tests.video_core.puppets import talk
from video_core.backends.wan import WanFactory
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.planner import Machine
from video_core.rasterise import condition

SIZE = (32, 64)
MakeBackend = Callable[..., WanBackend]


@pytest.fixture(autouse=True)
def _enough_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else runs on the machine, these models fit."""
    monkeypatch.setattr("video_core.backends.wan.parts.machine_here", lambda: Machine(None, ram=32.0))


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`checkpoints("i2v", experts=2)`: a folder that tests must not change."""
    made: dict[tuple[Any, ...], Path] = {}

    def get(kind: str, *, clip: bool = True, experts: int = 1) -> Path:
        key = (kind, clip, experts)
        if key not in made:
            made[key] = write_checkpoint(tmp_path_factory.mktemp("tiny") / kind, kind, clip=clip, experts=experts)
        return made[key]

    return get


@pytest.fixture(scope="session")
def shot() -> Conditioning:
    """9 frames of two people talking, with a picture given for the first and the last."""
    return with_pictures(condition(talk(frames=9), size=SIZE, seed=3), 0, 8)


def with_pictures(bundle: Conditioning, *numbers: int, seed: int = 0) -> Conditioning:
    """The bundle with key frames of random pixels at these frames."""
    pictures = np.random.default_rng(seed).integers(0, 255, (len(numbers), *bundle.size, 3), dtype=np.uint8)
    return replace(bundle, key_frames=pictures, key_frame_numbers=np.array(numbers, dtype=np.int32))


@pytest.fixture
def backend(tmp_path: Path) -> MakeBackend:
    """`backend(folder, steps=2)`: a backend that takes two steps without guidance, with a cache of its own."""

    def make(checkpoint: Path, **settings: Any) -> WanBackend:
        said = {"steps": 2, "guidance": 1.0, "cache": str(tmp_path / "cache")} | settings
        return WanFactory()(WanSettings(checkpoint=str(checkpoint), **said))

    return make

"""Tests that need a GPU: all of this folder is marked, and skipped with the reason where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.video_core.backends.wan import tiny
from tests.video_core.backends.wan.conftest import with_pictures
from tests.video_core.puppets import talk
from video_core.backends.wan import WanFactory
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.rasterise import condition

HERE = Path(__file__).parent
MakeBackend = Callable[..., WanBackend]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.gpu)
            if not torch.cuda.is_available():
                item.add_marker(pytest.mark.skip(reason="needs a CUDA GPU, and torch sees none"))


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny text-to-video model of two experts whose heads are wide enough for the kernels of GPUs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny.SIZES, "attention_head_dim", 64)
        patch.setitem(tiny.SIZES, "ffn_dim", 256)
        patch.setitem(tiny.SIZES, "num_layers", 4)
        return tiny.write_checkpoint(tmp_path_factory.mktemp("tiny") / "t2v", "t2v", experts=2)


@pytest.fixture(scope="session")
def shot() -> Conditioning:
    """9 frames of two people talking, no picture given."""
    return with_pictures(condition(talk(frames=9), size=(32, 64), seed=3))


@pytest.fixture
def backend(checkpoint: Path, tmp_path: Path) -> MakeBackend:
    """`backend("offload=group")`: a backend on the GPU with these options, with a cache of its own."""

    def make(options: str = "weights=bf16", **settings: Any) -> WanBackend:
        said = {"steps": 4, "guidance": 1.0, "cache": str(tmp_path / "cache"), "option": tuple(options.split())} | settings
        return WanFactory()(WanSettings(checkpoint=str(checkpoint), **said))

    return make

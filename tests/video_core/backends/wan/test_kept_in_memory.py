"""What stays in memory from one shot to the next, and what one model's options leave to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.attention_dispatch import dispatch_attention_fn

from evals.bench.gpu.checkpoint import write_checkpoint
from tests.video_core.backends.wan import tiny
from tests.video_core.backends.wan.conftest import MakeBackend, with_pictures
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.placement import place
from video_core.backends.wan.sampling import sampling
from video_core.backends.wan.settings import WanSettings
from video_core.checkpoints.load import load_text_encoder
from video_core.conditioning import Conditioning
from video_core.planner import MODELS, OptionSet, machine_of

Folder = Callable[..., Path]


@pytest.mark.parametrize(("room", "loads"), [(True, 1), (False, 2)])
def test_the_text_encoder_is_loaded_once_where_there_is_room_for_it(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, monkeypatch: pytest.MonkeyPatch, room: bool, loads: int
) -> None:
    seen: list[Any] = []

    def counted(*given: Any) -> torch.nn.Module:
        seen.append(given)
        return load_text_encoder(*given)

    monkeypatch.setattr("video_core.backends.wan.parts.load_text_encoder", counted)
    monkeypatch.setattr(Parts, "_room_for_text", lambda *_: room)
    made, bare = backend(checkpoints("t2v"), steps=1), with_pictures(shot)
    for prompt in ("a fox runs", "a cat leaps"):
        made.render(replace(bare, scene=bare.scene.model_copy(update={"prompt": prompt})))
    assert len(seen) == loads


@pytest.mark.parametrize(("card", "options", "stays"), [("H200", "", True), ("L40S", "", False), ("H200", "offload=group", False)])
def test_there_is_room_for_the_text_encoder_where_all_else_is_resident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card: str, options: str, stays: bool
) -> None:
    monkeypatch.setattr("video_core.backends.wan.parts.machine_here", lambda: machine_of(card, ram=128.0))
    folder = write_checkpoint(tmp_path / "anisora-v3", MODELS["anisora-v3"])
    parts = Parts(WanSettings(checkpoint=str(folder), model="anisora-v3", option=("weights=bf16", *options.split())))
    parts.__dict__["device"] = torch.device("cuda")
    assert parts._room_for_text((480, 832), 81, sampling(parts.settings, parts.family)) is stays


def test_the_attention_kernel_of_one_model_is_not_that_of_the_next() -> None:
    model = tiny.transformer("t2v")
    place(model, OptionSet(attention="_native_cudnn"), torch.device("cpu"))
    q = torch.randn(1, 4, 2, 12)
    assert torch.isfinite(dispatch_attention_fn(q, q, q)).all()  # cuDNN would refuse a processor

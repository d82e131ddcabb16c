"""Every option set is carried out for real: exact ones draw the film that the resident model draws, lossy ones nearly that film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan.conftest import MakeBackend, with_pictures
from tests.video_core.puppets import talk
from video_core.backends.wan import experts
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning
from video_core.rasterise import condition

Folder = Callable[..., Path]
EXACT = (
    "offload=group,stream=false", "offload=group,stream=false,blocks_per_group=2", "offload=group,offload_level=leaf_level,stream=false",
    "offload=sequential", "offload=model",
)  # fmt: skip
LOSSY = {
    "weights=fp8_storage": 2.0, "weights=int8_compute": 0.5, "weights=fp8_storage,offload=group,stream=false": 2.0,
    "weights=int8_compute,offload=group,stream=false": 0.5,
}  # fmt: skip
"""Mean difference of a pixel that is allowed, of 255."""


@pytest.fixture(autouse=True)
def _as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner keeps most of these for machines with a GPU; here they run on the processor."""
    monkeypatch.setattr("video_core.backends.wan.parts.Parts.plan", lambda self, *_: self.asked)


@pytest.fixture
def bare(shot: Conditioning) -> Conditioning:
    return with_pictures(shot)


@pytest.fixture(scope="module")
def resident(checkpoints: Folder, shot: Conditioning, tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.float64]:
    """The film of two experts in 4 steps with plain bf16 weights, all of them in memory."""
    asked = WanSettings(checkpoint=str(checkpoints("t2v", experts=2)), steps=4, guidance=1.0, cache=str(tmp_path_factory.mktemp("c")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("video_core.backends.wan.parts.Parts.plan", lambda self, *_: self.asked)
        return frames(WanBackend(asked), with_pictures(shot))


def words(option: str) -> tuple[str, ...]:
    return tuple(option.split(",")) if option else ()


def frames(made: WanBackend, shot: Conditioning) -> NDArray[np.float64]:
    return made.render(shot).frames.astype(np.float64)


@pytest.mark.parametrize("option", EXACT)
def test_where_weights_wait_does_not_change_a_bit_of_the_film(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, resident: NDArray[np.float64], option: str
) -> None:
    assert np.array_equal(frames(backend(checkpoints("t2v", experts=2), steps=4, option=words(option)), bare), resident)


@pytest.mark.parametrize(("option", "bound"), LOSSY.items())
def test_smaller_weights_change_the_film_a_little_and_the_report_says_so(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, resident: NDArray[np.float64], option: str, bound: float
) -> None:
    made = backend(checkpoints("t2v", experts=2), steps=4, option=words(option))
    clip = made.render(bare)
    difference = np.abs(clip.frames - resident).mean()
    assert 0 < difference < bound
    assert any(row.control == "lossy option" and words(option)[0] in row.reason for row in clip.report)


def test_int8_products_are_used_in_the_blocks_of_both_experts(checkpoints: Folder, backend: MakeBackend, bare: Conditioning) -> None:
    made = backend(checkpoints("t2v", experts=2), steps=4, option=("weights=int8_compute",))
    made.render(bare)
    for number in (0, 1):
        model = made.parts.experts[number]
        kinds = {name: type(p.data).__name__ for name, p in model.named_parameters() if type(p.data) is not torch.Tensor}
        assert "blocks.1.ffn.net.2.weight" in kinds
        assert all(name.startswith("blocks.") and "Int8" in kind for name, kind in kinds.items())


def test_a_lora_is_added_before_the_weights_become_int8(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, resident: NDArray[np.float64], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    name = "blocks.1.ffn.net.2"
    path = tmp_path / "lora.safetensors"
    save_file({f"{name}.lora_A.weight": torch.randn(2, 32), f"{name}.lora_B.weight": torch.randn(24, 2)}, path)
    both: dict[str, Any] = {"lora": (str(path),), "lora_low": (str(path),), "steps": 4}
    folder = checkpoints("t2v", experts=2)
    fused = frames(backend(folder, **both), bare)
    small = frames(backend(folder, **both, option=("weights=int8_compute",)), bare)
    assert np.abs(small - fused).mean() < 0.5 * np.abs(fused - resident).mean()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine may be able to")
def test_fp8_products_are_refused_in_one_line_where_they_cannot_run(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning
) -> None:
    with pytest.raises(RenderError, match="weights=fp8_compute does not work here") as caught:
        backend(checkpoints("t2v"), option=("weights=fp8_compute",)).render(bare)
    assert "\n" not in str(caught.value)


def test_a_missing_attention_package_is_named_in_one_line(checkpoints: Folder, backend: MakeBackend, bare: Conditioning) -> None:
    with pytest.raises(RenderError, match=r"attention sage does not work here.*sageattention") as caught:
        backend(checkpoints("t2v"), option=("attention=sage",)).render(bare)
    assert "\n" not in str(caught.value)


def test_decoding_in_tiles_changes_a_large_frame_only_near_their_seams(checkpoints: Folder, backend: MakeBackend) -> None:
    large = with_pictures(condition(talk(frames=1), size=(320, 320), seed=3))
    whole = frames(backend(checkpoints("t2v"), steps=1), large)
    tiled = frames(backend(checkpoints("t2v"), steps=1, option=("vae_tiling=true",)), large)
    difference = np.abs(tiled - whole).mean(axis=(0, 3))
    assert 0 < difference.mean() < 6
    assert difference[:128, :128].mean() < difference.mean() / 2  # far inside the first tile


def count(made: WanBackend, shot: Conditioning) -> tuple[NDArray[np.float64], int]:
    """The film, and how often the last block of the transformer ran."""
    runs = 0

    def ran(*_: object) -> None:
        nonlocal runs
        runs += 1

    handle = made.parts.experts[0].blocks[-1].attn1.to_q.register_forward_hook(ran)
    film = frames(made, shot)
    handle.remove()
    return film, runs


@pytest.mark.parametrize(("cache", "at_most"), [("first_block", 37), ("taylorseer", 12)])
def test_a_block_cache_saves_work_and_changes_the_film_little(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, cache: str, at_most: int
) -> None:
    resident, all_runs = count(backend(checkpoints("t2v"), steps=40), bare)
    cached, runs = count(backend(checkpoints("t2v"), steps=40, option=(f"cache={cache}",)), bare)
    assert all_runs == 40
    assert 1 <= runs <= at_most
    assert np.abs(cached - resident).mean() < 2


@pytest.mark.parametrize("cache", ["first_block", "taylorseer"])
def test_a_block_cache_keeps_nothing_from_clip_to_clip(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, cache: str
) -> None:
    made = backend(checkpoints("t2v"), steps=6, option=(f"cache={cache}",))
    other = replace(bare, scene=bare.scene.model_copy(update={"seed": 9}))
    first = frames(made, bare)
    frames(made, other)
    assert np.array_equal(frames(made, bare), first)


@pytest.mark.parametrize("cache", ["first_block", "taylorseer"])
def test_block_caches_are_refused_for_vace(checkpoints: Folder, backend: MakeBackend, bare: Conditioning, cache: str) -> None:
    with pytest.raises(RenderError, match="VACE"):
        backend(checkpoints("vace"), option=(f"cache={cache}",)).render(bare)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("option", ["compile=regional", "compile=whole", "compile=regional,offload=group,stream=false"])
def test_a_compiled_transformer_draws_the_same_film_within_rounding(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, option: str
) -> None:
    resident = frames(backend(checkpoints("t2v"), steps=2), bare)
    compiled = frames(backend(checkpoints("t2v"), steps=2, option=words(option)), bare)
    assert np.abs(compiled - resident).mean() < 1


@pytest.mark.parametrize(("option", "straight"), [("", True), ("weights=fp8_storage", False), ("offload=group,stream=false", False)])
def test_only_weights_that_stay_as_they_are_skip_ram(
    checkpoints: Folder, backend: MakeBackend, bare: Conditioning, monkeypatch: pytest.MonkeyPatch, option: str, straight: bool
) -> None:
    asked = []
    load = experts.load_transformer
    monkeypatch.setattr(experts, "load_transformer", lambda *a, **more: asked.append(more["device"]) or load(*a, **more))
    backend(checkpoints("t2v"), steps=1, option=words(option)).render(bare)
    assert asked == [torch.device("cpu") if straight else None]

"""Single files whose weights are kept in 8 bits with a scale, as they are exchanged for ComfyUI."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan.conftest import checkpoints  # noqa: F401
from tests.video_core.checkpoints.test_original_files import original_names, weights
from video_core.backends.wan.match import match
from video_core.checkpoints.load import load_transformer
from video_core.checkpoints.locate import locate
from video_core.checkpoints.scaled import whole

Folder = Callable[..., Path]
State = dict[str, torch.Tensor]


def kept_in_8_bits(state: State, *, name: str, rows: bool, dtype: torch.dtype) -> tuple[State, State]:
    """The layers of the blocks in `dtype` with scales, and what they really stand for, both under Wan's names."""
    stored, meant = {}, {}
    for key, tensor in original_names(state).items():
        if not (key.startswith("blocks.") and key.endswith(".weight") and tensor.ndim == 2):
            stored[key] = meant[key] = tensor
            continue
        largest = 127 if dtype == torch.int8 else torch.finfo(dtype).max
        scale = (tensor.abs().amax(dim=1, keepdim=True) if rows else tensor.abs().amax()) / largest
        small = (tensor / scale).round().to(dtype) if dtype == torch.int8 else (tensor / scale).to(dtype)
        stored[key], meant[key] = small, small.float() * scale
        stored[key.removesuffix("weight") + name] = scale
    return stored, meant


@pytest.mark.parametrize(
    ("name", "rows", "dtype", "prefix"),
    [
        ("scale_weight", False, torch.float8_e4m3fn, "model.diffusion_model."),
        ("weight_scale", True, torch.float8_e5m2, ""),
        ("weight_scale", True, torch.int8, ""),
    ],
)
def test_weights_are_their_scale_times_what_is_stored(
    checkpoints: Folder,  # noqa: F811
    tmp_path: Path,
    name: str,
    rows: bool,
    dtype: torch.dtype,
    prefix: str,
) -> None:
    folder = checkpoints("i2v")
    stored, meant = kept_in_8_bits(load_file(weights(folder)), name=name, rows=rows, dtype=dtype)
    more = {"scaled_fp8": torch.zeros(2).to(torch.float8_e4m3fn), "blocks.0.ffn.0.scale_input": torch.ones(())}
    save_file({f"{prefix}{key}": t for key, t in {**stored, **more}.items()}, tmp_path / "tiny_fp8_scaled.safetensors")
    save_file(meant, tmp_path / "meant.safetensors")
    models = []
    for file in ("tiny_fp8_scaled.safetensors", "meant.safetensors"):
        matched = match(locate(str(tmp_path / file), base=str(folder)))
        assert any("8 bits" in note for note in matched.notes) == (file != "meant.safetensors")
        models.append(load_transformer(matched.checkpoint.high, matched.architectures[0], heads=2, dtype=torch.float32).state_dict())
    assert models[0].keys() == models[1].keys()
    for key, tensor in models[1].items():
        assert torch.equal(models[0][key], tensor), key


@pytest.mark.parametrize("how", ["nvfp4", "int8 without a scale", "blocks of 128"])
def test_weights_kept_in_another_way_are_refused_before_loading(checkpoints: Folder, tmp_path: Path, how: str) -> None:  # noqa: F811
    folder = checkpoints("i2v")
    stored, _ = kept_in_8_bits(load_file(weights(folder)), name="weight_scale", rows=True, dtype=torch.int8)
    layer = "blocks.0.ffn.0"
    match how:
        case "nvfp4":
            stored[f"{layer}.weight"] = torch.zeros(stored[f"{layer}.weight"].shape[0], 4, dtype=torch.uint8)
        case "int8 without a scale":
            del stored[f"{layer}.weight_scale"]
        case _:
            stored[f"{layer}.weight_scale"] = torch.ones(2, 2)
    save_file(stored, tmp_path / "tiny.safetensors")
    with pytest.raises(RenderError, match=r"not read here|for weights of") as refused:
        match(locate(str(tmp_path / "tiny.safetensors"), base=str(folder)))
    assert len(str(refused.value).splitlines()) == 1


def test_weights_that_stay_on_the_device_are_multiplied_out_there(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    stored, _ = kept_in_8_bits(load_file(weights(checkpoints("t2v"))), name="scale_weight", rows=False, dtype=torch.float8_e4m3fn)
    given = whole(stored, torch.bfloat16, torch.device("meta"))
    assert {t.device.type for name, t in given.items() if f"{name.removesuffix('weight')}scale_weight" in stored} == {"meta"}
    save_file(stored, tmp_path / "tiny_fp8_scaled.safetensors")
    found = match(locate(str(tmp_path / "tiny_fp8_scaled.safetensors"), base=str(checkpoints("t2v"))))
    model = load_transformer(found.checkpoint.high, found.architectures[0], heads=2, device=torch.device("meta"))
    assert {p.device.type for p in model.parameters()} == {"meta"}

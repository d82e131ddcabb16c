"""Quantised transformers as GGUF files: written with the original names, as city96's and QuantStack's are, then loaded and rendered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from diffusers import WanTransformer3DModel
from safetensors.torch import save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from tests.video_core.backends.wan.conftest import (  # noqa: F401
    MakeBackend,
    _enough_memory,
    backend,
    checkpoints,
    shot,
    with_pictures,
)
from tests.video_core.checkpoints.test_original_files import original_names
from video_core.backends.wan.match import match
from video_core.checkpoints.gguf_file import gguf_weights
from video_core.checkpoints.header import Header
from video_core.checkpoints.load import load_transformer
from video_core.checkpoints.locate import locate
from video_core.conditioning import Conditioning
from video_core.planner.seconds import BYTES

Folder = Callable[..., Path]
Q = gguf.GGMLQuantizationType
State = dict[str, torch.Tensor]
WIDE: dict[str, Any] = tiny.SIZES | {"attention_head_dim": 32, "ffn_dim": 256, "num_attention_heads": 2}
"""Rows are made of blocks: of 32 numbers in Q8_0 and Q4_0, of 256 in Q4_K."""


def states(seed: int = 0) -> tuple[dict[str, np.ndarray], dict[str, Q], State]:
    """Tensors as a GGUF file stores them, their types, and the numbers that they stand for, all under the original names."""
    torch.manual_seed(seed)
    model = WanTransformer3DModel(in_channels=16, out_channels=16, **WIDE)
    stored, kinds, meant = {}, {}, {}
    for name, tensor in original_names(model.state_dict()).items():
        numbers = tensor.numpy()
        kind = Q.F32
        if numbers.ndim == 2 and name.startswith("blocks.") and name.endswith(".weight"):
            kind = Q.Q4_K if "ffn.2" in name else Q.Q4_0 if "cross_attn" in name else Q.Q8_0
        elif numbers.ndim == 5:
            kind = Q.F16
        if kind is Q.Q4_K:  # the package reads this type but does not write it: any bytes with small scales are a tensor
            rows = np.random.default_rng(seed).integers(0, 256, (numbers.shape[0], 144), dtype=np.uint8)
            rows[:, :4] = np.array([0.0003, 0.002], np.float16).view(np.uint8)
            stored[name] = rows
        elif kind in (Q.Q8_0, Q.Q4_0):
            stored[name] = gguf.quantize(numbers, kind)
        else:
            stored[name] = numbers.astype(np.float16 if kind is Q.F16 else np.float32)
        kinds[name] = kind
        quantised = kind in (Q.Q8_0, Q.Q4_0, Q.Q4_K)
        meant[name] = torch.from_numpy(gguf.dequantize(stored[name], kind) if quantised else stored[name].astype(np.float32)).clone()
    return stored, kinds, meant


def write(path: Path, seed: int = 0) -> State:
    """A file of all three types; returns the numbers in it."""
    stored, kinds, meant = states(seed)
    writer = gguf.GGUFWriter(path, "wan")
    for name, numbers in stored.items():
        writer.add_tensor(name, numbers, raw_dtype=kinds[name])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return meant


def test_a_gguf_transformer_computes_what_its_numbers_say(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    meant = write(tmp_path / "wan-Q4_K_M.gguf")
    save_file(meant, tmp_path / "wan.safetensors")
    outputs = []
    inputs = {
        "hidden_states": torch.randn(1, 16, 2, 4, 4), "timestep": torch.tensor([500]), "encoder_hidden_states": torch.randn(1, 8, 32),
    }  # fmt: skip
    for name in ("wan-Q4_K_M.gguf", "wan.safetensors"):
        found = match(locate(str(tmp_path / name), base=str(checkpoints("t2v"))))
        assert found.family.name == "wan2.1-t2v-1.3b"
        model = load_transformer(found.checkpoint.high, found.architectures[0], heads=2, dtype=torch.float32)
        with torch.no_grad():
            outputs.append(model(**inputs, return_dict=False)[0])
    assert torch.allclose(outputs[0], outputs[1], atol=2e-3)  # blocks are scaled by float16


def test_two_gguf_experts_draw_a_film(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    write(tmp_path / "high-Q8_0.gguf")
    write(tmp_path / "low-Q8_0.gguf", seed=1)
    settings = {"checkpoint_low": str(tmp_path / "low-Q8_0.gguf"), "base": str(checkpoints("t2v")), "steps": 6}
    made = backend(tmp_path / "high-Q8_0.gguf", **settings)
    made.check()
    clip = made.render(with_pictures(shot))
    assert made.family.name == "wan2.2-t2v-a14b"
    assert clip.frames.std() > 1
    assert "weights=gguf_q4_k" in next(row.reason for row in clip.report if row.control == "lossy option")
    one = backend(tmp_path / "high-Q8_0.gguf", base=str(checkpoints("t2v")), steps=6).render(with_pictures(shot))
    assert not np.array_equal(one.frames, clip.frames)


@pytest.mark.parametrize("option", ["offload=group,stream=false", "offload=model"])
def test_a_gguf_transformer_may_wait_in_memory(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str  # noqa: F811
) -> None:
    monkeypatch.setattr("video_core.backends.wan.parts.Parts.plan", lambda self, *_: self.asked)
    write(tmp_path / "wan.gguf")
    settings: dict[str, Any] = {"base": str(checkpoints("t2v")), "steps": 1}
    resident = backend(tmp_path / "wan.gguf", **settings).render(with_pictures(shot)).frames
    waiting = backend(tmp_path / "wan.gguf", **settings, option=tuple(option.split(","))).render(with_pictures(shot)).frames
    assert np.array_equal(waiting, resident)


def test_nothing_is_fused_into_a_gguf_file(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    write(tmp_path / "wan.gguf")
    name = "blocks.0.self_attn.q"
    save_file({f"{name}.lora_A.weight": torch.ones(2, 64), f"{name}.lora_B.weight": torch.ones(64, 2)}, tmp_path / "lora.safetensors")
    made = backend(tmp_path / "wan.gguf", base=str(checkpoints("t2v")), lora=(str(tmp_path / "lora.safetensors"),))
    with pytest.raises(RenderError, match="packed weights"):
        made.render(with_pictures(shot))


def test_another_number_format_than_the_files_own_is_refused(checkpoints: Folder, backend: MakeBackend, tmp_path: Path) -> None:  # noqa: F811
    write(tmp_path / "wan.gguf")
    made = backend(tmp_path / "wan.gguf", base=str(checkpoints("t2v")), option=("weights=int8_compute",))
    with pytest.raises(RenderError, match=r"not the GGUF file's own format, gguf_q4_k"):
        made.check()


def test_a_cut_or_foreign_gguf_file_is_said_in_one_line(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "wan.gguf"
    write(path)
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:100], b"x" * 64):
        path.write_bytes(content)
        with pytest.raises(RenderError, match="GGUF file cannot be read") as caught:
            match(locate(str(path), base=str(checkpoints("t2v"))))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("kind", "word"), [("BF16", "gguf_bf16"), ("F16", "gguf_bf16"), ("Q6_K", "gguf_q8_0"), ("Q3_K", "gguf_q4_k")])
def test_memory_is_planned_for_the_size_of_the_files_own_numbers(kind: str, word: str) -> None:
    shapes = {"blocks.0.ffn.0.weight": (64, 32), "blocks.0.norm3.weight": (64,), "patch_embedding.weight": (640, 16, 1, 2, 2)}
    assert gguf_weights(Header(shapes, {name: kind if len(shape) == 2 else "F32" for name, shape in shapes.items()})) == word
    assert set(BYTES) >= {word}


def test_a_gguf_file_of_whole_numbers_takes_no_lora_either(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path  # noqa: F811
) -> None:
    torch.manual_seed(0)
    writer = gguf.GGUFWriter(tmp_path / "wan-F16.gguf", "wan")
    for name, tensor in original_names(WanTransformer3DModel(in_channels=16, out_channels=16, **WIDE).state_dict()).items():
        writer.add_tensor(name, tensor.numpy().astype(np.float16), raw_dtype=Q.F16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    name = "blocks.0.self_attn.q"
    save_file({f"{name}.lora_A.weight": torch.ones(2, 64), f"{name}.lora_B.weight": torch.ones(64, 2)}, tmp_path / "lora.safetensors")
    made = backend(tmp_path / "wan-F16.gguf", base=str(checkpoints("t2v")), steps=1)
    assert made.render(with_pictures(shot)).frames.std() > 1
    assert made.options.weights == "gguf_bf16"
    made = backend(tmp_path / "wan-F16.gguf", base=str(checkpoints("t2v")), lora=(str(tmp_path / "lora.safetensors"),))
    with pytest.raises(RenderError, match="packed weights"):
        made.render(with_pictures(shot))

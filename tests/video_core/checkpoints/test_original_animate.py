"""Wan-Animate and the first-and-last-frame model under their original names, as safetensors and as GGUF."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from diffusers import WanAnimateTransformer3DModel, WanTransformer3DModel
from safetensors.torch import save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from tests.video_core.checkpoints.test_original_files import original_names
from video_core.checkpoints.inspect import architecture
from video_core.checkpoints.load import load_transformer
from video_core.checkpoints.locate import locate

Q = gguf.GGMLQuantizationType
State = dict[str, torch.Tensor]
WIDE: dict[str, Any] = tiny.SIZES | {"attention_head_dim": 32, "ffn_dim": 64, "num_attention_heads": 2}
IMAGE = {"image_dim": 32, "added_kv_proj_dim": 64}
BACK = (
    (r"^motion_encoder\.motion_synthesis_weight$", "motion_encoder.dec.direction.weight"),
    (r"^motion_encoder\.conv_in\.weight$", "motion_encoder.enc.net_app.convs.0.0.weight"),
    (r"^motion_encoder\.conv_in\.act_fn\.bias$", "motion_encoder.enc.net_app.convs.0.1.bias"),
    (r"^motion_encoder\.conv_out\.weight$", "motion_encoder.enc.net_app.convs.8.weight"),
    (r"^motion_encoder\.motion_network\.", "motion_encoder.enc.fc."),
    (r"^face_encoder\.(conv\w+)\.", r"face_encoder.\1.conv."),
)
RESIDUAL = {
    "conv1.weight": "conv1.0.weight", "conv1.act_fn.bias": "conv1.1.bias", "conv2.weight": "conv2.1.weight",
    "conv2.act_fn.bias": "conv2.2.bias", "conv_skip.weight": "skip.1.weight",
}  # fmt: skip


def animate() -> tuple[WanAnimateTransformer3DModel, State]:
    """A tiny Wan-Animate and its tensors as the published file has them, with the blur kernels that it keeps."""
    torch.manual_seed(0)
    model = WanAnimateTransformer3DModel(
        in_channels=36, out_channels=16, motion_encoder_channel_sizes={"4": 32, "8": 32, "16": 32}, motion_encoder_size=16,
        motion_style_dim=32, motion_dim=4, motion_encoder_dim=32, face_encoder_hidden_dim=32, face_encoder_num_heads=2,
        inject_face_latents_blocks=2, **IMAGE, **WIDE,
    ).eval()  # fmt: skip
    state = model.state_dict()
    out: State = {}
    for name, tensor in state.items():
        block = re.match(r"^motion_encoder\.res_blocks\.(\d+)\.(.+)$", name)
        face = re.match(r"^face_adapter\.(\d+)\.(\w+)\.(weight|bias)$", name)
        if block:
            before = f"motion_encoder.enc.net_app.convs.{int(block[1]) + 1}."
            out[before + RESIDUAL[block[2]]] = tensor[None, :, None, None] if name.endswith("bias") else tensor
            out[f"{before}conv2.0.kernel"], out[f"{before}skip.0.kernel"] = torch.ones(4, 4), torch.ones(4, 4)
        elif face:
            before, kind = f"face_adapter.fuser_blocks.{face[1]}.", face[3]
            if face[2] == "to_k":
                out[f"{before}linear1_kv.{kind}"] = torch.cat([tensor, state[name.replace("to_k", "to_v")]])
            elif face[2] != "to_v":
                new = {"to_q": "linear1_q", "to_out": "linear2", "norm_q": "q_norm", "norm_k": "k_norm"}[face[2]]
                out[f"{before}{new}.{kind}"] = tensor
        elif name.startswith(("motion_encoder.", "face_encoder.")):
            new = name
            for pattern, old in BACK:
                new = re.sub(pattern, old, new)
            out[new] = tensor[None, :, None, None] if name.endswith("act_fn.bias") else tensor
        else:
            out |= original_names({name: tensor})
    return model, {name: tensor.clone().contiguous() for name, tensor in out.items()}


def write_gguf(path: Path, state: State) -> State:
    """Matrices of the blocks and of the face adapter in Q8_0, the patch embedding in BF16; returns the numbers in the file."""
    writer, meant = gguf.GGUFWriter(path, "wan"), {}
    for name, tensor in state.items():
        numbers, kind = tensor.float().numpy(), Q.F32
        if numbers.ndim == 5 and "pose" not in name:
            kind = Q.BF16
        elif numbers.ndim == 2 and re.match(r"(blocks|face_adapter)\..*\.weight$", name) and numbers.shape[1] % 32 == 0:
            kind = Q.Q8_0
        stored = numbers if kind is Q.F32 else gguf.quantize(numbers, kind)
        meant[name] = tensor if kind is Q.F32 else torch.from_numpy(np.array(gguf.dequantize(stored, kind))).reshape(tensor.shape)
        writer.add_tensor(name, stored, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return meant


def loaded(path: Path, config: dict[str, Any] | None = None) -> Any:
    weights = locate(str(path)).high
    return load_transformer(
        replace(weights, config=config), architecture(weights.header.shapes, path), heads=2, dtype=torch.float32
    )


def inputs(**more: torch.Tensor) -> dict[str, Any]:
    torch.manual_seed(1)
    return {
        "hidden_states": torch.randn(1, 36, 2, 4, 4), "timestep": torch.tensor([500]), "return_dict": False,
        "encoder_hidden_states": torch.randn(1, 8, tiny.TEXT_DIM), "encoder_hidden_states_image": torch.randn(1, 17, 32), **more,
    }  # fmt: skip


def moved() -> dict[str, Any]:
    torch.manual_seed(2)
    return inputs(pose_hidden_states=torch.randn(1, 16, 1, 4, 4), face_pixel_values=torch.randn(1, 3, 1, 16, 16))


@pytest.mark.parametrize("form", ["safetensors", "gguf"])
def test_wan_animates_own_file_loads_to_the_same_network(tmp_path: Path, form: str) -> None:
    model, state = animate()
    path = tmp_path / f"animate.{form}"
    if form == "gguf":
        state = write_gguf(path, state)
        save_file(state, tmp_path / "numbers.safetensors")
        model = loaded(tmp_path / "numbers.safetensors", dict(model.config))
    else:
        save_file(state, path)
    assert locate(str(path)).high.header.shapes.keys() >= {"motion_encoder.enc.net_app.convs.1.conv2.0.kernel"}
    other = loaded(path, dict(model.config))
    with torch.no_grad():
        expected, found = (m(**moved())[0] for m in (model, other))
    torch.testing.assert_close(found, expected, rtol=2e-3, atol=2e-3)


def test_a_gguf_file_of_the_first_and_last_frame_model_keeps_its_positions(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = WanTransformer3DModel(in_channels=36, out_channels=16, pos_embed_seq_len=34, **IMAGE, **WIDE)
    write_gguf(tmp_path / "flf2v.gguf", original_names(model.state_dict()))
    found = loaded(tmp_path / "flf2v.gguf")
    own = model.state_dict()
    place = "condition_embedder.image_embedder.pos_embed"
    torch.testing.assert_close(found.state_dict()[place], own[place])
    torch.testing.assert_close(found.patch_embedding.weight, own["patch_embedding.weight"], rtol=1e-2, atol=1e-3)  # bfloat16 in the file
    with torch.no_grad():
        assert torch.isfinite(found(**inputs(encoder_hidden_states_image=torch.randn(2, 17, 32)))[0]).all()


def test_a_gguf_file_that_lacks_tensors_says_which(tmp_path: Path) -> None:
    model = WanTransformer3DModel(in_channels=16, out_channels=16, **WIDE)
    state = original_names(model.state_dict())
    del state["blocks.1.norm3.weight"]
    write_gguf(tmp_path / "wan.gguf", state)
    with pytest.raises(RenderError, match=r"1 tensors are missing, such as blocks\.1\.norm2\.weight"):
        loaded(tmp_path / "wan.gguf")

"""Parameters and FLOPs of the planner against diffusers' own classes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLWan, WanAnimateTransformer3DModel, WanTransformer3DModel, WanVACETransformer3DModel
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from video_core.planner.dit import DitShape
from video_core.planner.models import MODELS, UMT5_PARAMETERS
from video_core.planner.vae import WAN21_VAE, WAN22_VAE, VaeShape

WIDE: dict[str, Any] = {"num_attention_heads": 40, "ffn_dim": 13824, "num_layers": 40}
SMALL: dict[str, Any] = {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30}
CLIP: dict[str, Any] = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
REAL: dict[str, tuple[Any, dict[str, Any]]] = {
    "wan2.1-t2v-1.3b": (WanTransformer3DModel, SMALL),
    "wan2.1-t2v-14b": (WanTransformer3DModel, WIDE),
    "anisora-v3": (WanTransformer3DModel, WIDE | CLIP),
    "wan2.1-flf2v-14b": (WanTransformer3DModel, WIDE | CLIP | {"pos_embed_seq_len": 514}),
    "anisora-v3.2": (WanTransformer3DModel, WIDE | {"in_channels": 36}),
    "wan2.2-ti2v-5b": (
        WanTransformer3DModel,
        {"num_attention_heads": 24, "ffn_dim": 14336, "num_layers": 30, "in_channels": 48, "out_channels": 48},
    ),
    "wan2.1-vace-1.3b": (WanVACETransformer3DModel, SMALL | {"vace_layers": list(range(0, 30, 2))}),
    "wan2.1-vace-14b": (WanVACETransformer3DModel, WIDE | {"vace_layers": list(range(0, 40, 5))}),
    "wan2.2-animate-14b": (WanAnimateTransformer3DModel, WIDE | {"added_kv_proj_dim": 5120}),
}
TINY: dict[str, Any] = {
    "num_attention_heads": 2, "attention_head_dim": 12, "text_dim": 32, "freq_dim": 16, "ffn_dim": 40, "num_layers": 4, "out_channels": 4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def uninitialised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filling weights takes most of the time of building a large model, and nobody looks at them."""
    for layer in (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.Embedding):
        monkeypatch.setattr(layer, "reset_parameters", lambda self: None)


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def counted(call: Any) -> int:
    """FLOPs by torch's own counter; attention as plain products, which it counts on a CPU."""
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops()


@pytest.mark.parametrize("name", REAL)
def test_parameters_equal_those_of_the_real_class_at_real_size(name: str) -> None:
    kind, config = REAL[name]
    with torch.device("meta"):
        model = kind(**config)
    shape = DitShape.from_config(model.config)
    assert shape.parameters == parameters(model)
    assert MODELS[name].dit.parameters == parameters(model)
    kept = sum(p.numel() for n, p in model.named_parameters() if set(n.split(".")) & set(model._keep_in_fp32_modules))
    assert abs(shape.kept_float32 - kept) < 0.01 * kept + 1


def test_the_text_encoder_has_as_many_parameters_as_umt5_xxl() -> None:
    from transformers import UMT5Config, UMT5EncoderModel

    config = UMT5Config(vocab_size=256384, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, feed_forward_proj="gated-gelu")
    with torch.device("meta"):
        assert parameters(UMT5EncoderModel(config)) == UMT5_PARAMETERS


def forward(model: Any, latents: torch.Tensor, **more: Any) -> int:
    times = more.pop("timestep", torch.tensor([5.0]))
    model.eval()
    return counted(lambda: model(latents, times, torch.randn(1, 512, 32), return_dict=False, **more))


def test_flops_of_text_to_video_and_image_to_video_equal_the_counter() -> None:
    model = WanTransformer3DModel(in_channels=4, **TINY)
    shape = DitShape.from_config(model.config)
    assert forward(model, torch.randn(1, 4, 3, 8, 12)) == shape.work(shape.tokens(3, 8, 12)).total
    model = WanTransformer3DModel(in_channels=9, image_dim=8, added_kv_proj_dim=24, **TINY)
    shape = DitShape.from_config(model.config)
    flops = forward(model, torch.randn(1, 9, 3, 8, 12), encoder_hidden_states_image=torch.randn(1, 257, 8))
    assert flops == shape.work(shape.tokens(3, 8, 12)).total


def test_flops_with_one_timestep_per_token_equal_the_counter() -> None:
    model = WanTransformer3DModel(in_channels=4, **TINY)
    shape = DitShape.from_config(model.config, token_times=True)
    tokens = shape.tokens(3, 8, 12)
    assert forward(model, torch.randn(1, 4, 3, 8, 12), timestep=torch.full((1, tokens), 5.0)) == shape.work(tokens).total


def test_flops_of_vace_equal_the_counter() -> None:
    model = WanVACETransformer3DModel(in_channels=4, vace_layers=[0, 2], vace_in_channels=12, **TINY)
    shape = DitShape.from_config(model.config)
    flops = forward(model, torch.randn(1, 4, 3, 8, 12), control_hidden_states=torch.randn(1, 12, 3, 8, 12))
    assert flops == shape.work(shape.tokens(3, 8, 12)).total


def test_flops_and_parameters_of_a_small_animate_equal_the_counter() -> None:
    model = WanAnimateTransformer3DModel(
        in_channels=12, latent_channels=4, image_dim=8, added_kv_proj_dim=24, motion_encoder_size=16, motion_style_dim=8, motion_dim=4,
        motion_encoder_channel_sizes={"4": 16, "8": 16, "16": 16}, motion_encoder_dim=16, face_encoder_hidden_dim=16,
        face_encoder_num_heads=2, inject_face_latents_blocks=2, **TINY,
    )  # fmt: skip
    shape = DitShape.from_config(model.config)
    flops = forward(
        model, torch.randn(1, 12, 4, 8, 12), pose_hidden_states=torch.randn(1, 4, 3, 8, 12),
        face_pixel_values=torch.randn(1, 3, 9, 16, 16), encoder_hidden_states_image=torch.randn(1, 257, 8),
    )  # fmt: skip
    assert shape.parameters == parameters(model)
    assert flops == shape.work(shape.tokens(4, 8, 12), face_frames=9, latent_frames=4).total


@pytest.mark.parametrize("residual", [False, True])
def test_flops_and_parameters_of_the_autoencoder_equal_the_counter(residual: bool) -> None:
    folded: dict[str, Any] = {"is_residual": True, "patch_size": 2, "in_channels": 12, "out_channels": 12, "scale_factor_spatial": 16}
    vae = AutoencoderKLWan(
        base_dim=4, decoder_base_dim=8, z_dim=4, num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
        **(folded if residual else {}),
    ).eval()  # fmt: skip
    stride = 16 if residual else 8
    shape = VaeShape(base=4, decoder_base=8, z=4, res_blocks=1, patch=2 if residual else 1, residual=residual, stride=stride)
    size, frames = (4 * stride, 6 * stride), 5
    assert shape.parameters == parameters(vae)
    assert counted(lambda: vae.decode(torch.randn(1, 4, 2, 4, 6))) == shape.decode_flops(size, frames)
    assert counted(lambda: vae.encode(torch.randn(1, 3, frames, *size))) == shape.encode_flops(size, frames)


def test_autoencoders_of_the_table_have_the_published_parameters() -> None:
    with torch.device("meta"):
        assert parameters(AutoencoderKLWan()) == WAN21_VAE.parameters
        large = AutoencoderKLWan(
            base_dim=160, decoder_base_dim=256, z_dim=48, is_residual=True, patch_size=2, in_channels=12, out_channels=12,
            scale_factor_spatial=16, latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
        )  # fmt: skip
        assert parameters(large) == WAN22_VAE.parameters


def test_tiles_cost_what_their_overlap_costs() -> None:
    vae = AutoencoderKLWan(base_dim=2, z_dim=4, num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4).eval()
    vae.enable_tiling()
    shape = VaeShape(base=2, decoder_base=2, z=4, res_blocks=1)
    assert counted(lambda: vae.decode(torch.randn(1, 4, 1, 40, 32))) == shape.decode_flops((320, 256), 1, tiled=True)
    assert 1.6 < WAN21_VAE.decode_flops((480, 832), 81, tiled=True) / WAN21_VAE.decode_flops((480, 832), 81) < 1.7

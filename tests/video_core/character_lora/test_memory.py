"""What a training takes, against the real classes at real width, trained on tensors that hold no data."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel

from shotplan.errors import RenderError
from tests.video_core.planner.test_memory import Live, on_meta
from video_core.backends.wan.families import FAMILIES
from video_core.character_lora import job
from video_core.character_lora.memory import Takes, check_fits, takes
from video_core.character_lora.network import add_adapter, hold_in_float8
from video_core.character_lora.settings import TrainSettings
from video_core.planner import machine_of
from video_core.planner.machine import GB


class Flash(torch.autograd.Function):
    """Attention that keeps its inputs and its output, as the kernels of a GPU do."""

    @staticmethod
    def forward(ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        out = torch.empty(query.shape[:-1] + value.shape[-1:], dtype=query.dtype, device=query.device)
        ctx.save_for_backward(query, key, value, out)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        query, key, value, _ = ctx.saved_tensors
        return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)


@pytest.mark.parametrize(
    ("name", "weights"), [("wan2.1-t2v-14b", "bf16"), ("wan2.1-t2v-14b", "fp8"), ("wan2.1-t2v-1.3b", "bf16"), ("wan2.2-ti2v-5b", "bf16")]
)
def test_activations_of_training_four_blocks_at_real_width_peak_as_predicted(
    monkeypatch: pytest.MonkeyPatch, name: str, weights: str
) -> None:
    monkeypatch.setattr(
        torch.nn.functional, "scaled_dot_product_attention", lambda query, key, value, **more: Flash.apply(query, key, value)
    )
    for layer in (torch.nn.Linear, torch.nn.Conv3d):
        monkeypatch.setattr(layer, "reset_parameters", lambda self: None)
    family, settings, layers = FAMILIES[name], TrainSettings(), 4
    model = on_meta(
        WanTransformer3DModel, num_layers=layers, num_attention_heads=family.heads, ffn_dim=family.ffn_dim,
        in_channels=family.in_channels, out_channels=family.latent_channels,
    )  # fmt: skip
    with torch.device("meta"):
        adapter = add_adapter(model, settings, 0)
        if weights == "fp8":
            hold_in_float8(model)
    size = (480, 832, 33)
    h, w = size[0] // family.stride, size[1] // family.stride
    tokens = 9 * (h // 2) * (w // 2)
    half = {"device": "meta", "dtype": torch.bfloat16}
    latents, text = torch.empty(1, family.in_channels, 9, h, w, **half), torch.empty(1, 512, 4096, **half)  # type: ignore[arg-type]
    times = torch.empty((1, tokens) if family.kind == "ti2v" else 1, device="meta")
    with Live(model) as live:
        model(latents, times, text, return_dict=False)[0].float().pow(2).mean().backward()
    gradients = sum(4 * parameter.numel() for parameter in adapter.values())
    predicted = takes(dict(model.config), family, settings, weights, size).activations * GB
    assert predicted == pytest.approx(live.peak - gradients, rel=0.05)
    numbers = sum(parameter.numel() for parameter in adapter.values())
    assert takes(dict(model.config), family, settings, weights, size).adapter * GB == pytest.approx(16 * numbers, rel=0.01)


def test_what_does_not_fit_names_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    family = FAMILIES["wan2.1-t2v-14b"]
    config = {
        "num_attention_heads": 40, "attention_head_dim": 128, "in_channels": 16, "out_channels": 16, "text_dim": 4096, "freq_dim": 256,
        "ffn_dim": 13824, "num_layers": 40, "cross_attn_norm": True, "patch_size": (1, 2, 2), "image_dim": None, "added_kv_proj_dim": None,
        "pos_embed_seq_len": None,
    }  # fmt: skip
    card, large = machine_of("RTX 4090"), (480, 832, 33)
    with pytest.raises(RenderError, match="does not fit") as error:
        check_fits(takes(config, family, TrainSettings(), "bf16", large), card, "bf16", large)
    assert "--weights fp8" in str(error.value)
    picture = (480, 832, 1)
    assert "on the GPU" in check_fits(takes(config, family, TrainSettings(), "fp8", picture), card, "fp8", picture)


def test_on_a_machine_with_a_gpu_a_training_on_the_cpu_is_measured_against_its_ram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "machine_here", lambda: machine_of("RTX 4090", ram=200))
    found = Takes(weights=60.0, activations=1.0, adapter=1.0, text_encoder=11.0)
    assert "of 200.0 on the CPU" in check_fits(found, job._used(torch.device("cpu")), "fp32", (480, 832, 1))
    with pytest.raises(RenderError, match="on the GPU"):
        check_fits(found, job._used(torch.device("cuda")), "fp32", (480, 832, 1))

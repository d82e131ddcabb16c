"""The memory formulas against the real classes, run with tensors that hold no data."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel, WanVACETransformer3DModel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from video_core.planner import ClipSpec, OptionSet, find_model
from video_core.planner.dit import DitShape
from video_core.planner.machine import GB
from video_core.planner.memory import activation_bytes, memory, pinned_bytes, transformer_bytes
from video_core.planner.vae import WAN21_VAE


class Live(TorchDispatchMode):
    """Follows the bytes of all live storages."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._seen = {t.untyped_storage()._cdata: 0 for t in (*module.parameters(), *module.buffers())}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                self._note(tensor.untyped_storage())
        return out

    def _note(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._seen:
            return
        self._seen[key] = storage.nbytes()
        self.now += self._seen[key]
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key)

    def _gone(self, key: int) -> None:
        self.now -= self._seen.pop(key, 0)


def peak(module: torch.nn.Module, call: Callable[[], Any]) -> int:
    with torch.no_grad(), Live(module) as live:
        call()
    return live.peak


@pytest.fixture
def shapes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention as one kernel that keeps nothing, as on a GPU; weights left unfilled."""

    def fused(query: Any, key: Any, value: Any, **more: Any) -> torch.Tensor:
        return torch.empty(query.shape[:-1] + value.shape[-1:], dtype=query.dtype, device=query.device)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", fused)
    for layer in (torch.nn.Linear, torch.nn.Conv3d, torch.nn.Conv2d):
        monkeypatch.setattr(layer, "reset_parameters", lambda self: None)


def on_meta(kind: Any, **config: Any) -> Any:
    with torch.device("meta"):
        model = kind(**config).eval()
    for name, parameter in model.named_parameters():
        if not set(name.split(".")) & set(model._keep_in_fp32_modules):
            parameter.data = parameter.data.to(torch.bfloat16)
    return model


@pytest.mark.parametrize(
    ("config", "token_times"),
    [
        ({"num_attention_heads": 40, "ffn_dim": 13824}, False),
        ({"num_attention_heads": 12, "ffn_dim": 8960}, False),
        ({"num_attention_heads": 24, "ffn_dim": 14336, "in_channels": 48, "out_channels": 48}, True),
        ({"num_attention_heads": 40, "ffn_dim": 13824, "vace_layers": [0, 1, 2]}, False),
    ],
)
def test_activations_of_two_blocks_at_real_width_peak_as_predicted(shapes_only: None, config: dict[str, Any], token_times: bool) -> None:
    kind = WanVACETransformer3DModel if "vace_layers" in config else WanTransformer3DModel
    model = on_meta(kind, num_layers=3, **config)
    shape = DitShape.from_config(model.config, token_times=token_times)
    size = (21, 60, 104)
    tokens = shape.tokens(*size)
    bf16 = {"device": "meta", "dtype": torch.bfloat16}
    latents, text = torch.empty(1, shape.in_channels, *size, **bf16), torch.empty(1, 512, 4096, **bf16)
    more = {"control_hidden_states": torch.empty(1, 96, *size, **bf16)} if "vace_layers" in config else {}
    times = torch.empty((1, tokens) if token_times else 1, device="meta")
    measured = peak(model, lambda: model(latents, times, text, return_dict=False, **more))
    assert measured == pytest.approx(activation_bytes(shape, tokens), rel=0.03)


def test_the_autoencoder_peaks_as_predicted(shapes_only: None) -> None:
    with torch.device("meta"):
        vae = AutoencoderKLWan().eval()
        latents, film = torch.empty(1, 16, 5, 60, 104), torch.empty(1, 3, 17, 480, 832)
    assert peak(vae, lambda: vae.decode(latents)) == pytest.approx(WAN21_VAE.decode_peak((480, 832), 17), rel=0.05)
    assert peak(vae, lambda: vae.encode(film)) == pytest.approx(WAN21_VAE.encode_peak((480, 832), 17), rel=0.05)


def test_weights_take_what_their_format_takes() -> None:
    dit = find_model("wan2.1-t2v-14b").dit
    whole = transformer_bytes(dit, OptionSet())
    assert whole == pytest.approx(2 * dit.parameters, rel=0.01)
    assert transformer_bytes(dit, OptionSet(weights="fp32")) == pytest.approx(4 * dit.parameters, rel=0.01)
    assert 0.5 < transformer_bytes(dit, OptionSet(weights="fp8_storage")) / whole < 0.53
    assert 0.27 < transformer_bytes(dit, OptionSet(weights="gguf_q4_k")) / whole < 0.33


def test_each_kind_of_offload_holds_less_than_the_one_before() -> None:
    model, clip = find_model("wan2.2-i2v-a14b"), ClipSpec((480, 832), 81, 8, 1.0)
    words = ("text_device=cpu", "offload=model", "offload=group", "offload=group offload_level=leaf_level vae_tiling")
    gpu = [memory(model, clip, OptionSet.from_words([*word.split(), "text_device=cpu"])).gpu for word in words]
    assert gpu == sorted(gpu, reverse=True)
    assert gpu[0] > 53
    assert gpu[-1] < 8
    pinned = memory(model, clip, OptionSet(offload="group")).ram
    assert pinned > memory(model, clip, OptionSet(offload="group", pin_all=False)).ram > 53


def test_a_group_takes_the_ram_of_its_processes_not_of_its_weights() -> None:
    model, clip = find_model("anisora-v3"), ClipSpec((352, 640), 81, 8, 1.0)
    one, eight = (memory(model, clip, OptionSet(ulysses=n, vae_spread=n > 1)).ram for n in (1, 8))
    assert eight - one < 7 * 4
    fused = memory(model, clip, OptionSet(ulysses=8, vae_spread=True, lora="fused")).ram
    assert fused - eight > 7 * 30


def test_pinned_copies_are_rounded_up_to_powers_of_two_as_torch_does() -> None:
    dit = find_model("wan2.1-t2v-14b").dit
    matrices = 40 * (8 * 64 * 2**20 + 2 * 256 * 2**20)  # 50 MiB and 135 MiB become 64 and 256
    assert pinned_bytes(dit, OptionSet()) == pytest.approx(matrices, rel=0.05)
    assert pinned_bytes(dit, OptionSet()) / GB > 1.4 * 2 * dit.parameters / GB


def test_longer_larger_and_more_channels_never_take_less() -> None:
    model = find_model("anisora-v3")
    sizes = [memory(model, ClipSpec(size, frames, 8, 1.0), OptionSet(offload="group", text_device="cpu")).gpu
             for size, frames in (((352, 640), 49), ((352, 640), 81), ((480, 832), 81), ((720, 1280), 81))]  # fmt: skip
    assert sizes == sorted(sizes)

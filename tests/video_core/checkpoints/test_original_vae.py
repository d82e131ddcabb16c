"""The autoencoders as Wan publishes them decode as those of diffusers do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKLWan

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from video_core.checkpoints.load import load_vae, vae_channels
from video_core.checkpoints.locate import Part

State = dict[str, torch.Tensor]
INSIDE = {"norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3", "conv2": "residual.6", "conv_shortcut": "shortcut"}
BLOCKS = {"encoder": ("down_blocks", "downsamples", "downsampler"), "decoder": ("up_blocks", "upsamples", "upsampler")}


def _outside(name: str) -> str | None:
    """Names that both files have: first and last layers and the middle."""
    for new, old in (
        ("post_quant_conv.", "conv2."), ("quant_conv.", "conv1."), ("coder.conv_in.", "coder.conv1."), ("coder.norm_out.", "coder.head.0."),
        ("coder.conv_out.", "coder.head.2."), ("mid_block.attentions.0.", "middle.1."),
    ):  # fmt: skip
        if new in name:
            return name.replace(new, old)
    middle = re.match(r"(\w+)\.mid_block\.resnets\.([01])\.(\w+)\.(\w+)$", name)
    return f"{middle[1]}.middle.{2 * int(middle[2])}.{INSIDE[middle[3]]}.{middle[4]}" if middle else None


def wan22_names(state: State) -> State:
    """diffusers' names to those of `vae2_2.py`, where a stage is a `Sequential` of residual blocks that ends in a `Resample`."""
    out, stages = {}, {}
    for name in state:
        found = re.match(r"(encoder|decoder)\.\w+_blocks\.(\d+)\.resnets\.(\d+)\.", name)
        if found:
            key = (found[1], found[2])
            stages[key] = max(stages.get(key, 0), int(found[3]) + 1)
    for name, tensor in state.items():
        old = _outside(name)
        if old is None:
            half, kind, stage, rest = name.split(".", 3)
            _, sequence, resample = BLOCKS[half]
            if rest.startswith(resample):
                old = f"{half}.{sequence}.{stage}.{sequence}.{stages[half, stage]}.{rest.split('.', 1)[1]}"
            else:
                _, number, layer, last = rest.split(".")
                old = f"{half}.{sequence}.{stage}.{sequence}.{number}.{INSIDE[layer]}.{last}"
            assert kind == BLOCKS[half][0]
        out[old] = tensor.clone()
    return out


def wan21_names(state: State) -> State:
    """diffusers' names to those of `vae2_1.py`, where all layers of a half stand in one row."""
    out = {}
    for name, tensor in state.items():
        old = _outside(name)
        if old is None and name.startswith("encoder."):
            _, _, number, rest = name.split(".", 3)
            layer, last = rest.split(".", 1)
            old = f"encoder.downsamples.{number}." + (f"{INSIDE[layer]}.{last}" if layer in INSIDE else rest)
        elif old is None:
            _, _, stage, rest = name.split(".", 3)
            kind, number, inner = rest.split(".", 2)
            at = 4 * int(stage) + (3 if kind == "upsamplers" else int(number))
            layer, last = inner.split(".", 1)
            old = f"decoder.upsamples.{at}." + (f"{INSIDE[layer]}.{last}" if layer in INSIDE else inner)
        out[old] = tensor.clone()
    return out


def written(path: Path, state: State) -> Part:
    torch.save(state, path)
    return Part(path, original=True)


def test_the_autoencoder_of_wan22_loads_from_its_own_file(tmp_path: Path) -> None:
    expected = tiny.vae("ti2v").eval()
    part = written(tmp_path / "Wan2.2_VAE.pth", wan22_names(expected.state_dict()))
    assert vae_channels(part) == 48
    ours = load_vae(part)
    latents, pixels = torch.randn(1, 48, 2, 2, 3), torch.rand(1, 3, 5, 32, 48) * 2 - 1
    with torch.no_grad():
        assert torch.equal(ours.decode(latents, return_dict=False)[0], expected.decode(latents, return_dict=False)[0])
        assert torch.equal(ours.encode(pixels).latent_dist.mode(), expected.encode(pixels).latent_dist.mode())
    assert (len(ours.config.latents_mean), ours.config.latents_std[3], ours.config.scale_factor_spatial) == (48, 1.1677, 16)


def test_widths_of_another_encoder_and_decoder_are_read_off_the_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    shape = {"dim_mult": [1, 2, 4, 4], "num_res_blocks": 2, "temperal_downsample": [False, True, True]}
    expected = AutoencoderKLWan(
        base_dim=2, decoder_base_dim=4, z_dim=48, in_channels=12, out_channels=12, is_residual=True, patch_size=2, latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48, scale_factor_spatial=16, **shape,
    ).eval()  # fmt: skip
    ours = load_vae(written(tmp_path / "Wan2.2_VAE.pth", wan22_names(expected.state_dict())))
    assert {name: ours.config[name] for name in shape} == shape
    latents = torch.randn(1, 48, 2, 2, 2)
    with torch.no_grad():
        assert torch.equal(ours.decode(latents, return_dict=False)[0], expected.decode(latents, return_dict=False)[0])


def test_the_autoencoder_of_wan21_loads_from_its_own_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    expected = AutoencoderKLWan(base_dim=2, z_dim=16).eval()
    part = written(tmp_path / "Wan2.1_VAE.pth", wan21_names(expected.state_dict()))
    assert vae_channels(part) == 16
    ours = load_vae(part)
    latents = torch.randn(1, 16, 2, 2, 2)
    with torch.no_grad():
        assert torch.equal(ours.decode(latents, return_dict=False)[0], expected.decode(latents, return_dict=False)[0])


def test_a_file_that_is_no_autoencoder_or_lacks_layers_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no VAE of the Wan family"):
        load_vae(written(tmp_path / "a.pth", {"conv1.weight": torch.zeros(1)}))
    state = wan22_names(tiny.vae("ti2v").state_dict())
    del state["decoder.head.2.weight"]
    with pytest.raises(RenderError, match=r"not complete|missing") as caught:
        load_vae(written(tmp_path / "b.pth", state))
    assert "\n" not in str(caught.value)

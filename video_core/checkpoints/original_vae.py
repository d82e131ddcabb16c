"""The Wan autoencoders as published (`Wan2.1_VAE.pth`, `Wan2.2_VAE.pth`), under diffusers' names and with their configuration.

Knows both namings; widths and depths are read off the tensors. The names of Wan2.1's are converted by diffusers.
Sources: `wan/modules/vae2_1.py` and `vae2_2.py` of Wan2.2 against diffusers' `AutoencoderKLWan`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers

State = dict[str, torch.Tensor]

_RESIDUAL = {"0": "norm1", "2": "conv1", "3": "norm2", "6": "conv2"}
_WAN22 = (
    (r"^conv1\.", "quant_conv."),
    (r"^conv2\.", "post_quant_conv."),
    (r"^(encoder|decoder)\.conv1\.", r"\1.conv_in."),
    (r"^(encoder|decoder)\.head\.0\.", r"\1.norm_out."),
    (r"^(encoder|decoder)\.head\.2\.", r"\1.conv_out."),
    (r"^(encoder|decoder)\.middle\.1\.", r"\1.mid_block.attentions.0."),
    (r"^(encoder|decoder)\.middle\.0\.", r"\1.mid_block.resnets.0."),
    (r"^(encoder|decoder)\.middle\.2\.", r"\1.mid_block.resnets.1."),
    (r"^encoder\.downsamples\.(\d+)\.downsamples\.\d+\.(resample|time_conv)\.", r"encoder.down_blocks.\1.downsampler.\2."),
    (r"^decoder\.upsamples\.(\d+)\.upsamples\.\d+\.(resample|time_conv)\.", r"decoder.up_blocks.\1.upsampler.\2."),
    (r"^encoder\.downsamples\.(\d+)\.downsamples\.(\d+)\.", r"encoder.down_blocks.\1.resnets.\2."),
    (r"^decoder\.upsamples\.(\d+)\.upsamples\.(\d+)\.", r"decoder.up_blocks.\1.resnets.\2."),
)
"""Tried in this order, the first that fits; what is inside a residual block is renamed afterwards."""

_WAN22_MEAN = (
    -0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891, 0.1570, -0.0098, 0.0375,
    -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502, -0.2055, -0.0322, 0.1109, 0.1567, -0.0729, 0.0899,
    -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723, -0.2839, -0.2083, -0.0520, 0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573,
    -0.0548, -0.1681, -0.0667,
)  # fmt: skip
_WAN22_STD = (
    0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901, 0.6885, 0.6165, 0.8454, 0.4978,
    0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659, 0.7069, 0.5338, 0.4889, 0.4917, 0.4069, 0.4999, 0.6866, 0.4093,
    0.5709, 0.6065, 0.6415, 0.4944, 0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600, 0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744,
)  # fmt: skip


def is_vae(names: Mapping[str, object]) -> bool:
    """Whether tensors of these original names are an autoencoder of the Wan family."""
    return {"encoder.conv1.weight", "decoder.conv1.weight", "conv2.weight"} <= names.keys()


def latent_channels(state: Mapping[str, torch.Tensor]) -> int:
    """Channels of its latents: 16 of Wan2.1's, 48 of Wan2.2's."""
    return int(state["conv2.weight"].shape[0])


def vae_state(state: State) -> tuple[State, dict[str, Any]]:
    """The tensors under diffusers' names, and the configuration of `AutoencoderKLWan`. Raises `KeyError` when tensors are missing."""
    if any(name.startswith("encoder.downsamples.0.downsamples.") for name in state):
        named = {_wan22(name): tensor for name, tensor in state.items()}
        return named, _wan22_config(named)
    named = convert_wan_vae_to_diffusers(state)
    return named, {"base_dim": named["encoder.conv_in.weight"].shape[0], "z_dim": named["post_quant_conv.weight"].shape[0]}


def _wan22(name: str) -> str:
    for pattern, new in _WAN22:
        renamed, fits = re.subn(pattern, new, name)
        if fits:
            break
    else:
        return name
    renamed = re.sub(r"\.residual\.(\d)\.", lambda m: f".{_RESIDUAL[m[1]]}.", renamed)
    return renamed.replace(".shortcut.", ".conv_shortcut.")


def _wan22_config(named: State) -> dict[str, Any]:
    base = named["encoder.conv_in.weight"].shape[0]
    blocks = 1 + max(int(m[1]) for name in named if (m := re.match(r"encoder\.down_blocks\.(\d+)\.", name)))
    first = {m[1] for name in named if (m := re.match(r"encoder\.down_blocks\.0\.resnets\.(\d+)\.", name))}
    last = len(first) - 1
    return {
        "base_dim": base, "decoder_base_dim": named["decoder.norm_out.gamma"].shape[0], "z_dim": named["post_quant_conv.weight"].shape[0],
        "dim_mult": [named[f"encoder.down_blocks.{n}.resnets.{last}.conv2.weight"].shape[0] // base for n in range(blocks)],
        "num_res_blocks": len(first), "is_residual": True, "patch_size": 2, "scale_factor_spatial": 16, "scale_factor_temporal": 4,
        "temperal_downsample": [f"encoder.down_blocks.{n}.downsampler.time_conv.weight" in named for n in range(blocks - 1)],
        "in_channels": named["encoder.conv_in.weight"].shape[1], "out_channels": named["decoder.conv_out.weight"].shape[0],
        "latents_mean": list(_WAN22_MEAN), "latents_std": list(_WAN22_STD),
    }  # fmt: skip

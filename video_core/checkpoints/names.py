"""A transformer's tensors under diffusers' names.

Knows the original names of Wan, its first-and-last-frame model and Wan-Animate. Does not know files or shapes.
The map is diffusers' own (`convert_wan_transformer_to_diffusers`), and what it leaves out of `scripts/convert_wan_to_diffusers.py`.
"""

from __future__ import annotations

import torch
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers

from video_core.checkpoints.inspect import Naming, strip_prefix

State = dict[str, torch.Tensor]


def diffusers_names(state: State, naming: Naming) -> State:
    """The same tensors, those that the network computes itself left out: blur kernels of Wan-Animate's motion encoder, `norm_added_q`."""
    state = {strip_prefix(name): tensor for name, tensor in state.items()}
    if naming == "original":
        positions = state.pop("img_emb.emb_pos", None)
        state = {name: tensor for name, tensor in state.items() if not (name.startswith("motion_encoder.") and name.endswith(".kernel"))}
        state = convert_wan_transformer_to_diffusers(state)
        if positions is not None:
            state["condition_embedder.image_embedder.pos_embed"] = positions
    return {name: tensor for name, tensor in state.items() if "norm_added_q" not in name}

"""The text and image encoders as Wan and AniSora ship them (`models_t5_*.pth`, `models_clip_*.pth`), under transformers' names;
files that have those already are taken as they are.

Knows both namings; sizes are read off the tensors.
Sources: `wan/modules/t5.py` and `clip.py` of Wan2.1 against transformers' UMT5 and CLIP.
"""

from __future__ import annotations

import re

import torch
from transformers import CLIPVisionConfig, UMT5Config

State = dict[str, torch.Tensor]

_T5 = (
    (r"^token_embedding\.weight$", "shared.weight"),
    (r"^norm\.weight$", "encoder.final_layer_norm.weight"),
    (r"^blocks\.(\d+)\.norm1\.weight$", r"encoder.block.\1.layer.0.layer_norm.weight"),
    (r"^blocks\.(\d+)\.attn\.([qkvo])\.weight$", r"encoder.block.\1.layer.0.SelfAttention.\2.weight"),
    (
        r"^blocks\.(\d+)\.pos_embedding\.embedding\.weight$",
        r"encoder.block.\1.layer.0.SelfAttention.relative_attention_bias.weight",
    ),
    (r"^blocks\.(\d+)\.norm2\.weight$", r"encoder.block.\1.layer.1.layer_norm.weight"),
    (r"^blocks\.(\d+)\.ffn\.gate\.0\.weight$", r"encoder.block.\1.layer.1.DenseReluDense.wi_0.weight"),
    (r"^blocks\.(\d+)\.ffn\.fc1\.weight$", r"encoder.block.\1.layer.1.DenseReluDense.wi_1.weight"),
    (r"^blocks\.(\d+)\.ffn\.fc2\.weight$", r"encoder.block.\1.layer.1.DenseReluDense.wo.weight"),
)

_CLIP = (
    (r"^patch_embedding\.weight$", "embeddings.patch_embedding.weight"),
    (r"^cls_embedding$", "embeddings.class_embedding"),
    (r"^pos_embedding$", "embeddings.position_embedding.weight"),
    (r"^pre_norm\.(weight|bias)$", r"pre_layrnorm.\1"),
    (r"^post_norm\.(weight|bias)$", r"post_layernorm.\1"),
    (r"^transformer\.(\d+)\.norm([12])\.(weight|bias)$", r"encoder.layers.\1.layer_norm\2.\3"),
    (r"^transformer\.(\d+)\.attn\.proj\.(weight|bias)$", r"encoder.layers.\1.self_attn.out_proj.\2"),
    (r"^transformer\.(\d+)\.mlp\.0\.(weight|bias)$", r"encoder.layers.\1.mlp.fc1.\2"),
    (r"^transformer\.(\d+)\.mlp\.2\.(weight|bias)$", r"encoder.layers.\1.mlp.fc2.\2"),
)


def text_state(state: State) -> State:
    """Wan's UMT5 encoder under transformers' names."""
    return {_renamed(name, _T5): tensor for name, tensor in state.items()}


def text_config(state: State) -> UMT5Config:
    """Sizes from a state under transformers' names."""
    first = "encoder.block.0.layer."
    heads = state[f"{first}0.SelfAttention.relative_attention_bias.weight"].shape[1]
    inner = state[f"{first}0.SelfAttention.q.weight"].shape[0]
    vocabulary, width = state["shared.weight"].shape
    return UMT5Config(
        vocab_size=vocabulary, d_model=width, d_kv=inner // heads, num_heads=heads, num_layers=_layers(state, "encoder.block"),
        d_ff=state[f"{first}1.DenseReluDense.wi_0.weight"].shape[0], feed_forward_proj="gated-gelu",
        relative_attention_num_buckets=state[f"{first}0.SelfAttention.relative_attention_bias.weight"].shape[0],
    )  # fmt: skip


def vision_state(state: State) -> State:
    """The vision half of Wan's CLIP under transformers' names; the text half and the projection are left out."""
    if "vision_model.embeddings.class_embedding" in state:
        inside = {name: tensor for name, tensor in state.items() if name.startswith("vision_model.")}
        return {name.removeprefix("vision_model."): tensor for name, tensor in inside.items()}
    out: State = {}
    for name, tensor in state.items():
        if not name.startswith("visual.") or name == "visual.head":
            continue
        name = name.removeprefix("visual.")
        joint = re.match(r"^transformer\.(\d+)\.attn\.to_qkv\.(weight|bias)$", name)
        if joint:
            for part, piece in zip("qkv", tensor.chunk(3), strict=True):
                out[f"encoder.layers.{joint[1]}.self_attn.{part}_proj.{joint[2]}"] = piece
            continue
        new = _renamed(name, _CLIP)
        out[new] = tensor.reshape(-1) if name == "cls_embedding" else tensor[0] if name == "pos_embedding" else tensor
    return out


def vision_config(state: State) -> CLIPVisionConfig:
    """Sizes from a state under transformers' names; ViT-H's 80 channels per head, or one head when the width is no multiple of it."""
    width = state["embeddings.class_embedding"].shape[0]
    patch = state["embeddings.patch_embedding.weight"].shape[-1]
    side = round((state["embeddings.position_embedding.weight"].shape[0] - 1) ** 0.5) * patch
    return CLIPVisionConfig(
        hidden_size=width, intermediate_size=state["encoder.layers.0.mlp.fc1.weight"].shape[0], hidden_act="gelu", image_size=side,
        num_attention_heads=width // 80 if width % 80 == 0 else 1, num_hidden_layers=_layers(state, "encoder.layers"), patch_size=patch,
        layer_norm_eps=1e-5,
    )  # fmt: skip


def _renamed(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, new in rules:
        if re.match(pattern, name):
            return re.sub(pattern, new, name)
    return name


def _layers(state: State, blocks: str) -> int:
    pattern = re.compile(re.escape(blocks) + r"\.(\d+)\.")
    return 1 + max(int(m[1]) for name in state if (m := pattern.match(name)))

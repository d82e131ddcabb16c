"""Tiny, randomly initialised checkpoints of the real classes, written as folders: what the backend is tested with, offline.

Not a model of anything: frames come out as noise. Sizes follow diffusers' own fast tests.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanAnimateTransformer3DModel, WanTransformer3DModel, WanVACETransformer3DModel
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import CLIPVisionConfig, CLIPVisionModel, PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

TEXT_DIM, IMAGE_DIM = 32, 16
SIZES: dict[str, Any] = {
    "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "text_dim": TEXT_DIM, "freq_dim": 32, "ffn_dim": 32,
    "num_layers": 2, "cross_attn_norm": True, "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 64,
}  # fmt: skip
PIPELINES = {
    "t2v": "WanPipeline", "i2v": "WanImageToVideoPipeline", "flf2v": "WanImageToVideoPipeline", "vace": "WanVACEPipeline",
    "ti2v": "WanPipeline", "animate": "WanAnimatePipeline",
}  # fmt: skip


def transformer(kind: str, *, clip: bool = True, seed: int = 0) -> torch.nn.Module:
    """A transformer of that kind; `clip` gives image-to-video models Wan2.1's image branch."""
    torch.manual_seed(seed)
    image = {"image_dim": IMAGE_DIM, "added_kv_proj_dim": 24} if clip else {}
    match kind:
        case "t2v":
            return WanTransformer3DModel(in_channels=16, out_channels=16, **SIZES)
        case "i2v":
            return WanTransformer3DModel(in_channels=36, out_channels=16, **image, **SIZES)
        case "flf2v":
            return WanTransformer3DModel(in_channels=36, out_channels=16, pos_embed_seq_len=34, **image, **SIZES)
        case "ti2v":
            return WanTransformer3DModel(in_channels=48, out_channels=48, **SIZES)
        case "vace":
            return WanVACETransformer3DModel(in_channels=16, out_channels=16, vace_layers=[0, 1], vace_in_channels=96, **SIZES)
        case "animate":
            return WanAnimateTransformer3DModel(
                in_channels=36, out_channels=16, image_dim=IMAGE_DIM, added_kv_proj_dim=24,
                motion_encoder_channel_sizes={"4": 16, "8": 16, "16": 16}, motion_encoder_size=16, motion_style_dim=8, motion_dim=4,
                motion_encoder_dim=16, face_encoder_hidden_dim=16, face_encoder_num_heads=2, inject_face_latents_blocks=2, **SIZES,
            )  # fmt: skip
    raise ValueError(kind)


def vae(kind: str = "t2v", seed: int = 0) -> AutoencoderKLWan:
    torch.manual_seed(seed)
    if kind == "ti2v":
        return AutoencoderKLWan(
            base_dim=3, z_dim=48, in_channels=12, out_channels=12, is_residual=True, patch_size=2, latents_mean=[0.0] * 48,
            latents_std=[1.0] * 48, dim_mult=[1, 1, 1, 1], num_res_blocks=1, scale_factor_spatial=16, scale_factor_temporal=4,
            temperal_downsample=[False, True, True],
        )  # fmt: skip
    return AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])


def text_encoder(seed: int = 0) -> UMT5EncoderModel:
    torch.manual_seed(seed)
    config = UMT5Config(vocab_size=64, d_model=TEXT_DIM, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return UMT5EncoderModel(config).eval()


def image_encoder(seed: int = 0) -> CLIPVisionModel:
    torch.manual_seed(seed)
    config = CLIPVisionConfig(
        hidden_size=IMAGE_DIM, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4
    )
    return CLIPVisionModel(config).eval()


def tokenizer() -> PreTrainedTokenizerFast:
    """One token per letter: every prompt has its own ids."""
    letters = ["<pad>", "</s>", "<unk>", *"abcdefghijklmnopqrstuvwxyz0123456789.,:-()'\"的猫狐跳雨夜"]
    model = Tokenizer(models.WordLevel({letter: n for n, letter in enumerate(letters)}, unk_token="<unk>"))
    model.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=model, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")


def write_checkpoint(folder: Path, kind: str = "i2v", *, clip: bool = True, experts: int = 1, boundary: float | None = None) -> Path:
    """A diffusers folder of that kind. `boundary` defaults to 0.9 with two experts."""
    folder.mkdir(parents=True, exist_ok=True)
    has_clip = kind in ("flf2v", "animate") or (kind == "i2v" and clip)
    parts: dict[str, Any] = {
        "transformer": transformer(kind, clip=has_clip), "vae": vae(kind), "text_encoder": text_encoder(), "tokenizer": tokenizer(),
    }  # fmt: skip
    if experts == 2:
        parts["transformer_2"] = transformer(kind, clip=has_clip, seed=1)
    if has_clip:
        parts["image_encoder"] = image_encoder()
    index: dict[str, Any] = {"_class_name": PIPELINES[kind], "_diffusers_version": "0.42.1", "transformer_2": [None, None]}
    for name, part in parts.items():
        part.save_pretrained(folder / name)
        index[name] = ["transformers" if type(part).__module__.startswith("transformers") else "diffusers", type(part).__name__]
    index["boundary_ratio"] = (boundary or 0.9) if experts == 2 else None
    index["expand_timesteps"] = kind == "ti2v"
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder

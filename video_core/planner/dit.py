"""The transformer of a video model in numbers: exact parameters and the FLOPs of one forward pass, from its shape alone.

Knows the layers of diffusers' `WanTransformer3DModel`, `WanVACETransformer3DModel` and `WanAnimateTransformer3DModel`. Does not know torch,
GPUs or options. Parameters equal those of the classes exactly, FLOPs those of `torch.utils.flop_counter` (both are tests).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

TEXT_TOKENS = 512
"""Prompts are padded to this length (`WanAttnProcessor` counts on it)."""
IMAGE_TOKENS = 257
"""Tokens of one CLIP ViT-H/14 image."""
FACE_SIZES = {"4": 512, "8": 512, "16": 512, "32": 512, "64": 256, "128": 128, "256": 64, "512": 32, "1024": 16}
"""Channels of Wan-Animate's motion encoder by picture side (`WAN_ANIMATE_MOTION_ENCODER_CHANNEL_SIZES`)."""


@dataclass(frozen=True)
class FaceShape:
    """The extra parts of Wan-Animate: motion encoder, face encoder, face adapters in every n-th block."""

    size: int = 512
    style_dim: int = 512
    motion_dim: int = 20
    out_dim: int = 512
    hidden_dim: int = 1024
    heads: int = 4
    every: int = 5
    channels: Mapping[str, int] | None = None

    @cached_property
    def stages(self) -> tuple[tuple[int, int, int], ...]:
        """(channels in, channels out, side of the picture before) of each halving block."""
        of = self.channels or FACE_SIZES
        sides = [2**i for i in range(int(math.log2(self.size)), 2, -1)]
        return tuple((of[str(side)], of[str(side // 2)], side) for side in sides)

    def parameters(self, dim: int) -> int:
        """Parameters of the motion and the face encoder. `dim`: width of the transformer."""
        first = self.stages[0][0] if self.stages else (self.channels or FACE_SIZES)[str(self.size)]
        last = self.stages[-1][1] if self.stages else first
        motion = 3 * first + first + last * self.style_dim * 16 + self.out_dim * self.motion_dim
        motion += sum(a * a * 9 + a + a * b * 9 + b + a * b for a, b, _ in self.stages)
        motion += 4 * (self.style_dim**2 + self.style_dim) + self.style_dim * self.motion_dim + self.motion_dim
        wide = self.hidden_dim
        face = self.out_dim * wide * self.heads * 3 + wide * self.heads + 2 * (wide * wide * 3 + wide) + wide * dim + dim + dim
        return motion + face

    def flops(self, frames: int, dim: int) -> float:
        """FLOPs of both encoders on `frames` pictures of the face."""
        first = self.stages[0][0] if self.stages else (self.channels or FACE_SIZES)[str(self.size)]
        last = self.stages[-1][1] if self.stages else first
        picture = 2.0 * 3 * first * self.size**2 + 2.0 * last * self.style_dim * 16
        for a, b, side in self.stages:
            blurred, halved = (side + 1) ** 2, (side // 2) ** 2  # FIR blur of (1, 3, 3, 1), then a strided convolution
            skip = (side - 1) ** 2
            picture += 2.0 * a * a * 9 * side**2 + 2.0 * a * b * 9 * halved + 2.0 * a * b * halved + 2.0 * a * 16 * (blurred + skip)
        picture += 2.0 * (4 * self.style_dim**2 + self.style_dim * self.motion_dim) + 2.0 * self.out_dim * self.motion_dim**2
        half, quarter = (frames + 1) // 2, ((frames + 1) // 2 + 1) // 2
        wide = self.hidden_dim
        face = 2.0 * self.out_dim * wide * self.heads * 3 * frames
        face += self.heads * (2.0 * wide * wide * 3 * (half + quarter) + 2.0 * wide * dim * quarter)
        return frames * picture + face


@dataclass(frozen=True)
class Work:
    """FLOPs of one forward pass (2 per multiply-add), by the kind of kernel that does them."""

    linear: float
    """Matrix products with weights; runs in the number format of the weights when they are quantised for compute."""
    attention: float
    """Self-attention over the clip's tokens."""
    cross: float
    """Attention to text, image and face tokens."""
    other: float = 0.0
    """Convolutions of Wan-Animate's motion encoder."""

    @property
    def total(self) -> float:
        return self.linear + self.attention + self.cross + self.other


@dataclass(frozen=True)
class DitShape:
    """Everything about a Wan transformer that parameters, FLOPs and memory depend on; named as in the diffusers config."""

    layers: int
    heads: int
    ffn: int
    head_dim: int = 128
    in_channels: int = 16
    out_channels: int = 16
    text_dim: int = 4096
    freq_dim: int = 256
    image_dim: int | None = None
    added_kv: int | None = None
    pos_embed_len: int | None = None
    cross_attn_norm: bool = True
    patch: tuple[int, int, int] = (1, 2, 2)
    vace_layers: tuple[int, ...] = ()
    vace_channels: int = 96
    face: FaceShape | None = None
    token_times: bool = False
    """One timestep per token (`expand_timesteps` of Wan2.2-TI2V-5B)."""

    @property
    def dim(self) -> int:
        return self.heads * self.head_dim

    @property
    def image_tokens(self) -> int:
        """CLIP tokens that join the text; two pictures where the embedding has a position for both (first and last frame)."""
        if self.image_dim is None:
            return 0
        return self.pos_embed_len or IMAGE_TOKENS

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, token_times: bool = False) -> DitShape:
        """The shape in a diffusers `config.json` of the three Wan classes. Raises `KeyError` when it is of another family."""
        face = None
        if "motion_encoder_size" in config:
            face = FaceShape(
                size=config["motion_encoder_size"], style_dim=config["motion_style_dim"], motion_dim=config["motion_dim"],
                out_dim=config["motion_encoder_dim"], hidden_dim=config["face_encoder_hidden_dim"],
                heads=config["face_encoder_num_heads"], every=config["inject_face_latents_blocks"],
                channels=config.get("motion_encoder_channel_sizes"),
            )  # fmt: skip
        return cls(
            layers=config["num_layers"], heads=config["num_attention_heads"], head_dim=config["attention_head_dim"],
            ffn=config["ffn_dim"], in_channels=config["in_channels"],
            out_channels=config.get("out_channels") or config.get("latent_channels") or config["in_channels"],
            text_dim=config["text_dim"], freq_dim=config["freq_dim"], image_dim=config.get("image_dim"),
            added_kv=config.get("added_kv_proj_dim"), pos_embed_len=config.get("pos_embed_seq_len"),
            cross_attn_norm=config.get("cross_attn_norm", True), patch=tuple(config["patch_size"]),
            vace_layers=tuple(config.get("vace_layers") or ()), vace_channels=config.get("vace_in_channels") or 96,
            face=face, token_times=token_times,
        )  # fmt: skip

    @cached_property
    def block_parameters(self) -> int:
        """Parameters of one main block."""
        d, f = self.dim, self.ffn
        count = 2 * (4 * (d * d + d) + 2 * d) + d * f + f + f * d + d + 6 * d
        if self.cross_attn_norm:
            count += 2 * d
        if self.added_kv is not None:
            count += 2 * (self.added_kv * d + d) + d
        return count

    @cached_property
    def adapters(self) -> int:
        """Face adapters of Wan-Animate."""
        return 0 if self.face is None else self.layers // self.face.every

    @cached_property
    def outside_parameters(self) -> int:
        """Parameters outside the repeated blocks (main, VACE, face adapters): embeddings, head, encoders."""
        d, cells = self.dim, math.prod(self.patch)
        count = self.in_channels * cells * d + d
        count += self.freq_dim * d + d + d * d + d + 6 * d * d + 6 * d + self.text_dim * d + d + d * d + d
        if self.image_dim is not None:
            i = self.image_dim
            count += 2 * i + i * i + i + i * d + d + 2 * d + (self.pos_embed_len or 0) * i
        count += self.out_channels * cells * (d + 1) + 2 * d
        if self.vace_layers:
            count += self.vace_channels * cells * d + d
        if self.face is not None:
            count += self.out_channels * cells * d + d + self.face.parameters(d)
        return count

    @cached_property
    def parameters(self) -> int:
        """All parameters of the transformer."""
        d = self.dim
        count = self.outside_parameters + self.layers * self.block_parameters
        if self.vace_layers:
            count += len(self.vace_layers) * (self.block_parameters + d * d + d) + d * d + d
        count += self.adapters * (4 * (d * d + d) + 2 * self.head_dim)
        return count

    @cached_property
    def kept_float32(self) -> int:
        """Parameters that stay float32 in a 16-bit model (`_keep_in_fp32_modules`): time embedder, tables, block norms."""
        d = self.dim
        count = self.freq_dim * d + d + d * d + d + 2 * d
        blocks = self.layers + len(self.vace_layers)
        return count + blocks * (6 * d + (2 * d if self.cross_attn_norm else 0))

    def tokens(self, latent_frames: int, latent_height: int, latent_width: int) -> int:
        """Tokens of a latent video."""
        t, h, w = self.patch
        return (latent_frames // t) * (latent_height // h) * (latent_width // w)

    def work(self, tokens: int, *, face_frames: int = 0, latent_frames: int = 1) -> Work:
        """FLOPs of one forward pass over `tokens`, batch 1.

        Per block: 8 N d^2 (self q, k, v, o) + 4 N d^2 (cross q, o) + 4 N d f (FFN) + 4 C d^2 (cross k, v of C text tokens) linear,
        4 N^2 d self-attention, 4 N C d cross-attention. `face_frames`, `latent_frames`: for Wan-Animate only.
        """
        n, d, f, c, i = float(tokens), self.dim, self.ffn, TEXT_TOKENS, self.image_tokens
        cells = math.prod(self.patch)
        times = n if self.token_times else 1.0
        outside = 2 * n * self.in_channels * cells * d + 2 * n * d * self.out_channels * cells
        outside += 2 * times * (self.freq_dim * d + 7 * d * d) + 2 * c * (self.text_dim * d + d * d)
        if self.image_dim is not None:
            outside += 2 * i * (self.image_dim**2 + self.image_dim * d)
        block = 12 * n * d * d + 4 * n * d * f + 4 * c * d * d
        if self.added_kv is not None:
            block += 4 * i * self.added_kv * d
        blocks = self.layers + len(self.vace_layers)
        linear = outside + blocks * block
        if self.vace_layers:
            linear += 2 * n * self.vace_channels * cells * d + 2 * n * d * d * (len(self.vace_layers) + 1)
        cross = blocks * 4 * n * (c + (i if self.added_kv is not None else 0)) * d
        other = 0.0
        if self.face is not None:
            faces = latent_frames * (self.face.heads + 1)
            linear += 2 * n * (latent_frames - 1) / latent_frames * self.out_channels * cells * d
            linear += self.adapters * (4 * n * d * d + 4 * faces * d * d)
            cross += self.adapters * 4 * n * (self.face.heads + 1) * d
            other = self.face.flops(face_frames, d)
        return Work(linear=linear, attention=blocks * 4 * n * n * d, cross=cross, other=other)

"""The models of the Wan family by name: what each was trained to be given, and how it is sampled.

Knows numbers of published checkpoints. Does not know files (`video_core.checkpoints`) or tensors; imports no torch.
Sources: the config files and READMEs of Wan2.1, Wan2.2, VACE, Wan-Animate and Index-AniSora (commit 171fe63, 2025-11).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from shotplan.errors import RenderError
from video_core.planner.models import MODELS

Kind = Literal["t2v", "i2v", "flf2v", "vace", "ti2v", "animate"]
"""How the transformer is fed. `t2v` noise alone; `i2v`, `flf2v` noise, mask and latent of given frames in 36 channels; `vace` a control
branch of 96 channels; `ti2v` clean first latent frame with its own time; `animate` pose latents and face pixels beside 36 channels."""

KeyFrames = Literal["none", "first", "first_last", "any_of_8", "any", "reference"]
"""Which frames of a clip may be given as pictures. `any_of_8`: a grid of 8 frames. `reference`: one picture of the character."""

NEGATIVE = (
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，"
    "多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走"
)
"""Wan's own negative prompt, used when guidance is above 1 and the plan has none."""


SMALL = 480 * 832
"""Pixels of what Wan calls 480P."""


@dataclass(frozen=True)
class Family:
    """One published model."""

    name: str
    kind: Kind
    hub: str
    """A Hub repository that holds it."""
    dim: int
    ffn_dim: int
    heads: int
    layers: int
    in_channels: int
    latent_channels: int
    text_dim: int
    image_tokens: int
    """Length of the CLIP vision context: 0 without that branch, 257 for one picture, 514 for two."""
    vace_layers: tuple[int, ...]
    experts: int
    stride: int
    """Pixels of a latent cell's side."""
    boundary: float = 0.0
    """Two experts: share of the 1000 training steps at and above which the high-noise expert works."""
    flow_shift: float = 5.0
    small_shift: float | None = None
    """Flow shift of pictures of at most `SMALL` pixels, where it is another: generate.py of Wan2.1 goes by the size, not by the weights."""
    steps: int = 50
    guidance: tuple[float, float] = (5.0, 5.0)
    """High-noise (or only) and low-noise expert."""
    fps: int = 16
    max_frames: int = 81
    frame_grid: int = 4
    """Clips have `frame_grid * n + 1` frames."""
    key_frames: KeyFrames = "none"
    overlap: int = 1
    """Frames that a following clip is given from the one before."""
    suffix: str = ""
    """Said at the end of every prompt; `{aesthetic}` and `{motion}` are filled in."""
    motion: tuple[float, float] = (2.0, 4.0)
    """Range of the motion score that the model was tuned with."""
    anymask: bool = False
    """The mask may be given per latent cell, not only per frame."""
    tracks: bool = False
    """Point tracks carry the first frame's latent (ATI)."""
    negative: str = NEGATIVE

    @property
    def size_multiple(self) -> int:
        """Height and width are divisible by this: a latent cell times the 2x2 patch."""
        return self.stride * 2

    def frames_for(self, frames: int) -> int:
        """The shortest clip length on the model's grid that holds `frames`, at most `max_frames`."""
        longest = (self.max_frames - 1) // self.frame_grid * self.frame_grid + 1
        return min(-(-(max(frames, 1) - 1) // self.frame_grid) * self.frame_grid + 1, longest)


def _published(name: str, *, shape: str = "", **ways: Any) -> Family:
    """A family whose transformer and autoencoder are those the planner counts with, under its own name or as `shape`."""
    model = MODELS[shape or name]
    dit = model.dit
    return Family(
        name=name, dim=dit.dim, ffn_dim=dit.ffn, heads=dit.heads, layers=dit.layers, in_channels=dit.in_channels,
        latent_channels=dit.out_channels, text_dim=dit.text_dim, image_tokens=dit.image_tokens, vace_layers=dit.vace_layers,
        experts=model.experts, stride=model.vae.stride, **ways,
    )  # fmt: skip


_ANISORA_WAYS: dict[str, Any] = {
    "kind": "i2v", "hub": "IndexTeam/Index-anisora", "steps": 8, "guidance": (1.0, 1.0), "frame_grid": 8, "key_frames": "any_of_8",
    "suffix": "aesthetic score: {aesthetic}. motion score: {motion}. There is no text in the video.",
}  # fmt: skip
_ANISORA = _published("anisora-v3", **_ANISORA_WAYS)

_ALL = (
    _published(
        "wan2.1-t2v-1.3b", kind="t2v", hub="Wan-AI/Wan2.1-T2V-1.3B-Diffusers", flow_shift=8.0, guidance=(6.0, 6.0), overlap=5
    ),
    _published("wan2.1-t2v-14b", kind="t2v", hub="Wan-AI/Wan2.1-T2V-14B-Diffusers", overlap=5),
    _published(
        "wan2.1-i2v-14b", kind="i2v", hub="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", small_shift=3.0,
        steps=40, key_frames="first",
    ),
    _published(
        "wan2.1-i2v-14b-720p", shape="wan2.1-i2v-14b", kind="i2v", hub="Wan-AI/Wan2.1-I2V-14B-720P-Diffusers", steps=40,
        small_shift=3.0, key_frames="first",
    ),
    _published(
        "wan2.1-ati-14b", shape="wan2.1-i2v-14b", kind="i2v", hub="bytedance-research/ATI", steps=40, key_frames="first",
        tracks=True,
    ),
    _published(
        "wan2.1-flf2v-14b", kind="flf2v", hub="Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers",
        flow_shift=16.0, guidance=(5.5, 5.5), key_frames="first_last",
    ),
    _published(
        "wan2.1-vace-1.3b", kind="vace", hub="Wan-AI/Wan2.1-VACE-1.3B-diffusers", flow_shift=16.0,
        key_frames="any", overlap=5,
    ),
    _published(
        "wan2.1-vace-14b", kind="vace", hub="Wan-AI/Wan2.1-VACE-14B-diffusers", flow_shift=16.0,
        key_frames="any", overlap=5,
    ),
    _published(
        "wan2.2-t2v-a14b", kind="t2v", hub="Wan-AI/Wan2.2-T2V-A14B-Diffusers", boundary=0.875, flow_shift=12.0, steps=40,
        guidance=(4.0, 3.0), overlap=5,
    ),
    _published(
        "wan2.2-i2v-a14b", kind="i2v", hub="Wan-AI/Wan2.2-I2V-A14B-Diffusers", boundary=0.9, steps=40,
        guidance=(3.5, 3.5), key_frames="first",
    ),
    _published(
        "wan2.2-vace-fun-a14b", kind="vace", hub="linoyts/Wan2.2-VACE-Fun-14B-diffusers",
        boundary=0.875, flow_shift=16.0, key_frames="any", overlap=5,
    ),
    _published(
        "wan2.2-ti2v-5b", kind="ti2v", hub="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        fps=24, max_frames=121, key_frames="first",
    ),
    _published(
        "wan2.2-animate-14b", kind="animate", hub="Wan-AI/Wan2.2-Animate-14B-Diffusers", steps=20,
        guidance=(1.0, 1.0), fps=30, max_frames=77, key_frames="reference",
    ),
    replace(
        _ANISORA, name="anisora-v2", steps=40, guidance=(5.0, 5.0), max_frames=49, frame_grid=4, key_frames="first", motion=(1.0, 2.0),
        suffix="aesthetic score: {aesthetic}. motion score: {motion}. The video has no subtitles.",
    ),
    _ANISORA,
    replace(_ANISORA, name="anisora-v3.1"),
    _published("anisora-v3.2", boundary=0.9, **_ANISORA_WAYS),
    replace(_ANISORA, name="anisora-anymask", key_frames="any", anymask=True, frame_grid=4, overlap=5),
)  # fmt: skip

FAMILIES: dict[str, Family] = {family.name: family for family in _ALL}


def family(name: str) -> Family:
    """The family of that name. Raises `RenderError` that lists the known ones."""
    if name not in FAMILIES:
        raise RenderError(f"there is no video model {name!r}", where="--video-model", todo=f"choose one of: {', '.join(FAMILIES)}")
    return FAMILIES[name]

"""The large video models the planner knows: transformer shape, experts, autoencoder, encoders, and the length they were trained on.

Knows the published configs. Does not know GPUs, options, or how a checkpoint is loaded.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from shotplan.errors import RenderError
from video_core.planner.dit import DitShape, FaceShape
from video_core.planner.vae import WAN21_VAE, WAN22_VAE, VaeShape

Kind = Literal["t2v", "i2v", "vace", "ti2v", "animate"]

UMT5_PARAMETERS = 5_680_910_336
"""UMT5-XXL encoder: 256384 x 4096 embedding, 24 layers of 4 x 4096^2 + 3 x 4096 x 10240, one bias table of 32 x 64 per layer, norms."""
CLIP_PARAMETERS = 632_076_800
"""Vision half of open_clip ViT-H/14: 32 layers of width 1280."""


CLIP_WIDTH, UMT5_WIDTH = 1280, 4096


@dataclass(frozen=True)
class VideoModel:
    """One checkpoint family."""

    name: str
    kind: Kind
    dit: DitShape
    vae: VaeShape = WAN21_VAE
    experts: int = 1
    """Transformers of the same shape; one is active per step."""
    text_parameters: int = UMT5_PARAMETERS
    frames: int = 81
    """Frames it was trained on."""
    source: str = ""

    @property
    def parameters(self) -> int:
        """Parameters of all experts' transformers."""
        return self.experts * self.dit.parameters

    @property
    def clip_parameters(self) -> int:
        """Of the picture encoder, where the transformer reads the tokens of ViT-H/14."""
        return CLIP_PARAMETERS if self.dit.image_dim == CLIP_WIDTH else 0

    @property
    def multiple(self) -> int:
        """Height and width must be divisible by this many pixels."""
        return self.vae.stride * self.dit.patch[1]


_14B = DitShape(layers=40, heads=40, ffn=13824)
_1_3B = DitShape(layers=30, heads=12, ffn=8960)
_I2V = replace(_14B, in_channels=36, image_dim=1280, added_kv=5120)
_A14B_I2V = replace(_14B, in_channels=36)
_5B = DitShape(layers=30, heads=24, ffn=14336, in_channels=48, out_channels=48, token_times=True)
_VACE = replace(_14B, vace_layers=tuple(range(0, 40, 5)))
_WAN21, _WAN22 = "Wan-AI/Wan2.1 configs", "Wan-AI/Wan2.2 configs"
_ANISORA = "IndexTeam/Index-anisora"

MODELS: dict[str, VideoModel] = {
    model.name: model
    for model in (
        VideoModel("wan2.1-t2v-1.3b", "t2v", _1_3B, source=_WAN21),
        VideoModel("wan2.1-t2v-14b", "t2v", _14B, source=_WAN21),
        VideoModel("wan2.1-i2v-14b", "i2v", _I2V, source=_WAN21),
        VideoModel("wan2.1-flf2v-14b", "i2v", replace(_I2V, pos_embed_len=514), source=_WAN21),
        VideoModel("wan2.1-vace-1.3b", "vace", replace(_1_3B, vace_layers=tuple(range(0, 30, 2))), source=_WAN21),
        VideoModel("wan2.1-vace-14b", "vace", _VACE, source=_WAN21),
        VideoModel("wan2.2-t2v-a14b", "t2v", _14B, experts=2, source=_WAN22),
        VideoModel("wan2.2-i2v-a14b", "i2v", _A14B_I2V, experts=2, source=_WAN22),
        VideoModel("wan2.2-vace-fun-a14b", "vace", _VACE, experts=2, source="alibaba-pai/Wan2.2-VACE-Fun-A14B"),
        VideoModel("wan2.2-ti2v-5b", "ti2v", _5B, vae=WAN22_VAE, frames=121, source=_WAN22),
        VideoModel("wan2.2-animate-14b", "animate", replace(_I2V, face=FaceShape()), frames=77, source=_WAN22),
        VideoModel("anisora-v2", "i2v", _I2V, frames=49, source=_ANISORA),
        VideoModel("anisora-v3", "i2v", _I2V, source=_ANISORA),
        VideoModel("anisora-v3.1", "i2v", _I2V, source=_ANISORA),
        VideoModel("anisora-v3.2", "i2v", _A14B_I2V, experts=2, source=_ANISORA),
        VideoModel("anisora-anymask", "i2v", _I2V, frames=65, source=_ANISORA),
    )
}  # fmt: skip


def find_model(name: str) -> VideoModel:
    """The model of that name. Raises `RenderError` with what is known."""
    key = name.strip().lower().replace("_", "-").replace(" ", "-")
    if key in MODELS:
        return MODELS[key]
    near = difflib.get_close_matches(key, MODELS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise RenderError(f"the model {name!r} is not in the table", todo=f"{hint}known: {', '.join(MODELS)}")


def model_of_configs(configs: Sequence[Mapping[str, Any]], *, vae: VaeShape | None = None) -> VideoModel:
    """The model that diffusers transformer configs describe, one config per expert; works for tiny ones too.

    48 latent channels mean Wan2.2-TI2V-5B: its autoencoder, and one timestep per token. Text of width 4096 means UMT5-XXL.
    Raises `RenderError` when they are not of the Wan family or when the experts differ in shape.
    """
    try:
        shapes = [DitShape.from_config(config) for config in configs]
    except (KeyError, TypeError) as e:
        raise RenderError(f"the transformer's config has no {e}", todo="give a checkpoint of the Wan family") from e
    if not shapes or any(shape != shapes[0] for shape in shapes):
        raise RenderError("the experts differ in shape", todo="give the high-noise and the low-noise transformer of one model")
    dit, kind = shapes[0], _kind(shapes[0])
    if kind == "ti2v":
        dit, vae = replace(dit, token_times=True), vae or WAN22_VAE
    text = UMT5_PARAMETERS if dit.text_dim == UMT5_WIDTH else 0
    return VideoModel("this checkpoint", kind, dit, vae=vae or WAN21_VAE, experts=len(shapes), text_parameters=text, source="its config")


def _kind(dit: DitShape) -> Kind:
    if dit.face:
        return "animate"
    if dit.vace_layers:
        return "vace"
    if dit.in_channels != dit.out_channels:
        return "i2v"
    return "ti2v" if dit.out_channels == WAN22_VAE.z else "t2v"

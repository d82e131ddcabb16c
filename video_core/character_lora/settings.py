"""What a person can set of a training.

Knows names, ranges and defaults, which are those that trainers of Wan LoRAs recommend (musubi-tuner, diffusion-pipe). Does not train.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TrainSettings(BaseModel):
    """Frozen. What changes the result is part of a training's name, but `steps`: a finished one can go on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=1500, ge=1, le=1_000_000)
    """Of each expert."""
    rank: int = Field(default=32, ge=1, le=512)
    layers: Literal["attention", "attention+ffn"] = "attention+ffn"
    """Which matrices of the blocks are adapted."""
    learning_rate: float = Field(default=1e-4, gt=0, le=1)
    warmup: int = Field(default=20, ge=0)
    """Steps over which the learning rate rises."""
    weight_decay: float = Field(default=0.01, ge=0, le=1)
    accumulate: int = Field(default=1, ge=1, le=256)
    """Samples whose gradients are added up for one step."""
    size: tuple[int, int] = (480, 832)
    """(H, W): no sample has more pixels; its aspect is its own."""
    frames: int = Field(default=33, ge=1, le=201)
    """Frames of a piece of a clip, at most; on the model's grid."""
    timesteps: Literal["logit_normal", "uniform"] = "logit_normal"
    """How noise levels are drawn: more in the middle (what musubi-tuner calls `shift` and diffusion-pipe `logit_normal`), or evenly, as
    DiffSynth does; both then shifted toward noise."""
    shift: float = Field(default=3.0, gt=0, le=50)
    caption_dropout: float = Field(default=0.1, ge=0, le=1)
    """Share of steps without words, so that guidance keeps working."""
    held_out: float = Field(default=0.1, ge=0, le=0.5)
    """Share of the files that is never trained on, and measured."""
    average: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the running mean of the adapter that is exported; 0: the adapter itself."""
    weights: Literal["auto", "bf16", "fp8", "fp32"] = "auto"
    """How the model's own weights are held: bf16 on a GPU, fp32 without one; fp8 takes half the memory of bf16."""
    seed: int = Field(default=0, ge=0)
    save_every: int = Field(default=100, ge=1)
    validate_every: int = Field(default=100, ge=1)

    def named(self) -> str:
        """Everything that decides the result, as text."""
        return self.model_dump_json(exclude={"steps", "save_every", "validate_every"})

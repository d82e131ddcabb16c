"""What a person can set of the `wan` backend, each a `--set name=value`.

Knows names, ranges and how text becomes a value. Does not know what a setting does.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class WanSettings(BaseModel):
    """Frozen; what is None comes from the model's family."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    FILES: ClassVar = ("checkpoint", "checkpoint_low", "base", "lora", "lora_low", "taehv", "cache")
    """Settings that name files or folders."""

    checkpoint: str = ""
    """Folder, file or Hub id of the model."""
    checkpoint_low: str = ""
    """File of the low-noise expert, when `checkpoint` is the file of the high-noise one."""
    base: str = ""
    """Folder, Hub id or ComfyUI's `models` with VAE, text encoder and tokenizer, when `checkpoint` is a transformer alone."""
    model: str = "auto"
    """Name of the family; `auto` tells it from the files."""
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1, le=30)
    """At 1 there is no unconditional pass."""
    guidance_low: float | None = Field(default=None, ge=1, le=30)
    """Guidance of the low-noise expert; default that of the high-noise one, or the family's."""
    shift: float | None = Field(default=None, gt=0, le=50)
    """Flow shift of the schedule."""
    solver: Literal["unipc", "euler"] | None = None
    """`euler` takes the exact points few-step models were distilled at; it is the default with `few_step`."""
    few_step: bool = False
    """The weights or a LoRA are distilled to 4 steps (LightX2V): 4 steps, shift 5, guidance 1, euler, unless set otherwise."""
    lora: Words = ()
    """LoRA files, `FILE` or `FILE:strength`, added to the weights before anything else happens to them; for the high-noise expert
    when there are two."""
    lora_low: Words = ()
    """The same for the low-noise expert."""
    control: Words = ("auto",)
    """VACE: which map becomes the control video: auto, pose, depth, layout, scribble, none, or two of them laid over each other."""
    control_strength: float = Field(default=1.0, ge=0, le=2)
    placement: Literal["exact", "compat"] = "exact"
    """AniSora: key frames where they are, or on the released code's grid of 8 frames."""
    motion_score: float | None = Field(default=None, ge=0, le=10)
    """AniSora: how much moves; default what the staged shot does."""
    aesthetic_score: float = Field(default=5.5, ge=0, le=10)
    negative_prompt: str | None = None
    overlap: int | None = Field(default=None, ge=1, le=33)
    """Frames that the clips of a long shot share."""
    clip_frames: int | None = Field(default=None, ge=1, le=1001)
    """Longest clip; above what the model was trained on, motion repeats."""
    taehv: str = ""
    """File of the small decoder (madebyollin/taehv: taew2_1.pth or .safetensors), instead of the VAE's own."""
    option: Words = ()
    """How the model is loaded and run, `name=value` words of the planner; default what it picks for this machine."""
    gpus: int | None = Field(default=None, ge=1, le=64)
    """GPUs that may share one clip; as many are used as the model's attention heads can be dealt out to."""
    cache: str = ""
    """Folder for prompt embeddings and condition latents; default in the user's cache folder."""
    device: str = "auto"

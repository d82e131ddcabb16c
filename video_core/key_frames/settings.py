"""Where key frames come from, as a person asks for it.

Knows names. Imports no torch.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Source = Literal["art", "previous", "painter", "animatic"]
"""`art`: files of the art folder. `previous`: last frame of the shot before. `painter`: a text-to-image model. `animatic`: the drawn
film."""
SOURCES: tuple[Source, ...] = ("art", "previous", "painter", "animatic")


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


class PainterSettings(BaseModel):
    """A text-to-image pipeline of diffusers, with or without ControlNet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checkpoint: str = ""
    """Folder or Hub id of the pipeline."""
    controlnet: str = ""
    """Folder or Hub id of a ControlNet for it, when the pipeline has none of its own."""
    control: Literal["auto", "depth", "pose"] = "auto"
    """What the ControlNet is shown; `auto` tells it from the ControlNet's name."""
    strength: float = Field(default=0.8, ge=0, le=2)
    ip_adapter: str = ""
    """File, folder or Hub id of an IP-Adapter, through which the characters' reference pictures are seen."""
    ip_strength: float = Field(default=0.6, ge=0, le=2)
    steps: int = Field(default=30, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    """None: the pipeline's own, 7.5 for SD 1.5 and 3.5 for FLUX.1."""
    negative_prompt: str = "text, letters, watermark, blurry, deformed"
    dtype: Literal["auto", "bf16", "fp32"] = "auto"
    """`auto`: bf16 on a GPU."""


class KeyFrameSettings(BaseModel):
    """Frozen; kept with a session so that resuming asks the same sources."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: Annotated[tuple[Source, ...], BeforeValidator(_words)] = ("art", "animatic")
    """Tried in this order for every frame that the backend needs a picture of; art is always given, needed or not."""
    art: str = ""
    """Folder of the user's pictures; default `key_frames` in the film's own folder."""
    painter: PainterSettings = PainterSettings()

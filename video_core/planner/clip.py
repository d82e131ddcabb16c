"""What is to be rendered: size, frames, steps, guidance; and whether a model can take it.

Knows the arithmetic of latents and tokens. Does not know GPUs or options.
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.errors import RenderError
from video_core.planner.dit import Work
from video_core.planner.models import VideoModel


@dataclass(frozen=True)
class ClipSpec:
    """One clip as asked for."""

    size: tuple[int, int]
    """(H, W) pixels."""
    frames: int = 81
    steps: int = 40
    guidance: float = 5.0
    """1 or less needs no unconditional pass."""
    references: int = 0
    """VACE reference images; each is one more latent frame."""

    @property
    def passes(self) -> int:
        """Forward passes of a transformer for the whole clip."""
        return self.steps * (2 if self.guidance > 1 else 1)

    def check(self, model: VideoModel) -> None:
        """Raises `RenderError` that says what the nearest allowed value is."""
        height, width = self.size
        m = model.multiple
        if min(self.size) < m or height % m or width % m:
            near = "x".join(str(max(m, round(side / m) * m)) for side in self.size)
            raise RenderError(f"{model.name} draws sizes divisible by {m}, not {height}x{width}", todo=f"the nearest is --size {near}")
        if height * width > 4096 * 4096:
            raise RenderError(f"{height}x{width} is far beyond what video models draw", todo="render smaller and enlarge")
        per = model.vae.frames_per_latent
        if self.frames < 1 or (self.frames - 1) % per:
            low = max(1, (self.frames - 1) // per * per + 1)
            raise RenderError(
                f"{self.frames} frames: {model.name} draws {per}n+1", todo=f"the nearest are --frames {low} and {low + per}"
            )
        if not 1 <= self.steps <= 1000:
            raise RenderError(f"{self.steps} steps", todo="give 1 to 1000")
        if self.references and model.kind != "vace":
            raise RenderError(f"{model.name} takes no reference images", todo="use a VACE model, or leave --references out")

    def latent(self, model: VideoModel) -> tuple[int, int, int]:
        """(T, h, w) that the transformer sees, reference frames included."""
        frames, h, w = model.vae.latent(self.size, self.frames)
        return frames + self.references + (1 if model.kind == "animate" else 0), h, w

    def tokens(self, model: VideoModel) -> int:
        """Tokens of the clip."""
        return model.dit.tokens(*self.latent(model))

    def work(self, model: VideoModel) -> Work:
        """FLOPs of one forward pass."""
        return model.dit.work(self.tokens(model), face_frames=self.frames, latent_frames=self.latent(model)[0])

"""The sizes and frame counts that a video model can take.

Knows Wan's strides: 4 frames, 8 (Wan2.1 VAE) or 16 (Wan2.2 TI2V VAE) pixels, 2x2 patches. Does not know any tensor.
F frames, T = (F-1)/4+1 latent frames. Source: Wan2.1 technical report, section 4.1; diffusers `pipeline_wan_i2v.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.errors import ConditioningError

TEMPORAL = 4
"""Frames per latent frame after the first."""


@dataclass(frozen=True)
class Grid:
    """A clip's frames and pixels as a video model divides them."""

    frames: int
    height: int
    width: int
    spatial: int = 8
    """Pixels per latent pixel."""
    patch: int = 2
    """Latent pixels per token, each way."""

    def __post_init__(self) -> None:
        unit = self.spatial * self.patch
        if self.height < unit or self.width < unit or self.height % unit or self.width % unit:
            low = tuple(max(side // unit, 1) * unit for side in (self.height, self.width))
            raise ConditioningError(
                f"a picture of {self.height}x{self.width} pixels does not fit the model: both sides must divide by {unit}",
                todo=f"the nearest size below is {low[0]}x{low[1]}",
            )
        if self.frames < 1 or self.frames % TEMPORAL != 1:
            raise ConditioningError(
                f"a clip of {self.frames} frames does not fit the model: it takes 4n+1",
                todo=f"use {next_legal_frames(self.frames)} frames",
            )

    @classmethod
    def of(cls, frames: int, size: tuple[int, int], *, spatial: int = 8, patch: int = 2) -> Grid:
        """The grid of a clip at `size` (H, W). Raises `ConditioningError` when the model cannot take it."""
        return cls(frames, *size, spatial=spatial, patch=patch)

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def latent_frames(self) -> int:
        return (self.frames - 1) // TEMPORAL + 1

    @property
    def latent_height(self) -> int:
        return self.height // self.spatial

    @property
    def latent_width(self) -> int:
        return self.width // self.spatial

    @property
    def tokens(self) -> int:
        return self.latent_frames * (self.latent_height // self.patch) * (self.latent_width // self.patch)


def next_legal_frames(frames: int) -> int:
    """The smallest 4n+1 that is not less than `frames`."""
    return max(0, -(-(frames - 1) // TEMPORAL)) * TEMPORAL + 1

"""The phases of making a film, in order."""

from __future__ import annotations

from typing import Literal

Phase = Literal["staging", "conditioning", "storyboard", "animatic", "diffusion", "finishing", "encoding"]

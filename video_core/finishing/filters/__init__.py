"""Style filters by name, each a function of one frame and its number.

Every filter keeps still where the picture keeps still: patterns are seeded and lie on the background, which the camera moves, tones are
stepped smoothly. Only `grain` changes from frame to frame, as film grain does. Sizes are in units of a 480th of the frame's shorter side:
a portrait has the strokes of a landscape.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from video_core.finishing.filters import cel, grade, line, lut, texture, watercolour
from video_core.finishing.filters.instant import Filter
from video_core.finishing.settings import FilterSettings

_PLAIN: dict[str, Callable[[tuple[int, int]], Filter]] = {
    "line": line.make,
    "cel": cel.make,
    "watercolour": watercolour.make,
    "paper": texture.paper,
    "halftone": texture.halftone,
    "grain": texture.grain,
    "sepia": grade.sepia,
    "noir": grade.noir,
    "warm": grade.warm,
    "cool": grade.cool,
}


def make_filter(settings: FilterSettings, size: tuple[int, int]) -> Filter:
    """The filter for frames of `size` (H, W). Raises `RenderError` for a table that cannot be used."""
    if settings.name == "lut":
        return lut.make(lut.read_cube(Path(settings.file)))
    return _PLAIN[settings.name](size)

"""When in a shot a filter is asked for a frame, and where the picture has gone since its beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from video_core.finishing.stage import Bytes


@dataclass(frozen=True)
class Instant:
    """A frame's place in its shot."""

    number: int = 0
    """Of the frame."""
    shift: tuple[int, int] = (0, 0)
    """Rows and columns by which the planned camera has moved the background since the first frame: patterns go with it."""


Filter = Callable[[Bytes, Instant], Bytes]
"""(frame (H,W,3) RGB, when) -> frame of the same size."""

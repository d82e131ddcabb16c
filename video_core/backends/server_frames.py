"""A server's mp4 as the frames a shot needs: decoded, checked, brought to its count and size, with a line for each difference.

Knows PyAV and resampling. Does not know HTTP.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.backends.server_job import UNREADABLE

Bytes = NDArray[np.uint8]
MOST_FRAMES = 4096
MOST_PIXELS = 8192 * 8192


@dataclass(frozen=True)
class Film:
    """What came back."""

    frames: Bytes
    """(F,H,W,3) RGB."""
    fps: float


def decode(film: bytes) -> Film:
    """Every frame of an mp4. Raises `RenderError` at `UNREADABLE` when it is no film, has no frames, or is senselessly large."""
    again = "the job is created again; if it stays so, look at the server's log"
    try:
        with av.open(io.BytesIO(film), mode="r") as container:
            stream = container.streams.video[0]
            if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
                raise RenderError("frames larger than any film", where=UNREADABLE, todo=again)
            fps = float(stream.average_rate or 0)
            frames: list[Bytes] = []
            for frame in container.decode(stream):
                frames.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                if len(frames) > MOST_FRAMES:
                    raise RenderError(f"more than {MOST_FRAMES} frames", where=UNREADABLE, todo=again)
    except (av.error.FFmpegError, IndexError, ValueError, OSError) as e:
        raise RenderError(f"{getattr(e, 'strerror', None) or e}", where=UNREADABLE, todo=again) from e
    if not frames:
        raise RenderError("it holds no frames", where=UNREADABLE, todo=again)
    if any(frame.shape != frames[0].shape for frame in frames):
        raise RenderError("its frames differ in size", where=UNREADABLE, todo=again)
    return Film(np.stack(frames), fps)


def fitted(film: Film, count: int, size: tuple[int, int]) -> tuple[Bytes, list[str]]:
    """`count` frames of `size` (H, W), and what had to be changed, in words.

    Too many or too few frames are taken at even distances over the whole clip; another size is scaled to cover and cut in the middle.
    """
    frames, told = film.frames, []
    if len(frames) != count:
        told.append(f"{len(frames)} frames came back for {count}: taken at even distances")
        frames = frames[np.round(np.linspace(0, len(frames) - 1, count)).astype(int)]
    if frames.shape[1:3] != size:
        told.append(f"frames of {frames.shape[1]}x{frames.shape[2]} came back for {size[0]}x{size[1]}: scaled, edges cut")
        frames = np.stack([_cover(frame, size) for frame in frames])
    return frames, told


def _cover(frame: Bytes, size: tuple[int, int]) -> Bytes:
    height, width = frame.shape[:2]
    scale = max(size[0] / height, size[1] / width)
    large = max(size[0], round(height * scale)), max(size[1], round(width * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(frame, large[::-1], interpolation=how), np.uint8)
    top, left = (large[0] - size[0]) // 2, (large[1] - size[1]) // 2
    return scaled[top : top + size[0], left : left + size[1]]

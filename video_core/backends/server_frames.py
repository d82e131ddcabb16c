"""Pictures to a server and its mp4 back: a picture at the size that is asked for, and frames of the count and size that a shot needs.

Knows PyAV and resampling, and has a line for each difference. Does not know HTTP.
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
ALIKE = 0.1
"""Aspects that differ by a smaller share are one aspect, rounded to sides that a model can draw."""
ANOTHER = 20.0
"""Mean difference of small copies (0..255) above which a frame does not show a picture; a video autoencoder and a codec stay below 6."""


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


def fitted(
    film: Film, count: int, size: tuple[int, int], *, fps: float = 0.0, asked: tuple[int, int] | None = None
) -> tuple[Bytes, list[str]]:
    """`count` frames of `size` (H, W), and what had to be changed, in words.

    `fps`: that of the shot, 0 when any will do. `asked`: the size that the server was asked for.

    Too many or too few frames are taken at even distances over the whole clip. The size that was asked for, or one of nearly the aspect
    wanted, is scaled, which takes back what `picture_for` did: a hand-over neither grows nor shifts. Any other covers and is cut evenly.
    """
    frames, told = film.frames, []
    if len(frames) != count:
        told.append(f"{len(frames)} frames came back for {count}: taken at even distances")
        frames = frames[np.round(np.linspace(0, len(frames) - 1, count)).astype(int)]
    elif fps and film.fps and abs(film.fps - fps) > 0.5:
        told.append(f"a film of {film.fps:g} frames per second came back for {fps:g}: motion is that much slower or faster")
    if frames.shape[1:3] != size:
        alike = frames.shape[1:3] == asked or _alike(frames.shape[1:3], size)
        how = "scaled" if alike else "scaled, edges cut"
        told.append(f"frames of {frames.shape[1]}x{frames.shape[2]} came back for {size[0]}x{size[1]}: {how}")
        frames = np.stack([_scaled(frame, size) if alike else _cover(frame, size) for frame in frames])
    return frames, told


def picture_for(picture: Bytes, size: tuple[int, int], *, reference: bool = False) -> bytes:
    """A PNG of `size` (H, W), so that the server, which presses any picture into it, changes nothing.

    A frame is scaled; a `reference` of another aspect is all there, on white, as VACE has its references.
    """
    if not reference or _alike(picture.shape[:2], size):
        picture = _scaled(picture, size)
    else:
        scale = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
        inside = _scaled(picture, (max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale))))
        top, left = (size[0] - inside.shape[0]) // 2, (size[1] - inside.shape[1]) // 2
        picture = np.full((*size, 3), 255, np.uint8)
        picture[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])


def apart(frame: Bytes, picture: Bytes) -> float:
    """How far a frame is from showing a picture, 0..255: mean difference of copies of 32 x 18, which details do not touch."""
    small = [cv2.resize(image, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32) for image in (frame, picture)]
    return float(np.abs(small[0] - small[1]).mean())


def _alike(have: tuple[int, ...], size: tuple[int, int]) -> bool:
    return abs(have[0] * size[1] / (have[1] * size[0]) - 1) < ALIKE


def _scaled(frame: Bytes, size: tuple[int, int]) -> Bytes:
    if frame.shape[:2] == size:
        return frame
    smaller = frame.shape[0] * frame.shape[1] > size[0] * size[1]
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.uint8)


def _cover(frame: Bytes, size: tuple[int, int]) -> Bytes:
    height, width = frame.shape[:2]
    scale = max(size[0] / height, size[1] / width)
    large = max(size[0], round(height * scale)), max(size[1], round(width * scale))
    scaled = _scaled(frame, large)
    top, left = (large[0] - size[0]) // 2, (large[1] - size[1]) // 2
    return scaled[top : top + size[0], left : left + size[1]]

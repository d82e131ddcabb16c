"""Frames to an mp4 file and back, and a picture to a PNG file.

Knows PyAV (FFmpeg) and OpenCV. Does not know shots. A file appears under its name only when it is complete.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.ledger import write_bytes

Bytes = NDArray[np.uint8]

_SAME_BYTES = {"x264-params": "mbtree=0"}
"""Macroblock-tree rate control gives other bytes from run to run with this x264 on AVX-512; without it they are the same."""

_COLOURS = {"colorspace": 6, "color_range": 1, "color_primaries": 1, "color_trc": 1}
"""ITU-T H.273: the matrix of BT.601, which OpenCV converts with, in limited range; primaries and curve of BT.709, near those of sRGB.
Players take the matrix of BT.709 for large films that say nothing, and show other reds and greens."""

CODECS = ("libx264", "libopenh264", "mpeg4")
"""Tried in this order; the wheels of PyAV carry the first."""


def codec() -> str:
    """The best encoder this FFmpeg has. Raises `RenderError` when it has none of `CODECS`."""
    for name in CODECS:
        try:
            av.codec.Codec(name, "w")
        except (av.error.FFmpegError, ValueError):
            continue
        return name
    raise RenderError("FFmpeg has no usable mp4 encoder", todo="reinstall the `av` package from PyPI")


def discard(path: Path) -> None:
    """Remove a half-written file, if there is one."""
    with contextlib.suppress(OSError):
        path.unlink()


def write_mp4(path: Path, frames: Iterable[Bytes], fps: int, size: tuple[int, int] | None = None) -> int:
    """Write RGB frames (H,W,3) one by one as h264 yuv420p; returns how many.

    `size` is (H, W), by default that of the first frame; odd sides lose one pixel. The file is written beside `path` under a
    temporary name and renamed at the end. Raises `RenderError` when there are no frames, when frames differ in size, or
    when the file cannot be written.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(part), mode="w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream: av.VideoStream | None = None
            shape: tuple[int, ...] = ()
            for frame in frames:
                if stream is None:
                    h, w = size or frame.shape[:2]
                    h, w = h - h % 2, w - w % 2
                    stream = cast(av.VideoStream, container.add_stream(codec(), rate=Fraction(fps)))
                    stream.width, stream.height, stream.pix_fmt = w, h, "yuv420p"
                    stream.codec_context.time_base = Fraction(1, fps)
                    for name, value in _COLOURS.items():
                        setattr(stream.codec_context, name, value)
                    stream.codec_context.thread_count = 1
                    if stream.codec_context.name == "libx264":
                        stream.options = {"crf": "18", "preset": "veryfast", "tune": "animation", **_SAME_BYTES}
                    else:
                        stream.bit_rate = 6_000_000
                    shape = frame.shape
                if frame.shape != shape:
                    raise RenderError(
                        f"frame {count} is {frame.shape}, the first is {shape}",
                        where=str(path),
                        todo="render all shots at one size",
                    )
                even = np.ascontiguousarray(frame[: stream.height, : stream.width])
                picture = av.VideoFrame.from_ndarray(
                    np.asarray(cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420), np.uint8), "yuv420p"
                )
                picture.pts = count
                picture.time_base = Fraction(1, fps)
                for packet in stream.encode(picture):
                    container.mux(packet)
                count += 1
            if stream is None:
                raise RenderError("there are no frames to write", where=str(path), todo="render at least one shot")
            for packet in stream.encode():
                container.mux(packet)
        os.replace(part, path)
    except (OSError, av.error.FFmpegError) as e:
        discard(part)
        reason = getattr(e, "strerror", None) or str(e)
        raise RenderError(
            f"cannot write the film: {reason}", where=str(path), todo="check the folder and the free space"
        ) from e
    except BaseException:
        discard(part)
        raise
    return count


def write_png(path: Path, picture: Bytes) -> None:
    """Write a picture (H,W,3) RGB; under its name only when it is complete. Raises `RenderError`."""
    write_bytes(path, cv2.imencode(".png", picture[..., ::-1])[1].tobytes())


def frames_of_mp4(path: Path) -> Generator[Bytes, None, None]:
    """The frames of a film one by one, RGB (H,W,3), upright as players show them. Raises `RenderError` when it cannot be read."""
    with _opened(path) as container:
        yield from _upright(container)


def read_mp4(path: Path) -> tuple[Bytes, int]:
    """All frames (F,H,W,3) RGB of a film, upright as players show them, and its frames per second, rounded.

    Raises `RenderError` when it cannot be read.
    """
    with _opened(path) as container:
        fps = round(float(container.streams.video[0].average_rate or 16))
        frames = list(_upright(container))
    if not frames:
        raise RenderError("the film holds no frames", where=str(path), todo="render it again")
    return np.stack(frames), fps


def not_read(path: Path) -> tuple[str, ...]:
    """What a film has that `read_mp4` does not give, in words. Raises `RenderError` when it cannot be read."""
    with _opened(path) as container:
        rate = float(container.streams.video[0].average_rate or 16)
        sound = ("its sound is not kept",) if container.streams.audio else ()
    return (*sound, *([f"{rate:.2f} frames per second are written as {round(rate)}"] if abs(rate - round(rate)) > 1e-3 else []))


@contextmanager
def _opened(path: Path) -> Iterator[av.container.InputContainer]:
    try:
        with av.open(str(path)) as container:
            yield container
    except (OSError, IndexError, av.error.FFmpegError) as e:
        raise RenderError(
            f"cannot read the film: {getattr(e, 'strerror', None) or e}", where=str(path), todo="render it again"
        ) from e


def _upright(container: av.container.InputContainer) -> Iterator[Bytes]:
    for frame in container.decode(container.streams.video[0]):
        picture = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
        yield np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90))) if frame.rotation else picture

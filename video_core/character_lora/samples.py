"""What of each file is seen: a size that keeps its aspect, and pieces of a clip on the model's frame grid.

Knows aspects, grids and resampling in time. Does not know models or captions' meaning.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from shotplan.errors import CharacterError
from video_core.adapters.pictures import Picture
from video_core.character_lora.dataset import Dataset, Source
from video_core.encode import frames_of_mp4


@dataclass(frozen=True)
class Sample:
    """A picture, or a piece of a clip."""

    source: Source
    size: tuple[int, int]
    """(H, W) at which it is seen."""
    numbers: tuple[int, ...]
    """Frames of the file, in order; (0,) for a picture."""
    held_out: bool = False

    @property
    def frames(self) -> int:
        return len(self.numbers)

    @property
    def bucket(self) -> tuple[int, int, int]:
        return (*self.size, self.frames)


def bucket_size(size: tuple[int, int], limit: tuple[int, int], unit: int) -> tuple[int, int]:
    """(H, W) on a grid of `unit` with nearly the aspect of `size`, with at most the pixels of `limit`, and not enlarged.

    A side is never shorter than one unit: what is smaller than that is enlarged to it.
    """
    height, width = size
    scale = min(1.0, math.sqrt(limit[0] * limit[1] / (height * width)))
    h, w = (max(1, math.floor(side * scale / unit + 0.5)) for side in (height, width))
    while h * w * unit * unit > limit[0] * limit[1] and h * w > 1:
        if h > 1 and (w == 1 or h / w > height / width):
            h -= 1
        else:
            w -= 1
    return max(1, min(h, height // unit)) * unit, max(1, min(w, width // unit)) * unit


def pieces(frames: int, fps: float, *, at: int, longest: int, grid: int) -> tuple[tuple[int, ...], ...]:
    """Frame numbers of the pieces of a clip of `frames` at `fps`, seen at `at` frames per second.

    Each has `grid * n + 1` frames, at most `longest`; they follow each other, and the last ends with the clip.
    """
    count = max(1, math.floor(frames / fps * at + 1e-6))
    order = [min(frames - 1, math.floor(n * fps / at + 1e-6)) for n in range(count)]
    length = (min(longest, count) - 1) // grid * grid + 1
    starts = list(range(0, count - length + 1, length))
    if starts[-1] + length < count:
        starts.append(count - length)
    return tuple(tuple(order[start : start + length]) for start in starts)


def samples_of(
    dataset: Dataset, *, limit: tuple[int, int], unit: int, longest: int, grid: int, fps: int, share: float
) -> tuple[Sample, ...]:
    """Every sample of a data set in a fixed order. Raises `CharacterError` when nothing is left to train on."""
    held = dataset.held_out(share)
    found = []
    for source in dataset.sources:
        size = bucket_size(source.size, limit, unit)
        cut = pieces(source.frames, source.fps, at=fps, longest=longest, grid=grid) if source.kind == "clip" else ((0,),)
        found += [Sample(source, size, numbers, source.digest in held) for numbers in cut]
    if all(sample.held_out for sample in found):
        raise CharacterError("nothing is left to train on", where=str(dataset.folder), todo="add pictures, or hold fewer out")
    return tuple(found)


def said_of(samples: Sequence[Sample], limit: tuple[int, int], unit: int) -> tuple[str, ...]:
    """The buckets in words, and which files are smaller than they could be."""
    counts = Counter(sample.bucket for sample in samples)
    rows = [f"{h}x{w}" + (f"x{f}" if f > 1 else "") + f": {n}" for (h, w, f), n in sorted(counts.items())]
    small = sorted({s.source.path.name for s in samples if s.size[0] * s.size[1] < limit[0] * limit[1] / 2})
    notes = [f"samples by size: {', '.join(rows)}"]
    if small:
        notes.append(f"{len(small)} files are small and are not enlarged, which teaches little detail: {', '.join(small[:4])}")
    cut = sorted({s.source.path.name for s in samples if s.source.kind == "clip" and s.frames == 1})
    if cut:
        notes.append(f"{len(cut)} clips are so short that one frame of them is seen: {', '.join(cut[:4])}")
    tiny = sorted({s.source.path.name for s in samples if min(s.source.size) < unit})
    if tiny:
        notes.append(f"{len(tiny)} files are smaller than {unit} pixels and are enlarged: {', '.join(tiny[:4])}")
    return tuple(notes)


def load_frames(sample: Sample) -> NDArray[np.uint8]:
    """(F,H,W,3) RGB at the sample's size: scaled until it is filled, cut evenly on both sides. Raises when the file cannot be read."""
    return next(frames_of([sample]))[1]


def frames_of(samples: Sequence[Sample]) -> Iterator[tuple[Sample, NDArray[np.uint8]]]:
    """Each sample, in their order, with its frames as `load_frames` gives them. Pieces of one clip that follow each other are read in one
    go, so that a long clip is not decoded anew for each. Raises `CharacterError`, `RenderError` when a file cannot be read."""
    for source, together in groupby(samples, key=lambda sample: sample.source):
        pieces = list(together)
        if source.kind == "picture":
            yield from ((sample, _fitted(_picture(source), sample.size)[None]) for sample in pieces)
        else:
            yield from _pieces_of(source, pieces)


def _pieces_of(source: Source, samples: list[Sample]) -> Iterator[tuple[Sample, NDArray[np.uint8]]]:
    wanted = {n for sample in samples for n in sample.numbers}
    kept: dict[int, Picture] = {}
    waiting = deque(samples)
    for n, frame in enumerate(frames_of_mp4(source.path)):
        if n in wanted:
            kept[n] = _fitted(frame, waiting[0].size)
        while waiting and waiting[0].numbers[-1] <= n:
            sample = waiting.popleft()
            yield sample, np.stack([kept[m] for m in sample.numbers])
            kept = {m: picture for m, picture in kept.items() if waiting and m >= waiting[0].numbers[0]}
        if not waiting:
            return
    raise CharacterError("the clip has become shorter", where=str(source.path), todo="leave the folder alone while it is being read")


def _picture(source: Source) -> Picture:
    try:
        with Image.open(source.path) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith("I;16"):  # converting these to RGB would make nearly everything white
                return np.repeat((np.asarray(image) // 257).astype(np.uint8)[..., None], 3, axis=-1)
            if "A" in image.getbands() or "transparency" in image.info:
                layers = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers)
            return np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, ValueError) as e:
        raise CharacterError(f"the picture cannot be read: {e}", where=str(source.path), todo="replace it or take it out") from e


def _fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    have = picture.shape[:2]
    scale = max(size[0] / have[0], size[1] / have[1])
    new = tuple(max(round(side * scale), full) for side, full in zip(have, size, strict=True))
    scaled = np.asarray(Image.fromarray(picture).resize((new[1], new[0]), Image.Resampling.LANCZOS)) if new != have else picture
    top, left = (new[0] - size[0]) // 2, (new[1] - size[1]) // 2
    return np.ascontiguousarray(scaled[top : top + size[0], left : left + size[1]])

"""A shot that is longer than a model's clip: overlapping clips, the frames handed from one to the next, and their joins.

Knows where clips begin, how a conditioning bundle is cut, and how long a match lasts. Does not know how a clip is drawn,
or how colours are compared (`video_core.long_shot.join_colours`).

A following clip is given the last `overlap` frames of the film so far. Where both exist the picture melts from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning
from video_core.long_shot.join_colours import FirstColours, field, held, small

Bytes = NDArray[np.uint8]
FADE = 1.0
"""Seconds in which what was matched at a join gives way to what the whole clip needs."""


@dataclass(frozen=True)
class Window:
    """One clip of a shot."""

    start: int
    """First frame in the shot."""
    length: int
    """Frames that the model draws; may reach beyond the shot's end, and is cut off then."""
    overlap: int
    """Frames that the clip before has drawn already; 0 for the first."""


def windows(frames: int, longest: int, overlap: int, grid: int = 4) -> tuple[Window, ...]:
    """Clips of equal length, `grid * n + 1` and at most `longest`, that cover `frames`."""
    longest = (longest - 1) // grid * grid + 1
    overlap = min(overlap, longest - 1)
    count = 1 if frames <= longest else -(-(frames - overlap) // (longest - overlap))
    share = -(-(frames + (count - 1) * overlap) // count)
    length = min(-(-(share - 1) // grid) * grid + 1, longest)
    return tuple(Window(n * (length - overlap), length, overlap if n else 0) for n in range(count))


def joins_of(parts: tuple[Window, ...], frames: int) -> tuple[int, ...]:
    """Frames at which a clip takes over from the one before, as `draw_long` joins them; see `Clip.joins`."""
    later = [w for w in parts if w.start]
    return tuple(f for w in later for f in range(w.start + (w.overlap == 1), w.start + w.overlap + 1) if f < frames)


def cut(conditioning: Conditioning, window: Window) -> Conditioning:
    """The bundle of one clip; frames beyond the shot's end repeat its last one. Key frames are renumbered, those outside dropped.

    Nothing is kept beyond the end, unless every frame is given: then the last one is held there.
    """
    taken = np.minimum(np.arange(window.start, window.start + window.length), conditioning.frames - 1)
    whole = ("scene", "key_frames", "key_frame_numbers")
    arrays = {f.name: getattr(conditioning, f.name)[taken] for f in fields(conditioning) if f.name not in whole}
    if len(conditioning.key_frames) == conditioning.frames:
        at = np.argsort(conditioning.key_frame_numbers)[taken]
        numbers = np.arange(window.length, dtype=np.int32)
        return replace(conditioning, **arrays, key_frames=conditioning.key_frames[at], key_frame_numbers=numbers)
    arrays["keep_mask"][conditioning.frames - window.start :] = 0
    numbers = conditioning.key_frame_numbers - window.start
    inside = (numbers >= 0) & (numbers < min(window.length, conditioning.frames - window.start))
    return replace(
        conditioning, **arrays, key_frames=conditioning.key_frames[inside], key_frame_numbers=numbers[inside].astype(np.int32)
    )


def hand_over(conditioning: Conditioning, frames: Bytes) -> Conditioning:
    """The clip's bundle with its first frames given whole; what it had given there itself is replaced."""
    count = len(frames)
    later = conditioning.key_frame_numbers >= count
    keep = conditioning.keep_mask.copy()
    keep[:count] = 255
    return replace(
        conditioning, keep_mask=keep, key_frames=np.concatenate([frames, conditioning.key_frames[later]]),
        key_frame_numbers=np.concatenate([np.arange(count), conditioning.key_frame_numbers[later]]).astype(np.int32),
    )  # fmt: skip


Draw = Callable[[int, Window, Conditioning], Bytes]
"""(number of the clip, window, its bundle with the hand-over frames) -> (length,H,W,3)."""


def draw_long(conditioning: Conditioning, parts: tuple[Window, ...], draw: Draw, *, match: bool = True) -> Bytes:
    """Every frame of the shot (F,H,W,3), clip after clip. `match`: colours are matched at the joins."""
    film = np.empty((0, *conditioning.size, 3), np.uint8)
    first = FirstColours(conditioning)
    for n, window in enumerate(parts):
        bundle = cut(conditioning, window)
        if window.overlap:
            bundle = hand_over(bundle, film[-window.overlap :])
        clip = draw(n, window, bundle)
        if match and len(parts) > 1 and not n:
            first.learn(clip)
        if match and window.overlap:
            clip = matched(film, clip, window, first, conditioning.scene.fps)
        film = joined(film, clip, window.overlap)
    return film[: conditioning.frames]


def joined(film: Bytes, clip: Bytes, overlap: int) -> Bytes:
    """`clip` put after `film`, melted over the `overlap` frames that both have."""
    if not overlap:
        return np.concatenate([film, clip])
    before = film[-overlap:]
    share = (np.arange(1, overlap + 1) / (overlap + 1)).reshape(-1, 1, 1, 1) if overlap > 1 else np.zeros((1, 1, 1, 1))
    melted = before * (1 - share) + clip[:overlap] * share
    return np.concatenate([film[:-overlap], np.round(melted).astype(np.uint8), clip[overlap:]])


def matched(film: Bytes, clip: Bytes, window: Window, first: FirstColours, fps: int) -> Bytes:
    """`clip` in the colours of the `film` it goes on from, and after `FADE` seconds in those of the shot's `first` clip.

    The frames that both have may differ otherwise than those after them: a model may keep what it is given to the pixel and shift the rest.
    """
    ahead, out = window.overlap, clip.astype(np.float32)
    for n, (wanted, own) in enumerate(zip(film[-ahead:], clip[:ahead], strict=True)):
        out[n] += field(wanted, own)
    if len(clip) > ahead:
        join = field(film[-1], clip[ahead])
        own, half = small(clip[ahead:]).astype(np.float32), max(1, round(FADE * fps / 2))
        starts = range(0, len(own), half)
        kept = [held(join.mean((0, 1)), *first.shift(own[at : at + half], window.start + ahead + at)) for at in starts]
        times, middles = np.arange(len(own)), [min(at + (half - 1) / 2, len(own) - 1) for at in starts]
        along = np.stack([np.interp(times, middles, [k[c] for k in kept]) for c in range(3)], axis=1).astype(np.float32)
        gone = np.clip(times.astype(np.float32) / (2 * half), 0, 1)
        for frame, share, shift in zip(out[ahead:], gone * gone * (3 - 2 * gone), along, strict=True):
            frame += join * (1 - share) + shift * share
    return np.clip(np.round(out), 0, 255).astype(np.uint8)

"""A shot that is longer than a model's clip: overlapping clips, the frames handed from one to the next, and their joins.

Knows where clips begin, how a conditioning bundle is cut, and how colours are matched at a join. Does not know how a clip is drawn.

A following clip is given the last `overlap` frames of the film so far. Where both exist the picture melts from one to the other. A model
may keep the given frames to the pixel and shift the rest, so what follows them is matched by its own first frame: it gets the mean and
spread of the film's last one, and nothing flashes at the join or adds up from clip to clip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from video_core.conditioning import Conditioning

Bytes = NDArray[np.uint8]
GAIN = (0.8, 1.25)
"""Most that a colour match may change the spread of a channel."""
SHIFT = 24.0
"""Most that a colour match may move a channel, of 255."""


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
    for n, window in enumerate(parts):
        bundle = cut(conditioning, window)
        if window.overlap:
            bundle = hand_over(bundle, film[-window.overlap :])
        clip = draw(n, window, bundle)
        film = joined(film, clip, window.overlap, match=match)
    return film[: conditioning.frames]


def joined(film: Bytes, clip: Bytes, overlap: int, *, match: bool = True) -> Bytes:
    """`clip` put after `film`, melted over the `overlap` frames that both have."""
    if not overlap:
        return np.concatenate([film, clip])
    before = film[-overlap:]
    if match:
        free = matched(clip[overlap:], film[-1:], clip[overlap : overlap + 1]) if len(clip) > overlap else clip[overlap:]
        clip = np.concatenate([matched(clip[:overlap], before, clip[:overlap]), free])
    share = (np.arange(1, overlap + 1) / (overlap + 1)).reshape(-1, 1, 1, 1) if overlap > 1 else np.zeros((1, 1, 1, 1))
    melted = before * (1 - share) + clip[:overlap] * share
    return np.concatenate([film[:-overlap], np.round(melted).astype(np.uint8), clip[overlap:]])


def matched(clip: Bytes, wanted: Bytes, own: Bytes) -> Bytes:
    """`clip` with the mean and spread of each channel that turn `own` into `wanted`, two drawings of the same frames.

    Mean and spread, not a fitted line: where two drawings differ in detail a fit loses contrast at every join. Pixels at the ends of the
    range count in neither. Source: Reinhard et al. 2001, here in RGB.
    """
    out = clip.astype(np.float32)
    for channel in range(3):
        a, b = own[..., channel].astype(np.float32), wanted[..., channel].astype(np.float32)
        usable = (a > 2) & (a < 253) & (b > 2) & (b < 253)
        if usable.mean() < 0.02:
            continue
        a, b = a[usable], b[usable]
        gain = float(np.clip(b.std() / max(float(a.std()), 1e-3), *GAIN)) if a.std() > 2 else 1.0
        shift = float(np.clip(b.mean() - a.mean(), -SHIFT, SHIFT))
        out[..., channel] = (out[..., channel] - a.mean()) * gain + a.mean() + shift
    return np.clip(np.round(out), 0, 255).astype(np.uint8)

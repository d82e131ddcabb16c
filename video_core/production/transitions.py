"""From shots to one film: cuts, dissolves and fades.

Knows transitions. Does not know how shots are drawn or encoded. Holds no more than one transition's frames in memory.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.backends.backend import Clip
from video_core.encode import write_mp4
from video_core.ledger import code_digest, digest_of

Bytes = NDArray[np.uint8]
Transition = Literal["cut", "dissolve", "fade"]

DISSOLVE = 0.5
"""Seconds over which one shot melts into the next; the film gets shorter by this."""
FADE = 0.35
"""Seconds to black, and as many from black."""


@dataclass(frozen=True)
class Take:
    """A shot's frames as they come, and how the film goes into it."""

    frames: Iterable[Bytes]
    """RGB (H,W,3), in order."""
    length: int
    """How many there are."""
    transition: str = "cut"


def join(takes: Iterable[Take], fps: int) -> Iterator[Bytes]:
    """The frames of the whole film, one by one. Unequal sizes are brought to the first frame's."""
    size: tuple[int, int] | None = None
    held: deque[Bytes] = deque()
    ordered = list(takes)
    for n, take in enumerate(ordered):
        following = ordered[n + 1] if n + 1 < len(ordered) else None
        keep = _overlap(take, following, fps)
        into = len(held)
        fade_in = round(FADE * fps) if take.transition == "fade" else 0
        fade_in = min(fade_in, take.length // 3)
        fade_out = (
            min(round(FADE * fps), take.length // 3) if following is not None and following.transition == "fade" else 0
        )
        for k, frame in enumerate(take.frames):
            if size is None:
                size = (frame.shape[0], frame.shape[1])
            if frame.shape[:2] != size:
                frame = np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA))
            if k < into:
                share = (k + 1) / (into + 1)
                frame = np.asarray(cv2.addWeighted(held.popleft(), 1 - share, frame, share, 0))
            if k < fade_in:
                frame = _dim(frame, (k + 1) / (fade_in + 1))
            left = take.length - k
            if left <= fade_out:
                frame = _dim(frame, left / (fade_out + 1))
            if left <= keep:
                held.append(frame)
            else:
                yield frame
    yield from held


def film_length(takes: Iterable[tuple[int, str]], fps: int) -> int:
    """Frames of the film made of (length, transition) shots."""
    parts = [Take((), length, transition) for length, transition in takes]
    return sum(p.length for p in parts) - sum(_overlap(a, b, fps) for a, b in itertools.pairwise(parts))


def joined_from(fps: float, transitions: Sequence[str], clips: Sequence[str]) -> str:
    """Digest of what a film is joined from. `clips`: digest of each."""
    return digest_of(code_digest(), f"{fps}", *transitions, *clips)


def write_film(path: Path, clips: Iterable[Clip | Take], fps: int, transitions: Iterable[str] | None = None) -> int:
    """Join clips (or lazily drawn takes) into one mp4; returns the number of frames.

    `transitions` says how the film goes into each clip (`cut`, `dissolve`, `fade`); without it clips are cut and takes keep
    their own. Raises `RenderError` as `video_core.encode.write_mp4`.
    """
    given = list(transitions) if transitions is not None else None
    takes = []
    for n, clip in enumerate(clips):
        own = clip.transition if isinstance(clip, Take) else "cut"
        how = given[n] if given is not None and n < len(given) else own
        takes.append(Take(clip.frames, clip.length if isinstance(clip, Take) else len(clip.frames), how))
    return write_mp4(path, join(takes, fps), fps)


def _overlap(take: Take, following: Take | None, fps: int) -> int:
    if following is None or following.transition != "dissolve":
        return 0
    return min(round(DISSOLVE * fps), take.length // 3, following.length // 3)


def _dim(frame: Bytes, share: float) -> Bytes:
    return np.asarray(cv2.convertScaleAbs(frame, alpha=share))

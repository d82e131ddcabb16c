"""The user's own pictures: files in a folder, named after the shot and the moment they show.

    s02.png          the shot's first frame            s02@last.png     its last
    s02@0.5.png      half way through                  s02@f40.png      frame 40

Knows names and picture files. Does not know what a model does with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.pictures import UNREADABLE, read_picture
from video_core.ledger import file_digest

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif")
NAME = re.compile(r"^(?P<shot>[a-z][a-z0-9_]*)(@(?P<when>last|f\d+|\d*\.?\d+))?$")
HOW = "name it after a shot, such as s01.png, s01@0.5.png, s01@f40.png or s01@last.png"


@dataclass(frozen=True)
class Art:
    """One picture of a shot."""

    path: Path
    when: str
    """"", "last", "f40" or "0.5"."""

    def frame(self, frames: int) -> int:
        """The frame it shows in a shot of that many. Raises `ConditioningError` outside the shot."""
        if not self.when:
            return 0
        if self.when == "last":
            return frames - 1
        if self.when.startswith("f"):
            number = int(self.when[1:])
        else:
            share = float(self.when)
            if not 0 <= share <= 1:
                raise ConditioningError(f"{share:g} is no part of a shot", where=str(self.path), todo="times go from 0 to 1")
            number = int((frames - 1) * share)
        if number >= frames:
            raise ConditioningError(
                f"the picture is for frame {number} and the shot has frames 0 to {frames - 1}", where=str(self.path), todo="rename it"
            )
        return number


def art_of(folder: Path, shot: str) -> tuple[Art, ...]:
    """The pictures of a shot, by name. A folder that does not exist holds none. Raises `ConditioningError` for an unreadable name."""
    found = []
    for path in _pictures(folder):
        match = NAME.match(path.stem)
        if match is None:
            raise ConditioningError("the picture's name says neither shot nor time", where=str(path), todo=HOW)
        if match["shot"] == shot:
            found.append(Art(path, match["when"] or ""))
    return tuple(found)


def strangers(folder: Path, shots: set[str]) -> tuple[Path, ...]:
    """Pictures that belong to no shot of the plan. Raises as `art_of`."""
    named = {path for shot in shots for path in (art.path for art in art_of(folder, shot))}
    return tuple(path for path in _pictures(folder) if path not in named)


def _pictures(folder: Path) -> list[Path]:
    """Picture files; what the system hides (macOS's `._s01.png`) is none."""
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in inside if path.suffix.casefold() in SUFFIXES and not path.name.startswith(".")]


def read_art(art: Art) -> NDArray[np.uint8]:
    """The picture (H,W,3) RGB, transparency on white. Raises `ConditioningError` when it is none."""
    try:
        return read_picture(art.path)
    except UNREADABLE as e:
        raise ConditioningError(f"the key frame is no picture: {e}", where=str(art.path), todo="save it as PNG, JPEG or WebP") from e


def art_digest(pictures: tuple[Art, ...]) -> str:
    """Changes with names and contents."""
    return " ".join(f"{art.path.stem}:{file_digest(art.path)}" for art in pictures)

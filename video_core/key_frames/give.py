"""Gives a shot its key frames: the user's art always, and for every frame that a backend must have, the first source with a picture.

Knows the sources and their order. Does not know which frames a backend needs or what it does with them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError, RenderError
from video_core.adapters.pictures import fitted
from video_core.animatic.draw import Animatic
from video_core.backends.backend import Backend, ControlUse, NeedsKeyFrames
from video_core.conditioning import Conditioning
from video_core.encode import frames_of_mp4
from video_core.key_frames.art import art_digest, art_of, read_art, strangers
from video_core.key_frames.painter import Painter
from video_core.key_frames.settings import KeyFrameSettings
from video_core.ledger import digest_of

Picture = NDArray[np.uint8]
FOLDER = "key_frames"


class KeyFrames:
    """The sources of one film. `home`: the film's folder."""

    def __init__(self, settings: KeyFrameSettings, home: Path) -> None:
        self.settings = settings
        self.folder = Path(settings.art).expanduser() if settings.art else home / FOLDER
        self._painter = Painter(settings.painter) if "painter" in settings.sources else None

    def in_turn(self, backend: Backend) -> bool:
        """Whether a shot cannot be begun before the one before it is finished."""
        return "previous" in self.settings.sources and bool(needed_frames(backend, 2))

    def check(self) -> None:
        """Raises `RenderError` when a source that is asked for is not there."""
        if self.settings.art and not self.folder.is_dir():
            raise RenderError("there is no such folder of key frames", where=str(self.folder), todo="check --art")
        if self._painter is not None:
            if not self.settings.painter.checkpoint:
                raise RenderError("no painter is named", where="--key-frames", todo="give --painter FOLDER, or leave painter out")
            self._painter.check()

    def check_shots(self, shots: Sequence[str]) -> None:
        """Raises `ConditioningError` when a picture belongs to no shot of the plan."""
        left = strangers(self.folder, set(shots))
        if left:
            raise ConditioningError(
                f"{left[0].name} belongs to no shot of the plan", where=str(self.folder), todo=f"shots are: {', '.join(shots)}"
            )

    def digest(self, shot: str, needed: Sequence[int], before: str) -> str:
        """Changes whenever `give` would give other pictures; empty when it gives none. `before`: digest of the clip of the shot before."""
        art = art_digest(art_of(self.folder, shot))
        if not needed:
            return digest_of(art) if art else ""
        painter = self._painter.version() if self._painter is not None else ""
        previous = before if "previous" in self.settings.sources else ""
        return digest_of(art, ",".join(self.settings.sources), str(tuple(needed)), painter, previous)

    def give(
        self, conditioning: Conditioning, needed: Sequence[int], before: Path | None
    ) -> tuple[Conditioning, tuple[ControlUse, ...]]:
        """The bundle with its key frames, and where each came from. `before`: clip of the shot before.

        Raises `ConditioningError` for pictures that cannot be used, `RenderError` when a needed frame has no source.
        """
        given: dict[int, Picture] = {}
        report: list[ControlUse] = []
        for art in art_of(self.folder, conditioning.scene.shot):
            number = art.frame(conditioning.frames)
            if number in given:
                raise ConditioningError(f"two pictures are for frame {number}", where=str(art.path), todo="keep one of them")
            given[number], note = fitted(read_art(art), conditioning.size, "crop", art.path.name)
            told = note or f"{art.path.name}, as it is"
            report.append(ControlUse(f"picture of frame {number}", "approximated" if note else "honoured", told))
        for number in needed:
            if number not in given:
                given[number], uses = self._from_sources(conditioning, number, before)
                report += [use for use in uses if use not in report]
        if not given:
            return conditioning, ()
        numbers = np.array(sorted(given), dtype=np.int32)
        keep = conditioning.keep_mask.copy()
        keep[numbers] = 255
        pictures = np.stack([given[int(n)] for n in numbers])
        return replace(conditioning, key_frames=pictures, key_frame_numbers=numbers, keep_mask=keep), tuple(report)

    def _from_sources(self, conditioning: Conditioning, number: int, before: Path | None) -> tuple[Picture, tuple[ControlUse, ...]]:
        name = f"picture of frame {number}"
        for source in self.settings.sources:
            if source == "previous" and number == 0 and before is not None:
                last = deque(frames_of_mp4(before), maxlen=1)
                picture, _ = fitted(last[0], conditioning.size, "crop", "the frame before")
                return picture, (ControlUse(name, "honoured", "the last frame of the shot before"),)
            if source == "painter" and self._painter is not None:
                return self._painter.paint(conditioning, number)
            if source == "animatic":
                drawn = Animatic(conditioning).frame(number, captions=False)
                return drawn, (ControlUse(name, "approximated", "drawn by the animatic: give art or a painter for a finished look"),)
        raise RenderError(
            f"the backend needs a picture of frame {number} and no source has one", where=f"shot {conditioning.scene.shot}",
            todo=f"put {conditioning.scene.shot}@f{number}.png into {self.folder}, or add painter or animatic to --key-frames",
        )  # fmt: skip


def needed_frames(backend: Backend, frames: int) -> tuple[int, ...]:
    """The frames of a shot of that length which the backend must be given as pictures."""
    return backend.key_frames_needed(frames) if isinstance(backend, NeedsKeyFrames) else ()

"""Takes of a shot that is not finished yet, on disk, so that a run that ends in between draws none of them again.

Knows files. Does not know how takes are drawn or which is the best. A take is encoded once, as the film will show it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from shotplan.errors import RenderError
from video_core.backends.backend import Clip, ControlUse
from video_core.checks import Measure
from video_core.ledger import file_digest, write_bytes, write_text
from video_core.production.takes import CheckedTake


class KeptTakes:
    """The takes of one job. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, digest: str) -> None:
        """`digest`: the job's; takes of another one are not found."""
        self.folder, self.digest = folder, digest

    def keep(self, take: CheckedTake) -> None:
        """Write an encoded take. Raises `RenderError`."""
        if self.folder is None:
            return
        clip, path = take.clip, self._path(take.number)
        write_bytes(path, take.mp4)
        note = {
            "digest": self.digest, "sha256": file_digest(path), "number": take.number, "seed": take.seed, "strength": take.strength,
            "changed": take.changed, "frames": take.frames, "fps": clip.fps, "seconds": clip.seconds, "joins": clip.joins,
            "controls": [vars(use) for use in clip.report], "measures": [vars(m) for m in take.measures],
        }  # fmt: skip
        write_text(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False))

    def found(self, number: int, seed: int, strength: float) -> CheckedTake | None:
        """The take as it was kept, its frames only in its mp4; None when it is another one, or was not written to the end."""
        if self.folder is None:
            return None
        path = self._path(number)
        try:
            note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            if (note["digest"], note["seed"], note["strength"]) != (self.digest, seed, strength) or note["sha256"] != file_digest(path):
                return None
            report = tuple(ControlUse(**use) for use in note["controls"])
            clip = Clip(np.zeros((0, 1, 1, 3), np.uint8), note["fps"], report, note["seconds"], tuple(note["joins"]))
            measures = tuple(Measure(**m) for m in note["measures"])
            take = CheckedTake(number, seed, clip, measures, strength, note["changed"])
            return replace(take, mp4=path.read_bytes(), frames=note["frames"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{number}.mp4"


def forget(folder: Path) -> None:
    """Remove the takes of a finished shot. Raises `RenderError`."""
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
    except OSError as e:
        raise RenderError(f"cannot remove takes: {e.strerror or e}", where=str(folder), todo="remove the folder by hand") from e

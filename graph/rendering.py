"""What the graph asks of whoever turns an agreed plan into files.

Knows files, digests and phases. Does not know tensors or frames: the session is handed a renderer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from graph.events.base import Event
from shotplan.errors import RenderError
from shotplan.plan import ShotPlan

ArtifactKind = Literal["plan", "storyboard", "animatic", "conditioning", "clip", "film", "report", "other"]


class Artifact(BaseModel):
    """A finished file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """Relative to the output folder, with forward slashes."""
    kind: ArtifactKind
    digest: str
    """Hex SHA-256 of the file."""
    bytes: int
    shot: str | None = None

    @classmethod
    def of(cls, folder: Path, file: Path, kind: ArtifactKind, shot: str | None = None) -> Artifact:
        """Measure a file that is complete. Raises `OSError`."""
        return cls(
            path=file.relative_to(folder).as_posix(),
            kind=kind,
            digest=file_digest(file),
            bytes=file.stat().st_size,
            shot=shot,
        )


Emit = Callable[[Event], None]
"""Takes `PhaseStarted`, `PhaseProgressed`, `PhaseFinished` and `ArtifactWritten`; the graph fills in the envelope."""


class Renderer(Protocol):
    """Compiles an agreed plan to conditioning and renders it."""

    def run(self, plan: ShotPlan, folder: Path, emit: Emit) -> list[Artifact]:
        """Write every file of the film under `folder`; returns them all, including those that were already up to date.

        May be called again after a crash: what is stale is decided by digest, not by the file being there. Raises
        `EkonteError`.
        """
        ...


def file_digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def verify(artifact: Artifact, folder: Path) -> None:
    """Raises `RenderError` when a file is missing or is not what was recorded."""
    file = folder / artifact.path
    if not file.is_file():
        raise RenderError(
            f"{artifact.path} is missing", where=str(folder), todo="resume the session to render it again"
        )
    if file.stat().st_size != artifact.bytes or file_digest(file) != artifact.digest:
        raise RenderError(
            f"{artifact.path} is not the file that was written",
            where=str(folder),
            todo="resume the session to render it again",
        )

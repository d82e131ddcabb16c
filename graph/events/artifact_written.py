"""A file is complete."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ArtifactWritten(Event):
    type: Literal["artifact_written"] = "artifact_written"
    path: str
    """Relative to the output folder, with forward slashes."""
    kind: str
    digest: str
    """Hex SHA-256 of the file."""
    bytes: int
    shot: str | None = None

"""The folder a command writes into: named, empty enough, writable, with room, and remembering how it was asked.

Knows files. Does not know sessions or films.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.openai.options import ServerOptions
from shotplan.brief import Brief
from shotplan.errors import RenderError, SessionError
from video_core.cluster.settings import ClusterSettings
from video_core.finishing.settings import FinishSettings
from video_core.key_frames.settings import KeyFrameSettings
from video_core.production.retake_with import RetakeWith

REQUEST = "request.json"
SESSION = "session.json"
ROOM_NEEDED = 200_000_000
"""Bytes for a short film with its tensors; a long one takes more, and says so when the disk fills up."""


class Request(BaseModel):
    """How the run was asked for, so that `ekonte resume` needs only the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    llm: str
    llm_model: str | None = None
    server: ServerOptions = ServerOptions()
    protocol: str = "director_led"
    backend: str | None = "embedded"
    """None: the talk only."""
    cluster: ClusterSettings | None = None
    """Where shots are rendered when not here."""
    retakes: int = 0
    """How often a shot may be rendered again when a check of its clip fails."""
    retake_with: RetakeWith = "both"
    """What a re-take changes when a clip does not follow its plan."""
    settings: dict[str, str] = {}
    """Of the backend."""
    key_frames: KeyFrameSettings = KeyFrameSettings()
    finish: FinishSettings = FinishSettings()
    """What is done to finished clips."""
    characters: str | None = None
    """Folder of the library of characters, absolute."""


@dataclass(frozen=True)
class OutputFolder:
    path: Path

    @classmethod
    def prepare(cls, out: Path | None, brief: Brief, *, overwrite: bool) -> OutputFolder:
        """The folder to write a new session into. Raises `SessionError` when it is taken or cannot be written."""
        folder = cls(out if out is not None else _free_name(brief))
        if folder.path.exists() and not folder.path.is_dir():
            raise SessionError("the output folder is a file", where=str(folder.path), todo="give another --out")
        taken = folder.path.is_dir() and any(folder.path.iterdir())
        if taken and not (folder.path / SESSION).exists() and not (folder.path / REQUEST).exists():
            raise SessionError(
                "the output folder holds other files", where=str(folder.path), todo="give --out a new or empty folder"
            )
        if taken and not overwrite:
            raise SessionError(
                "the output folder holds an earlier session",
                where=str(folder.path),
                todo=f"give --overwrite or another --out, or go on with it: ekonte resume {folder.path}",
            )
        if taken:
            folder._clear()
        folder.check_writable(brief)
        return folder

    def _clear(self) -> None:
        try:
            shutil.rmtree(self.path)
        except OSError as e:
            raise SessionError(
                f"cannot replace it: {e.strerror}", where=str(self.path), todo="give another --out"
            ) from e

    def check_writable(self, brief: Brief) -> None:
        """Raises `RenderError` when the folder cannot be made or written, or the disk is as good as full."""
        probe = self.path / ".write-test"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"x")
            probe.unlink()
            free = shutil.disk_usage(self.path).free
        except OSError as e:
            full = e.errno == errno.ENOSPC
            raise RenderError(
                "the disk is full" if full else f"the output folder cannot be written: {e.strerror}",
                where=str(self.path),
                todo="free some space" if full else "give --out a folder that you may write to",
            ) from e
        need = max(ROOM_NEEDED, int(brief.size[0] * brief.size[1] * brief.fps * (brief.duration or 12.0) * 4))
        if free < need:
            raise RenderError(
                f"only {free // 1_000_000} MB are free, and the film needs about {need // 1_000_000} MB",
                where=str(self.path),
                todo="free some space or give --out a folder on another disk",
            )

    def remember(self, request: Request) -> None:
        temporary = self.path / (REQUEST + ".part")
        temporary.write_text(request.model_dump_json(indent=1), encoding="utf-8")
        os.replace(temporary, self.path / REQUEST)

    def recall(self) -> Request:
        """The request of an earlier run. Raises `SessionError` when there is none or it is damaged."""
        path = self.path / REQUEST
        try:
            return Request.model_validate_json(path.read_bytes())
        except OSError as e:
            raise SessionError(
                "there is no session here", where=str(self.path), todo="give the folder that `ekonte make --out` wrote"
            ) from e
        except ValidationError as e:
            raise SessionError(
                f"{REQUEST} is damaged", where=str(path), todo="start a new session with `ekonte make`"
            ) from e


def _free_name(brief: Brief) -> Path:
    words = re.findall(r"[a-z0-9]+", brief.script.casefold())[:5]
    base = "_".join(words)[:40] or "film"
    path, n = Path("out") / base, 2
    while path.exists():
        path, n = Path("out") / f"{base}-{n}", n + 1
    return path

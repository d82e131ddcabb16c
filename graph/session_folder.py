"""A session's folder: its files, its settings and its lock.

    session.json        settings            events.jsonl       everything that happened
    checkpoints.sqlite  LangGraph's         tape.jsonl         every model call
    objects/            large things        plan.json          the agreed plan

Knows names and how to tell a usable folder from a damaged one. Does not know what a session does.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.openai.options import ServerOptions
from graph.store import write_whole
from shotplan.brief import Brief
from shotplan.errors import SessionError


class Settings(BaseModel):
    """What a session was created with; never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    id: str
    created: float
    """Seconds since 1970, UTC."""
    brief: Brief
    protocol: str
    llm: str
    """As given to `agents.choose_model`; `given` when the session was handed a model object."""
    model_name: str | None = None
    adapter: str | None = None
    server: ServerOptions = ServerOptions()
    approval: bool = False
    branch: str = "main"


class Folder:
    """Paths of one session."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings_file = path / "session.json"
        self.events = path / "events.jsonl"
        self.checkpoints = path / "checkpoints.sqlite"
        self.tape = path / "tape.jsonl"
        self.objects = path / "objects"
        self.plan = path / "plan.json"
        self._lock_file = path / "session.lock"
        self._pid_file = path / "session.pid"

    def create(self, settings: Settings) -> None:
        """Make the folder, write its settings. Raises `SessionError` when it holds a session or cannot be written."""
        if self.settings_file.exists():
            raise SessionError(
                "the folder already holds a session",
                where=str(self.path),
                todo="resume it, or choose another folder for a new one",
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_whole(self.settings_file, settings.model_dump_json(indent=2).encode())
        except OSError as error:
            raise SessionError(
                f"the session folder cannot be written: {error.strerror or error}",
                where=str(self.path),
                todo="choose a folder that you may write to, on a disk with free space",
            ) from error

    def settings(self) -> Settings:
        """Raises `SessionError` when there is no session or its settings are damaged."""
        try:
            content = self.settings_file.read_bytes()
        except OSError as error:
            raise SessionError(
                "there is no session here", where=str(self.path), todo="give the folder that `ekonte make --out` wrote"
            ) from error
        try:
            return Settings.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            raise SessionError(
                f"session.json is damaged: {first['msg']}",
                where=str(self.settings_file),
                todo="restore the folder from a copy, or start a new session",
            ) from error

    def connect(self) -> sqlite3.Connection:
        """The checkpoint database. Raises `SessionError` when it is damaged."""
        try:
            connection = sqlite3.connect(self.checkpoints, check_same_thread=False)
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error as error:
            raise damaged_checkpoints(self.checkpoints, error) from error
        return connection

    def lock(self) -> FileLock:
        """Take the folder for this process; the system frees it when the process ends, however it ends.

        Raises `SessionError` when another process runs the session.
        """
        lock = FileLock(self._lock_file)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            try:
                holder = f"process {self._pid_file.read_text(encoding='ascii').strip()}"
            except OSError:
                holder = "another process"
            raise SessionError(
                f"the session is already running in {holder}",
                where=str(self.path),
                todo="wait until it ends or stop that process; then resume",
            ) from error
        except OSError as error:
            raise SessionError(
                f"the session folder cannot be locked: {error.strerror or error}",
                where=str(self.path),
                todo="choose a folder that you may write to",
            ) from error
        self._pid_file.write_text(str(os.getpid()), encoding="ascii")
        return lock


def damaged_checkpoints(path: Path, error: Exception) -> SessionError:
    return SessionError(
        f"the checkpoints are damaged: {error}",
        where=str(path),
        todo="restore the folder from a copy, or start a new session",
    )

"""Which servers of `ekonte serve` run on this machine: one small file per port, beside the server's log.

Knows the files and whether their processes live. Starts and stops nothing. A file whose process is gone counts for nothing.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.cache_folder import cache_root


class RunningServer(BaseModel):
    """A server as its starter wrote it down."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    """Address that ends in /v1."""
    port: int
    models: tuple[str, ...]
    """Model names it answers to."""
    source: str
    """Folder or Hub id of the weights."""
    vllm: str
    """Version and build."""
    state: Literal["starting", "ready", "failed"]
    fault: str = ""
    """Why it failed."""
    pid: int
    """Process of `ekonte serve`."""
    log: str
    started: datetime
    command: str

    @property
    def alive(self) -> bool:
        """Whether its `ekonte serve` still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        return f"{', '.join(self.models)} at {self.url} ({self.state}, process {self.pid})"


def servers_folder() -> Path:
    """Where the files lie: `EKONTE_SERVERS`, else `serving` in the cache folder."""
    override = os.environ.get("EKONTE_SERVERS")
    return Path(override) if override else cache_root() / "serving"


def state_file(port: int) -> Path:
    return servers_folder() / f"{port}.json"


def log_file(port: int) -> Path:
    return servers_folder() / f"{port}.log"


def known_servers() -> list[RunningServer]:
    """Every server that was not stopped on purpose, dead or alive, the latest first. Files that are no state are passed over."""
    found = []
    for path in servers_folder().glob("*.json"):
        try:
            found.append(RunningServer.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError):
            continue
    return sorted(found, key=lambda server: server.started, reverse=True)


def running_servers() -> list[RunningServer]:
    """The servers that run or start now, the latest first."""
    return [server for server in known_servers() if server.alive and server.state != "failed"]


def write_down(server: RunningServer) -> None:
    """Write or replace the server's file; other processes see the whole file or none."""
    path = state_file(server.port)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_text(server.model_dump_json(indent=1), encoding="utf-8")
    new.replace(path)


def strike_out(server: RunningServer) -> None:
    """Remove the server's file, if it is still this server's."""
    path = state_file(server.port)
    try:
        if RunningServer.model_validate_json(path.read_bytes()).pid == server.pid:
            path.unlink()
    except (OSError, ValidationError):
        return

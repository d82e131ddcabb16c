"""The envelope of every event. Knows ids and order; does not know any event's meaning."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """One thing that happened. The log fills in `id`, `seq`, `at`, `session` and `branch`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    """The same for the same happening, even when the step that wrote it is repeated after a crash."""
    seq: int = -1
    """Line of the log, from 0."""
    at: float = 0.0
    """Seconds since 1970, UTC."""
    session: str = ""
    branch: str = ""

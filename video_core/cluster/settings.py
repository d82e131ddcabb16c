"""Which Ray cluster renders a film's shots, and what one worker takes of it.

Knows the numbers. Does not know Ray.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClusterSettings(BaseModel):
    """Where shots are rendered when not here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    """`here` (this machine alone), `auto` (the cluster this machine belongs to), `host:6379`, or `ray://host:10001`."""
    gpus: float = Field(default=0.0, ge=0)
    """GPUs of one worker."""
    cpus: float = Field(default=1.0, ge=0)
    """Cores of one worker."""

"""A finished clip was measured against its plan; what failed is a finding about the clip."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from graph.events.base import Event


class ClipFinding(BaseModel):
    """One number of a clip beyond its limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    about: str
    severity: Literal["warning", "error"]
    measured: float
    limit: float
    unit: str
    text: str


class ClipChecked(Event):
    type: Literal["clip_checked"] = "clip_checked"
    shot: str
    take: int
    """1 for the first; further ones were asked for because the one before failed."""
    seed: int
    changed: str = ""
    """Against the take before, such as `another seed`; empty for the first."""
    kept: bool
    """Whether this take is the shot's clip."""
    measures: int
    findings: tuple[ClipFinding, ...] = ()

"""What a rule reports: a measured number against a limit, who owns it, and remedies already tried.

Knows nothing about any rule or about who talks to whom.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Role(StrEnum):
    DIRECTOR = "director"
    SCENE = "scene"
    CHARACTER = "character"
    CAMERA = "camera"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Remedy(Frozen):
    """A patch that was applied to a copy of the plan and made its finding go away without causing a new error."""

    id: str
    """Short slug, unique within its finding, such as `lower_log`."""
    label: str
    """The change in words with numbers, such as `lower log from 1.40 m to 0.90 m`."""
    owner: Role
    """Who may make this change."""
    agent: str
    """The agent id that would make it: `director`, `scene`, `camera` or a character's id."""
    patch: tuple[dict[str, Any], ...]
    """JSON Patch (RFC 6902) against the plan the finding was measured on."""


class Finding(Frozen):
    """One broken rule, measured."""

    rule: str
    """Dotted name, such as `reach.jump_height`."""
    severity: Literal["error", "warning"]
    shot: str | None
    """Shot id; None for a finding about the whole plan."""
    where: str
    """JSON pointer into the plan."""
    measured: float
    limit: float
    unit: str
    text: str
    """One sentence with the numbers, in plain English."""
    raised_by: str
    """Agent id of the party that this hurts and who will object: a character's id, `camera`, `scene` or `director`."""
    owners: tuple[str, ...]
    """Agent ids that can fix it, most responsible first."""
    remedies: tuple[Remedy, ...] = Field(default=())

    @property
    def key(self) -> str:
        """The same problem has the same key across revisions."""
        return f"{self.rule}@{self.where}"

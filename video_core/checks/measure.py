"""What a check of a finished clip says: a number against its limit.

Knows the shape of the answer and the table of checks. Does not know how anything is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from video_core.checks.footage import Footage

Severity = Literal["warning", "error"]


@dataclass(frozen=True)
class Measure:
    """One number of one clip."""

    check: str
    """Such as `adherence.place`."""
    about: str
    """An actor's or prop's id, a pair of them, or `frame 12`."""
    measured: float
    limit: float
    unit: str
    better: Literal["more", "less"]
    severity: Severity
    text: str
    """In one sentence, what a failure means here."""

    @property
    def failed(self) -> bool:
        return self.measured < self.limit if self.better == "more" else self.measured > self.limit

    @property
    def excess(self) -> float:
        """How far beyond the limit, in limits; 0 when it holds."""
        if not self.failed:
            return 0.0
        return abs(self.measured - self.limit) / max(abs(self.limit), 1e-6)


CheckFunction = Callable[["Footage"], Iterator[Measure]]
CHECKS: dict[str, CheckFunction] = {}
"""Every check by name; other packages may add theirs."""


def check(name: str) -> Callable[[CheckFunction], CheckFunction]:
    """Decorator: add a check under its name."""

    def add(function: CheckFunction) -> CheckFunction:
        CHECKS[name] = function
        return function

    return add

"""One line of the result: what was run, how it ended, what was measured and what had been predicted.

Knows the form of the results file. Does not know how to measure.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Status = Literal["measured", "out of memory", "refused", "failed", "not run"]


@dataclass
class Row:
    """Seconds, GB of 2^30 bytes, FLOPs of one step."""

    case: str
    told: str
    status: Status = "measured"
    note: str = ""
    options: str = ""
    """The option set in words."""
    size: tuple[int, int] = (0, 0)
    frames: int = 0
    steps: int = 0
    limit: float | None = None
    """GB that the process was held to."""
    seconds: dict[str, float] = field(default_factory=dict)
    """`step`, `slowest`, `fastest`; by phase `text`, `encode`, `denoise`, `decode`, `rest`, `total`; `warm`: the first run; `loading`."""
    flops: float = 0.0
    memory: dict[str, float] = field(default_factory=dict)
    predicted: dict[str, float] = field(default_factory=dict)
    """`step`, `encode`, `denoise`, `decode`, `total`, `floor` (of a step), `gpu`, `ram`; by the planner."""
    figures: dict[str, float] = field(default_factory=dict)
    """What the card can do: name to figure."""

    @property
    def rate(self) -> float:
        """FLOP/s of a step; 0 where none was timed."""
        step = self.seconds.get("step", 0.0)
        return self.flops / step if step else 0.0


@dataclass
class Results:
    """Everything of one call, as it is kept in a file."""

    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)

    @property
    def peaks(self) -> dict[str, float]:
        return next((row.figures for row in self.rows if row.figures), {})

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Results:
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["machine"], read_rows(content["rows"]))


def read_rows(content: list[dict[str, Any]]) -> list[Row]:
    return [Row(**{**row, "size": tuple(row["size"])}) for row in content]

"""What a re-take of a shot may change, as a person asks for it. Knows words; imports no torch."""

from __future__ import annotations

from typing import Literal

RetakeWith = Literal["seed", "control", "both"]
"""Where the picture does not follow its plan: another seed, a stronger control, or both by turns, the seed first, because beyond the
strength that it was trained with a model may draw worse. For everything else a re-take has another seed."""

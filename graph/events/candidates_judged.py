"""An agent gave several candidates for its part, and the rules chose one."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class CandidatesJudged(Event):
    type: Literal["candidates_judged"] = "candidates_judged"
    agent: str
    scores: tuple[float, ...]
    """Weighted findings of the merged plan with each candidate, the model's own first choice first."""
    chosen: int
    """Index of the candidate taken; the last one may be put together from several."""

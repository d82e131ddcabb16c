"""Every file that was promised is there, with the digest that was recorded; what the rules still say."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class FilmReviewed(Event):
    type: Literal["film_reviewed"] = "film_reviewed"
    artifacts: int
    errors: int
    warnings: int
    clip_findings: int = 0
    """What the checks of the clips that were kept still find."""
    overrides: tuple[str, ...] = ()

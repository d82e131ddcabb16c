"""The words a model is given: the shot's prompt with what its family wants said at the end.

Knows AniSora's suffix. Does not know tokens.
"""

from __future__ import annotations

import html

from video_core.backends.wan.families import Family


def clean(text: str) -> str:
    """One line without HTML entities, as Wan's own pipeline prepares it."""
    return " ".join(html.unescape(html.unescape(text)).split())


def model_prompt(prompt: str, family: Family, *, motion: float, aesthetic: float) -> tuple[str, float]:
    """The prompt for this family, and the motion score in it: kept inside the range that the family was tuned with."""
    score = round(min(max(motion, family.motion[0]), family.motion[1]), 2)
    text = clean(prompt)
    if not family.suffix or "motion score:" in text.casefold():
        return text, score
    if text and text[-1] not in ".!?。！？":
        text += "."
    return f"{text} {family.suffix.format(aesthetic=round(aesthetic, 2), motion=score)}".strip(), score

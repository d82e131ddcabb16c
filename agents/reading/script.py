"""A whole script, read: the reader of its language, and what happens when it is long.

Knows which reader is for which language. Does not know how clauses are found.
"""

from __future__ import annotations

from functools import lru_cache

from agents.reading import cjk, english
from agents.reading.clauses import Reading
from shotplan.vocabulary.term import Language


@lru_cache(maxsize=8)
def read(script: str, language: Language, names: frozenset[str] = frozenset(), *, most_clauses: int = 120) -> Reading:
    """Split a script into clauses with exact spans.

    `names` are names whatever else they mean: those of characters whom the user's library knows.
    Scripts with more than `most_clauses` happenings are read by whole sentences, then up to that bound; `left_out` says so.
    """
    reader = english.read if language == "en" else cjk.read
    reading = reader(script, language, by_sentence=False, names=names)
    happenings = [c for c in reading.clauses if c.happens]
    if len(happenings) <= most_clauses:
        return reading
    by_sentence = reader(script, language, by_sentence=True, names=names)
    happenings = [c for c in by_sentence.clauses if c.happens]
    kept = happenings[:most_clauses]
    left_out = f"the script has {len(happenings)} sentences in which something happens; one film takes them whole"
    if len(happenings) > len(kept):
        left_out = (
            f"the script has {len(happenings)} sentences in which something happens; the first {len(kept)} are filmed"
        )
    last = kept[-1].start
    clauses = tuple(c for c in by_sentence.clauses if c.start <= last)
    scenes = by_sentence.scenes[: max(c.scene for c in clauses) + 1]
    return Reading(language, clauses, scenes, left_out)

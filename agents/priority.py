"""Which call goes first where a server has a queue: the one place where that is decided.

Knows the kinds of question. Does not know servers. Lower goes first, as in vLLM. What everybody waits for goes first; among
calls of the same kind those of the agent with the most calls, because a turn is over when its last agent is.
"""

from __future__ import annotations

STEP = 100
"""Between two kinds; an agent's calls in one turn count for up to one less."""
KINDS: tuple[tuple[str, int], ...] = (
    ("outline.", 0),  # nothing else can begin before the outline is there
    ("director.arbitrate", 0),  # one call holds up the whole crew
    (".respond", 1),  # a round of the negotiation ends with its last answer
    (".reason", 1),  # belongs to the answer before it
    ("camera.reframe", 3),  # follows a change that is agreed already, and may be mended later
    ("", 2),  # everybody's own part, written in parallel
)
"""The first pair whose words are in the question's name tells its place, times `STEP`."""


def priority(question: str, calls: int) -> int:
    """The priority of a question by its name. `calls`: how many calls its agent makes in this turn, itself included."""
    place = next(place for words, place in KINDS if words in question)
    return place * STEP + STEP - min(calls, STEP)

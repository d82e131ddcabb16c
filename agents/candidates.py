"""A proposal with what else the model would have proposed.

Knows how samples of answers become candidate patches. Does not judge them: the rules do (`graph.best_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from agents.crew import Alternative, Proposal
from agents.questions import Answers

Build = Callable[[Sequence[dict[str, str]]], tuple[list[dict[str, Any]], str]]
"""From one answer per question to (patch, intent)."""


def proposal(answers: Answers, build: Build, *, separable: bool = False) -> Proposal:
    """The proposal made of the first answers; each further set of samples that changes something else is an alternative.

    `separable`: the patch has one operation per question, and none depends on another.
    """
    (patch, intent), *others = [build(each) for each in answers.candidates()]
    alternatives: list[Alternative] = []
    for other, why in others:
        if other != patch and all(other != list(a.patch) for a in alternatives):
            alternatives.append(Alternative(patch=tuple(other), intent=why))
    return Proposal(
        patch=tuple(patch),
        intent=intent,
        replies=answers.replies,
        alternatives=tuple(alternatives),
        separable=separable,
    )

"""Which of an agent's samples is taken: the one with which the merged plan breaks the fewest rules.

Knows candidates, the rules' findings and how parallel proposals merge. Does not know models. Every choice is made with the
others' parts in place, because a framing can only be judged with the action in it. Ties go to what the model liked best, so
that without a measured reason nothing changes. Deterministic: it depends on the plan and the recorded answers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.crew import Alternative, Proposal
from graph.merging import conflict
from graph.room import Patch
from graph.turns import Answer
from shotplan.errors import PlanError, StagingError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch
from shotplan.rules.finding import Finding

ERROR, WARNING = 10.0, 1.0
"""What a finding weighs: no number of warnings that occurs makes an error worth having."""
UNUSABLE = 1e6
"""Score of a candidate with which there is no valid plan."""

Measured = Callable[[ShotPlan], Sequence[Finding]]
Judged = Callable[[str, Sequence[float], int], None]
"""(agent, score of each candidate, index of the one taken)."""


def best_of(plan: ShotPlan, answers: Sequence[Answer], measure: Measured, told: Judged) -> list[Answer]:
    """The answers with every proposal replaced by its best candidate. `told` is called per agent that had a choice."""
    chosen = list(answers)

    def score(at: int, candidate: Alternative) -> float:
        patches = [a.proposal.patch for a in chosen if a.proposal is not None]
        place = sum(a.proposal is not None for a in chosen[:at])
        return weigh(plan, [*patches[:place], candidate.patch, *patches[place + 1 :]], measure)

    for at, answer in enumerate(answers):
        proposal = answer.proposal
        if proposal is None or not proposal.alternatives:
            continue
        candidates = _candidates(proposal)
        scores = [score(at, candidate) for candidate in candidates]
        best = min(range(len(scores)), key=scores.__getitem__)
        taken = candidates[best]
        if proposal.separable:
            taken, scores, best = _mixed(candidates, scores, best, lambda c, at=at: score(at, c))  # type: ignore[misc]
        chosen[at] = answer.model_copy(
            update={"proposal": proposal.model_copy(update={"patch": taken.patch, "intent": taken.intent})}
        )
        told(answer.ask.agent, scores, best)
    return chosen


def weigh(plan: ShotPlan, patches: Sequence[Patch], measure: Measured) -> float:
    """Weighted findings on the plan after these patches, merged in order; one that conflicts is left out, as when delivered."""
    applied: list[Patch] = []
    for patch in patches:
        if conflict(patch, applied) is not None:
            continue
        try:
            plan = apply_patch(plan, [dict(op) for op in patch])
        except PlanError:
            return UNUSABLE
        applied.append(patch)
    try:
        findings = measure(plan)
    except StagingError:
        return UNUSABLE
    return sum(ERROR if finding.severity == "error" else WARNING for finding in findings)


def _candidates(proposal: Proposal) -> list[Alternative]:
    return [Alternative(patch=proposal.patch, intent=proposal.intent), *proposal.alternatives]


def _mixed(
    candidates: Sequence[Alternative], scores: Sequence[float], best: int, score: Callable[[Alternative], float]
) -> tuple[Alternative, list[float], int]:
    """The best candidate, improved place by place with operations of the others; adds it to the scores when it is better."""
    taken, lowest = candidates[best], scores[best]
    places = dict.fromkeys(str(op["path"]) for candidate in candidates for op in candidate.patch)
    for place in places:
        for other in candidates:
            swapped = (
                *[op for op in taken.patch if op["path"] != place],
                *[op for op in other.patch if op["path"] == place],
            )
            if swapped == taken.patch or (found := score(Alternative(patch=swapped, intent=""))) >= lowest:
                continue
            taken, lowest = (
                Alternative(patch=swapped, intent=f"{candidates[best].intent}; {place} as in another sample"),
                found,
            )
    if lowest < scores[best]:
        return taken, [*scores, lowest], len(scores)
    return taken, list(scores), best

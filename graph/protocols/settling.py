"""The end of a talk: what is still open is settled in the director's name, without asking anybody.

Knows remedies and the director's authority. Does not know rounds. It ends because every remedy removes its error
without causing another, and because the steps are counted in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from graph.contents import Refuse, RemedyOffer, Request
from graph.turns import Check, Closed, Step
from shotplan.rules.finding import Finding, Remedy

if TYPE_CHECKING:
    from graph.floor import Floor

MOST_STEPS = 100


def current_remedy(floor: Floor, finding: Finding, remedy: Remedy) -> Remedy | Literal["settled"] | None:
    """The remedy as it is feasible on the plan as it is now; `settled` when the finding is gone; None when it is stale.

    A remedy's patch was tried on the plan its finding was measured on, so once another change has been accepted it is
    tried again: its finding has to go and no new error may appear.
    """
    if floor.measured:
        return remedy
    before = floor.open()
    if finding.key not in before.errors | before.warnings:
        return "settled"
    after = floor.open_after(remedy.patch)
    if after is None or finding.key in after.errors | after.warnings or after.errors - before.errors:
        return None
    return remedy


def settle(floor: Floor, findings: Sequence[Finding]) -> Step:
    """Take the first feasible remedy of the first open error and measure again; close when no error is open.

    Needs `overridden` (list of keys) and `steps` (int) in the floor's memory.
    """
    memory = floor.memory
    for finding in findings:
        if finding.severity != "error" or finding.key in memory["overridden"]:
            continue
        if memory["steps"] < MOST_STEPS:
            for remedy in finding.remedies:
                memory["steps"] += 1
                content = Request(what=remedy.label, finding=finding.key, remedy=RemedyOffer.of(remedy), forced=True)
                delivery = floor.send(
                    "director",
                    (remedy.agent,),
                    content,
                    patch=remedy.patch,
                    rights_of=remedy.agent,
                    topic=finding.where,
                    intent="the bound on rounds is reached; the first feasible remedy is taken",
                )
                if delivery.delivered:
                    return Check()
        reason = "no feasible remedy was found before the bound on rounds"
        content_refused = Refuse(finding=finding.key, reason=reason, override=True)
        floor.send("director", (finding.raised_by,), content_refused, topic=finding.where)
        memory["overridden"].append(finding.key)
        floor.override(finding, reason)
    standing = {f.key for f in findings if f.severity == "error"} & set(memory["overridden"])
    return Closed(outcome="agreed_with_overrides" if standing else "agreed")

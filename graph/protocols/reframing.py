"""What the camera can do when its new framing would cause an error: the same framing, mended.

Knows how to combine a proposal with the remedies of what it would cause. Does not know cameras.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shotplan.rules.finding import Finding, Remedy

if TYPE_CHECKING:
    from graph.floor import Floor
    from graph.room import Patch


def mended(floor: Floor, agent: str, patch: Patch) -> tuple[Finding, Sequence[Remedy]] | None:
    """The first error that a patch would cause, with the agent's remedies for it; None when there is no way out.

    Each remedy's patch holds the proposal and its mending, fits the plan as it is now, and was tried: no new error.
    """
    before = floor.open().errors
    for finding in floor.findings_after(patch):
        if finding.severity != "error" or finding.key in before:
            continue
        whole = [
            remedy.model_copy(update={"patch": (*patch, *remedy.patch)})
            for remedy in finding.remedies
            if remedy.agent == agent
        ]
        tried = [(remedy, floor.open_after(remedy.patch)) for remedy in whole]
        feasible = [remedy for remedy, after in tried if after is not None and not after.errors - before]
        if feasible:
            return finding.model_copy(update={"remedies": tuple(feasible)}), feasible
    return None

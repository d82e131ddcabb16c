"""The interface of an interaction protocol: who speaks next, what they see, when the talk is closed, and what then.

Knows steps and the floor. Does not know models or LangGraph. A protocol is deterministic: what it does may depend only
on the floor and on its arguments. What it has to remember between calls goes to `floor.memory` (JSON).
`graph.protocols.conformance` holds the tests that every protocol has to pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Protocol as Interface

from graph.turns import Answer, Step
from shotplan.rules.finding import Finding

if TYPE_CHECKING:
    from graph.floor import Floor


class Protocol(Interface):
    """Steers one session. Messages are sent and the plan is changed through the floor only."""

    @property
    def name(self) -> str: ...

    def open(self, floor: Floor) -> Step:
        """The first step, on a plan that holds nothing but its brief."""
        ...

    def answered(self, floor: Floor, answers: Sequence[Answer]) -> Step:
        """All agents of the last turn have answered; `answers` are in the order of its asks."""
        ...

    def checked(self, floor: Floor, findings: Sequence[Finding]) -> Step:
        """The plan was staged and measured; errors come first."""
        ...

    def sent_back(self, floor: Floor, note: str) -> Step:
        """The talk was closed, but a person did not approve the plan and says why."""
        ...

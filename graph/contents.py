"""What a message says: one typed content per performative (FIPA-ACL names).

Knows the closed list of performatives and the fields each one needs. Does not know who may use them
(`agents.permissions`) nor how they are worded for people (`graph.wording`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shotplan.rules.finding import Finding, Remedy

Performative = Literal["request", "propose", "object", "counter", "accept", "refuse", "inform", "query", "withdraw"]

Part = Literal["outline", "own_part", "reframing"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RemedyOffer(Frozen):
    """A remedy on the table, without its patch."""

    id: str
    label: str
    """The change in words with numbers."""
    agent: str
    """Who would make it."""

    @classmethod
    def of(cls, remedy: Remedy) -> RemedyOffer:
        return cls(id=remedy.id, label=remedy.label, agent=remedy.agent)


class Request(Frozen):
    """Do this. With a remedy: the director's decision on an objection."""

    kind: Literal["request"] = "request"
    what: str
    finding: str | None = None
    """Key of the finding it settles."""
    remedy: RemedyOffer | None = None
    forced: bool = False
    """True when the bound on rounds was reached and the first feasible remedy was taken."""


class Propose(Frozen):
    """A part of the plan, as the sender wants it; the patch is the proposal."""

    kind: Literal["propose"] = "propose"
    part: Part


class Objection(Frozen):
    """FIPA's reject-proposal: a finding with its number, its limit and the remedies already tried."""

    kind: Literal["object"] = "object"
    finding: str
    """Key of the finding; the same problem has the same key across revisions."""
    rule: str
    severity: Literal["error", "warning"]
    shot: str | None
    measured: float
    limit: float
    unit: str
    text: str
    remedies: tuple[RemedyOffer, ...] = ()
    times: int = Field(default=1, ge=1)
    """How many rounds this finding has been objected to, this one included."""

    @classmethod
    def of(cls, finding: Finding, times: int = 1) -> Objection:
        return cls(
            finding=finding.key,
            rule=finding.rule,
            severity=finding.severity,
            shot=finding.shot,
            measured=finding.measured,
            limit=finding.limit,
            unit=finding.unit,
            text=finding.text,
            times=times,
            remedies=tuple(RemedyOffer.of(r) for r in finding.remedies),
        )


class Counter(Frozen):
    """Not mine: somebody else's remedy instead."""

    kind: Literal["counter"] = "counter"
    finding: str
    remedy: RemedyOffer


class Accept(Frozen):
    """I take this remedy; the message's patch carries it out. Without a patch the finding was already settled."""

    kind: Literal["accept"] = "accept"
    finding: str
    remedy: RemedyOffer | None = None


class Refuse(Frozen):
    """No. From the director with `override`: the finding stands and is not raised again."""

    kind: Literal["refuse"] = "refuse"
    finding: str
    reason: str
    override: bool = False


class Inform(Frozen):
    """This has changed and concerns you."""

    kind: Literal["inform"] = "inform"
    what: str
    shots: tuple[str, ...] = ()


class Query(Frozen):
    kind: Literal["query"] = "query"
    question: str


class Withdraw(Frozen):
    """Takes back an earlier message."""

    kind: Literal["withdraw"] = "withdraw"
    message: str
    """Id of the message taken back."""
    reason: str


Content = Annotated[
    Request | Propose | Objection | Counter | Accept | Refuse | Inform | Query | Withdraw, Field(discriminator="kind")
]

"""Every kind of event, one per file, and their union. The log is the only source for people, metrics and tests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from graph.events.agent_answered import AgentAnswered
from graph.events.agreement_reached import AgreementReached
from graph.events.approval_asked import ApprovalAsked
from graph.events.approval_given import ApprovalGiven
from graph.events.artifact_written import ArtifactWritten
from graph.events.base import Event
from graph.events.candidates_judged import CandidatesJudged
from graph.events.clip_checked import ClipChecked, ClipFinding
from graph.events.error_raised import ErrorRaised
from graph.events.film_reviewed import FilmReviewed
from graph.events.finding_overridden import FindingOverridden
from graph.events.findings_measured import FindingsMeasured
from graph.events.message_rejected import MessageRejected
from graph.events.message_sent import MessageSent
from graph.events.model_awaited import ModelAwaited
from graph.events.model_called import ModelCalled
from graph.events.phase_finished import PhaseFinished
from graph.events.phase_progressed import PhaseProgressed
from graph.events.phase_started import PhaseStarted
from graph.events.plan_revised import PlanRevised
from graph.events.round_started import RoundStarted
from graph.events.run_resumed import RunResumed
from graph.events.run_stopped import RunStopped
from graph.events.session_started import SessionStarted
from graph.events.turn_started import TurnStarted

AnyEvent = Annotated[
    AgentAnswered
    | AgreementReached
    | ApprovalAsked
    | ApprovalGiven
    | ArtifactWritten
    | CandidatesJudged
    | ClipChecked
    | ErrorRaised
    | FilmReviewed
    | FindingOverridden
    | FindingsMeasured
    | MessageRejected
    | MessageSent
    | ModelAwaited
    | ModelCalled
    | PhaseFinished
    | PhaseProgressed
    | PhaseStarted
    | PlanRevised
    | RoundStarted
    | RunResumed
    | RunStopped
    | SessionStarted
    | TurnStarted,
    Field(discriminator="type"),
]

ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

__all__ = [
    "ANY_EVENT",
    "AgentAnswered",
    "AgreementReached",
    "AnyEvent",
    "ApprovalAsked",
    "ApprovalGiven",
    "ArtifactWritten",
    "CandidatesJudged",
    "ClipChecked",
    "ClipFinding",
    "ErrorRaised",
    "Event",
    "FilmReviewed",
    "FindingOverridden",
    "FindingsMeasured",
    "MessageRejected",
    "MessageSent",
    "ModelAwaited",
    "ModelCalled",
    "PhaseFinished",
    "PhaseProgressed",
    "PhaseStarted",
    "PlanRevised",
    "RoundStarted",
    "RunResumed",
    "RunStopped",
    "SessionStarted",
    "TurnStarted",
]

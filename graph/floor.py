"""The floor: the only way for a protocol to say something or change the plan.

Knows permissions, message ids, revisions and the transcript. Does not know when to say what (`graph.protocols`).
A floor lives for one step of the machine. It asks no model and depends only on the state it is opened with, so a step
that is repeated after a crash says exactly the same again, and the event log drops what it already has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.model import ModelReply
from graph.best_of import best_of
from graph.contents import Content, Part, Propose
from graph.events import (
    CandidatesJudged,
    Event,
    FindingOverridden,
    MessageRejected,
    MessageSent,
    ModelCalled,
    PlanRevised,
    RoundStarted,
)
from graph.merging import conflict
from graph.messages import EVERYONE, Message, message_id
from graph.room import Patch, Room, role_of
from graph.turns import Answer, Ask, Findings, Question
from shotplan.errors import NegotiationError, PlanError, StagingError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch, touched_shots
from shotplan.rules.finding import Finding, Remedy

USER = "user"
"""The sender id of the person who holds the session."""


@dataclass(frozen=True)
class Delivery:
    """What became of a message."""

    message: Message
    rejected: str | None = None
    """Why it was not delivered."""
    shots: tuple[str, ...] = ()
    """Shots that its patch touched."""

    @property
    def delivered(self) -> bool:
        return self.rejected is None


@dataclass(frozen=True)
class Open:
    """Keys of the findings that are open."""

    errors: frozenset[str]
    warnings: frozenset[str]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Open:
        errors = frozenset(f.key for f in findings if f.severity == "error")
        return cls(errors, frozenset(f.key for f in findings) - errors)


class Floor:
    def __init__(
        self,
        room: Room,
        plan: ShotPlan,
        *,
        step: int,
        round: int,
        said: int,
        memory: dict[str, Any],
        asked: dict[str, int],
        measured: Findings | None = None,
    ) -> None:
        self._room, self._step = room, step
        self.plan, self.round, self.memory = plan, round, memory
        self._said = list(room.log.said[:said])
        if len(self._said) < said:
            raise NegotiationError(
                f"the event log holds {len(self._said)} messages but the checkpoint counts {said}",
                where=str(room.log.path),
                todo="restore events.jsonl from a copy, or start a new session",
            )
        self._asked, self._asked_now = dict(asked), dict(asked)
        self._applied: list[tuple[int, Patch]] = []
        self._events: list[Event] = []
        self._measured = measured
        self._tried: tuple[ShotPlan, Open] | None = None

    # what a protocol may look at

    @property
    def transcript(self) -> list[Message]:
        """Delivered messages, in order."""
        return [message for message, rejected in self._said if rejected is None]

    @property
    def said(self) -> int:
        """Messages so far, rejected ones included."""
        return len(self._said)

    @property
    def asked(self) -> dict[str, int]:
        return self._asked_now

    @property
    def events(self) -> list[Event]:
        return self._events

    def cast(self) -> list[str]:
        return [character.id for character in self.plan.cast]

    @property
    def measured(self) -> bool:
        """Whether the plan is as it was when it was last measured, so that remedies found then are feasible now."""
        return self._measured is not None and self._measured.revision == self.plan.revision

    def findings(self) -> Sequence[Finding]:
        """With remedies, measured on the plan as it is now."""
        if self._measured is None or self._measured.revision != self.plan.revision:
            found = tuple(self._room.measure(self.plan))
            self._measured = Findings(revision=self.plan.revision, findings=found)
        return self._measured.findings

    def open(self) -> Open:
        """What is open on the plan as it is now; looks for no remedies."""
        if self._measured is not None and self._measured.revision == self.plan.revision:
            return Open.of(self._measured.findings)
        if self._tried is None or self._tried[0] != self.plan:
            self._tried = (self.plan, Open.of(self._room.measure(self.plan, remedies=False)))
        return self._tried[1]

    def open_after(self, patch: Patch) -> Open | None:
        """What would be open if this patch took effect now; None when the plan would not be valid."""
        try:
            after = apply_patch(self.plan, patch)
            self._tried = (after, Open.of(self._room.measure(after, remedies=False)))
        except (PlanError, StagingError):
            return None
        return self._tried[1]

    def findings_after(self, patch: Patch) -> Sequence[Finding]:
        """With remedies, what would be measured if this patch took effect now; nothing when the plan would not be valid."""
        try:
            return self._room.measure(apply_patch(self.plan, patch))
        except (PlanError, StagingError):
            return ()

    # what a protocol may do

    def best_of(self, answers: Sequence[Answer]) -> list[Answer]:
        """Answers to one turn, with every proposal that came in several candidates replaced by the best (`graph.best_of`)."""

        def told(agent: str, scores: Sequence[float], chosen: int) -> None:
            self.emit(CandidatesJudged(agent=agent, scores=tuple(scores), chosen=chosen))

        return best_of(self.plan, answers, lambda plan: self._room.measure(plan, remedies=False), told)

    def start_round(self, errors: int, warnings: int) -> None:
        self.round += 1
        self.emit(RoundStarted(round=self.round, open_errors=errors, open_warnings=warnings))

    def ask(
        self,
        agent: str,
        question: Question,
        *,
        objection: Finding | None = None,
        remedies: Sequence[Remedy] = (),
        in_reply_to: str | None = None,
        afresh: bool = False,
    ) -> Ask:
        """A question that carries everything addressed to the agent since it was last asked.

        `afresh`: the plan it is shown says it all; nothing it heard before goes with the question.
        """
        since = self._said[self._asked.get(agent, 0) :]
        heard: list[str] = []
        causes: list[str] = []
        for message, rejected in since:
            if rejected is not None and message.sender == agent:
                heard.append(f"your message was rejected: {rejected}")
                causes.append(message.id)
            elif rejected is None and message.sender != agent and {agent, EVERYONE} & set(message.recipients):
                heard.append(message.heard_as())
                causes.append(message.id)
        self._asked_now[agent] = len(self._said)
        return Ask(
            agent=agent,
            question=question,
            heard=() if afresh else tuple(heard),
            causes=tuple(causes),
            objection=objection,
            remedies=tuple(remedies),
            in_reply_to=in_reply_to,
        )

    def propose(
        self, answer: Answer, part: Part, recipients: Sequence[str], *, no_new_errors: bool = False
    ) -> Delivery:
        """Deliver an agent's proposal; rejected when a patch merged before it has moved what it points at.

        `no_new_errors`: also rejected when the plan would have an error that it does not have now.
        """
        proposal = answer.proposal
        assert proposal is not None
        why = conflict(proposal.patch, [p for revision, p in self._applied if revision > answer.base_revision])
        if no_new_errors and proposal.patch and why is None:
            before, after = self.open(), self.open_after(proposal.patch)
            new = sorted(after.errors - before.errors) if after else []
            new = [f"{key.partition('@')[0]}{shot_at(self.plan, key)}" for key in new]
            why = f"it would cause {', '.join(new)}" if new else None
        return self.send(
            answer.ask.agent,
            recipients,
            Propose(part=part),
            patch=proposal.patch,
            intent=proposal.intent,
            answer=answer,
            refused_because=why,
        )

    def send(
        self,
        sender: str,
        recipients: Sequence[str],
        content: Content,
        *,
        patch: Patch = (),
        rights_of: str | None = None,
        intent: str = "",
        topic: str = "",
        in_reply_to: str | None = None,
        reply_by_round: int | None = None,
        causes: Sequence[str] = (),
        answer: Answer | None = None,
        refused_because: str | None = None,
    ) -> Delivery:
        """Deliver a message and let its patch take effect, or record why not.

        `answer`: the answer it puts into words; gives the revision the sender saw, what it replies to and the model
        calls. `rights_of`: the agent whose part the patch changes, where that is not the sender (a director's decision
        carries out an owner's remedy). `refused_because`: a reason the caller already knows to reject it.
        """
        replies = _replies(answer)
        ordinal = sum(m.round == self.round and m.sender == sender for m, _ in self._said)
        message = Message(
            id=message_id(self._room.log.branch, self.round, sender, ordinal),
            session=self._room.log.session,
            branch=self._room.log.branch,
            seq=len(self.transcript),
            round=self.round,
            sender=sender,
            recipients=tuple(dict.fromkeys(recipients)),
            performative=content.kind,
            in_reply_to=in_reply_to or (answer.ask.in_reply_to if answer else None),
            reply_by_round=reply_by_round,
            topic=topic,
            content=content,
            patch=tuple(patch),
            base_revision=answer.base_revision if answer else self.plan.revision,
            intent=intent,
            causes=tuple(causes) or (answer.ask.causes if answer else ()),
            confidence=answer.decision.confidence if answer and answer.decision else None,
            llm_call=tuple(r.key for r in replies if r.key),
        )
        reason = refused_because or self._forbidden(message, rights_of)
        revised = None
        if reason is None and patch:
            try:
                revised = apply_patch(self.plan, [dict(op) for op in patch])
            except PlanError as error:
                reason = str(error)
        for reply in replies:
            self._record_call(reply, message, answer.ask.question if answer else message.performative)
        self._said.append((message, reason))
        if reason is not None:
            self.emit(MessageRejected(message=message, reason=reason))
            return Delivery(message, rejected=reason)
        self.emit(MessageSent(message=message))
        return Delivery(message, shots=self._revise(revised, message) if revised is not None else ())

    def override(self, finding: Finding, reason: str) -> None:
        """An error stands."""
        self.emit(FindingOverridden(finding=finding.key, text=finding.text, reason=reason))

    def emit(self, event: Event) -> None:
        """Add an event of this step; it is written when the step ends."""
        id = f"{self._room.log.branch}.{self._step:04d}.{len(self._events):03d}"
        self._events.append(event.model_copy(update={"id": id}))

    def _forbidden(self, message: Message, rights_of: str | None) -> str | None:
        if message.sender == USER:
            return None
        allowed = self._room.allowed
        role = role_of(message.sender)
        if rights_of is None or rights_of == message.sender:
            return allowed(role, message.sender, message.performative, message.patch, self.plan)
        return allowed(role, message.sender, message.performative, (), self.plan) or allowed(
            role_of(rights_of), rights_of, "accept", message.patch, self.plan
        )

    def _revise(self, revised: ShotPlan, message: Message) -> tuple[str, ...]:
        before = self.plan
        if revised.model_copy(update={"revision": before.revision}) == before:
            return ()
        self.plan = revised.model_copy(update={"revision": before.revision + 1})
        self._applied.append((self.plan.revision, message.patch))
        touched = touched_shots(before, self.plan)
        shots = tuple(shot.id for shot in self.plan.shots if shot.id in touched)
        self.emit(
            PlanRevised(
                revision=self.plan.revision,
                plan=self._room.store.put(self.plan),
                patch=message.patch,
                by=message.sender,
                message=message.id,
                shots=shots,
            )
        )
        return shots

    def _record_call(self, reply: ModelReply, message: Message, question: str) -> None:
        self.emit(
            ModelCalled(
                agent=message.sender,
                question=question,
                key=reply.key,
                model=reply.model,
                prompt_tokens=reply.prompt_tokens,
                cached_tokens=reply.cached_tokens,
                completion_tokens=reply.completion_tokens,
                forced_tokens=reply.forced_tokens,
                seconds=reply.seconds,
                attempts=reply.attempts,
                queue_seconds=reply.queue_seconds,
                first_token_seconds=reply.first_token_seconds,
                confidence=reply.confidence,
                replayed=reply.replayed,
                message=message.id,
            )
        )


def shot_at(plan: ShotPlan, key: str) -> str:
    """` in s02` for the key of a finding about a shot, else nothing."""
    place = key.partition("@")[2].split("/")
    if len(place) > 2 and place[1] == "shots" and place[2].isdigit() and int(place[2]) < len(plan.shots):
        return f" in {plan.shots[int(place[2])].id}"
    return ""


def _replies(answer: Answer | None) -> tuple[ModelReply, ...]:
    if answer is None:
        return ()
    said = answer.proposal or answer.decision
    return said.replies if said else ()

"""The machine: one flat LangGraph `StateGraph` that carries out what a protocol decides.

    brief -> outline | propose | respond | arbitrate   (Send: one per agent, in parallel; only these ask a model)
          -> deliver          answers become messages, in the order in which they were asked
          -> stage_and_check  the plan is staged and measured
          -> ... -> agree -> approve -> render -> review

Knows nodes and edges. Does not know who speaks next (`graph.protocols`) nor how a session is stored (`graph.session`).
Nodes that ask a model write no events; nodes that write events ask no model. A step repeated after a crash therefore
says the same again, and an answer that was checkpointed is not asked for twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send, interrupt

from graph.asking import put_questions
from graph.events import (
    AgentAnswered,
    AgreementReached,
    ApprovalAsked,
    ApprovalGiven,
    ArtifactWritten,
    ClipChecked,
    Event,
    FilmReviewed,
    FindingOverridden,
    FindingsMeasured,
    MessageSent,
    PhaseProgressed,
    SessionStarted,
    TurnStarted,
)
from graph.rendering import verify
from graph.room import Room
from graph.state import Asked, TalkState, close_floor, open_floor
from graph.store import write_whole
from graph.turns import Answer, Answers, Check, Closed, Findings, NextStep, Step, Turn
from shotplan.errors import NegotiationError
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding

Graph = CompiledStateGraph[TalkState, None, TalkState, TalkState]
QUESTIONS = ("outline", "propose", "respond", "arbitrate")
PROGRESS_EVERY = 0.2
"""Seconds between progress events, so that a film of thousands of frames does not fill the log."""
STEPS_AT_MOST = 2000
"""LangGraph's recursion limit; the protocol's own bounds end a talk far earlier."""


def build_graph(room: Room, checkpointer: BaseCheckpointSaver[Any] | None) -> Graph:
    graph = StateGraph(TalkState)
    ways = [*QUESTIONS, "stage_and_check", "agree"]
    graph.add_node("brief", _Brief(room))
    for question in QUESTIONS:
        graph.add_node(question, _Questions(room), input_schema=Asked)
        graph.add_edge(question, "deliver")
    graph.add_node("deliver", _Deliver(room))
    graph.add_node("stage_and_check", _StageAndCheck(room))
    graph.add_node("agree", _Agree(room))
    graph.add_node("approve", _Approve(room))
    graph.add_node("render", _Render(room))
    graph.add_node("review", _Review(room))
    route = _route(room)
    graph.add_edge(START, "brief")
    for node in ("brief", "deliver", "stage_and_check"):
        graph.add_conditional_edges(node, route, ways)
    graph.add_edge("agree", "approve")
    graph.add_conditional_edges("approve", _after_approval(room, route), [*ways, "render", END])
    graph.add_edge("render", "review")
    graph.add_edge("review", END)
    return graph.compile(checkpointer=checkpointer)


def _route(room: Room) -> Callable[[TalkState], list[Send] | str]:
    def route(state: TalkState) -> list[Send] | str:
        match room.store.get(state["next"], NextStep).step:
            case Turn(asks=asks):
                parallel = dict.fromkeys((ask.question, ask.agent) for ask in asks)
                return [
                    Send(question, Asked(plan=state["plan"], turn=state["next"], agent=agent, question=question))
                    for question, agent in parallel
                ]
            case Check():
                return "stage_and_check"
            case Closed():
                return "agree"

    return route


def _after_approval(
    room: Room, route: Callable[[TalkState], list[Send] | str]
) -> Callable[[TalkState], list[Send] | str]:
    def way(state: TalkState) -> list[Send] | str:
        if not state["approved"]:
            return route(state)
        return "render" if room.renderer is not None else END

    return way


class _Node:
    def __init__(self, room: Room) -> None:
        self.room = room

    def close(self, floor: Any, state: TalkState, step: Step) -> TalkState:
        if isinstance(step, Turn):
            floor.emit(TurnStarted(round=floor.round, asked=tuple((ask.agent, ask.question) for ask in step.asks)))
        return close_floor(self.room, floor, state, step)


class _Brief(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        floor = open_floor(self.room, state)
        floor.emit(SessionStarted(protocol=self.room.protocol.name, model=self.room.model_name, plan=state["plan"]))
        return self.close(floor, state, self.room.protocol.open(floor))


class _Questions(_Node):
    """Puts one agent's questions of a turn; the only nodes that ask a model."""

    def __call__(self, state: Asked) -> dict[str, list[str]]:
        turn = self.room.store.get(state["turn"], NextStep).step
        assert isinstance(turn, Turn)
        asks = [ask for ask in turn.asks if (ask.agent, ask.question) == (state["agent"], state["question"])]
        started = time.perf_counter()
        answers = put_questions(self.room.crew, self.room.store.get(state["plan"], ShotPlan), asks)
        calls = sum(len(said.replies) for answer in answers if (said := answer.proposal or answer.decision))
        seconds = time.perf_counter() - started
        self.room.log.tell(
            AgentAnswered(agent=state["agent"], question=state["question"], calls=calls, seconds=seconds)
        )
        return {"answers": [self.room.store.put(Answers(answers=tuple(answers)))]}


class _Deliver(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        turn = self.room.store.get(state["next"], NextStep).step
        assert isinstance(turn, Turn)
        answers = [answer for digest in state["answers"] for answer in self.room.store.get(digest, Answers).answers]
        floor = open_floor(self.room, state)
        step = self.room.protocol.answered(floor, in_order_asked(turn, answers))
        return {**self.close(floor, state, step), "answers": None}  # type: ignore[typeddict-item]


class _StageAndCheck(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        floor = open_floor(self.room, state)
        started = time.perf_counter()
        findings = tuple(sorted(floor.findings(), key=_errors_first))
        seconds = time.perf_counter() - started
        measured = self.room.store.put(Findings(revision=floor.plan.revision, findings=findings))
        errors = sum(f.severity == "error" for f in findings)
        floor.emit(
            FindingsMeasured(
                revision=floor.plan.revision,
                errors=errors,
                warnings=len(findings) - errors,
                findings=measured,
                keys=tuple(f.key for f in findings),
                seconds=seconds,
            )
        )
        step = self.room.protocol.checked(floor, findings)
        return {**self.close(floor, state, step), "findings": measured}


class _Agree(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        closed = self.room.store.get(state["next"], NextStep).step
        assert isinstance(closed, Closed)
        if closed.outcome == "failed":
            raise NegotiationError(
                f"the crew has no usable plan: {closed.reason}",
                where="session",
                todo="shorten or reword the script, or use a larger language model (--llm URL)",
            )
        floor = open_floor(self.room, state)
        written = [*self.room.log.events, *floor.events]
        floor.emit(
            AgreementReached(
                outcome=closed.outcome,
                revision=floor.plan.revision,
                plan=state["plan"],
                rounds=floor.round,
                messages=len(floor.transcript),
                overrides=tuple(dict.fromkeys(e.finding for e in written if isinstance(e, FindingOverridden))),
                forced=sum(
                    isinstance(e, MessageSent) and e.message.content.kind == "request" and e.message.content.forced
                    for e in written
                ),
            )
        )
        if self.room.approval:
            floor.emit(ApprovalAsked(revision=floor.plan.revision, plan=state["plan"]))
        write_whole(self.room.folder / "plan.json", floor.plan.model_dump_json(indent=2).encode())
        return {**self.close(floor, state, closed), "ended": closed.outcome}


class _Approve(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        if not self.room.approval:
            return {"approved": True}
        answer = interrupt({"ask": "approval", "plan": state["plan"]})
        approved, note = bool(answer["approved"]), str(answer.get("note", ""))
        floor = open_floor(self.room, state)
        run = f"{self.room.log.branch}.run{self.room.run}.approval"
        self.room.log.append(ApprovalGiven(id=run, approved=approved, note=note))
        closed = self.room.store.get(state["next"], NextStep).step
        step = closed if approved else self.room.protocol.sent_back(floor, note)
        return {**self.close(floor, state, step), "approved": approved, "ended": state["ended"] if approved else ""}


class _Render(_Node):
    """Runs the renderer and verifies its files; when one is missing, resuming renders again.

    Its phases are told per run of the session, an artifact once per content.
    """

    def __call__(self, state: TalkState) -> TalkState:
        room = self.room
        assert room.renderer is not None
        output = room.output or room.folder
        count, told = 0, 0.0

        def emit(event: Event) -> None:
            nonlocal count, told
            if isinstance(event, PhaseProgressed):
                if event.done < event.total and time.monotonic() - told < PROGRESS_EVERY:
                    return
                told = time.monotonic()
            if isinstance(event, ArtifactWritten):
                id = f"{room.log.branch}.artifact.{event.path}.{event.digest}"
            else:
                id = f"{room.log.branch}.run{room.run}.render{count:05d}"
            count += 1
            room.log.append(event.model_copy(update={"id": id}))

        for artifact in room.renderer.run(room.store.get(state["plan"], ShotPlan), output, emit):
            emit(ArtifactWritten(**artifact.model_dump()))
            verify(artifact, output)
        return {}


class _Review(_Node):
    def __call__(self, state: TalkState) -> TalkState:
        room = self.room
        files = {event.path for event in room.log.events if isinstance(event, ArtifactWritten)}
        findings = room.store.get(state["findings"], Findings).findings if state["findings"] else ()
        kept = {event.shot: event for event in room.log.events if isinstance(event, ClipChecked) and event.kept}
        agreed = room.log.last(AgreementReached)
        floor = open_floor(room, state)
        floor.emit(
            FilmReviewed(
                artifacts=len(files),
                errors=sum(f.severity == "error" for f in findings),
                warnings=sum(f.severity == "warning" for f in findings),
                overrides=agreed.overrides if isinstance(agreed, AgreementReached) else (),
                clip_findings=sum(len(event.findings) for event in kept.values()),
            )
        )
        return self.close(floor, state, room.store.get(state["next"], NextStep).step)


def in_order_asked(turn: Turn, answers: list[Answer]) -> list[Answer]:
    """Answers in the order of the turn's asks. Raises `NegotiationError` when one is missing or one too many."""
    left = list(answers)
    ordered: list[Answer] = []
    for ask in turn.asks:
        at = next((n for n, answer in enumerate(left) if answer.ask == ask), None)
        if at is None:
            raise NegotiationError(
                f"the answer of {ask.agent} to {ask.question!r} was lost", todo="report this as a bug"
            )
        ordered.append(left.pop(at))
    if left:
        raise NegotiationError(
            f"{left[0].ask.agent} answered a question that was not asked", todo="report this as a bug"
        )
    return ordered


def _errors_first(finding: Finding) -> tuple[bool, str, str]:
    return finding.severity != "error", finding.rule, finding.where

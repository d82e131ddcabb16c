"""The state that LangGraph checkpoints: plain JSON, with digests instead of large things.

Knows the channels and how they merge. Does not know what happens in a step (`graph.machine`).
"""

from __future__ import annotations

import copy
from typing import Annotated, Any, TypedDict

from graph.floor import Floor
from graph.room import Room
from graph.turns import Findings, NextStep, Step
from shotplan.plan import ShotPlan


def gather(old: list[str], new: list[str] | None) -> list[str]:
    """Answers of parallel agents, in the order they were asked; None clears the list once they are delivered."""
    return [] if new is None else [*old, *new]


class TalkState(TypedDict, total=False):
    plan: str
    """Digest of the plan."""
    step_number: int
    """Counts the steps that write events; part of every event id."""
    round: int
    said: int
    """Messages in the event log that this state includes."""
    memory: dict[str, Any]
    """The protocol's own notes."""
    asked: dict[str, int]
    """Per agent: how many messages there were when it was last asked."""
    next: str
    """Digest of the protocol's next step."""
    answers: Annotated[list[str], gather]
    """Digests of `Answers`, one per parallel agent."""
    findings: str
    """Digest of the last `Findings`; empty before the first check."""
    ended: str
    """Outcome once the talk is closed; empty before."""
    approved: bool


class Asked(TypedDict):
    """What one parallel node is sent."""

    plan: str
    turn: str
    agent: str
    question: str


START: TalkState = {
    "plan": "",
    "step_number": 0,
    "round": 0,
    "said": 0,
    "memory": {},
    "asked": {},
    "next": "",
    "answers": [],
    "findings": "",
    "ended": "",
    "approved": False,
}


def open_floor(room: Room, state: TalkState) -> Floor:
    """The floor of the step that follows `state`."""
    measured = room.store.get(state["findings"], Findings) if state["findings"] else None
    return Floor(
        room,
        room.store.get(state["plan"], ShotPlan),
        step=state["step_number"],
        round=state["round"],
        said=state["said"],
        memory=copy.deepcopy(state["memory"]),
        asked=state["asked"],
        measured=measured,
    )


def close_floor(room: Room, floor: Floor, state: TalkState, step: Step) -> TalkState:
    """Write the step's events and return what changes in the state. The log is on disk before the checkpoint is."""
    plan = room.store.put(floor.plan)
    following = room.store.put(NextStep(step=step))
    room.log.append(*floor.events)
    return {
        "plan": plan,
        "step_number": state["step_number"] + 1,
        "round": floor.round,
        "said": floor.said,
        "memory": floor.memory,
        "asked": floor.asked,
        "next": following,
    }

"""The seed example with the project's own agents and rules: a fox has to jump a log that is too high for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.model import ModelRequest
from agents.scripted import ScriptedModel
from graph.contents import Objection
from graph.messages import Message
from graph.session import Session
from shotplan.brief import Brief
from shotplan.rules.check import check

SCRIPT = "A fox runs through a forest and jumps over a huge log. An owl watches."
SECONDS = 27.0
"""Long enough that climbing is an alternative."""
JUMP = "reach.jump_height@/shots/1/performances/0"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder: Path = tmp_path_factory.mktemp("jump")
    session = Session.create(folder / "session", Brief.from_text(SCRIPT, duration=SECONDS), ScriptedModel())
    session.run()
    return session


def place(messages: list[Message], sender: str, performative: str, *, after: int = -1) -> int:
    """Index of the first such message after another."""
    found = [n for n, m in enumerate(messages) if n > after and (m.sender, m.performative) == (sender, performative)]
    assert found, f"{sender} never says {performative!r} after message {after}"
    return found[0]


def ancestors(session: Session, message: Message) -> set[str]:
    """Ids of all messages that led to this one, rejected ones included."""
    said = {e.message.id: e.message for e in session.events() if e.type in ("message_sent", "message_rejected")}
    found: set[str] = set()
    left = [*message.causes]
    while left:
        cause = left.pop()
        if cause not in found:
            found.add(cause)
            left += said[cause].causes
    return found


def test_objection_counter_acceptance_and_reframing_follow_each_other(session: Session) -> None:
    messages = session.messages()
    objected = place(messages, "fox", "object")
    countered = place(messages, "scene", "counter", after=objected)
    accepted = next(
        n
        for n, m in enumerate(messages)
        if n > countered and m.content.kind == "accept" and m.content.finding == JUMP and m.patch
    )
    informed = place(messages, messages[accepted].sender, "inform", after=accepted)
    reframed = place(messages, "camera", "propose", after=informed)

    assert messages[objected].recipients == ("scene",)
    assert messages[countered].in_reply_to == messages[objected].id
    assert "camera" in messages[informed].recipients
    assert messages[informed].id in ancestors(session, messages[reframed])
    assert any("/camera" in op["path"] for op in messages[reframed].patch)


def test_a_fox_that_takes_the_counter_climbs_and_the_camera_frames_the_climb(tmp_path: Path) -> None:
    def climb(request: ModelRequest) -> dict[str, str]:
        choices = request.answer_schema["properties"]["answer"]["enum"]
        return {"answer": next(c for c in choices if c.startswith("accept:climb"))}

    model = ScriptedModel({"character.respond": climb})
    session = Session.create(tmp_path / "session", Brief.from_text(SCRIPT, duration=SECONDS), model)
    plan = session.run()
    messages = session.messages()
    countered = place(messages, "scene", "counter")
    accepted = place(messages, "fox", "accept", after=countered)
    assert messages[accepted].in_reply_to == messages[countered].id
    assert place(messages, "camera", "propose", after=accepted)
    actions = [p.action for shot in plan.shots for p in shot.performances if p.actor == "fox"]
    assert "climb_over" in actions
    assert "jump_over" not in actions
    assert not [f for f in check(plan, remedies=False) if f.severity == "error"]


def test_the_objection_shows_the_log_and_what_the_fox_can_jump_in_numbers(session: Session) -> None:
    objection = next(m for m in session.messages() if m.sender == "fox" and m.performative == "object")
    content = objection.content
    assert isinstance(content, Objection)
    assert content.rule == "reach.jump_height"
    assert content.measured == pytest.approx(1.3)
    assert content.limit == pytest.approx(0.9)
    assert "[measured 1.3 m, limit 0.9 m]" in objection.line()
    assert "实测 1.3 m，限值 0.9 m" in objection.line("zh")


def test_the_agreed_plan_has_no_error_finding(session: Session) -> None:
    assert session.outcome == "agreed"
    assert not [f for f in check(session.plan, remedies=False) if f.severity == "error"]


def test_when_the_fox_can_only_jump_the_scene_lowers_the_log(tmp_path: Path) -> None:
    """In a shorter film there is no time to climb, so that remedy is not on the table."""
    session = Session.create(tmp_path / "session", Brief.from_text(SCRIPT), ScriptedModel())
    plan = session.run()
    accepted = next(m for m in session.messages() if m.sender == "scene" and m.performative == "accept")
    assert accepted.in_reply_to is not None
    log = plan.sets[0].prop("log")
    fox = plan.character("fox")
    assert log is not None
    assert fox is not None
    assert log.size[1] <= fox.limits.jump_height
    assert not [f for f in check(plan, remedies=False) if f.severity == "error"]

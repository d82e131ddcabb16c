"""A message says what it is, in one line that people can read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graph.contents import Accept, Inform, Objection, Propose, Refuse
from graph.messages import Message
from graph.protocols.conformance.film import BRIEF, measure, outline
from graph.wording import LONGEST, one_line
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch


def message(**changes: Any) -> Message:
    base: dict[str, Any] = {
        "id": "main-r1-fox-0", "session": "s", "branch": "main", "seq": 0, "round": 1, "sender": "fox",
        "recipients": ("scene",), "performative": "propose", "base_revision": 1, "content": Propose(part="own_part"),
    }  # fmt: skip
    return Message.model_validate(base | changes)


def objection() -> Objection:
    (finding,) = measure(apply_patch(ShotPlan(brief=BRIEF), outline()))
    return Objection.of(finding)


def test_an_objection_reads_as_who_to_whom_with_the_number_and_its_limit() -> None:
    line = message(performative="object", content=objection()).line()
    assert line.startswith("1  fox → scene  objects: reach.jump_height s01 [measured 1.4 m, limit 0.9 m]")


@pytest.mark.parametrize(("language", "verb"), [("en", "refuses"), ("zh", "拒绝"), ("ja", "拒否")])
def test_a_line_uses_the_language_of_the_script(language: Any, verb: str) -> None:
    refusal = message(performative="refuse", content=Refuse(finding="f", reason="no"))
    assert refusal.line(language) == f"1  fox → scene  {verb}: no"


def test_a_message_to_the_camera_names_the_shots_that_changed() -> None:
    informed = message(performative="inform", content=Inform(what="the log is lower", shots=("s02", "s03")))
    assert informed.heard_as() == "fox informs: s02, s03: the log is lower"


def test_content_that_does_not_fit_the_performative_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot carry 'accept' content"):
        message(performative="refuse", content=Accept(finding="f"))


def test_a_message_survives_json() -> None:
    sent = message(performative="object", content=objection(), patch=({"op": "remove", "path": "/shots/0"},))
    assert Message.model_validate_json(sent.model_dump_json()) == sent


@given(st.text(max_size=2000))
def test_whatever_a_model_writes_takes_one_line_of_bounded_length(text: str) -> None:
    line = one_line(text)
    assert len(line) <= LONGEST
    assert all(c.isprintable() for c in line)
    assert len(line.splitlines()) <= 1

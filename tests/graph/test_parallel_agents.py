"""Agents of one turn are asked at the same time, however few cores this machine has."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from agents.model import ModelReply, ModelRequest
from agents.scripted import ScriptedModel
from graph.session import Session
from shotplan.brief import Brief

CAST = ("fox", "owl", "bear", "cat", "dog", "wolf", "frog", "horse", "rabbit", "penguin")


class Together(ScriptedModel):
    """Answers no character before every character has asked."""

    def __init__(self) -> None:
        super().__init__()
        self.everybody = threading.Barrier(len(CAST), timeout=150)
        self.waited: set[str] = set()

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        agent = requests[0].agent
        if agent in CAST and agent not in self.waited:
            self.waited.add(agent)
            self.everybody.wait()
        return super().ask(requests)


def test_ten_characters_are_asked_at_the_same_time(tmp_path: Path) -> None:
    story = " ".join(f"A {who} dances." for who in CAST)
    model = Together()
    plan = Session.create(tmp_path / "ten", Brief.from_text(story), llm=model).run()
    assert {character.id for character in plan.cast} == set(CAST)
    assert model.waited == set(CAST)

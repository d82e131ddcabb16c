"""The seed example with the project's own agents and rules: a fox has to jump a log that is too high for it."""

from __future__ import annotations

from pathlib import Path

from agents.scripted import ScriptedModel
from graph.messages import Message
from graph.session import Session
from shotplan.brief import Brief
from shotplan.rules.check import check

SCRIPT = "A red fox runs through a forest at sunset and jumps over a huge fallen log. An owl watches, surprised."
HIGH = 1.3
"""Metres; the fox clears 0.9."""


def high_log(request: object) -> dict[str, str]:
    return {"size": "huge"}


def held(folder: Path, **answers: object) -> Session:
    brief = Brief.from_text(SCRIPT)
    session = Session.create(folder, brief, ScriptedModel(answers))
    session.run()
    return session

"""A tape alone gives the same crew, the same candidates and the same plan: traits of the model travel on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agents.openai import OpenAIModel
from graph.session import Session
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding
from tests.agents.fault_server import Play, answers, first_answer, obeys, serving

BRIEF = Brief.from_text("A red fox runs through a forest. An owl watches, surprised.", duration=6)


def warm(handler: Any) -> None:
    """The first option of everything when asked cold, the last one when asked for samples."""
    call = handler.call
    if not call["temperature"]:
        return obeys(handler)
    fields = call["response_format"]["json_schema"]["schema"]["properties"]
    last = json.dumps({key: field["enum"][-1] for key, field in fields.items()})
    return answers(last, more=(first_answer(call),))(handler)


def sizes(plan: ShotPlan, *, remedies: bool = True) -> list[Finding]:
    """A rule that dislikes the size that the model likes best."""
    return [
        Finding(
            rule="toy.size", severity="warning", shot=shot.id, where=f"/shots/{n}", measured=1, limit=0, unit="", text="so",
            raised_by="camera", owners=("camera",),
        )
        for n, shot in enumerate(plan.shots)
        if shot.camera.size in ("long", "close_up", "medium_long", "full")
    ]  # fmt: skip


@pytest.mark.parametrize("small", [True, False])
def test_a_replay_without_a_model_is_the_same_crew_and_chooses_the_same_candidates(tmp_path: Path, small: bool) -> None:
    with serving(Play()) as play:
        play.is_vllm("anything")
        play.script = [warm]
        model = OpenAIModel(play.url, small=small, options="all", best_of=3)
        live = Session.create(tmp_path / "live", BRIEF, model, measure=sizes)
        plan = live.run()
        model.close()
    calls = len(play.calls)
    assert any(event.type == "candidates_judged" and event.chosen for event in live.events())

    (tmp_path / "again").mkdir()
    shutil.copy(live.folder / "tape.jsonl", tmp_path / "again" / "tape.jsonl")
    again = Session.create(tmp_path / "again", BRIEF, "auto", tape="replay", measure=sizes)
    assert again.run() == plan
    assert len(play.calls) == calls
    assert [m.line() for m in again.messages()] == [m.line() for m in live.messages()]
    assert all(event.replayed for event in again.events() if event.type == "model_called")

"""What people rely on in a session: it runs, it waits, it renders, it says what is wrong with its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.model import ModelReply, ModelRequest
from graph.events import ArtifactWritten, PhaseFinished, PhaseProgressed, PhaseStarted
from graph.rendering import Artifact, Emit
from graph.session import Session
from graph.session_folder import Folder
from shotplan.errors import ModelError, NegotiationError, RenderError, SessionError
from shotplan.plan import ShotPlan
from tests.graph.toy import BRIEF, TOY, ToyModel, story


def new(folder: Path, model: ToyModel | None = None, **more: Any) -> Session:
    return Session.create(folder / "session", BRIEF, model or ToyModel(story()), **TOY, **more)


def again(folder: Path, model: ToyModel | None = None, **more: Any) -> Session:
    return Session.open(folder / "session", model or ToyModel(story()), **TOY, **more)


def test_a_session_ends_with_an_agreed_plan_in_its_folder(tmp_path: Path) -> None:
    session = new(tmp_path)
    seen: list[str] = []
    answered: list[str] = []
    plan = session.run(
        on_event=lambda event: answered.append(event.agent) if event.type == "agent_answered" else seen.append(event.id)
    )
    assert set(answered) == {"director", "scene", "fox", "owl", "camera"}
    assert session.outcome == "agreed"
    assert ShotPlan.model_validate_json((session.folder / "plan.json").read_bytes()) == plan == session.plan
    assert seen == [event.id for event in session.events()]
    assert [event.seq for event in session.events()] == list(range(len(seen)))


def test_running_a_finished_session_returns_its_plan_and_asks_nobody(tmp_path: Path) -> None:
    plan = new(tmp_path).run()
    model = ToyModel()
    assert again(tmp_path, model).run() == plan
    assert model.asked == []


def test_answers_of_parallel_agents_come_in_the_order_they_were_asked_whoever_is_faster(tmp_path: Path) -> None:
    class Uneven(ToyModel):
        def _answer(self, request: ModelRequest) -> ModelReply:
            self.seconds = {"scene": 0.08, "fox": 0.04}.get(request.agent, 0.0)
            return super()._answer(request)

    session = new(tmp_path, Uneven(story()))
    session.run()
    first_round = [m.sender for m in session.messages() if m.round == 0]
    assert first_round == ["director", "scene", "fox", "owl", "camera"]


def test_a_model_that_fails_ends_the_run_with_an_error_event_and_the_session_can_go_on(tmp_path: Path) -> None:
    class Failing(ToyModel):
        def _answer(self, request: ModelRequest) -> ModelReply:
            if request.agent == "owl":
                raise ModelError("the server is gone", where="owl.propose", todo="start it again")
            return super()._answer(request)

    with pytest.raises(ModelError, match="the server is gone"):
        new(tmp_path, Failing(story())).run()
    session = again(tmp_path)
    (error,) = session.events_of("error_raised")
    assert error.type == "error_raised"
    assert (error.phase, error.where) == ("model", "owl.propose")

    model = ToyModel(story())
    again(tmp_path, model).resume()
    assert session.outcome == "agreed"
    assert {request.agent for request in model.asked if request.question == "propose"} == {"owl"}


def test_a_director_without_a_usable_outline_ends_in_an_error_that_quotes_the_reason(tmp_path: Path) -> None:
    broken = [{"op": "replace", "path": "/shots", "value": [{"id": "s01", "set": "nowhere", "duration": 2.0}]}]
    session = new(tmp_path, ToyModel(story(director__outline={"patch": broken})))
    with pytest.raises(NegotiationError, match="nowhere"):
        session.run()
    assert len(session.events_of("message_rejected")) == 2
    assert not (session.folder / "plan.json").exists()


def test_a_session_that_needs_approval_waits_and_goes_on_when_it_is_given(tmp_path: Path) -> None:
    session = new(tmp_path, approval=True)
    session.run()
    assert session.waiting_for == "approval"
    again(tmp_path).approve()
    assert session.waiting_for is None
    with pytest.raises(SessionError, match="nothing waits"):
        again(tmp_path).approve()


def test_a_plan_sent_back_is_discussed_again_with_the_note(tmp_path: Path) -> None:
    longer = {"patch": [{"op": "replace", "path": "/shots/0/duration", "value": 6.0}], "intent": "slower"}
    session = new(tmp_path, ToyModel(story(director__propose=longer)), approval=True)
    session.run()
    again(tmp_path, ToyModel(story(director__propose=longer))).approve(False, "slower please")
    assert session.waiting_for == "approval"
    assert session.plan.shots[0].duration == 6.0
    note = next(m for m in session.messages() if m.sender == "user")
    assert "slower please" in note.line()


class OneFile:
    """A renderer that writes one file; `breaks`: how often it fails first."""

    def __init__(self, breaks: int = 0) -> None:
        self.breaks = breaks

    def run(self, plan: ShotPlan, folder: Path, emit: Emit) -> list[Artifact]:
        emit(PhaseStarted(phase="staging", total=1000))
        if self.breaks:
            self.breaks -= 1
            raise RenderError("no space left", where=str(folder), todo="free some disk space")
        for done in range(1000):
            emit(PhaseProgressed(phase="staging", done=done + 1, total=1000))
        file = folder / "film.mp4"
        file.write_bytes(plan.model_dump_json().encode())
        artifact = Artifact.of(folder, file, "film")
        emit(ArtifactWritten(**artifact.model_dump()))
        emit(PhaseFinished(phase="staging", seconds=0.1))
        return [artifact]


def test_what_the_renderer_wrote_is_recorded_once_and_reviewed(tmp_path: Path) -> None:
    session = new(tmp_path, renderer=OneFile())
    session.run()
    (written,) = session.events_of("artifact_written")
    assert written.type == "artifact_written"
    assert written.path == "film.mp4"
    (reviewed,) = session.events_of("film_reviewed")
    assert reviewed.type == "film_reviewed"
    assert (reviewed.artifacts, reviewed.errors) == (1, 0)
    assert len(session.events_of("phase_progressed")) < 20


def test_a_render_that_failed_is_done_again_without_talking_again(tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        new(tmp_path, renderer=OneFile(breaks=1)).run()
    model = ToyModel()
    session = again(tmp_path, model, renderer=OneFile())
    session.resume()
    assert model.asked == []
    assert len(session.events_of("film_reviewed")) == 1


def test_a_file_that_disappears_is_named_and_made_again_on_resuming(tmp_path: Path) -> None:
    class Vanishing(OneFile):
        def run(self, plan: ShotPlan, folder: Path, emit: Emit) -> list[Artifact]:
            made = super().run(plan, folder, emit)
            (folder / "film.mp4").unlink()
            return made

    with pytest.raises(RenderError, match="is missing"):
        new(tmp_path, renderer=Vanishing()).run()
    session = again(tmp_path, renderer=OneFile())
    session.resume()
    assert (tmp_path / "session" / "film.mp4").exists()
    assert len(session.events_of("film_reviewed")) == 1


def test_two_processes_cannot_run_one_session(tmp_path: Path) -> None:
    session = new(tmp_path)
    program = (
        "import sys; from pathlib import Path; from graph.session_folder import Folder\n"
        f"lock = Folder(Path({str(session.folder)!r})).lock(); print('locked', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(SessionError, match=f"already running in process {other.pid}"):
            session.run()
    finally:
        other.kill()
        other.communicate()
    session.run()
    assert session.outcome == "agreed"


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble_first_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"{nonsense\n" + b"".join(lines[1:]))


def _drop_a_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))


DAMAGE: Sequence[tuple[str, Callable[[Path], object], str]] = (
    ("session.json", _truncate, "session.json is damaged"),
    ("session.json", os.unlink, "there is no session here"),
    ("events.jsonl", _garble_first_line, "line 1 of the event log"),
    ("events.jsonl", _drop_a_line, "lines are missing or repeated"),
    ("checkpoints.sqlite", lambda path: path.write_bytes(b"not a database" * 100), "checkpoints are damaged"),
    ("checkpoints.sqlite", os.unlink, "checkpoints are damaged"),
)


@pytest.mark.parametrize(("name", "damage", "says"), DAMAGE, ids=lambda value: str(value)[:24])
def test_a_damaged_folder_is_refused_with_what_and_where(
    tmp_path: Path, name: str, damage: Callable[[Path], object], says: str
) -> None:
    new(tmp_path).run()
    damage(tmp_path / "session" / name)
    with pytest.raises(SessionError, match=says) as raised:
        again(tmp_path).resume()
    assert raised.value.where
    assert raised.value.todo


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    session = new(tmp_path)
    session.run()
    for file in (session.folder / "objects").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(SessionError, match="lacks object"):
        _ = session.plan


def test_a_torn_last_line_of_the_log_is_dropped_and_written_again(tmp_path: Path) -> None:
    session = new(tmp_path)
    session.run()
    log = session.folder / "events.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"id": "main.9999')
    assert len(session.events()) == whole.count(b"\n")
    again(tmp_path).run()
    assert log.read_bytes() == whole


def test_a_folder_that_holds_a_session_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    new(tmp_path)
    with pytest.raises(SessionError, match="already holds a session"):
        new(tmp_path)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SessionError, match="cannot be written"):
        Session.create(tmp_path / "file" / "session", BRIEF, ToyModel(), **TOY)


def test_an_empty_folder_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="there is no session here"):
        Session.open(tmp_path, ToyModel())


def test_graph_state_holds_digests_and_no_plan(tmp_path: Path) -> None:
    """Checkpoints stay small: the whole state is stored at every step."""
    session = new(tmp_path)
    session.run()
    connection = Folder(session.folder).connect()
    sizes = [size for (size,) in connection.execute("select length(checkpoint) from checkpoints")]
    connection.close()
    assert max(sizes) < 6000
    assert json.loads((session.folder / "session.json").read_text())["llm"] == "given"

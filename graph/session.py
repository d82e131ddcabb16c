"""Sessions, what people hold: a folder in which a crew turns a brief into an agreed plan and a renderer makes the film.

Knows how to create, run, resume and read a session. Does not know protocols, prompts or pixels.

    session = Session.create(folder, brief)
    plan = session.run(on_event=print)

Killed at any moment, `Session.open(folder).resume()` goes on where it was: LangGraph's checkpoints tell where, the tape
answers every model call that was already made, and the event log drops what it already has.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from agents.crew import Crew
from agents.model import Model
from agents.openai.options import ServerOptions
from agents.tape import Tape, TapedModel, TapeMode
from graph.event_log import EventLog, Listener, messages_of, read_events
from graph.events import AgreementReached, AnyEvent, ErrorRaised, ModelAwaited, RunResumed, RunStopped, SessionStarted
from graph.interrupting import stopped_at_once
from graph.machine import STEPS_AT_MOST, build_graph
from graph.messages import Message
from graph.protocols import choose_protocol
from graph.rendering import Renderer
from graph.room import Allowed, Measure, Room
from graph.session_folder import Folder, Settings, damaged_checkpoints
from graph.state import START
from graph.store import Store
from shotplan.brief import Brief
from shotplan.errors import EkonteError, SessionError
from shotplan.plan import ShotPlan

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

AGENTS_AT_ONCE = 32
"""Agents of a turn that are asked at the same time; without it LangGraph takes the cores of this machine plus four."""
PLAIN_DATA_ONLY = JsonPlusSerializer(allowed_msgpack_modules=None)
"""Reads no Python objects from a checkpoint, whatever the environment says and whoever imported LangGraph first."""
CrewMaker = Callable[[Model, Brief], Crew]


class Session:
    """One session on one folder. Use `create` or `open`."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        *,
        llm: str | Model | BaseChatModel | None = None,
        tape: TapeMode = "replay_then_live",
        renderer: Renderer | None = None,
        output: Path | None = None,
        crew: CrewMaker | None = None,
        measure: Measure | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        self.settings = settings
        self._folder, self._llm, self._tape_mode = folder, llm, tape
        self._renderer, self._output = renderer, output
        self._make_crew, self._measure, self._allowed = crew, measure, allowed
        self._protocol = choose_protocol(settings.protocol)

    @classmethod
    def create(
        cls,
        folder: str | Path,
        brief: Brief,
        llm: str | Model | BaseChatModel = "auto",
        *,
        model_name: str | None = None,
        adapter: str | None = None,
        server: ServerOptions = ServerOptions(),  # noqa: B008  (frozen)
        protocol: str = "director_led",
        approval: bool = False,
        tape: TapeMode = "replay_then_live",
        renderer: Renderer | None = None,
        output: Path | None = None,
        crew: CrewMaker | None = None,
        measure: Measure | None = None,
        allowed: Allowed | None = None,
    ) -> Session:
        """Begin a session in an empty or new folder.

        `llm`: `auto`, a URL, a model object or a langchain-core chat model, which is the caller's to close. `server`: what
        is asked of a model server besides (a model per role, candidates per proposal, patience). `renderer`: None ends the session with
        the agreed plan. `output`: where the renderer writes; the session folder by default. `approval`: a person
        approves the plan before it is rendered. `tape`: how answers are recorded (`agents.tape`); `live` cannot resume.
        `crew`, `measure`, `allowed`: other agents, rules and permissions than the built-in ones.
        Raises `SessionError`, `NegotiationError` for an unknown protocol.
        """
        choose_protocol(protocol)
        settings = Settings(
            id=uuid.uuid4().hex[:12],
            created=time.time(),
            brief=brief,
            protocol=protocol,
            llm=llm if isinstance(llm, str) else "given",
            model_name=model_name,
            adapter=adapter,
            server=server,
            approval=approval,
        )
        paths = Folder(Path(folder))
        paths.create(settings)
        return cls(
            paths,
            settings,
            llm=llm,
            tape=tape,
            renderer=renderer,
            output=output,
            crew=crew,
            measure=measure,
            allowed=allowed,
        )

    @classmethod
    def open(
        cls,
        folder: str | Path,
        llm: str | Model | BaseChatModel | None = None,
        *,
        tape: TapeMode = "replay_then_live",
        renderer: Renderer | None = None,
        output: Path | None = None,
        crew: CrewMaker | None = None,
        measure: Measure | None = None,
        allowed: Allowed | None = None,
    ) -> Session:
        """A session that exists. `llm`: None takes the model it was created with. Raises `SessionError`."""
        paths = Folder(Path(folder))
        return cls(
            paths,
            paths.settings(),
            llm=llm,
            tape=tape,
            renderer=renderer,
            output=output,
            crew=crew,
            measure=measure,
            allowed=allowed,
        )

    @property
    def folder(self) -> Path:
        return self._folder.path

    @property
    def plan(self) -> ShotPlan:
        """The newest revision of the plan; the empty plan with its brief before anybody has spoken."""
        digest = None
        for event in self.events():
            match event.type:
                case "session_started" | "plan_revised" | "agreement_reached":
                    digest = event.plan
                case _:
                    pass
        if digest is None:
            return ShotPlan(brief=self.settings.brief)
        return Store(self._folder.objects).get(digest, ShotPlan)

    def events(self) -> list[AnyEvent]:
        """Everything that happened so far. Raises `SessionError` when the log is damaged."""
        return list(read_events(self._folder.events))

    def events_of(self, kind: str) -> list[AnyEvent]:
        """The events of one type, such as `model_called`."""
        return [event for event in self.events() if event.type == kind]

    def messages(self) -> list[Message]:
        """The transcript."""
        return messages_of(self.events())

    @property
    def outcome(self) -> str | None:
        """`agreed` or `agreed_with_overrides`; None while the talk goes on."""
        agreed = [event for event in self.events() if isinstance(event, AgreementReached)]
        return agreed[-1].outcome if agreed else None

    @property
    def waiting_for(self) -> Literal["approval"] | None:
        """What a person has to do before the session goes on."""
        for event in reversed(self.events()):
            if event.type in ("approval_asked", "run_stopped"):
                return "approval"
            if event.type == "approval_given":
                return None
        return None

    def run(self, on_event: Listener | None = None) -> ShotPlan:
        """Run until the session is done or waits for a person; returns the plan as it then is.

        `on_event` is called with every new event, and with `agent_answered`, which is not written. A session that has run
        before goes on where it was; one that is done returns its plan. Raises `EkonteError`; the log then ends with an
        `error_raised` event.
        """
        return self._run(None, on_event)

    def resume(self, on_event: Listener | None = None) -> ShotPlan:
        """Go on with a session that was interrupted, as `run` does."""
        return self._run(None, on_event)

    def approve(self, approved: bool = True, note: str = "", on_event: Listener | None = None) -> ShotPlan:
        """Approve the plan and go on, or send it back with a note. Raises `SessionError` when nothing waits for it."""
        if self.waiting_for != "approval":
            raise SessionError("nothing waits for approval", where=str(self.folder), todo="run the session first")
        return self._run({"approved": approved, "note": note}, on_event)

    def _run(self, approval: dict[str, Any] | None, on_event: Listener | None) -> ShotPlan:
        with self._folder.lock(), closing(EventLog(self._folder.events, self.settings.id, self.settings.branch)) as log:
            if on_event is not None:
                log.listen(on_event)
            run = 1 + sum(isinstance(event, SessionStarted | RunResumed) for event in log.events)
            model = self._model()
            model.on_wait(
                lambda waited, patience, reason: log.tell(
                    ModelAwaited(reason=reason, seconds=waited, patience=patience)
                )
            )
            try:
                with closing(self._folder.connect()) as connection, stopped_at_once(model):
                    self._invoke(self._room(log, model, run), connection, approval, run)
            except EkonteError as error:
                log.append(
                    ErrorRaised(
                        id=f"run{run}.error",
                        run=run,
                        phase=error.phase,
                        what=error.what,
                        where=error.where,
                        todo=error.todo,
                    )
                )
                raise
            finally:
                model.on_wait(None)
                if isinstance(self._llm, str | None):
                    model.close()
                else:
                    model.tape.close()
        return self.plan

    def _invoke(self, room: Room, connection: sqlite3.Connection, approval: dict[str, Any] | None, run: int) -> None:
        try:
            graph = build_graph(room, SqliteSaver(connection, serde=PLAIN_DATA_ONLY))
            config: Any = {
                "configurable": {"thread_id": self.settings.branch},
                "recursion_limit": STEPS_AT_MOST,
                "max_concurrency": AGENTS_AT_ONCE,
            }
            before = graph.get_state(config)
            fresh = before.metadata is None
            if fresh and any(isinstance(event, SessionStarted) for event in room.log.events):
                raise damaged_checkpoints(
                    self._folder.checkpoints, LookupError("the log has events but there is no checkpoint")
                )
            given: Any = None
            if fresh:
                given = START | {"plan": room.store.put(ShotPlan(brief=self.settings.brief))}
            else:
                # `next` leaves out tasks whose writes are stored but not yet part of a checkpoint; `tasks` holds them
                if not before.tasks:
                    return
                room.log.append(
                    RunResumed(
                        id=f"run{run}.resumed",
                        run=run,
                        revision=self.plan.revision,
                        round=before.values.get("round", 0),
                    )
                )
                if approval is not None:
                    given = Command(resume=approval)
            graph.invoke(given, config, durability="sync")
            if graph.get_state(config).tasks:
                room.log.append(RunStopped(id=f"run{run}.stopped", run=run, waiting_for="approval"))
        except sqlite3.Error as error:
            raise damaged_checkpoints(self._folder.checkpoints, error) from error

    def _model(self) -> TapedModel:
        if self._tape_mode == "replay":
            return TapedModel(None, Tape(self._folder.tape, "replay"))
        spec = self._llm if self._llm is not None else self.settings.llm
        if spec == "given":
            raise SessionError(
                "the session was created with a model of its own",
                where=str(self.folder),
                todo="pass that model to Session.open",
            )
        model: Model
        if isinstance(spec, str):
            from agents.choose_model import choose_model

            adapter = Path(self.settings.adapter) if self.settings.adapter else None
            model = choose_model(
                spec, model_name=self.settings.model_name, adapter=adapter, server=self.settings.server
            )
        elif hasattr(spec, "ask"):
            model = cast(Model, spec)
        else:
            from agents.langchain_model import LangChainModel

            model = LangChainModel(spec)
        return TapedModel(model, Tape(self._folder.tape, self._tape_mode))

    def _room(self, log: EventLog, model: Model, run: int) -> Room:
        make_crew, measure, allowed = self._make_crew, self._measure, self._allowed
        if make_crew is None:
            from agents.crew_of_models import ModelCrew

            make_crew = cast(CrewMaker, ModelCrew)
        if measure is None:
            from shotplan.rules.check import check

            measure = check
        if allowed is None:
            from agents.permissions import allowed as built_in

            allowed = built_in
        return Room(
            folder=self.folder,
            store=Store(self._folder.objects),
            log=log,
            crew=make_crew(model, self.settings.brief),
            protocol=self._protocol,
            measure=measure,
            allowed=allowed,
            model_name=model.name,
            renderer=self._renderer,
            output=self._output,
            approval=self.settings.approval,
            run=run,
        )

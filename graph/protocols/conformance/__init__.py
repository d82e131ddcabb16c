"""The conformance suite: what every interaction protocol has to pass, third-party ones too.

    @pytest.mark.parametrize("check", CHECKS)
    def test_my_protocol_conforms(check):
        check(MyProtocol)

A check takes a callable that makes the protocol and raises `AssertionError` that says what is wrong. Knows crews of every
temper and one small film. Does not know any protocol, nor pytest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from graph.event_log import EventLog
from graph.events import AgreementReached, AnyEvent, PlanRevised
from graph.floor import Floor
from graph.machine import build_graph
from graph.messages import Message
from graph.protocols.conformance.crews import TEMPERS, TemperedCrew
from graph.protocols.conformance.film import BRIEF, allowed, measure, measure_hopeless
from graph.protocols.protocol import Protocol
from graph.room import Measure, Room, role_of
from graph.state import START
from graph.store import Store
from graph.turns import Answer, Step
from shotplan.errors import NegotiationError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch
from shotplan.rules.finding import Finding

Make = Callable[[], Protocol]
MOST_STEPS = 600
"""Steps of the machine that a talk about this film may take."""
RULES: tuple[Measure, ...] = (measure, measure_hopeless)


@dataclass(frozen=True)
class Talk:
    """One talk from the brief to its end."""

    events: tuple[AnyEvent, ...]
    said: tuple[tuple[Message, str | None], ...]
    """Every message with the reason where it was rejected."""
    plan: ShotPlan
    answers: tuple[str, ...]
    """Keys of the answers that the crew gave."""
    failed: bool

    @property
    def transcript(self) -> list[dict[str, Any]]:
        return [message.model_dump(mode="json") | {"rejected": rejected} for message, rejected in self.said]


class _FreshEachTime:
    """A protocol made anew for every step, so that nothing it keeps outside the floor's memory survives."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self.name = make().name

    def open(self, floor: Floor) -> Step:
        return self._make().open(floor)

    def answered(self, floor: Floor, answers: Sequence[Answer]) -> Step:
        return self._make().answered(floor, answers)

    def checked(self, floor: Floor, findings: Sequence[Finding]) -> Step:
        return self._make().checked(floor, findings)

    def sent_back(self, floor: Floor, note: str) -> Step:
        return self._make().sent_back(floor, note)


def hold(protocol: Protocol, crew: TemperedCrew, rules: Measure = measure) -> Talk:
    """A whole talk about the small film. Raises LangGraph's `GraphRecursionError` when it does not end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = EventLog(folder / "events.jsonl", "conformance", "main")
        store = Store(folder / "objects")
        room = Room(folder=folder, store=store, log=log, crew=crew, protocol=protocol, measure=rules, allowed=allowed)
        graph = build_graph(room, InMemorySaver())
        empty = ShotPlan(brief=BRIEF)
        config: Any = {"configurable": {"thread_id": "main"}, "recursion_limit": MOST_STEPS}
        failed = False
        try:
            graph.invoke(START | {"plan": store.put(empty)}, config, durability="exit")
        except NegotiationError:
            failed = True
        finally:
            log.close()
        revisions = [event.plan for event in log.events if isinstance(event, PlanRevised)]
        plan = store.get(revisions[-1], ShotPlan) if revisions else empty
        return Talk(tuple(log.events), tuple(log.said), plan, tuple(crew.answers), failed)


def terminates(make: Make) -> None:
    """With any crew and any rules the talk ends, in an agreement or in a `NegotiationError`."""
    for temper in TEMPERS:
        for rules in RULES:
            talk = hold(make(), TemperedCrew(temper), rules)
            agreed = [event for event in talk.events if isinstance(event, AgreementReached)]
            assert talk.failed or len(agreed) == 1, f"a {temper} crew came to no end"
            if temper == "planless":
                assert talk.failed, "there was no plan, yet the crew agreed on it"
            if agreed:
                standing = {f.key for f in rules(talk.plan) if f.severity == "error"}
                assert standing <= set(agreed[0].overrides), f"a {temper} crew agreed although {standing} are open"


def loses_no_message(make: Make) -> None:
    """Every answer that an agent gives is in the transcript once, and every reply points at a message that exists."""
    for temper in TEMPERS:
        for rules in RULES:
            talk = hold(make(), TemperedCrew(temper), rules)
            traced = [key for message, _ in talk.said for key in message.llm_call]
            assert sorted(traced) == sorted(talk.answers), f"a {temper} crew's answers were lost or doubled"
            ids = [message.id for message, _ in talk.said]
            assert len(set(ids)) == len(ids), "two messages share an id"
            delivered = [message for message, rejected in talk.said if rejected is None]
            assert [message.seq for message in delivered] == list(range(len(delivered))), "the transcript has gaps"
            for n, (message, _) in enumerate(talk.said):
                before = set(ids[:n])
                assert message.in_reply_to is None or message.in_reply_to in before, f"{message.id} answers nothing"
                assert set(message.causes) <= before, f"{message.id} has a cause that was not said before"


def is_deterministic(make: Make) -> None:
    """The same answers give the same transcript and plan, also when the protocol is made anew for every step."""
    for temper in TEMPERS:
        for seed in range(3 if temper == "erratic" else 1):
            once = hold(make(), TemperedCrew(temper, seed))
            again = hold(make(), TemperedCrew(temper, seed))
            assert once.transcript == again.transcript, f"two talks of a {temper} crew differ"
            fresh = hold(_FreshEachTime(make), TemperedCrew(temper, seed))
            assert once.transcript == fresh.transcript, "the protocol keeps something outside the floor's memory"
            assert once.plan == again.plan == fresh.plan


def respects_allow_lists(make: Make) -> None:
    """Only allowed messages take effect, and the plan is what the delivered patches make of the brief."""
    for temper in TEMPERS:
        talk = hold(make(), TemperedCrew(temper))
        plan = ShotPlan(brief=BRIEF)
        for message, rejected in talk.said:
            if rejected is not None:
                continue
            content = message.content
            author = content.remedy.agent if content.kind == "request" and content.remedy else message.sender
            performative = "accept" if author != message.sender else message.performative
            reason = allowed(role_of(author), author, performative, message.patch, plan)
            assert reason is None, f"{message.id} took effect although {reason}"
            if message.patch:
                changed = apply_patch(plan, message.patch)
                same = changed.model_copy(update={"revision": plan.revision}) == plan
                plan = plan if same else changed
        assert plan == talk.plan, f"the plan of a {temper} crew was changed behind the transcript"


CHECKS: tuple[Callable[[Make], None], ...] = (terminates, loses_no_message, is_deterministic, respects_allow_lists)

"""The default protocol: the director outlines, all write their parts, findings become objections, the director decides.

Knows the order of speech and the bounds. Does not know wording, rules or models.

    outline   director
    propose   scene, each character, camera: in parallel, merged in this order
    check     -> every error is objected to by whom it hurts, to those who can fix it
    respond   owners in parallel: accept a remedy, counter with another agent's, or refuse
    check     -> whoever an accepted change touches is informed; the camera re-frames
    ...       rounds; a finding open after `patience` rounds goes to the director
    settle    after `max_rounds` the first feasible remedy of each open error is taken in the director's name

It ends because rounds and messages are bounded and because a settled remedy removes its error without causing another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.contents import Accept, Counter, Inform, Objection, Propose, Refuse, RemedyOffer, Request
from graph.messages import EVERYONE
from graph.protocols.changes import announce_changes, note_change
from graph.protocols.reframing import mended
from graph.protocols.settling import current_remedy, settle
from graph.turns import Answer, Ask, Check, Closed, Step, Turn
from shotplan.rules.finding import Finding

if TYPE_CHECKING:
    from graph.floor import Floor


@dataclass(frozen=True)
class DirectorLed:
    name: str = "director_led"
    max_rounds: int = 6
    """Rounds of objections before what is open is settled."""
    patience: int = 3
    """Rounds a finding may stay open before the director arbitrates."""
    max_messages: int = 600
    """Messages before what is open is settled, at the next check."""
    objections_per_round: int = 24
    warnings_per_round: int = 2
    warning_rounds: int = 2
    """Warnings are raised in the first rounds only, and each once: they never hold up an agreement."""
    attempts: int = 2
    """How often an agent may write its part when its patch is rejected."""

    def open(self, floor: Floor) -> Step:
        floor.memory.update(
            phase="outline",
            attempt=1,
            last_round=self.max_rounds,
            times={},
            warned=[],
            overridden=[],
            retried=[],
            changes=[],
            steps=0,
        )
        return Turn(asks=(floor.ask("director", "outline"),))

    def answered(self, floor: Floor, answers: Sequence[Answer]) -> Step:
        match floor.memory["phase"]:
            case "outline":
                return self._outlined(floor, answers[0])
            case "propose":
                return self._proposed(floor, answers)
            case "reframe":
                return self._reframed(floor, answers[0])
            case _:
                return self._responded(floor, answers)

    def checked(self, floor: Floor, findings: Sequence[Finding]) -> Step:
        if floor.memory["phase"] == "settle":
            return settle(floor, findings)
        if announce_changes(floor, findings):
            floor.memory["phase"] = "reframe"
            return Turn(asks=(floor.ask("camera", "propose"),))
        return self._raise_objections(floor, findings)

    def sent_back(self, floor: Floor, note: str) -> Step:
        floor.memory.update(phase="propose", attempt=1, times={}, last_round=floor.round + self.max_rounds)
        floor.send("user", ("director",), Request(what=note or "the plan is not approved"))
        return Turn(asks=(floor.ask("director", "propose"),))

    # writing the first plan

    def _outlined(self, floor: Floor, answer: Answer) -> Step:
        delivery = floor.propose(answer, "outline", (EVERYONE,))
        if not floor.plan.shots:
            why = delivery.rejected or "it has no shots"
            if floor.memory["attempt"] >= self.attempts:
                return Closed(outcome="failed", reason=f"the director's outline cannot be used: {why}")
            floor.memory["attempt"] += 1
            return Turn(asks=(floor.ask("director", "outline"),))
        floor.memory.update(phase="propose", attempt=1)
        return Turn(
            asks=tuple(floor.ask(agent, "propose", afresh=True) for agent in ("scene", *floor.cast(), "camera"))
        )

    def _proposed(self, floor: Floor, answers: Sequence[Answer]) -> Step:
        deliveries = [floor.propose(answer, "own_part", _others(answer.ask.agent)) for answer in floor.best_of(answers)]
        again = [d.message.sender for d in deliveries if not d.delivered]
        if again and floor.memory["attempt"] < self.attempts:
            floor.memory["attempt"] += 1
            return Turn(asks=tuple(floor.ask(agent, "propose") for agent in again))
        floor.memory["phase"] = "check"
        return Check()

    def _reframed(self, floor: Floor, answer: Answer) -> Step:
        """A re-framing may not cause an error. One that would is put back to the camera with ways to mend it."""
        if answer.proposal is not None:
            delivery = floor.propose(answer, "reframing", ("director",), no_new_errors=True)
            way = None if delivery.delivered else mended(floor, "camera", answer.proposal.patch)
            if way is None:
                return self._measure_again(floor)
            finding, remedies = way
            mending = floor.ask(
                "camera", "respond", objection=finding, remedies=remedies, in_reply_to=delivery.message.id
            )
            return Turn(asks=(mending,))
        decision, question = answer.decision, answer.ask.objection
        assert decision is not None
        assert question is not None
        remedy = next((r for r in answer.ask.remedies if r.id == decision.remedy), None)
        if decision.performative == "accept" and remedy is not None:
            intent = f"re-framed, {remedy.label}"
            floor.send(
                "camera", ("director",), Propose(part="reframing"), patch=remedy.patch, intent=intent, answer=answer
            )
        else:
            refusal = Refuse(finding=question.key, reason=decision.reason or "the framing stays")
            floor.send("camera", ("director",), refusal, answer=answer)
        return self._measure_again(floor)

    # rounds of objections

    def _raise_objections(self, floor: Floor, findings: Sequence[Finding]) -> Step:
        memory = floor.memory
        for finding in findings:
            if _is_error(finding) and not finding.remedies and _rule_and_shot(finding) in memory["retried"]:
                self._let_stand(floor, finding, "no feasible remedy was found and nobody could change their part")
        errors = [f for f in findings if _is_error(f) and f.key not in memory["overridden"]]
        warnings = [f for f in findings if f.severity == "warning" and f.remedies and f.key not in memory["warned"]]
        if floor.round >= self.warning_rounds:
            warnings = []
        if (not errors and not warnings) or floor.round >= memory["last_round"] or floor.said >= self.max_messages:
            memory["phase"] = "settle"
            return settle(floor, findings)
        floor.start_round(len(errors), len(warnings))
        memory["phase"] = "respond"
        asks: list[Ask] = []
        for finding in [*worst_of_each(errors), *warnings[: self.warnings_per_round]][: self.objections_per_round]:
            asks += self._raise(floor, finding)
        if asks:
            return Turn(asks=tuple(asks))
        return self._raise_objections(floor, findings)

    def _raise(self, floor: Floor, finding: Finding) -> list[Ask]:
        memory = floor.memory
        times = memory["times"][finding.key] = memory["times"].get(finding.key, 0) + 1
        if finding.severity == "warning":
            memory["warned"].append(finding.key)
        elif times > self.patience and finding.remedies:
            return [floor.ask("director", "arbitrate", objection=finding, remedies=finding.remedies)]
        owners = _asked_to_mend(finding, times)
        raised = floor.send(
            finding.raised_by, owners, Objection.of(finding, times), topic=finding.where, reply_by_round=floor.round
        )
        if not raised.delivered:
            self._let_stand(floor, finding, f"the objection was not allowed: {raised.rejected}")
            return []
        if not finding.remedies:
            memory["retried"].append(_rule_and_shot(finding))
            return [floor.ask(owner, "propose", in_reply_to=raised.message.id) for owner in owners]
        return [
            floor.ask(owner, "respond", objection=finding, remedies=finding.remedies, in_reply_to=raised.message.id)
            for owner in owners
        ]

    def _responded(self, floor: Floor, answers: Sequence[Answer]) -> Step:
        counters: dict[tuple[str, str], Ask] = {}
        for answer in answers:
            if answer.proposal is not None:
                delivery = floor.propose(answer, "own_part", _others(answer.ask.agent), no_new_errors=True)
                note_change(floor, delivery, answer.proposal.intent)
                continue
            assert answer.decision is not None
            assert answer.ask.objection is not None
            if answer.ask.question == "arbitrate":
                self._arbitrated(floor, answer)
                continue
            match answer.decision.performative:
                case "accept":
                    self._accepted(floor, answer)
                case "counter":
                    asked = self._countered(floor, answer)
                    if asked is not None:
                        counters.setdefault((answer.ask.objection.key, asked.agent), asked)
                case "refuse":
                    finding = answer.ask.objection
                    content = Refuse(finding=finding.key, reason=answer.decision.reason or "no reason given")
                    floor.send(answer.ask.agent, _concerned(floor, answer), content, answer=answer)
        if counters:
            floor.memory["phase"] = "answer_counters"
            return Turn(asks=tuple(counters.values()))
        return self._measure_again(floor)

    def _measure_again(self, floor: Floor) -> Step:
        """Check, unless the plan is as it was measured."""
        floor.memory["phase"] = "check"
        return self._raise_objections(floor, floor.findings()) if floor.measured else Check()

    def _accepted(self, floor: Floor, answer: Answer) -> None:
        finding, agent, decision = answer.ask.objection, answer.ask.agent, answer.decision
        assert finding is not None
        assert decision is not None
        to = _concerned(floor, answer)
        remedy = next((r for r in answer.ask.remedies if r.id == decision.remedy), None)
        offer = RemedyOffer.of(remedy) if remedy else None
        content = Accept(finding=finding.key, remedy=offer)
        if remedy is None:
            floor.send(
                agent,
                to,
                content,
                answer=answer,
                refused_because=f"there is no remedy {decision.remedy!r} on the table",
            )
            return
        if remedy.agent != agent:
            why = f"remedy {remedy.id!r} belongs to {remedy.agent}; name it in a counter"
            floor.send(agent, to, content, answer=answer, refused_because=why)
            return
        current = current_remedy(floor, finding, remedy)
        if current == "settled":
            content = Accept(finding=finding.key)
            floor.send(agent, to, content, intent="already settled, nothing more to change", answer=answer)
            return
        if current is None:
            why = f"remedy {remedy.id!r} is stale: it is not feasible on revision {floor.plan.revision}"
            floor.send(agent, to, content, answer=answer, refused_because=why)
            return
        content = Accept(finding=finding.key, remedy=RemedyOffer.of(current))
        delivery = floor.send(
            agent, to, content, patch=current.patch, intent=decision.reason, topic=finding.where, answer=answer
        )
        note_change(floor, delivery, current.label, finding)

    def _countered(self, floor: Floor, answer: Answer) -> Ask | None:
        finding, agent, decision = answer.ask.objection, answer.ask.agent, answer.decision
        assert finding is not None
        assert decision is not None
        remedy = next((r for r in answer.ask.remedies if r.id == decision.remedy), None)
        why = None
        if floor.memory["phase"] == "answer_counters":
            why = "a counter is answered with accept or refuse"
        elif remedy is None:
            why = f"there is no remedy {decision.remedy!r} on the table"
        elif remedy.agent == agent:
            why = f"remedy {remedy.id!r} is {agent}'s own; accept it or refuse"
        if remedy is None or why is not None:
            said = Refuse(finding=finding.key, reason=decision.reason or "no usable counter")
            floor.send(agent, _concerned(floor, answer), said, answer=answer, refused_because=why)
            return None
        content = Counter(finding=finding.key, remedy=RemedyOffer.of(remedy))
        sent = floor.send(agent, (remedy.agent,), content, intent=decision.reason, topic=finding.where, answer=answer)
        if not sent.delivered:
            return None
        own = [r for r in finding.remedies if r.agent == remedy.agent and r.id != remedy.id]
        return floor.ask(
            remedy.agent, "respond", objection=finding, remedies=[remedy, *own], in_reply_to=sent.message.id
        )

    def _arbitrated(self, floor: Floor, answer: Answer) -> None:
        finding, decision = answer.ask.objection, answer.decision
        assert finding is not None
        assert decision is not None
        if decision.performative == "refuse":
            self._let_stand(floor, finding, decision.reason or "the director lets it stand", answer)
            return
        remedy = next((r for r in answer.ask.remedies if r.id == decision.remedy), None)
        current = current_remedy(floor, finding, remedy) if remedy else None
        if current == "settled":
            what = Inform(what=f"already settled: {finding.key}")
            floor.send("director", (finding.raised_by,), what, answer=answer)
            return
        shown = current or remedy
        content = Request(
            what=shown.label if shown else "nothing on the table",
            finding=finding.key,
            remedy=RemedyOffer.of(shown) if shown else None,
        )
        why = None
        if decision.performative == "counter":
            why = "an arbitration accepts one remedy or refuses"
        elif remedy is None:
            why = f"there is no remedy {decision.remedy!r} on the table"
        elif current is None:
            why = f"remedy {remedy.id!r} is stale: it is not feasible on revision {floor.plan.revision}"
        delivery = floor.send(
            "director",
            (shown.agent if shown else finding.raised_by,),
            content,
            patch=current.patch if current and not why else (),
            rights_of=shown.agent if shown else None,
            intent=decision.reason,
            topic=finding.where,
            answer=answer,
            refused_because=why,
        )
        note_change(floor, delivery, content.what, finding)

    def _let_stand(self, floor: Floor, finding: Finding, reason: str, answer: Answer | None = None) -> None:
        if finding.key in floor.memory["overridden"]:
            return
        content = Refuse(finding=finding.key, reason=reason, override=True)
        floor.send("director", (finding.raised_by,), content, topic=finding.where, answer=answer)
        floor.memory["overridden"].append(finding.key)
        floor.override(finding, reason)


def _others(agent: str) -> tuple[str, ...]:
    """Who hears a part being written: the director; the director's own parts go to everyone."""
    return (EVERYONE,) if agent == "director" else ("director",)


def _concerned(floor: Floor, answer: Answer) -> tuple[str, ...]:
    """Who hears an answer to an objection: who raised it and who asked; the director when that is the agent itself."""
    assert answer.ask.objection is not None
    asked_by = next((m.sender for m in reversed(floor.transcript) if m.id == answer.ask.in_reply_to), "director")
    others = dict.fromkeys((answer.ask.objection.raised_by, asked_by))
    return tuple(agent for agent in others if agent != answer.ask.agent) or ("director",)


def _asked_to_mend(finding: Finding, times: int) -> list[str]:
    """Whom an objection is addressed to: the owners other than whoever raises it.

    Whoever is hurt and also the most responsible mends it alone at first, and asks the others when that did not help.
    """
    own = any(remedy.agent == finding.raised_by for remedy in finding.remedies)
    if times == 1 and own and finding.owners[0] == finding.raised_by:
        return [finding.raised_by]
    return [owner for owner in finding.owners if owner != finding.raised_by] or [finding.raised_by]


def worst_of_each(findings: Sequence[Finding]) -> list[Finding]:
    """One finding per rule and shot, the one furthest beyond its limit: what mends it often mends the others too."""
    worst: dict[tuple[str, str | None], Finding] = {}
    for finding in findings:
        known = worst.setdefault((finding.rule, finding.shot), finding)
        if _excess(finding) > _excess(known):
            worst[finding.rule, finding.shot] = finding
    return list(worst.values())


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _rule_and_shot(finding: Finding) -> str:
    return f"{finding.rule}@{finding.shot}"


def _excess(finding: Finding) -> float:
    return abs(finding.measured - finding.limit) / max(abs(finding.limit), 1e-6)

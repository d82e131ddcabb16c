"""Measure: does the film show what happens, in order: who does what to whom, and how do they feel?

A planned beat may stand for an expected event when at least two of three agree: the action is an accepted one, the actor is an
accepted one, the beat's words overlap the event's words in the script. Events and beats are aligned in order so that most
agrees (Needleman & Wunsch 1970, as ROUGE-L does for words: Lin 2004); what is left over is then paired out of order, likest
first, and counts as covered but against the order.

    credit     of an event: ACTION, WHO, WHOM, FEELING, PLAYED weighted over what the case judges; 0 when it is not covered
    recall     covered / events that are not optional
    precision  beats that stand for an event, or go on with one (same actor, accepted action) / beats shown
    order      pairs of covered events of different steps whose beats come in that order / all such pairs
    value      F1(mean credit, precision) x (1 + order) / 2

A beat that no performance plays, or that no shot covers, is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evals.score.align import align
from evals.score.case import Event
from evals.score.reading import Measure, Reading, Shown

ACTION, WHO, WHOM, FEELING, PLAYED = 0.40, 0.25, 0.20, 0.10, 0.05
"""Weights of a covered event's fields; a field that the case does not judge drops out."""


@dataclass(frozen=True)
class Pairing:
    """Which beats of the film stand for which events of the case."""

    beats: tuple[Shown, ...]
    pairs: dict[int, int]
    """Event index to index in `beats`."""
    inverted: int = 0
    compared: int = 0
    going_on: tuple[int, ...] = field(default=())
    """Beats that continue an event which another beat stands for already."""

    def shots_of(self, event: int | None) -> list[int]:
        """Shots that cover the event; empty when it is not covered."""
        return [self.beats[self.pairs[event]].shot] if event in self.pairs else []


def pair_events(reading: Reading) -> Pairing:
    """Find the beats that stand for the events."""
    events, beats = reading.case.events, reading.film
    likeness = [[_likeness(reading, event, shown) for shown in beats] for event in events]
    if not events or not beats:
        return Pairing(beats, {})
    pairs = dict(align(likeness))
    taken = set(pairs.values())
    rest = sorted(
        (-likeness[n][k], n, k)
        for n in range(len(events))
        for k in range(len(beats))
        if n not in pairs and k not in taken and likeness[n][k] > 0
    )
    for _, n, k in rest:
        if n not in pairs and k not in taken:
            pairs[n] = k
            taken.add(k)
    steps = [n if event.step is None else -1 - event.step for n, event in enumerate(events)]
    covered = sorted(pairs)
    compared = [(a, b) for i, a in enumerate(covered) for b in covered[i + 1 :] if steps[a] != steps[b]]
    inverted = sum(pairs[a] > pairs[b] for a, b in compared)
    going_on = tuple(
        k
        for k, shown in enumerate(beats)
        if k not in taken and any(_agrees(reading, event, shown) == (True, True) for event in events)
    )
    return Pairing(beats, pairs, inverted, len(compared), going_on)


def events(reading: Reading, pairing: Pairing) -> Measure | None:
    """Events are covered, in order, with the right actor, action, target and feeling."""
    wanted = [n for n, event in enumerate(reading.case.events) if not event.optional]
    if not wanted:
        return None
    tally = {name: [0.0, 0.0] for name in ("who", "action", "whom", "feeling", "played")}
    credits, faults = [], []
    for n in wanted:
        event = reading.case.events[n]
        shown = pairing.beats[pairing.pairs[n]] if n in pairing.pairs else None
        verdict = _verdict(reading, event, shown)
        if shown is None:
            faults.append(f"event {n + 1} is missing: {_told(event)}")
        elif any(value < 1 for value in verdict.values()):
            beat = shown.beat
            got = f"{beat.actor or '-'} {beat.action} {beat.target or '-'} ({beat.emotion})"
            wrong = ", ".join(name for name, value in verdict.items() if value < 1)
            faults.append(f"event {n + 1}: {got}, not {_told(event)} [{wrong}]")
        for name, value in verdict.items():
            tally[name][0] += value
            tally[name][1] += 1
        credits.append(_credit(verdict))
    good = len(set(pairing.pairs.values()) | set(pairing.going_on))
    for k, shown in enumerate(pairing.beats):
        if k not in pairing.pairs.values() and k not in pairing.going_on:
            beat = shown.beat
            faults.append(
                f"beat {beat.id} is no event of the story: {beat.actor or '-'} {beat.action} {beat.target or '-'}"
            )
    credit = sum(credits) / len(wanted)
    precision = good / len(pairing.beats) if pairing.beats else 0.0
    order = 1.0 - pairing.inverted / pairing.compared if pairing.compared else 1.0
    if pairing.inverted:
        faults.append(f"order: {pairing.inverted} of {pairing.compared} pairs of events come the wrong way round")
    recall = sum(n in pairing.pairs for n in wanted) / len(wanted)
    f1 = 2 * credit * precision / (credit + precision) if credit + precision > 0 else 0.0
    figures = {"recall": recall, "precision": precision, "order": order}
    figures |= {name: right / of for name, (right, of) in tally.items() if of}
    return Measure("events", f1 * (1 + order) / 2, figures, tuple(faults))


def _agrees(reading: Reading, event: Event, shown: Shown) -> tuple[bool, bool]:
    beat = shown.beat
    actors = reading.any_of(event.who) if event.who else {None}
    return beat.action in event.does, beat.actor in actors


def _likeness(reading: Reading, event: Event, shown: Shown) -> float:
    """0 when the beat cannot stand for the event; else how much of it agrees, up to 1."""
    action, who = _agrees(reading, event, shown)
    overlap = _overlap(reading.case.script, event.words, shown.beat.span)
    if action + who + (overlap > 0) < 2:
        return 0.0
    whom = bool(event.whom) and shown.beat.target in reading.any_of(event.whom)
    return 0.40 * action + 0.25 * who + 0.10 * whom + 0.25 * overlap


def _overlap(script: str, words: str, span: str) -> float:
    """Part (0..1) of the shorter of the two texts that they share at their places in the script; the likest places count."""
    if not words or not span:
        return 0.0
    best = 0.0
    for a in _places(script, words):
        for b in _places(script, span):
            shared = min(a + len(words), b + len(span)) - max(a, b)
            if shared > 0:
                # Two texts of the same extent agree more than a sentence and one of its clauses.
                best = max(best, 0.7 * shared / min(len(words), len(span)) + 0.3 * shared / max(len(words), len(span)))
    return min(1.0, best)


def _places(script: str, text: str) -> list[int]:
    found, at = [], script.find(text)
    while at >= 0:
        found.append(at)
        at = script.find(text, at + 1)
    return found


def _verdict(reading: Reading, event: Event, shown: Shown | None) -> dict[str, float]:
    judged = ["action", "who", "played"]
    judged += ["whom"] if event.whom else []
    judged += ["feeling"] if event.feels else []
    if shown is None:
        return dict.fromkeys(judged, 0.0)
    beat = shown.beat
    action, who = _agrees(reading, event, shown)
    out = {"action": float(action), "who": float(who), "played": float(_played(reading, shown))}
    if event.everyone and event.who:
        out["who"] = _share_of_everyone(reading, event, shown)
    if event.whom:
        out["whom"] = float(beat.target in reading.any_of(event.whom))
    if event.feels:
        out["feeling"] = float(beat.emotion in event.feels)
    return out


def _credit(verdict: dict[str, float]) -> float:
    weights = {"action": ACTION, "who": WHO, "whom": WHOM, "feeling": FEELING, "played": PLAYED}
    if not any(verdict[name] for name in ("action", "who")):
        return 0.0
    return sum(weights[name] * value for name, value in verdict.items()) / sum(weights[name] for name in verdict)


def _played(reading: Reading, shown: Shown) -> bool:
    """Whether somebody performs the beat; a beat about the place alone needs nobody."""
    if shown.beat.actor is None:
        return True
    performances = [p for shot in reading.plan.shots for p in shot.performances]
    return any(p.beat == shown.beat.id and p.actor == shown.beat.actor for p in performances)


def _share_of_everyone(reading: Reading, event: Event, shown: Shown) -> float:
    """Part of `who` that does it: as actor of a beat, or in a performance of a shot that plays the event's beat."""
    doing = {s.beat.actor for s in reading.film if s.beat.action in event.does}
    shots = [s for s in reading.plan.shots if shown.beat.id in s.beats]
    doing |= {p.actor for s in shots for p in s.performances if p.action in event.does}
    if shown.beat.action in event.does:  # two who do it to each other both do it
        doing.add(shown.beat.target)
    demanded: list[str | None] = []
    for reference in event.who:
        thing = reading.case.thing(reference)
        ids: list[str | None] = list(reading.ids(reference))
        missing = 0 if thing is None or "." in reference else max(0, thing.at_least - len(ids))
        demanded += ids + [f"{reference}?"] * missing
    return sum(i in doing for i in demanded) / len(demanded) if demanded else 0.0


def _told(event: Event) -> str:
    who = "|".join(event.who) or "-"
    whom = " " + "|".join(w or "-" for w in event.whom) if event.whom else ""
    feels = f" ({'|'.join(event.feels)})" if event.feels else ""
    words = f" {event.words!r}" if event.words else ""
    return f"{who} {'|'.join(event.does)}{whom}{feels}{words}"

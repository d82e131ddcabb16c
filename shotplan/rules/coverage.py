"""What the film owes the script: every beat once and in order, everyone in it, lines that fit, the length asked for.

Knows the plan's words and times. Does not know pictures or positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from shotplan.plan import Beat, Performance, ShotPlan
from shotplan.revisions import replace_value
from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Take, rule
from shotplan.staging.dialogue import line_seconds
from shotplan.vocabulary import ACTIONS

SHORTEST, LONGEST = 0.8, 12.0
"""Seconds of one shot."""
LENGTH_TOLERANCE = 0.15
"""Part of the brief's duration."""
BREATH = 0.2
"""Seconds of a shot that lines leave free."""


def _director(plan: ShotPlan, id: str, label: str, *patch: dict[str, Any]) -> Change:
    return Change(id, label, Role.DIRECTOR, "director", changes.whole_shots(plan, patch))


def _add(pointer: str, value: Any) -> dict[str, Any]:
    return replace_value(pointer, value) | {"op": "add"}


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _performance(beat: Beat) -> Performance:
    assert beat.actor is not None
    return Performance(
        actor=beat.actor,
        beat=beat.id,
        action=beat.action,
        target=beat.target,
        emotion=beat.emotion,
        intensity=beat.intensity,
    )


def _home(plan: ShotPlan, beat_index: int) -> int:
    """The shot that plays the nearest beat before this one, else the first."""
    earlier = {b.id for b in plan.beats[:beat_index]}
    return max((i for i, s in enumerate(plan.shots) if earlier & set(s.beats)), default=0)


@rule(
    "coverage.beats", owners=(Role.DIRECTOR,), source="the script: each thing that happens is shown once", scope="plan"
)
def beats(plan: ShotPlan) -> Iterator[Problem]:
    """Every beat is in exactly one shot."""
    for n, beat in enumerate(plan.beats):
        shots = [i for i, s in enumerate(plan.shots) for b in s.beats if b == beat.id]
        if len(shots) == 1:
            continue
        what = "no shot" if not shots else f"{len(shots)} shots ({', '.join(plan.shots[i].id for i in shots)})"
        yield Problem(
            where=f"/beats/{n}",
            measured=len(shots),
            limit=1,
            unit="shots",
            raised_by="director",
            owners=("director",),
            text=f'beat {beat.id} "{_short(beat.span)}" is in {what}; each beat belongs in one',
            changes=partial(_cover, plan, n) if not shots else partial(_cover_once, plan, n, shots),
        )


def _cover(plan: ShotPlan, n: int) -> Iterator[Change]:
    beat = plan.beats[n]
    if not plan.shots:
        return
    home = _home(plan, n)
    for i in dict.fromkeys((home, min(home + 1, len(plan.shots) - 1))):
        shot = plan.shots[i]
        place = {b.id: k for k, b in enumerate(plan.beats)}
        patch = [replace_value(f"/shots/{i}/beats", sorted((*shot.beats, beat.id), key=lambda b: place.get(b, 0)))]
        if beat.actor and not any(p.beat == beat.id for p in shot.performances):
            patch.append(_add(f"/shots/{i}/performances/-", _performance(beat)))
        more = min(60.0, round(shot.duration + max(1.0, ACTIONS[beat.action].least_seconds), 1))
        yield _director(plan, f"cover_in_{shot.id}", f"shot {shot.id} plays beat {beat.id} too", *patch)
        yield _director(
            plan,
            f"cover_in_{shot.id}_longer",
            f"shot {shot.id} plays beat {beat.id} too and lasts {more:.1f} s",
            *patch,
            replace_value(f"/shots/{i}/duration", more),
        )


def _cover_once(plan: ShotPlan, n: int, shots: list[int]) -> Iterator[Change]:
    beat = plan.beats[n].id
    for keep in dict.fromkeys((_home(plan, n) if _home(plan, n) in shots else shots[0], *shots)):
        patch = []
        for i in sorted(set(shots)):
            shot = plan.shots[i]
            left = [b for b in shot.beats if b != beat]
            if i == keep:
                left.insert(shot.beats.index(beat), beat)
            patch.append(replace_value(f"/shots/{i}/beats", left))
            if i != keep:
                for k, p in enumerate(shot.performances):
                    if p.beat == beat:
                        patch.append(replace_value(f"/shots/{i}/performances/{k}/beat", None))
        yield _director(
            plan, f"keep_in_{plan.shots[keep].id}", f"beat {beat} stays in shot {plan.shots[keep].id} alone", *patch
        )


@rule(
    "coverage.order",
    owners=(Role.DIRECTOR,),
    source="the script: things happen in the order they are told",
    scope="plan",
)
def order(plan: ShotPlan) -> Iterator[Problem]:
    """Beats are shown in the order of the script."""
    place = {b.id: n for n, b in enumerate(plan.beats)}
    shown = [(place[b], i) for i, s in enumerate(plan.shots) for b in s.beats]
    newest = -1
    for n, i in shown:
        if n < newest:
            yield Problem(
                where=f"/shots/{i}/beats",
                measured=n + 1,
                limit=newest + 1,
                unit="beat number",
                raised_by="director",
                owners=("director",),
                shot=plan.shots[i].id,
                text=f"shot {plan.shots[i].id} shows beat {plan.beats[n].id} after {plan.beats[newest].id}, later in the script",
                changes=partial(_in_order, plan, i, place),
            )
            return
        newest = n


def _in_order(plan: ShotPlan, i: int, place: dict[str, int]) -> Iterator[Change]:
    shot = plan.shots[i]
    ordered = sorted(shot.beats, key=lambda b: place[b])
    if ordered != list(shot.beats):
        yield _director(
            plan,
            "sort_beats",
            f"shot {shot.id} plays its beats in the order of the script",
            replace_value(f"/shots/{i}/beats", ordered),
        )
    first = [min((place[b] for b in s.beats), default=-1) for s in plan.shots]
    for k in range(len(first)):  # a shot about nothing in the script stays behind the shot before it
        first[k] = first[k] if first[k] >= 0 else (first[k - 1] if k else -1)
    by_story = sorted(range(len(plan.shots)), key=lambda k: (first[k], k))
    yield _director(
        plan,
        "sort_shots",
        "the shots follow the order of the script",
        replace_value("/shots", [plan.shots[k] for k in by_story]),
    )


@rule("coverage.played", owners=(Role.DIRECTOR,), source="the script: what is told is done", scope="plan")
def played(plan: ShotPlan) -> Iterator[Problem]:
    """In the shot that covers a beat, its actor plays it."""
    for i, shot in enumerate(plan.shots):
        for beat in (plan.beat(b) for b in shot.beats):
            if (
                beat is None
                or beat.actor is None
                or any(p.beat == beat.id and p.actor == beat.actor for p in shot.performances)
            ):
                continue
            name = plan.character(beat.actor).name  # type: ignore[union-attr]
            yield Problem(
                where=f"/shots/{i}/beats/{shot.beats.index(beat.id)}",
                measured=0,
                limit=1,
                unit="performances",
                shot=shot.id,
                raised_by=beat.actor,
                owners=("director", beat.actor),
                text=f'shot {shot.id} covers beat {beat.id} "{_short(beat.span)}" and {name} does not play it',
                changes=partial(_play, plan, i, beat),
            )


def _play(plan: ShotPlan, i: int, beat: Beat) -> Iterator[Change]:
    shot = plan.shots[i]
    add = _add(f"/shots/{i}/performances/-", _performance(beat))
    label = f"{beat.actor} plays {ACTIONS.label(beat.action)} in shot {shot.id}"
    yield _director(plan, f"play_{beat.id}", label, add)
    longer = round(min(60.0, shot.duration + 2), 1)
    yield _director(
        plan,
        f"play_{beat.id}_longer",
        f"{label}, which lasts {longer:.1f} s",
        add,
        replace_value(f"/shots/{i}/duration", longer),
    )


@rule(
    "coverage.cast",
    owners=(Role.DIRECTOR,),
    source="the script: its people are in the film",
    severity="warning",
    scope="plan",
)
def cast(plan: ShotPlan) -> Iterator[Problem]:
    """Everyone in the cast appears."""
    if not plan.shots:
        return
    seen = {p.actor for s in plan.shots for p in s.performances}
    for n, character in enumerate(plan.cast):
        if character.id in seen:
            continue
        yield Problem(
            where=f"/cast/{n}",
            measured=0,
            limit=1,
            unit="performances",
            raised_by=character.id,
            owners=("director",),
            text=f"{character.name} is in the cast and in no shot",
            changes=partial(_bring_in, plan, n, character.id),
        )


def _bring_in(plan: ShotPlan, n: int, id: str) -> Iterator[Change]:
    name = plan.cast[n].name
    for i, shot in enumerate(plan.shots[:3]):
        taken = {m for p in shot.performances for m in (p.start, p.end)}
        stage_set = plan.stage_set(shot.set)
        assert stage_set is not None
        for m in [m.id for m in stage_set.marks if m.id not in taken][:2]:
            presence = Performance(actor=id, action="stand", start=m)
            yield _director(
                plan,
                f"stand_in_{shot.id}_{m}",
                f"{name} stands on mark {m} in shot {shot.id}",
                _add(f"/shots/{i}/performances/-", presence),
            )
    yield _director(plan, f"without_{id}", f"{name} is taken out of the cast", {"op": "remove", "path": f"/cast/{n}"})


@rule("coverage.targets", owners=(Role.DIRECTOR,), source="what is acted on has to be there", scope="plan")
def targets(plan: ShotPlan) -> Iterator[Problem]:
    """A beat's target is in the cast or on a set."""
    known = {c.id for c in plan.cast} | {p.id for s in plan.sets for p in s.props}
    for n, beat in enumerate(plan.beats):
        if beat.target is None or beat.target in known:
            continue
        yield Problem(
            where=f"/beats/{n}/target",
            measured=0,
            limit=1,
            unit="things",
            raised_by=beat.actor or "director",
            owners=("director", "scene"),
            text=f'beat {beat.id} "{_short(beat.span)}" is about {beat.target}, which is no character and no prop',
            changes=partial(_no_target, plan, n, beat),
        )


def _no_target(plan: ShotPlan, n: int, beat: Beat) -> Iterator[Change]:
    yield _director(plan, "no_target", f"beat {beat.id} has no target", replace_value(f"/beats/{n}/target", None))


@rule(
    "coverage.dialogue",
    owners=(Role.DIRECTOR, Role.CHARACTER),
    source="BBC Subtitle Guidelines: 160-180 words per minute; `staging/dialogue.py`",
)
def dialogue(take: Take) -> Iterator[Problem]:
    """The lines of a shot fit its time at the language's and the emotion's speaking rate."""
    spoken = [b for b in (take.plan.beat(i) for i in take.shot.beats) if b is not None and b.line]
    if not spoken:
        return
    language = take.plan.brief.language
    needed = sum(line_seconds(b.line, language, b.emotion, b.intensity) for b in spoken)
    staged_late = max((line.t1 for line in take.staged.lines), default=0.0)
    limit = take.shot.duration - BREATH
    if needed <= limit + 1e-6 and staged_late <= take.shot.duration + 0.05:
        return
    worst = max(spoken, key=lambda b: len(b.line))
    measured = max(needed, staged_late)
    k = take.shot.beats.index(worst.id)
    yield Problem(
        where=f"{take.path}/beats/{k}",
        measured=measured,
        limit=limit,
        unit="s",
        shot=take.shot.id,
        raised_by=worst.actor or "director",
        owners=("director",),
        text=f'"{_short(worst.line)}" needs speech until {measured:.1f} s of {take.shot.id}, which has {limit:.1f} s for it',
        changes=lambda: _time_to_speak(take, measured),
    )


def _time_to_speak(take: Take, measured: float) -> Iterator[Change]:
    for more in (0.1, 0.8, 2.0, 4.0):
        seconds = measured + BREATH + more
        if take.shot.duration < seconds <= 60:
            yield changes.longer(take, seconds)


@rule(
    "coverage.shot_length",
    owners=(Role.DIRECTOR,),
    source="Salt 2009: most shots last 1 to 12 s; video models make at most a few seconds at a time",
    severity="warning",
)
def shot_length(take: Take) -> Iterator[Problem]:
    """A shot is neither too short to read nor too long to hold."""
    seconds = take.shot.duration
    if SHORTEST - 1e-6 <= seconds <= LONGEST + 1e-6:
        return
    limit = SHORTEST if seconds < SHORTEST else LONGEST
    yield Problem(
        where=f"{take.path}/duration",
        measured=seconds,
        limit=limit,
        unit="s",
        shot=take.shot.id,
        raised_by="director",
        owners=("director",),
        text=f"{take.shot.id} lasts {seconds:.1f} s; a shot lasts {SHORTEST:g} to {LONGEST:g} s",
        changes=lambda: [changes.longer(take, limit) if seconds < limit else changes.shorter(take, limit)],
    )


@rule("coverage.total_length", owners=(Role.DIRECTOR,), source="the brief", scope="plan")
def total_length(plan: ShotPlan) -> Iterator[Problem]:
    """The film is as long as the brief asks, within 15 %."""
    wanted = plan.brief.duration
    if wanted is None or not plan.shots or abs(plan.duration - wanted) <= LENGTH_TOLERANCE * wanted + 1e-6:
        return
    yield Problem(
        where="/shots",
        measured=plan.duration,
        limit=wanted,
        unit="s",
        raised_by="director",
        owners=("director",),
        text=f"the film lasts {plan.duration:.1f} s and the brief asks for {wanted:.1f} s, give or take {LENGTH_TOLERANCE * wanted:.1f} s",
        changes=lambda: _scaled(plan, wanted),
    )


def _scaled(plan: ShotPlan, wanted: float) -> Iterator[Change]:
    allowed = 0.97 * LENGTH_TOLERANCE
    # As near to what is there as the tolerance allows, else the length asked for.
    edge = wanted * (1 + allowed if plan.duration > wanted else 1 - allowed)
    for id, goal in (("scale_to_brief", wanted), ("scale_near_brief", edge)):
        ratio = goal / plan.duration
        patch = [
            replace_value(f"/shots/{i}/duration", round(min(60.0, max(SHORTEST, s.duration * ratio)), 2))
            for i, s in enumerate(plan.shots)
        ]
        yield _director(
            plan,
            id,
            f"all shots {100 * abs(ratio - 1):.0f} % {'longer' if ratio > 1 else 'shorter'}: the film lasts {goal:.1f} s",
            *patch,
        )
    # Take or give where there is most to take or give.
    lacking = edge - plan.duration
    by_length = sorted(range(len(plan.shots)), key=lambda i: plan.shots[i].duration, reverse=lacking < 0)
    for i in by_length[:3]:
        seconds = round(plan.shots[i].duration + lacking, 2)
        if SHORTEST <= seconds <= LONGEST:
            label = f"shot {plan.shots[i].id} lasts {seconds:.1f} s instead of {plan.shots[i].duration:.1f} s"
            yield _director(plan, f"scale_{plan.shots[i].id}", label, replace_value(f"/shots/{i}/duration", seconds))

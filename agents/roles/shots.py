"""Beats into shots: one main beat each; short beats of one actor may share; beats of one moment stay together.

Knows beats and seconds. Does not know models or cameras.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.roles.pacing import PACES, approach, natural, needed, share
from shotplan.plan import Beat, Character, Shot
from shotplan.vocabulary import ACTIONS, Language

MOST_SHOTS = 80
TOGETHER = 5.5
"""Seconds that beats sharing one shot may take."""


def group(
    beats: Sequence[Beat],
    sets: Sequence[str],
    *,
    together: bool,
    language: Language,
    cast: dict[str, Character],
    apart: frozenset[str] = frozenset(),
) -> list[list[Beat]]:
    """Beats in order, grouped into shots. `sets`: the set of each beat. `apart`: beats that begin a shot."""
    groups: list[list[Beat]] = []
    for k, beat in enumerate(beats):
        if groups and sets[k] == sets[k - 1] and beat.id not in apart and _joins(groups[-1], beat, together, language, cast):
            groups[-1].append(beat)
        else:
            groups.append([beat])
    while len(groups) > MOST_SHOTS:
        merged = [a + b for a, b in zip(groups[::2], groups[1::2], strict=False)]
        groups = merged + ([groups[-1]] if len(groups) % 2 else [])
    return groups


def _joins(held: list[Beat], beat: Beat, together: bool, language: Language, cast: dict[str, Character]) -> bool:
    last = held[-1]
    if last.span == beat.span and last.action == beat.action and not beat.line:
        return True  # several do the same at once
    if not together or len(held) >= 3 or beat.actor != last.actor or beat.line or last.line:
        return False
    if ACTIONS[beat.action].travels and ACTIONS[last.action].travels:
        return False
    actor = cast.get(beat.actor or "")
    return sum(natural(b, actor, language) for b in [*held, beat]) <= TOGETHER


def cut(
    groups: Sequence[Sequence[Beat]],
    set_of_beat: dict[str, str],
    *,
    pace: str,
    target: float | None,
    language: Language,
    cast: dict[str, Character],
) -> tuple[Shot, ...]:
    """Shots with their seconds, scaled toward the film's target length."""
    wished, least = [], []
    so_far: list[Beat] = []
    first: dict[str, float] = {}
    for beats in groups:
        for beat in beats:
            same_set = [b for b in so_far if set_of_beat[b.id] == set_of_beat[beat.id]]
            first[beat.id] = approach(beat, same_set, cast)
            so_far.append(beat)
    for beats in groups:
        by_actor: dict[str | None, list[Beat]] = {}
        for beat in beats:
            by_actor.setdefault(beat.actor, []).append(beat)
        wished.append(
            max(sum(natural(b, cast.get(a or ""), language, first[b.id]) for b in own) for a, own in by_actor.items()) * PACES[pace]
        )
        least.append(
            max(sum(needed(b, cast.get(a or ""), language, first[b.id]) for b in own) for a, own in by_actor.items())
        )
    times = share(wished, least, target)
    return tuple(
        Shot(
            id=f"s{k + 1:02d}",
            set=set_of_beat[beats[0].id],
            beats=tuple(b.id for b in beats),
            duration=times[k],
            transition="fade"
            if k == 0
            else "dissolve"
            if set_of_beat[beats[0].id] != set_of_beat[groups[k - 1][0].id]
            else "cut",
        )
        for k, beats in enumerate(groups)
    )

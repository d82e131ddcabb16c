"""Whole stories: a number of sentences in forms drawn at random, the same for the same seed.

Knows how long stories are and how they begin. Does not know who asks about them.
"""

from __future__ import annotations

import random
from dataclasses import replace

from agents.embedded.training import lexicon_things as things
from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training import quiet, speeches  # noqa: F401  (they register their forms)
from agents.embedded.training import sentences as _events  # noqa: F401
from agents.embedded.training.forms import FORMS, HELD_OUT_FORMS
from agents.embedded.training.phrases import Bit, Pen
from agents.embedded.training.story import FIRST, Story

TITLES = """
    the long way home; a day at sea; the lost hat; two friends; night train; the last dance; a strange visitor; winter; the race;
    under the bridge; the gift; what the owl saw; no way back; the king's cake; a very small war; rain; the thief and the moon;
    three wishes; the empty chair; blue monday
"""


def story(seed: int, *, held_out: bool = False, sentences: int | None = None) -> Story:
    """A story with everything that is known of it. `held_out`: with words and sentence forms that no other story has."""
    rng = random.Random(f"{seed}{'/held out' if held_out else ''}")
    told = Story(held_out=held_out)
    pen = Pen(rng, told, tense="past" if rng.random() < 0.15 else "third")
    count = sentences or rng.choices((1, 2, 3, 4, 5, 6, 8, 12), (6, 12, 16, 14, 10, 6, 3, 1))[0]
    names = [n for n in FORMS if held_out or n not in HELD_OUT_FORMS]
    weights = [FORMS[n][0] for n in names]
    if rng.random() < 0.12:
        told.place = rng.choice(list(things.PLACES))
        where = (
            pen.draw(things.PLACES[told.place])
            .partition(" ")[2]
            .upper()
            .removeprefix("THE ")
            .removeprefix("A ")
            .removeprefix("AN ")
        )
        told.time = rng.choice(("day", "night"))
        _write(told, Bit(f"{rng.choice(('INT.', 'EXT.'))} {where} - {told.time.upper()}\n\n"))
    elif rng.random() < 0.15:
        told.time = rng.choice(list(ways.TIMES))
        opening = pen.draw(ways.TIMES[told.time])
        first = FORMS[rng.choice(("plain", "and_then", "two_at_once"))][1](pen)
        if first is not None:
            _write(told, Bit(f"{opening[:1].upper()}{opening[1:]}, ") + replace(first, text=_lower(first.text, pen)))
            count -= 1
    if rng.random() < 0.05:
        _write(told, Bit(f"{pen.draw(TITLES, ';').upper()}\n\n"))
    written = 0
    while written < count:
        bit = FORMS[rng.choices(names, weights)[0]][1](pen)
        if bit is None:
            continue
        _write(told, bit)
        written += 1
    told.text = told.text.strip()
    return told


def _lower(text: str, pen: Pen) -> str:
    word = text.split(" ")[0]
    return (
        text
        if any(p.name.startswith(word.rstrip(",")) for p in pen.story.cast.values() if p.name)
        else text[:1].lower() + text[1:]
    )


def _write(told: Story, bit: Bit) -> None:
    gap = "" if not told.text or told.text.endswith("\n") or bit.text.startswith("\n") else " "
    n = len(told.text) + len(gap)
    told.text += gap + bit.text
    told.events += [replace(e, at=e.at + n) for e in bit.events]
    told.orders += [replace(o, start=o.start + n, end=o.end + n) for o in bit.orders]


__all__ = ["FIRST", "story"]

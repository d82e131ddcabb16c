"""What sentence forms share: the register of forms, who acts next, how a sentence opens and ends.

Knows clauses. Does not know any form (`sentences`, `speeches`, `quiet`).
"""

from __future__ import annotations

from collections.abc import Callable

from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training.phrases import Bit, Pen
from agents.embedded.training.story import Person

Form = Callable[[Pen], Bit | None]
FORMS: dict[str, tuple[float, Form]] = {}
"""Sentence forms by name, with how often each is drawn."""
HELD_OUT_FORMS = frozenset({"no_sooner", "it_is_who", "inverted"})
"""Forms that no training story has."""


def form(weight: float) -> Callable[[Form], Form]:
    def add(function: Form) -> Form:
        FORMS[function.__name__] = (weight, function)
        return function

    return add


def actor(pen: Pen) -> Person:
    """Who acts next: often whoever acted last."""
    cast = pen.story.cast
    if pen.subject in cast and pen.chance(0.45):
        return cast[pen.subject]
    return pen.somebody() if cast else pen.person()


def opened(pen: Pen, bit: Bit) -> Bit:
    """The sentence, perhaps behind a link such as `Suddenly,`, ended by a full stop."""
    if pen.chance(0.2) and pen.story.events:
        bit = f"{pen.draw(ways.LINKS)}, " + bit
    end = "!" if pen.chance(0.05) else "."
    return bit.capital() + end


def does(pen: Pen, who: Person, action: str | None = None, **more: bool) -> Bit:
    """`the fox jumps over a log`."""
    subject = pen.naming(who)
    bit = Bit(subject + " ") + pen.verb_phrase(who, action, **more)  # type: ignore[arg-type]
    pen.subject = who.key
    return bit


def going_on(pen: Pen, who: Person, **more: bool) -> Bit:
    """A verb phrase without a subject, of the same actor."""
    return pen.verb_phrase(who, **more)  # type: ignore[arg-type]

"""Sentence forms in which nothing happens: descriptions, wishes, negations, the past, orders to the camera or to the reader.

Knows what a film does not show. Does not know whole stories (`writer`).
"""

from __future__ import annotations

from agents.embedded.training import lexicon_things as things
from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training.forms import actor, form
from agents.embedded.training.phrases import OWN, SELF, Bit, Pen
from agents.embedded.training.story import FIRST, Order, Person
from agents.embedded.training.verbs import inflected
from agents.embedded.training.words import action_phrase
from shotplan.vocabulary import ACTIONS


@form(0.5)
def hostile(pen: Pen) -> Bit:
    """An order to whoever reads the script is no event."""
    return Bit(pen.draw(ways.HOSTILE, ";"))


@form(1.6)
def description(pen: Pen) -> Bit:
    who = actor(pen) if pen.story.cast else None
    text = pen.draw(ways.NON_EVENTS, ";")
    return Bit(_filled(pen, text, who)) if "{S}" not in text or who else Bit("It is quiet.")


@form(2)
def wish(pen: Pen) -> Bit:
    who = actor(pen)
    text = pen.draw(ways.WISHES, ";")
    action = pen.rng.choice(
        [a for a in ACTIONS if a not in ("hug", "kiss", "chase", "follow", "shake_hands", "give", "fight")]
    )
    phrase = action_phrase(pen.rng, action, unseen=pen.unseen, can=("own", "self", "p"))
    if "{p}" in phrase:
        phrase = phrase.replace("{p}", pen.thing_words(pen.a_thing(action)))
    phrase = phrase.replace("{own}", OWN[who.pronoun]).replace("{self}", SELF[who.pronoun])
    return Bit(_filled(pen, text.replace("{vs}", inflected(phrase, pen.tense)).replace("{v}", phrase), who))


PAST_OF = """
    is was, has had, wants wanted, dreams dreamed, loves loved, does did, wears wore, lives lived, would would, knows knew, will would,
    hopes hoped, owns owned, needs needed, refuses refused, promises promised
"""


def _filled(pen: Pen, text: str, who: Person | None) -> str:
    if who is not None:
        text = text.replace("{S}", pen.naming(who)).replace("{they}", who.pronoun)
        pen.subject = who.key
    past = dict(pair.split() for pair in PAST_OF.split(","))
    for now, then in past.items():
        text = text.replace(f"{{{now}}}", then if pen.tense == "past" else now)
    text = text.replace("{age}", pen.rng.choice(("seven", "ninety", "twenty", "five hundred")))
    return text[:1].upper() + text[1:]


@form(1.2)
def thing_there(pen: Pen) -> Bit:
    """`There is a log on the path.`"""
    thing = pen.a_thing(pen.rng.choice(("push", "look", "pick_up", "jump_over", "sit")))
    words = pen.thing_words(thing)
    if words == "it":
        words = f"the {thing.noun}"
    where = pen.rng.choice(
        (
            "in the corner",
            "on the left",
            "on the right",
            "in the middle",
            "nearby",
            "by the wall",
            "at the back",
            "in front",
        )
    )
    return Bit(
        pen.rng.choice(
            (
                f"There is {words} {where}.",
                f"In front stands {words}.",
                f"{words} stands {where}.",
                f"{words} lies {where}.",
                f"{words} can be seen {where}.",
            )
        )
    ).capital()


@form(1)
def past_event(pen: Pen) -> Bit:
    """What happened before the story is not shown."""
    who = actor(pen)
    action = pen.rng.choice(
        [
            a
            for a in ACTIONS
            if ACTIONS[a].family in ("gesture", "locomotion") and ACTIONS[a].target not in ("prop", "character")
        ]
    )
    phrase = action_phrase(pen.rng, action, unseen=pen.unseen, can=("own", "self"))
    phrase = phrase.replace("{own}", OWN[who.pronoun]).replace("{self}", SELF[who.pronoun])
    done = inflected(phrase, "participle")
    subject = pen.naming(who)
    pen.subject = who.key
    lead = pen.rng.choice(
        (
            "Long ago, {S} had {d}.",
            "Yesterday {S} had {d}.",
            "{S} has often {d} here before.",
            "Years ago, {S} had {d}.",
        )
    )
    return Bit(lead.replace("{S}", subject).replace("{d}", done)).capital()


@form(1.3)
def camera(pen: Pen) -> Bit | None:
    told = [p for p in pen.story.cast.values() if p.told]
    field, table = pen.rng.choices(
        (("move", ways.CAMERA), ("size", ways.CAMERA_SIZES), ("angle", ways.CAMERA_ANGLES)), (6, 3, 2)
    )[0]
    value = pen.rng.choice(list(table))
    text = pen.draw(table[value], ";")
    if "{e}" in text:
        if not told:
            return None
        text = text.replace("{e}", pen._again(pen.rng.choice(told)))
    text = text[:1].upper() + text[1:]
    return Bit(text, (), (Order(0, len(text), field, value),))


@form(0.6)
def weather(pen: Pen) -> Bit | None:
    if pen.story.weather != FIRST:
        return None
    pen.story.weather = pen.rng.choice(list(ways.WEATHER_SENTENCES))
    return Bit(pen.draw(ways.WEATHER_SENTENCES[pen.story.weather], ";"))


@form(0.6)
def hour(pen: Pen) -> Bit | None:
    if pen.story.time != FIRST:
        return None
    pen.story.time = pen.rng.choice(list(ways.TIME_SENTENCES))
    return Bit(pen.draw(ways.TIME_SENTENCES[pen.story.time], ";"))


@form(0.7)
def setting(pen: Pen) -> Bit | None:
    if pen.story.place != FIRST:
        return None
    pen.story.place = pen.rng.choice(list(things.SETTINGS))
    return Bit(pen.draw(things.SETTINGS[pen.story.place], ";") + ".").capital()

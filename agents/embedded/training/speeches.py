"""Sentence forms in which somebody speaks: quotations, screenplay lines.

Knows where who speaks is said. Does not know whole stories (`writer`).
"""

from __future__ import annotations

from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training.forms import actor, does, form, opened
from agents.embedded.training.phrases import OWN, Bit, Pen
from agents.embedded.training.story import FIRST, Event
from agents.embedded.training.verbs import inflected


def _line(pen: Pen) -> tuple[str, str]:
    line = pen.draw(ways.LINES, ";")
    left, right = pen.rng.choice((('"', '"'), ('"', '"'), ("“", "”")))
    return left + line, right


@form(3)
def speech(pen: Pen) -> Bit:
    """Words between quotation marks, with who says them before or behind."""
    who = actor(pen)
    line, close = _line(pen)
    verb = pen.draw(ways.SAYS)
    verb = inflected(_base(verb), pen.tense)
    others = [p for p in pen.story.cast.values() if p.key != who.key and p.told]
    to, target = "", FIRST
    if others and pen.chance(0.3) and verb.startswith(("say", "said", "whisper", "shout", "call", "mutter", "murmur")):
        other = pen.rng.choice(others)
        to, target = f" to {pen.object(other)}", other.key
    emotion = "neutral"
    if pen.chance(0.3):
        emotion = pen.rng.choice(list(ways.EMOTIONS))
        to += f" {pen.draw(ways.EMOTIONS[emotion][0])}".replace("{own}", OWN[who.pronoun])
    event = Event(0, who.key, "talk", target, emotion)
    subject = pen.naming(who)
    pen.subject = who.key
    order = pen.rng.random()
    stripped = line.rstrip(".")
    if order < 0.45:
        mark = "" if line.endswith(("!", "?")) else ","
        return Bit(f"{stripped}{mark}{close} ") + Bit(f"{subject} ") + Bit(f"{verb}{to}", (event,)) + "."
    if order < 0.65 and subject not in ("he", "she", "it", "they"):
        mark = "" if line.endswith(("!", "?")) else ","
        return Bit(f"{stripped}{mark}{close} ") + Bit(f"{verb} {subject.rstrip(',')}{to}", (event,)) + "."
    return (Bit(f"{subject} ") + Bit(f"{verb}{to}, {line}{close}", (event,))).capital()


def _base(verb: str) -> str:
    for ending, base in (("ies", "y"), ("sses", "ss"), ("shes", "sh")):
        if verb.endswith(ending):
            return verb[: -len(ending)] + base
    return verb[:-1]


@form(1)
def action_then_line(pen: Pen) -> Bit:
    """`The fox points at the log. "Look!"`: the action is one event, the line another."""
    who = actor(pen)
    lead = opened(pen, does(pen, who, bare=True))
    line, close = _line(pen)
    return lead + " " + Bit(f"{line}{close}", (Event(0, who.key, "talk", FIRST),))


@form(0.8)
def screenplay(pen: Pen) -> Bit:
    """NAME: words."""
    who = actor(pen)
    if who.number or (who.noun and not who.name and not who.told):
        pen.naming(who)
    name = (who.name or who.noun).upper()
    who.told = True
    line, _ = _line(pen)
    manner, emotion = "", "neutral"
    if pen.chance(0.3):
        emotion = pen.rng.choice(list(ways.EMOTIONS))
        manner = f" ({pen.draw(ways.EMOTIONS[emotion][1])})"
    words = line[1:]
    event = Event(0, who.key, "talk", FIRST, emotion)
    pen.subject = who.key
    return Bit(f"\n{name}{manner}: ") + Bit(words, (event,)) + "\n"


@form(0.8)
def block(pen: Pen) -> Bit:
    """A name on a line of its own, perhaps a manner in brackets, and the words below."""
    who = actor(pen)
    who.told = True
    line, _ = _line(pen)
    manner, emotion = "", "neutral"
    if pen.chance(0.35):
        emotion = pen.rng.choice(list(ways.EMOTIONS))
        manner = f"({pen.draw(ways.EMOTIONS[emotion][1])})\n"
    pen.subject = who.key
    lead = f"\n\n{(who.name or who.noun).upper()}\n{manner}"
    return Bit(lead) + Bit(line[1:], (Event(0, who.key, "talk", FIRST, emotion),)) + "\n\n"

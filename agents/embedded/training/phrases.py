"""Noun phrases and verb phrases about a story's people and things, with where each event's verb stands.

Knows reference (a fox, the fox, he) and inflection. Does not know how clauses are joined (`sentences`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Literal

from agents.embedded.training import lexicon_things as things
from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training.lexicon_actions import PASSIVE
from agents.embedded.training.story import FIRST, Event, Order, Person, Story, Thing
from agents.embedded.training.verbs import article, inflected, plural
from agents.embedded.training.words import action_phrase, draw, kind_and_noun, listed, prop_noun
from shotplan.vocabulary import ACTIONS

OWN = {"he": "his", "she": "her", "it": "its", "they": "their"}
SELF = {"he": "himself", "she": "herself", "it": "itself", "they": "themselves"}
OBJECT = {"he": "him", "she": "her", "it": "it", "they": "them"}
ALONE = frozenset({"look", "talk", "walk", "run", "dance", "fight", "think"})
"""Actions whose target the text leaves open when it names none."""
COMMON = (
    "walk",
    "run",
    "look",
    "talk",
    "pick_up",
    "sit",
    "stand",
    "jump_over",
    "fall",
    "cheer",
    "leave",
    "enter",
    "perform",
)


@dataclass(frozen=True)
class Bit:
    """A piece of text with events and camera orders at offsets in it."""

    text: str = ""
    events: tuple[Event, ...] = ()
    orders: tuple[Order, ...] = ()

    def __add__(self, other: Bit | str) -> Bit:
        other = Bit(other) if isinstance(other, str) else other
        n = len(self.text)
        return Bit(
            self.text + other.text,
            (*self.events, *(replace(e, at=e.at + n) for e in other.events)),
            (*self.orders, *(replace(o, start=o.start + n, end=o.end + n) for o in other.orders)),
        )

    def __radd__(self, other: str) -> Bit:
        return Bit(other) + self

    def capital(self) -> Bit:
        return replace(self, text=self.text[:1].upper() + self.text[1:])


@dataclass
class Pen:
    """What the writer of one story keeps in mind."""

    rng: random.Random
    story: Story
    tense: Literal["third", "past"] = "third"
    subject: str = ""
    """Key of the last sentence's first actor, whom a pronoun would mean."""
    thing: str = ""
    """Key of the thing named last."""
    used: set[str] = field(default_factory=set)
    """Nouns and names taken."""

    @property
    def unseen(self) -> bool:
        return self.story.held_out

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def draw(self, text: str, mark: str = ",") -> str:
        return draw(self.rng, text, mark, unseen=self.unseen)

    # people and things

    def person(self, *, name: bool | None = None, kind: str | None = None) -> Person:
        """Somebody new, not told yet."""
        for _ in range(30):
            drawn, noun = kind_and_noun(self.rng, unseen=self.unseen)
            if noun not in self.used and (kind is None or drawn == kind):
                break
        named = self.chance(0.3) if name is None else name
        if not named:
            self.used.add(noun)
            adjectives = (
                things.PERSON_ADJECTIVES
                if drawn in ("man", "woman", "boy", "girl", "old_man", "old_woman")
                else things.BEAST_ADJECTIVES
            )
            adjective = self.draw(adjectives) if self.chance(0.4) and not noun.startswith("old ") else ""
            return self._cast(
                Person(f"c{len(self.story.cast)}", drawn, noun, adjective=adjective, pronoun=self._pronoun(drawn))
            )
        male = self.chance(0.5)
        names = things.MALE_NAMES if male else things.FEMALE_NAMES
        for _ in range(30):
            called = self.draw(names)
            if called not in self.used:
                break
        self.used.add(called)
        kind = "man" if male else "woman"
        noun = ""
        if self.chance(0.3):  # "Mia, a young girl,"
            kind = self.rng.choice(("boy", "old_man", "man") if male else ("girl", "old_woman", "woman"))
            noun = draw(self.rng, things.CHARACTER_NOUNS[kind], unseen=self.unseen, common=1)
        return self._cast(Person(f"c{len(self.story.cast)}", kind, noun, called, pronoun="he" if male else "she"))

    def _cast(self, person: Person) -> Person:
        self.story.cast[person.key] = person
        return person

    def _pronoun(self, kind: str) -> str:
        sure = {"man": "he", "boy": "he", "old_man": "he", "woman": "she", "girl": "she", "old_woman": "she"}
        return sure.get(kind) or self.rng.choice(("it", "it", "he", "she"))

    def somebody(self, *but: str) -> Person:
        """Somebody else than `but`: mostly one already told, else somebody new."""
        told = [p for p in self.story.cast.values() if p.key not in but]
        if told and (len(self.story.cast) >= 4 or self.chance(0.75)):
            return self.rng.choice(told[-3:])
        return self.person()

    def a_thing(self, action: str) -> Thing:
        known = [t for t in self.story.things.values() if self._may(t, action)]
        if known and self.chance(0.5):
            return self.rng.choice(known)
        for _ in range(20):
            kind, noun = prop_noun(self.rng, action, unseen=self.unseen)
            if noun not in self.used:
                break
        self.used.add(noun)
        thing = Thing(
            f"t{len(self.story.things)}", kind, noun, self.draw(things.PROP_ADJECTIVES) if self.chance(0.35) else ""
        )
        self.story.things[thing.key] = thing
        return thing

    def _may(self, thing: Thing, action: str) -> bool:
        from agents.embedded.training.words import FITS, FOOD

        if action == "eat":
            return thing.noun in FOOD
        return action not in FITS or thing.kind in FITS[action]

    # noun phrases

    def naming(self, person: Person, *, pronoun: bool = True) -> str:
        """The person as the subject: introduced, named again, or a pronoun."""
        if person.told and pronoun and self.subject == person.key and self.chance(0.55):
            return person.pronoun
        if person.told:
            return self._again(person)
        person.told = True
        if person.name:
            if not person.noun:
                return person.name
            a = f"{article(person.noun)} {person.noun}"
            return self.rng.choice((f"{person.name}, {a},", f"{a} named {person.name}", f"{a} called {person.name}"))
        words = f"{person.adjective} {person.noun}".strip()
        if person.number > 1:
            return f"another {person.noun}"
        owners = [
            p
            for p in self.story.cast.values()
            if p.told and p.key != person.key and (p.name or p.noun) and not p.number
        ]
        if owners and self.chance(0.15):
            owner = self.rng.choice(owners)
            if owner.key == self.subject and self.chance(0.6):
                return f"{OWN[owner.pronoun]} {words}"
            return f"{owner.name}'s {words}" if owner.name else f"the {owner.noun}'s {words}"
        return f"the {words}" if self.chance(0.2) else f"{article(words)} {words}"

    def _again(self, person: Person) -> str:
        if person.name:
            return person.name
        if person.number:
            place = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(person.number, "last")
            return f"the {place} {person.noun}"
        return (
            f"the {person.adjective} {person.noun}" if person.adjective and self.chance(0.25) else f"the {person.noun}"
        )

    def object(self, person: Person) -> str:
        return self.naming(person, pronoun=False)

    def thing_words(self, thing: Thing) -> str:
        if thing.told and self.thing == thing.key and self.chance(0.3):
            return "it"
        self.thing = thing.key
        words = f"{thing.adjective} {thing.noun}".strip()
        if thing.told:
            return f"the {thing.noun}"
        thing.told = True
        return f"the {words}" if self.chance(0.35) else f"{article(words)} {words}"

    # verb phrases

    def verb_phrase(
        self,
        who: Person,
        action: str | None = None,
        *,
        form: str | None = None,
        bare: bool = False,
        but: str = "",
        several: bool = False,
    ) -> Bit:
        """What somebody does, inflected, with ways of doing it unless `bare`; its event stands at the verb."""
        rng = self.rng
        action = action or (
            rng.choice(COMMON) if self.chance(0.25) else "perform" if self.chance(0.05) else rng.choice(list(ACTIONS))
        )
        can = ["own", "self", "they", "is", "p"]
        others = [p for p in self.story.cast.values() if p.key not in (who.key, but)]
        if others or len(self.story.cast) < 4:
            can += ["c", "e"]
        phrase = action_phrase(rng, action, unseen=self.unseen, can=can)
        pronoun = "they" if several else who.pronoun
        form = form or ("base" if several and self.tense == "third" else self.tense)
        target: str | None = None
        text = inflected(phrase, form)
        pieces = text.split("{")
        out = pieces[0]
        for piece in pieces[1:]:
            slot, rest = piece.split("}", 1)
            if slot == "e":
                slot = "c" if self.chance(0.5) else "p"
            if slot == "c":
                other = self.somebody(who.key, *([but] if but else []))
                out += self.object(other)
                target = other.key if target is None or action == "give" else target
            elif slot == "p":
                thing = self.a_thing("" if action == "throw" and target else action)
                out += self.thing_words(thing)
                target = target or thing.key
            else:
                out += {"own": OWN, "self": SELF, "they": {pronoun: pronoun}, "is": {pronoun: "is"}}[slot][pronoun]
            out += rest
        emotion, pace, sides = "neutral", FIRST, (FIRST, FIRST)
        if not bare:
            out, emotion, pace, sides = self._ways(out, who, action, pronoun, form)
        if target is None and action in ALONE:
            target = FIRST
        return Bit(out, (Event(0, who.key, action, target, emotion, pace, *sides),))

    def _ways(
        self, out: str, who: Person, action: str, pronoun: str, form: str
    ) -> tuple[str, str, str, tuple[str, str]]:
        emotion, pace, sides = "neutral", FIRST, (FIRST, FIRST)
        if self.chance(0.28):
            emotion = self.rng.choice(list(ways.EMOTIONS))
            manner = self.draw(ways.EMOTIONS[emotion][0]).replace("{own}", OWN[pronoun])
            out = (
                f"{manner} {out}"
                if manner.endswith("ly") and " " not in manner and form != "base" and self.chance(0.3)
                else f"{out} {manner}"
            )
        elif ACTIONS[action].travels and self.chance(0.2):
            pace = self.rng.choice(("fast", "slow"))
            out += f" {self.draw(ways.SPEED[pace])}".replace("{own}", OWN[pronoun])
        elif self.chance(0.1):
            out += f" {self.draw(ways.PLAIN_MANNERS)}"
        if action in ("walk", "run", "sneak", "fly", "crawl", "swim", "ride") and self.chance(0.12):
            sides = self.rng.choice((("left", "right"), ("right", "left")))
            out += self.rng.choice(
                (" from {0} to {1}", " from the {0} to the {1}", " from the {0} side to the {1}", ", from {0} to {1},")
            ).format(*sides)
        elif action == "enter" and self.chance(0.25):
            sides = (self.rng.choice(("left", "right")), FIRST)
            out += f" from the {sides[0]}"
        elif action == "leave" and self.chance(0.25):
            sides = (FIRST, self.rng.choice(("left", "right")))
            out += f" to the {sides[1]}"
        if self.story.place == FIRST and self.chance(0.12):
            self.story.place = self.rng.choice(list(things.PLACES))
            out += f" {self.draw(things.PLACES[self.story.place])}"
        elif self.story.time == FIRST and self.chance(0.06):
            self.story.time = self.rng.choice(list(ways.TIMES))
            out += f" {self.draw(ways.TIMES[self.story.time])}"
        elif self.story.weather == FIRST and self.chance(0.05):
            self.story.weather = self.rng.choice(list(ways.WEATHERS))
            out += f" {self.draw(ways.WEATHERS[self.story.weather])}"
        return out, emotion, pace, sides

    def passive(self, who: Person) -> Bit | None:
        """`the box is pushed aside by the fox`: the agent acts, what stands first is the target."""
        key = self.rng.choice(list(PASSIVE))
        action = key.removesuffix(".")
        done = inflected(self.draw(PASSIVE[key], ";"), "participle")
        be = "is" if self.tense == "third" else "was"
        on_thing = (
            ACTIONS[action].target == "prop"
            or key.endswith(".")
            or (ACTIONS[action].target == "any" and action in ("look", "touch", "kick", "push") and self.chance(0.4))
        )
        if on_thing:
            thing = self.a_thing(action)
            first, target = self.thing_words(thing), thing.key
            first = f"the {thing.noun}" if first == "it" else first
        else:
            if not [p for p in self.story.cast.values() if p.key != who.key] and len(self.story.cast) >= 4:
                return None
            other = self.somebody(who.key)
            first, target = self.naming(other, pronoun=False), other.key
        lead = f"{first} {be} "
        tail = f"{done} by {self.object(who)}"
        return Bit(lead) + Bit(tail, (Event(0, who.key, action, target),))

    def group(self) -> tuple[list[Person], str]:
        """Two or three of a kind, and how they are named first."""
        count = self.rng.choices((2, 3, 4, 5, 7), (10, 4, 1, 1, 1))[0]
        for _ in range(30):
            kind, noun = kind_and_noun(self.rng, unseen=self.unseen)
            if noun not in self.used and " " not in noun:
                break
        self.used.add(noun)
        members = []
        for n in range(count):
            members.append(
                self._cast(
                    Person(f"c{len(self.story.cast)}", kind, noun, pronoun=self._pronoun(kind), number=n + 1, told=True)
                )
            )
        word = {2: "two", 3: "three", 4: "four", 5: "five", 7: "seven"}[count]
        adjective = self.draw(things.BEAST_ADJECTIVES) + " " if self.chance(0.2) else ""
        return members, f"{word} {adjective}{plural(noun)}"

    def listed(self, text: str, mark: str = ";") -> tuple[str, ...]:
        return listed(text, mark)

"""Sentence forms that show events: joined clauses, participles, passives, relative clauses, groups, states.

Knows how clauses are joined. Does not know whole stories (`writer`).
"""

from __future__ import annotations

from dataclasses import replace

from agents.embedded.training import lexicon_things as things
from agents.embedded.training import lexicon_ways as ways
from agents.embedded.training.forms import actor, does, form, going_on, opened
from agents.embedded.training.phrases import OWN, Bit, Pen
from agents.embedded.training.story import FIRST, Event, Person
from agents.embedded.training.verbs import article, inflected


@form(5)
def plain(pen: Pen) -> Bit:
    return opened(pen, does(pen, actor(pen)))


@form(5)
def and_then(pen: Pen) -> Bit:
    who = actor(pen)
    link = pen.rng.choice((" and ", " and ", " and then ", ", then ", ", and ", " but "))
    return opened(pen, does(pen, who) + link + going_on(pen, who))


@form(2)
def three_in_a_row(pen: Pen) -> Bit:
    who = actor(pen)
    return opened(pen, does(pen, who, bare=True) + ", " + going_on(pen, who, bare=True) + " and " + going_on(pen, who))


@form(3)
def two_at_once(pen: Pen) -> Bit:
    first = actor(pen)
    link = pen.rng.choice((" while ", " while ", " as ", " and ", "; ", ", and ", ", but "))
    left = does(pen, first)
    second = pen.somebody(first.key)
    right = Bit(pen.naming(second, pronoun=False) + " ") + pen.verb_phrase(
        second, but=first.key if pen.chance(0.4) else ""
    )
    pen.subject = second.key
    return opened(pen, left + link + right)


@form(1.5)
def while_first(pen: Pen) -> Bit:
    first = actor(pen)
    word = pen.rng.choice(("While ", "As ", "When ", "After ", "Just as "))
    left = does(pen, first, bare=True)
    second = pen.somebody(first.key)
    right = Bit(pen.naming(second, pronoun=False) + " ") + pen.verb_phrase(second)
    pen.subject = second.key
    return word + left + ", " + right + "."


@form(1.2)
def until(pen: Pen) -> Bit:
    who = actor(pen)
    left = does(pen, who, bare=True)
    word = pen.rng.choice((" until ", " before ", " so that ", " because "))
    if word in (" so that ", " because "):
        return opened(
            pen,
            left
            + word
            + pen.rng.choice(
                ("it is late", "the day is long", "there is nothing else to do", "the music is good", "it is so cold")
            ),
        )
    other = pen.somebody(who.key)
    right = Bit(pen.naming(other, pronoun=False) + " ") + pen.verb_phrase(other, bare=True)
    pen.subject = other.key
    return opened(pen, left + word + right)


@form(1.5)
def participle_first(pen: Pen) -> Bit:
    """`Waving his hat, the boy runs off.`"""
    who = actor(pen)
    lead = pen.verb_phrase(who, form="gerund", bare=True)
    return lead.capital() + ", " + does(pen, who) + "."


@form(1.5)
def participle_last(pen: Pen) -> Bit:
    who = actor(pen)
    return opened(pen, does(pen, who, bare=True) + ", " + pen.verb_phrase(who, form="gerund", bare=True))


@form(1)
def before_doing(pen: Pen) -> Bit:
    who = actor(pen)
    word = pen.rng.choice(("After ", "Before ", "Without ", "Instead of "))
    lead = pen.verb_phrase(who, form="gerund", bare=True)
    if word in ("Without ", "Instead of "):
        lead = Bit(lead.text)
    return word + lead + ", " + does(pen, who) + "."


@form(2)
def tries(pen: Pen) -> Bit:
    who = actor(pen)
    word = pen.draw(ways.TRIES)
    start, _, rest = word.partition("}")
    verb = start.strip("{")
    base = {
        "starts": "start",
        "begins": "begin",
        "tries": "try",
        "decides": "decide",
        "manages": "manage",
        "goes": "go",
        "rushes": "rush",
        "hurries": "hurry",
    }[verb]
    subject = pen.naming(who)
    phrase = pen.verb_phrase(who, form="base")
    pen.subject = who.key
    lead = f"{inflected(base, pen.tense)}{rest} "
    return opened(pen, Bit(f"{subject} {lead}") + phrase)


@form(1.5)
def progressive(pen: Pen) -> Bit:
    who = actor(pen)
    be = "is" if pen.tense == "third" else "was"
    subject = pen.naming(who)
    pen.subject = who.key
    return opened(pen, Bit(f"{subject} {be} ") + pen.verb_phrase(who, form="gerund"))


@form(1.6)
def passive(pen: Pen) -> Bit | None:
    who = actor(pen)
    bit = pen.passive(who)
    pen.subject = ""
    return opened(pen, bit) if bit is not None else None


@form(2)
def together(pen: Pen) -> Bit:
    """Two named people do the same, or something to each other."""
    first = actor(pen)
    second = pen.somebody(first.key)
    names = f"{pen.naming(first, pronoun=False)} and {pen.naming(second, pronoun=False)}"
    pen.subject = ""
    if pen.chance(0.5):
        action = pen.rng.choice(("fight", "hug", "dance", "shake_hands", "kiss", "talk"))
        said = {
            "fight": "fight; wrestle; duel; cross swords; exchange blows; fight each other; box; spar; battle; attack each other",
            "hug": "hug; embrace; hug each other; hold each other tight; cuddle",
            "dance": "dance; waltz; dance together; do the tango; dance a waltz",
            "shake_hands": "shake hands; greet each other; meet; introduce themselves",
            "kiss": "kiss; kiss each other; share a kiss",
            "talk": "talk; chat; argue; quarrel; talk to each other; whisper to each other; discuss the weather; sing together",
        }[action]
        phrase = inflected(pen.draw(said, ";"), "past" if pen.tense == "past" else "base")
        return opened(pen, Bit(f"{names} ") + Bit(phrase, (Event(0, first.key, action, second.key),)))
    return opened(pen, Bit(f"{names} ") + pen.verb_phrase(first, several=True, but=second.key))


@form(2)
def several(pen: Pen) -> Bit | None:
    """`Two samurai fight. One falls.`"""
    if len(pen.story.cast) > 4:
        return None
    members, words = pen.group()
    one, two = members[0], members[1]
    form_of = "past" if pen.tense == "past" else "base"
    if pen.chance(0.4):
        action = pen.rng.choice(("fight", "dance", "hug", "talk", "shake_hands"))
        said = {
            "fight": "fight; wrestle; duel; clash",
            "dance": "dance; waltz",
            "hug": "hug; embrace",
            "talk": "talk; argue; chat",
            "shake_hands": "shake hands; meet",
        }[action]
        verb = inflected(pen.draw(said, ";"), form_of)
        bit = Bit(f"{words} ") + Bit(verb, (Event(0, one.key, action, two.key),))
        if pen.chance(0.3) and pen.story.place == FIRST:
            pen.story.place = pen.rng.choice(list(things.PLACES))
            bit = bit + f" {pen.draw(things.PLACES[pen.story.place])}"
    else:
        bit = Bit(f"{words} ") + pen.verb_phrase(one, several=True, but=two.key)
    out = opened(pen, bit)
    pen.subject = ""
    if pen.chance(0.6):
        opening = pen.rng.choice(("One of them ", "One ", "The first one ", f"The first {one.noun} "))
        out = out + " " + opening + pen.verb_phrase(one, but=two.key) + "."
        if pen.chance(0.7) and len(members) == 2:
            out = (
                out
                + " "
                + pen.rng.choice(("The other ", "The other one ", f"The other {two.noun} "))
                + pen.verb_phrase(two, but=one.key)
                + "."
            )
            pen.subject = two.key
    elif pen.chance(0.5):
        out = (
            out
            + " "
            + pen.rng.choice(("They ", "Both ", "They both ", "Together they "))
            + pen.verb_phrase(one, several=True, but=two.key)
            + "."
        )
    return out


@form(1)
def another(pen: Pen) -> Bit | None:
    """`Another fox laughs.`"""
    singles = [
        p for p in pen.story.cast.values() if p.told and p.noun and not p.name and not p.number and " " not in p.noun
    ]
    if not singles or len(pen.story.cast) > 4:
        return None
    like = pen.rng.choice(singles)
    twin = Person(f"c{len(pen.story.cast)}", like.kind, like.noun, pronoun=like.pronoun, number=2)
    pen.story.cast[twin.key] = twin
    bit = Bit(pen.naming(twin) + " ") + pen.verb_phrase(twin)
    pen.subject = twin.key
    return opened(pen, bit)


@form(1.2)
def relative(pen: Pen) -> Bit:
    """`The fox, who is very old, sits down.`: the relative clause is no event, unless it says what happens next."""
    who = actor(pen)
    subject = pen.naming(who, pronoun=False)
    told = pen.rng.choice(
        (
            "is very old",
            "has never been here before",
            "wears a red scarf",
            "is new in town",
            "looks tired",
            "lives nearby",
            "was once famous",
            "loves music",
            "has a long nose",
            "is in love",
        )
    )
    rel = pen.rng.choice(("who", "who", "which")) if who.pronoun == "it" else "who"
    pen.subject = who.key
    return opened(pen, Bit(f"{subject.rstrip(',')}, {rel} {told}, ") + pen.verb_phrase(who))


@form(1)
def relative_event(pen: Pen) -> Bit:
    """`The fox sees a bird, which flies away.`"""
    who = actor(pen)
    other = pen.somebody(who.key)
    phrase = {
        "look": "look at",
        "chase": "chase",
        "follow": "follow",
        "hug": "hug",
        "wave": "wave at",
        "touch": "touch",
        "point": "point at",
    }
    action = pen.rng.choice(list(phrase))
    subject = pen.naming(who)
    target = pen.object(other)
    head = inflected(phrase[action], pen.tense)
    bit = Bit(f"{subject} ") + Bit(f"{head} {target.rstrip(',')}", (Event(0, who.key, action, other.key),)) + ", who "
    pen.subject = other.key
    return opened(pen, bit + pen.verb_phrase(other, but=who.key))


@form(1.6)
def feeling(pen: Pen) -> Bit:
    """`The boy is very sad.`: somebody is seen to feel something; `The sad boy sits down.`"""
    who = actor(pen)
    emotion = pen.rng.choice(list(ways.EMOTIONS))
    _, adjectives, predicates = ways.EMOTIONS[emotion]
    if pen.chance(0.5):
        subject = pen.naming(who)
        pen.subject = who.key
        said = pen.draw(predicates, ";").replace("{own}", OWN[who.pronoun])
        if pen.tense == "past":
            said = (
                inflected(said if not said.startswith("is ") else "be " + said[3:], "past")
                if said.startswith("is ")
                else said
            )
        return opened(pen, Bit(f"{subject} ") + Bit(said, (Event(0, who.key, FIRST, FIRST, emotion),)))
    adjective = pen.draw(adjectives)
    who.told = True
    noun = who.name or who.noun
    words = f"{adjective} {noun}" if not who.name else f"{noun}, {adjective},"
    lead = f"{'' if who.name else 'the '}{words} "
    bit = pen.verb_phrase(who, bare=True)
    pen.subject = who.key
    return opened(pen, Bit(lead) + replace(bit, events=(replace(bit.events[0], emotion=emotion),)))


@form(1.5)
def watches(pen: Pen) -> Bit:
    """`An owl watches, surprised.`"""
    who = actor(pen)
    emotion = pen.rng.choice(list(ways.EMOTIONS))
    adjective = pen.draw(ways.EMOTIONS[emotion][1])
    bit = pen.verb_phrase(who, bare=True)
    subject = pen.naming(who)
    pen.subject = who.key
    return opened(
        pen, Bit(f"{subject} ") + replace(bit, events=(replace(bit.events[0], emotion=emotion),)) + f", {adjective}"
    )


STATES = """
    asleep = lie, asleep on {p} = lie, fast asleep = lie, sound asleep in {p} = lie, on {p} = sit, seated on {p} = sit, at
    the window = stand, next to {p} = stand, on {own} knees = kneel, in tears = cry, at work = perform, awake = stand_up,
    gone = leave
"""


@form(0.8)
def asleep(pen: Pen) -> Bit:
    """`A cat is asleep on the sofa.`: a state that the camera sees."""
    who = actor(pen)
    subject = pen.naming(who)
    pen.subject = who.key
    be = "is" if pen.tense == "third" else "was"
    state, _, action = pen.draw(STATES).partition(" = ")
    target = None
    if "{p}" in state:
        thing = pen.a_thing(action)
        state, target = state.replace("{p}", pen.thing_words(thing)), thing.key
    return opened(
        pen,
        Bit(f"{subject} ")
        + Bit(f"{be} {state.replace('{own}', OWN[who.pronoun])}", (Event(0, who.key, action, target),)),
    )


@form(0.8)
def introduced(pen: Pen) -> Bit | None:
    """`NORA, 70, a keeper, pours tea.`: as screenplays introduce people."""
    if len(pen.story.cast) > 4:
        return None
    who = pen.person(name=True)
    who.told = True
    age = {"boy": 8, "girl": 9, "old_man": 74, "old_woman": 81}.get(who.kind, 35)
    trait = pen.rng.choice(
        (f", {age},", f" ({age})", f", {age}, {article(who.noun)} {who.noun}," if who.noun else f", {age},")
    )
    pen.subject = who.key
    return Bit(f"{who.name.upper()}{trait} ") + pen.verb_phrase(who) + "."


THING_VERBS = """
    fall, break, roll away, open, move, shake, flicker, snap, explode, sway in the wind, burn, float away, tip over, crack,
    creak, glow, disappear, slide down
"""


@form(0.7)
def thing_moves(pen: Pen) -> Bit:
    """`The door opens.`: the crew's rules know best what to make of it."""
    thing = pen.a_thing(pen.rng.choice(("push", "open", "throw")))
    words = f"the {thing.noun}"
    thing.told = True
    verb = pen.draw(THING_VERBS)
    return opened(pen, Bit(f"{words} ") + Bit(inflected(verb, pen.tense), (Event(0, FIRST, FIRST, FIRST),)))


DEEDS = """
    barks talk, neighs talk, gallops run, chirps talk, growls talk, meows talk, roars talk, croaks talk, hoots talk, hops leave,
    howls talk, squeaks talk, grunts talk, sneaks sneak, tweets talk, wakes stand_up, pecks eat, nibbles eat, looks look, sniffs look,
    whines talk
"""
"""What animals do, and the action that shows it; else `perform`."""


@form(0.5)
def pet(pen: Pen) -> Bit | None:
    """A name whose kind only its deeds tell."""
    if len(pen.story.cast) > 4:
        return None
    kind = pen.rng.choice(list(things.PET_NAMES))
    name = pen.draw(things.PET_NAMES[kind])
    if name in pen.used:
        return None
    pen.used.add(name)
    deed = pen.draw(things.PET_ACTS[kind], ";")
    pronoun = "she" if " her " in f" {deed} " else "he"
    who = Person(f"c{len(pen.story.cast)}", kind, name=name, pronoun=pronoun, told=True)
    pen.story.cast[who.key] = who
    pen.subject = who.key
    bit = Bit(f"{name} ")
    parts = deed.split(" and ")
    known = dict(pair.split() for pair in DEEDS.split(","))
    for k, part in enumerate(parts):
        action = known.get(part.split(" ")[0], "perform")
        bit = (
            bit
            + (" and " if k else "")
            + Bit(part, (Event(0, who.key, action, FIRST if action in ("talk", "look") else None),))
        )
    return bit + "."


@form(1)
def no_sooner(pen: Pen) -> Bit:
    who = actor(pen)
    lead = pen.verb_phrase(who, form="base", bare=True)
    subject = pen.naming(who)
    pen.subject = who.key
    other = pen.somebody(who.key)
    return (
        Bit(f"As soon as {subject} {pen.rng.choice(('stops to', 'is about to', 'begins to'))} ")
        + lead
        + ", "
        + pen.naming(other, pronoun=False)
        + " "
        + pen.verb_phrase(other)
    ) + "."


@form(1)
def it_is_who(pen: Pen) -> Bit:
    who = actor(pen)
    subject = pen.naming(who, pronoun=False)
    pen.subject = who.key
    return Bit(f"It is {subject.rstrip(',')} who ") + pen.verb_phrase(who) + "."


@form(1)
def inverted(pen: Pen) -> Bit:
    """`Into the room walks a tall man.`"""
    who = actor(pen)
    where, verb, action = pen.rng.choice(
        (
            ("Into the room", "walk", "enter"),
            ("Across the field", "run", "run"),
            ("Down the road", "come", "walk"),
            ("Behind the hill", "sleep", "lie"),
            ("High above", "fly", "fly"),
            ("On the ground", "sit", "sit"),
            ("Out of the dark", "step", "enter"),
        )
    )
    subject = pen.naming(who, pronoun=False)
    pen.subject = who.key
    return (
        Bit(f"{where} ")
        + Bit(f"{inflected(verb, pen.tense)} {subject.rstrip(',')}", (Event(0, who.key, action, None),))
        + "."
    )

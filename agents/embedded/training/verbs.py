"""English verb forms for the story writer.

Knows spelling. Does not know meaning.
"""

from __future__ import annotations

from functools import cache

from agents.embedded.training.lexicon_actions import PARTICIPLES, VERB_PASTS

_VOWELS = "aeiou"
_DOUBLES = frozenset(
    """
    leapfrog stop hop skip nod hug pat pet tap rub trip slip slap step jog drag tug grab chat wag grin beg plan spin sit run put
    get set let hit cut dig swim win shut trot pin clap flap knit knot rip snap spot stab stir strum sob spar wrap zip shrug plop
    flop flip scrub prod nab trap shun dip rap strut bar mop lug hum jab bob drop bat chop scan sin blur pop whip drum squat kid
    fan span chug bug rev
    """.split()  # noqa: SIM905
)


def third(verb: str) -> str:
    """`carry` -> `carries`."""
    if verb in ("have", "be"):
        return {"have": "has", "be": "is"}[verb]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def past(verb: str) -> str:
    """`stop` -> `stopped`."""
    return _pairs(VERB_PASTS).get(verb) or _add(verb, "ed")


def participle(verb: str) -> str:
    """`steal` -> `stolen`."""
    return _pairs(PARTICIPLES).get(verb) or past(verb)


def gerund(verb: str) -> str:
    """`lie` -> `lying`."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    return _add(verb, "ing")


@cache
def _pairs(text: str) -> dict[str, str]:
    return {pair.split()[0]: pair.split()[1] for pair in text.split(",")}


def _add(verb: str, ending: str) -> str:
    if verb in _DOUBLES:
        return verb + verb[-1] + ending
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + ending
    if ending == "ed" and verb.endswith("e"):
        return verb + "d"
    if ending == "ed" and verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + ending


FORMS = {"base": lambda v: v, "third": third, "past": past, "gerund": gerund, "participle": participle}


def inflected(phrase: str, form: str) -> str:
    """A verb phrase with its verb, the first word, in `form`: base, third, past, gerund or participle."""
    verb, _, rest = phrase.partition(" ")
    return FORMS[form](verb) + (f" {rest}" if rest else "")


def article(words: str) -> str:
    """`a` or `an` before these words."""
    return "an" if words[:1].lower() in _VOWELS and not words.lower().startswith(("uni", "one", "use", "eu")) else "a"


PLURALS = """
    man men, woman women, child children, mouse mice, wolf wolves, deer deer, sheep sheep, fish fish, thief thieves, goose geese, elf elves,
    samurai samurai, ox oxen, fox foxes, dwarf dwarves, calf calves, ninja ninjas
"""


def plural(noun: str) -> str:
    irregular = _pairs(PLURALS)
    head, space, last = noun.rpartition(" ")
    if last in irregular:
        return head + space + irregular[last]
    for ending in ("man", "woman"):
        if last.endswith(ending):
            return head + space + last[: -len(ending)] + irregular[ending]
    return head + space + third(last)

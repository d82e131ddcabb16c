"""English word forms: singulars, sizes, colours, and the small words that hold a sentence together.

Knows spelling. Does not know sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

DETERMINERS = frozenset(
    """
    a an the this that these those his her its their my your our some any every each another other one two three
    four five six seven eight nine ten several many few both no
    """.split()  # noqa: SIM905
)
PREPOSITIONS = frozenset(
    """
    in into inside on onto at to toward towards through over under across from with by near behind beside between
    among along around past up down off of for against above below beyond after before during within without like
    out outside upon
    """.split()  # noqa: SIM905
)
CONNECTIVES = frozenset(
    """
    and then but while as when before after until so because whilst yet or where
    """.split()  # noqa: SIM905
)
BE = frozenset(
    """
    is are was were be been being am has have had isn't wasn't aren't weren't will would can could must should may might
    cannot can't couldn't won't wouldn't shouldn't
    do does did don't doesn't didn't hasn't haven't hadn't gets got
    """.split()  # noqa: SIM905
)
PARTICLES = frozenset({"in", "out", "up", "down", "off", "away", "over", "around", "by", "along", "past", "back"})
"""Prepositions that also stand alone behind a verb."""
GROUPS = {
    "group": 3, "pair": 2, "couple": 2, "pack": 3, "herd": 3, "flock": 3, "band": 3, "team": 3, "crowd": 3, "bunch": 3,
    "gang": 3, "trio": 3, "duo": 2, "swarm": 3, "army": 3, "line": 3, "row": 3, "family": 3, "school": 3, "dozen": 3,
}  # fmt: skip
"""`a group of soldiers`: how many of them are cast."""
TITLES = {
    "mr": "man", "sir": "man", "lord": "man", "king": "man", "prince": "man", "uncle": "man", "brother": "man", "father": "man",
    "mister": "man", "mrs": "woman", "ms": "woman", "miss": "woman", "lady": "woman", "madam": "woman", "queen": "woman",
    "princess": "woman", "aunt": "woman", "sister": "woman", "mother": "woman", "grandpa": "old_man", "grandma": "old_woman",
}  # fmt: skip
"""Titles before a name, with the kind of person."""
TO_BE = frozenset(
    """
    is are was were be been being am isn't wasn't aren't weren't 's 're 'm
    """.split()  # noqa: SIM905
)
MODALS = frozenset(
    """
    would could can cannot can't couldn't should might may must will won't wouldn't shouldn't ought mustn't shall
    """.split()  # noqa: SIM905
)
ADVERBS = frozenset(
    """
    then also just still again soon almost always often suddenly now once already only even both all away back
    """.split()  # noqa: SIM905
)
PRONOUNS = {
    "he": "he",
    "him": "he",
    "himself": "he",
    "she": "she",
    "herself": "she",
    "it": "it",
    "itself": "it",
    "they": "they",
    "them": "they",
    "themselves": "they",
    "i": "i",
    "me": "i",
    "we": "they",
    "us": "they",
    "who": "who",
}
NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 7,
    "nine": 7,
    "ten": 7,
    "dozen": 7,
    "4": 4,
    "5": 5,
    "6": 6,
    "7": 7,
    "several": 3,
    "many": 3,
    "some": 2,
    "both": 2,
    "few": 3,
    "2": 2,
    "3": 3,
}
FRESH = frozenset(
    """
    another second other third
    """.split()  # noqa: SIM905
)
PARTICIPLES = frozenset(
    """
    fallen hidden broken frozen forgotten stolen torn worn gone given driven
    """.split()  # noqa: SIM905
)
"""Past participles that are no past tense: without a form of `be` or `have` they describe a noun."""
SIZES = {
    "tiny": "tiny",
    "little": "small",
    "small": "small",
    "low": "small",
    "big": "large",
    "large": "large",
    "tall": "large",
    "high": "large",
    "great": "large",
    "huge": "huge",
    "giant": "huge",
    "enormous": "huge",
    "gigantic": "huge",
    "massive": "huge",
    "towering": "huge",
    "miniature": "tiny",
}
COLORS = {
    "red": "#c8402e",
    "orange": "#e0782c",
    "yellow": "#e8c83c",
    "green": "#4c9a50",
    "blue": "#3f6fc0",
    "purple": "#7a4ea8",
    "pink": "#e88aa8",
    "white": "#f2f0ea",
    "black": "#26262c",
    "grey": "#8a8d94",
    "gray": "#8a8d94",
    "brown": "#7a5232",
    "golden": "#dcaa3c",
    "gold": "#dcaa3c",
    "silver": "#b8bec8",
    "silvery": "#b8bec8",
    "dark": "#3a3a44",
}


def noun_forms(word: str) -> Iterator[str]:
    """`word` and the singulars it may come from: `witches` -> witches, witche, witch."""
    word = word.lower().removesuffix("'s").removesuffix("’s")
    yield word
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        yield word[:-1]
    if word.endswith("es") and len(word) > 4:
        yield word[:-2]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ves"):
        yield word[:-3] + "f"

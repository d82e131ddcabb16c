"""English word forms: base forms of verbs and nouns, and the small words that hold a sentence together.

Knows spelling. Does not know sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

DETERMINERS = frozenset("a an the this that these those his her its their my your our some any every each another other one two three four five several many few both no".split())
PREPOSITIONS = frozenset(
    "in into inside on onto at to toward towards through over under across from with by near behind beside between among along around past "
    "up down off of for against above below beyond after before during within without like out outside upon".split()
)
CONNECTIVES = frozenset("and then but while as when before after until so because whilst yet or where".split())
BE = frozenset("is are was were be been being am has have had isn't wasn't aren't will would can could must should may might".split())
PRONOUNS = {
    "he": "he", "him": "he", "himself": "he", "she": "she", "herself": "she", "it": "it", "itself": "it", "they": "they",
    "them": "they", "themselves": "they", "i": "i", "me": "i", "we": "they", "us": "they", "who": "who",
}  # fmt: skip
NUMBERS = {"two": 2, "three": 3, "four": 3, "five": 3, "several": 3, "many": 3, "some": 2, "both": 2, "few": 3, "2": 2, "3": 3}
FRESH = frozenset("another second other third".split())
SIZES = {
    "tiny": "tiny", "little": "small", "small": "small", "low": "small", "big": "large", "large": "large", "tall": "large", "high": "large",
    "great": "large", "huge": "huge", "giant": "huge", "enormous": "huge", "gigantic": "huge", "massive": "huge", "towering": "huge", "miniature": "tiny",
}  # fmt: skip
COLORS = {
    "red": "#c8402e", "orange": "#e0782c", "yellow": "#e8c83c", "green": "#4c9a50", "blue": "#3f6fc0", "purple": "#7a4ea8", "pink": "#e88aa8",
    "white": "#f2f0ea", "black": "#26262c", "grey": "#8a8d94", "gray": "#8a8d94", "brown": "#7a5232", "golden": "#dcaa3c", "gold": "#dcaa3c",
    "silver": "#b8bec8", "silvery": "#b8bec8", "dark": "#3a3a44",
}  # fmt: skip

IRREGULAR = {
    "ran": "run", "went": "go", "gone": "go", "came": "come", "saw": "see", "seen": "see", "sat": "sit", "stood": "stand", "fell": "fall",
    "fallen": "fall", "flew": "fly", "swam": "swim", "leapt": "leap", "crept": "creep", "held": "hold", "took": "take", "caught": "catch",
    "gave": "give", "threw": "throw", "ate": "eat", "drank": "drink", "wrote": "write", "drew": "draw", "rode": "ride", "drove": "drive",
    "said": "say", "spoke": "speak", "told": "tell", "sang": "sing", "fought": "fight", "hit": "hit", "hid": "hide", "hidden": "hide",
    "slept": "sleep", "lay": "lie", "laid": "lay", "left": "leave", "knelt": "kneel", "thought": "think", "wept": "weep", "met": "meet",
    "found": "find", "began": "begin", "woke": "wake", "broke": "break", "grew": "grow", "kept": "keep", "lost": "lose", "made": "make",
    "rose": "rise", "shook": "shake", "spun": "spin", "swept": "sweep", "built": "build", "bought": "buy", "brought": "bring", "cut": "cut",
    "dug": "dig", "felt": "feel", "got": "get", "heard": "hear", "knew": "know", "led": "lead", "lit": "light", "sent": "send", "shone": "shine",
    "stole": "steal", "struck": "strike", "swung": "swing", "taught": "teach", "tore": "tear", "won": "win", "wore": "wear", "bit": "bite",
    "dove": "dive", "fled": "flee", "sprang": "spring", "slid": "slide", "put": "put", "read": "read", "did": "do", "set": "set",
}  # fmt: skip

NEAR: dict[str, tuple[str, ...]] = {
    "appear": ("enter", "stand"), "arise": ("stand_up",), "bark": ("talk", "perform"), "beg": ("pray", "talk"), "begin": (), "blink": ("look",),
    "block": ("stand", "push"), "break": ("kick", "fight", "perform"), "bring": ("give", "walk"), "build": ("perform",), "burn": ("perform",),
    "buy": ("pick_up", "give"), "carry": ("walk", "pick_up"), "carve": ("write", "perform"), "charge": ("run", "fight"), "chat": ("talk",),
    "clean": ("touch", "perform"), "clutch": ("pick_up",), "comfort": ("hug", "touch"), "cook": ("perform",), "cover": ("perform",),
    "cuddle": ("hug",), "cut": ("perform", "fight"), "dart": ("run",), "dig": ("perform", "push"), "dive": ("swim", "jump_up", "fall"),
    "escape": ("leave", "run"), "examine": ("look", "touch"), "explore": ("walk", "look"), "face": ("turn", "look"), "feed": ("give",),
    "find": ("look", "pick_up"), "fix": ("touch", "perform"), "flee": ("leave", "run"), "float": ("swim", "fly"), "freeze": ("stand",),
    "frown": ("look", "think"), "gasp": ("look", "perform"), "get": (), "giggle": ("cheer",), "glance": ("look",), "glare": ("look",),
    "grin": ("cheer",), "growl": ("talk", "perform"), "hear": ("look", "turn"), "help": ("pull", "pick_up"), "howl": ("talk", "cry"),
    "hover": ("fly",), "hurry": ("run", "walk"), "join": ("walk", "follow"), "juggle": ("throw",), "kill": ("fight",), "lead": ("walk",),
    "lean": ("stand", "touch"), "let": (), "lick": ("eat", "touch"), "light": ("touch", "perform"), "limp": ("walk",), "listen": ("look", "think"),
    "lose": ("look", "perform"), "love": ("look", "hug"), "march": ("walk",), "meow": ("talk",), "move": ("walk",), "nibble": ("eat",),
    "pace": ("walk",), "peek": ("look", "hide"), "perch": ("sit",), "play": ("dance", "perform", "jump_up"), "plant": ("put_down", "perform"),
    "polish": ("touch", "perform"), "pounce": ("jump_onto", "jump_up"), "pour": ("drink", "perform"), "prepare": ("perform",), "raise": ("pick_up",),
    "reach": ("walk", "touch"), "recite": ("read", "talk"), "remember": ("think",), "repair": ("touch", "perform"), "return": ("walk", "enter"),
    "roar": ("talk", "perform"), "salute": ("wave", "bow"), "scan": ("look",), "scratch": ("touch",), "scream": ("talk", "cry"),
    "search": ("look", "walk"), "shiver": ("stand", "perform"), "show": ("point", "give"), "sigh": ("shrug", "think"), "skate": ("run", "perform"),
    "skip": ("jump_up", "walk"), "slide": ("fall", "run"), "slip": ("fall",), "slither": ("crawl",), "smell": ("look", "touch"),
    "sniff": ("look", "touch"), "splash": ("swim", "jump_up"), "spring": ("jump_up",), "stagger": ("walk", "fall"), "stare": ("look",),
    "start": (), "steal": ("pick_up", "sneak"), "strike": ("fight",), "struggle": ("perform", "pull"), "swing": ("perform", "fight"),
    "tap": ("touch",), "teach": ("talk", "point"), "tie": ("touch", "perform"), "tremble": ("stand", "perform"), "trot": ("run", "walk"),
    "try": (), "tumble": ("fall",), "use": ("touch", "perform"), "visit": ("walk", "enter"), "wag": ("perform", "cheer"), "wake": ("stand_up",),
    "want": (), "wash": ("touch", "perform"), "water": ("perform",), "win": ("cheer",), "wink": ("look", "nod"), "yawn": ("perform",),
    "yell": ("talk",), "cast": ("perform",), "bake": ("perform",), "sweep": ("perform", "push"), "knit": ("perform",), "fish": ("perform", "sit"),
    "decide": (), "continue": (), "keep": (), "manage": (), "seem": (), "become": (), "feel": ("think",), "need": (), "like": (),
    "discover": ("look",), "land": ("fly", "stand"), "approach": ("walk",), "pass": ("walk",), "bump": ("push", "fall"), "crash": ("fall",),
    "dangle": ("perform",), "balance": ("stand", "perform"), "bury": ("put_down", "perform"), "chop": ("fight", "perform"), "chew": ("eat",),
    "swallow": ("eat", "drink"), "gather": ("pick_up",), "collect": ("pick_up",), "snatch": ("pick_up",), "surrender": ("kneel",), "faint": ("fall",),
    "swoop": ("fly",), "circle": ("fly", "walk"), "dodge": ("jump_up", "turn"), "lock": ("close",), "ring": ("touch",), "press": ("touch", "push"),
    "mutter": ("talk",), "cheer": ("cheer",), "argue": ("talk", "fight"), "blow": ("perform",), "shake": ("shake_head", "perform"), "lower": ("put_down",),
    "release": ("put_down", "open"), "set": ("put_down",), "wrestle": ("fight",), "joke": ("talk", "cheer"), "practice": ("perform",), "train": ("perform", "fight"),
}  # fmt: skip
"""Verbs of stories that the action vocabulary does not hold, with the actions near them (none: any)."""


def verb_forms(word: str) -> Iterator[str]:
    """`word` and the base forms it may come from: `jumped` -> jumped, jump."""
    word = word.lower()
    yield word
    if word in IRREGULAR:
        yield IRREGULAR[word]
    for ending in ("ing", "ed", "es", "s", "d"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            base = word[: -len(ending)]
            yield base
            if ending in ("ing", "ed"):
                yield base + "e"
                if len(base) > 2 and base[-1] == base[-2]:
                    yield base[:-1]
            if ending in ("es", "ed") and base.endswith("i"):
                yield base[:-1] + "y"


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

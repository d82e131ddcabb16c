"""Drawing words from the lexicons: which a training story may use, and which only stories held out for validation use.

Knows the lexicons' layout. Does not know sentences.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from functools import cache

from agents.embedded.training.lexicon_actions import ACTION_PHRASES
from agents.embedded.training.lexicon_things import CHARACTER_NOUNS, PROP_NOUNS

HANDHELD = ("ball", "book", "cup", "flower", "sword", "basket")
FURNITURE = tuple(
    """
    box table chair bench bed door lamp car boat house tree rock
    log fence wall bush pole window bridge river fire
    """.split()  # noqa: SIM905
)
FITS: dict[str, tuple[str, ...]] = {
    "jump_over": ("log", "rock", "fence", "wall", "box", "bush", "river", "bench", "fire", "chair", "table"),
    "jump_onto": ("rock", "box", "table", "bench", "bed", "chair", "car", "boat", "log", "wall"),
    "climb_over": ("wall", "fence", "rock", "log", "box"),
    "climb_onto": ("rock", "wall", "tree", "house", "box", "table", "pole", "car", "chair", "boat"),
    "open": ("door", "window", "box", "book", "basket", "cup"),
    "close": ("door", "window", "box", "book", "basket"),
    **dict.fromkeys(("pick_up", "put_down", "give", "throw"), HANDHELD),
    **dict.fromkeys(("push", "pull"), ("box", "car", "rock", "table", "chair", "log", "ball", "door", "boat", "thing")),
    "drink": ("cup",),
    **dict.fromkeys(("read", "write"), ("book",)),
    "ride": ("car", "boat"),
    "sit": ("chair", "bench", "rock", "log", "bed", "box", "wall"),
    "lie": ("bed", "bench", "rock", "log", "tree"),
    "hide": ("tree", "rock", "bush", "box", "house", "door", "wall", "table", "car", "log"),
    "kick": ("ball", "box", "door", "rock", "basket"),
    "fly": ("tree", "house", "pole", "fence", "rock", "window", "bench", "boat"),
    "fall": ("log", "rock", "box", "basket", "chair", "bench", "bed", "wall", "car"),
    "dance": ("fire", "tree", "table", "pole"),
    "crawl": ("table", "fence", "bed", "bush", "log"),
    "fight": ("tree", "log", "box", "door"),
    "think": ("book", "box", "thing"),
    "stand_up": ("chair", "bench", "bed"),
}
"""Prop kinds that an action is done to; not named: any."""
FOOD = """
    apple, orange, egg, carrot, cake, cookie, banana, pizza, cheese, sandwich, loaf of bread, pie, fish, peach, tomato, melon, plum,
    mushroom, pear, bun, candy, lettuce, ham, cherry, potato, nut, coconut, bone, watermelon, acorn, berry
"""


def held_out(word: str) -> bool:
    """Whether a word or phrase is kept from training: one in twelve, by its letters."""
    return zlib.crc32(word.encode()) % 12 == 0


@cache
def listed(text: str, mark: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(mark) if part.strip())


@cache
def kind_of_prop(noun: str) -> str | None:
    """The prop kind that the lexicon gives a noun; the first one that lists it."""
    return next((kind for kind, nouns in PROP_NOUNS.items() if noun in listed(nouns, ",")), None)


def draw(rng: random.Random, text: str, mark: str = ",", *, unseen: bool = False, common: int = 0) -> str:
    """
    One of the words in `text`. `unseen`: half the time one that training never uses. `common`: the first words, never held out,
    drawn three times as often.
    """
    words = listed(text, mark)
    kept = [w for k, w in enumerate(words) if k < max(1, common) or not held_out(w)]
    new = [w for k, w in enumerate(words) if k >= max(1, common) and held_out(w)]
    if unseen and new and rng.random() < 0.5:
        return rng.choice(new)
    if common and rng.random() < 0.35:
        return rng.choice(words[:common])
    return rng.choice(kept)


def action_phrase(rng: random.Random, action: str, *, unseen: bool, can: Sequence[str]) -> str:
    """A phrase for the action whose slots `can` be filled (`c`, `p`, `e`, `own`, `self` ...)."""
    phrases = listed(ACTION_PHRASES[action], ";")
    usable = [p for p in phrases if all(slot in can for slot in _slots(p))]
    kept = [p for k, p in enumerate(usable) if k == 0 or not held_out(p)]
    new = [p for p in usable if p not in kept]
    if unseen and new and rng.random() < 0.5:
        return rng.choice(new)
    return rng.choice(kept) if kept else usable[0]


def _slots(phrase: str) -> list[str]:
    return [part.split("}")[0] for part in phrase.split("{")[1:]]


def prop_noun(rng: random.Random, action: str, *, unseen: bool) -> tuple[str, str]:
    """(kind, noun) of a thing that the action may be done to."""
    if action == "eat":
        noun = draw(rng, FOOD, unseen=unseen)
        return kind_of_prop(noun) or "ball", noun
    kind = rng.choice(FITS.get(action) or (*FURNITURE, *HANDHELD))
    noun = draw(rng, PROP_NOUNS[kind], unseen=unseen, common=2)
    return kind_of_prop(noun) or kind, noun


def kind_and_noun(rng: random.Random, *, unseen: bool) -> tuple[str, str]:
    """(kind, noun) of somebody."""
    kinds = list(CHARACTER_NOUNS)
    weights = [
        8 if k in ("man", "woman") else 4 if k in ("boy", "girl", "dog", "cat", "creature", "bird") else 2
        for k in kinds
    ]
    kind = rng.choices(kinds, weights)[0]
    return kind, draw(rng, CHARACTER_NOUNS[kind], unseen=unseen, common=2 if kind not in ("man", "woman") else 8)

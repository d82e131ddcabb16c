"""An English sentence as tokens, with the vocabulary words, verbs and names found among them.

Knows single words and their neighbours. Does not know clauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from agents.reading import more_nouns_en
from agents.reading import words_en as w
from agents.reading.verbs_en import IRREGULAR, NEAR, PERCEIVING, STATES, WISHES, verb_forms
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, EMOTIONS, PLACES, PROP_KINDS, TIMES, WEATHERS, Vocabulary

TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?:-[^\W\d_]+)*|\d+|\S")
NOUNS: tuple[tuple[str, Vocabulary], ...] = (
    ("character", CHARACTER_KINDS), ("prop", PROP_KINDS), ("place", PLACES), ("time", TIMES), ("weather", WEATHERS), ("emotion", EMOTIONS),
)  # fmt: skip
AMBIENT = frozenset(
    """
    eye eyes head hand hands arm arms tail way time moment air ground sky sun moon world side top edge middle
    smile voice name face feet foot wing wings heart home life day night something nothing everyone everything
    nobody light shadow sound silence story scene leaves leaf star stars cloud clouds distance floor back left
    right front corner end beginning mouth ears ear nose paw paws hair breath balance dark darkness dream thunder
    lightning camera screen wall sunlight snow rain wind storm summer winter spring autumn dinner lunch breakfast
    help hello goodbye luck while clock alarm music noise voices song echo fog mist shout scream laughter applause
    steam smoke dust sand grass water heat cold heaven darkness tear tears blood sweat skin breeze wave waves tide
    season hour minute second minutes seconds moments spring laughter silence peace war game party wedding trip
    journey direction side sides bit lot number kind sort idea plan secret truth trick joke question answer name
    """.split()  # noqa: SIM905
)
PARTICLES = {
    ("jump", "over"): "jump_over", ("leap", "over"): "jump_over", ("hop", "over"): "jump_over", ("bound", "over"): "jump_over",
    ("spring", "over"): "jump_over", ("vault", "over"): "jump_over", ("jump", "across"): "jump_over", ("leap", "across"): "jump_over",
    ("jump", "onto"): "jump_onto", ("leap", "onto"): "jump_onto", ("hop", "onto"): "jump_onto", ("jump", "on"): "jump_onto",
    ("climb", "over"): "climb_over", ("clamber", "over"): "climb_over", ("scramble", "over"): "climb_over",
    ("climb", "up"): "climb_onto", ("climb", "onto"): "climb_onto", ("pick", "up"): "pick_up", ("put", "down"): "put_down",
    ("lay", "down"): "put_down", ("set", "down"): "put_down", ("stand", "up"): "stand_up", ("get", "up"): "stand_up",
    ("run", "away"): "leave", ("walk", "away"): "leave", ("go", "away"): "leave", ("run", "off"): "leave", ("fly", "away"): "fly",
    ("shake", "head"): "shake_head", ("shake", "hands"): "shake_hands", ("look", "back"): "turn", ("run", "after"): "chase",
}  # fmt: skip
GENERIC = frozenset({"perform"})
NEGATIONS = frozenset({"not", "never", "n't", "no", "hardly", "neither", "nor"})
ONLY_PARTICIPLES = frozenset(
    """
    seen gone fallen flown thrown eaten given taken ridden driven written drawn hidden broken stolen torn worn shaken
    woken frozen forgotten chosen spoken bitten beaten swum sung drunk begun known grown shown
    """.split()  # noqa: SIM905
)
PAST_PARTICIPLES = ONLY_PARTICIPLES | frozenset(
    """
    held read caught found kept lost made met led lit sent built bought brought cut felt heard hit put set struck taught
    won swept dug spun shot hung fed kissed left said told fought swung slain carried stuck thought paid
    """.split()  # noqa: SIM905
)


@lru_cache(maxsize=20_000)
def senses(phrase: str) -> tuple[tuple[str, str], ...]:
    """(sort, id) of every vocabulary that knows a phrase."""
    found = [(sort, vocabulary.find(phrase)) for sort, vocabulary in NOUNS]
    more = [("character", more_nouns_en.CHARACTERS.get(phrase)), ("prop", more_nouns_en.PROPS.get(phrase))]
    return tuple((sort, id) for sort, id in [*found, *more] if id)


@dataclass(frozen=True)
class Token:
    text: str
    start: int
    low: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Found:
    """A vocabulary word among the tokens [first, last]."""

    first: int
    last: int
    sort: str
    id: str


Form = Literal["finite", "ing", "passive", "infinitive", "bare", "participle"]


@dataclass(frozen=True)
class Verb:
    at: int
    actions: tuple[str, ...]
    near: tuple[str, ...]
    finite: bool
    form: Form = "finite"
    """`passive` needs a form of be or get; `participle`: `chased by a wolf`; `bare`: `sees an owl fly`."""


@dataclass
class Tokens:
    """A sentence's tokens with what was found; offsets are into the sentence."""

    tokens: list[Token]
    names: set[str]
    nouns: dict[int, Found] = field(default_factory=dict)
    """By token index, for every token that the word covers."""
    verbs: dict[int, Verb] = field(default_factory=dict)

    @classmethod
    def of(cls, sentence: str, quoted: list[tuple[int, int]], names: set[str]) -> Tokens:
        tokens = []
        for m in TOKEN.finditer(sentence):
            if not any(a <= m.start() < b for a, b in quoted):
                tokens.append(Token(m.group(), m.start(), m.group().lower().replace("’", "'")))
        found = cls(tokens, names)
        found._find_nouns()
        found._find_verbs()
        return found

    def low(self, k: int) -> str:
        return self.tokens[k].low if 0 <= k < len(self.tokens) else ""

    def word(self, k: int) -> bool:
        return 0 <= k < len(self.tokens) and self.tokens[k].text[0].isalpha()

    def is_name(self, k: int) -> bool:
        if not 0 <= k < len(self.tokens):
            return False
        text = self.tokens[k].text.removesuffix("'s").removesuffix("’s")
        return text in self.names or (text.isupper() and len(text) > 1 and text.title() in self.names)

    def function(self, k: int) -> bool:
        low = self.low(k)
        return (
            not self.word(k)
            or low in w.DETERMINERS
            or low in w.PREPOSITIONS
            or low in w.CONNECTIVES
            or low in w.BE
            or low in w.PRONOUNS
            or low in ("not", "there", "here", "very", "too", "also", "again", "away", "back", "suddenly", "slowly")
        )

    def _find_nouns(self) -> None:
        k = 0
        while k < len(self.tokens):
            hit = next(self._noun_at(k), None)
            if hit is None:
                k += 1
                continue
            for j in range(hit.first, hit.last + 1):
                self.nouns[j] = hit
            k = hit.last + 1

    def _noun_at(self, k: int) -> Iterator[Found]:
        for length in (3, 2, 1):
            if k + length > len(self.tokens) or not all(self.word(k + j) for j in range(length)):
                continue
            before = " ".join(self.low(k + j) for j in range(length - 1))
            for form in w.noun_forms(self.low(k + length - 1)):
                phrase = f"{before} {form}".strip()
                if length > 1 or not self.function(k):
                    for sort, id in senses(phrase):
                        yield Found(k, k + length - 1, sort, id)

    def _find_verbs(self) -> None:
        for k in range(len(self.tokens)):
            if not self.word(k) or self.is_name(k) or self.function(k):
                continue
            verb = self._state(k) or self._known_verb(k) or self._unknown_verb(k)
            if verb is not None:
                self.verbs[k] = self._formed(verb)

    def _state(self, k: int) -> Verb | None:
        """`lives`, `wears`, `wants`: how things are or should be."""
        if not (STATES | WISHES) & self.bases(k) or self._opens_noun_phrase(k) or self.nouns.get(k):
            return None
        if ACTIONS.find(self.low(k)) and not WISHES & self.bases(k):
            return None
        return Verb(k, (), (), True)

    def bases(self, k: int) -> set[str]:
        """The forms that the word at `k` may come from, itself included."""
        return set(verb_forms(self.low(k)))

    def before(self, k: int) -> int:
        """The index of the word before `k` that is neither an adverb nor a negation."""
        j = k - 1
        while j >= 0 and (self.low(j).endswith("ly") or self.low(j) in w.ADVERBS or self.low(j) in NEGATIONS):
            j -= 1
        return j

    def _formed(self, verb: Verb) -> Verb:
        """The verb with its form, by its ending and what stands before it."""
        k, low, j = verb.at, self.low(verb.at), self.before(verb.at)
        ahead = self.low(j)
        form: Form = "finite"
        ended = low.endswith("ed") or low in PAST_PARTICIPLES
        if ahead == "to" and low in self.bases(k) and not low.endswith(("ing", "ed")):
            form = "infinitive"
        elif low.endswith("ing") and low not in ("bring", "sing", "ring", "swing", "spring", "fling"):
            form = "finite" if ahead in w.TO_BE else "ing"
        elif ended and ahead in (*w.TO_BE, "gets", "get", "got", "getting", "being", "been"):
            form = "passive"
        elif ahead not in ("has", "have", "had") and (low in ONLY_PARTICIPLES or (ended and self.low(k + 1) == "by")):
            form = "participle"
        elif self._bare(k):
            form = "bare"
        return replace(verb, form=form, finite=form in ("finite", "passive"))

    def _bare(self, k: int) -> bool:
        """`an owl fly` in `sees an owl fly`: a base form after an object, with a verb of seeing or making before it."""
        low = self.low(k)
        if low.endswith("s"):
            return False
        earlier = [v for v in self.verbs.values() if v.at < k and v.finite]
        if not earlier or not self.bases(earlier[-1].at) & PERCEIVING:
            return False
        between = [self.low(j) for j in range(earlier[-1].at + 1, k)]
        return bool(between) and not any(b in (",", ";", "and", "then", "but") or b in w.CONNECTIVES for b in between)

    def _opens_noun_phrase(self, k: int) -> bool:
        """Whether the word at `k` still waits for its noun: `a long walk`."""
        j = k - 1
        while j >= 0 and self.word(j) and not self.function(j) and j not in self.verbs:
            noun = self.nouns.get(j)
            if (noun and noun.sort in ("character", "prop", "weather", "time")) or self.is_name(j):
                return False
            if self.low(j).endswith("ly"):
                return False
            j -= 1
        opener = self.low(j) if j >= 0 else ""
        if opener in w.PARTICLES and j == k - 1 and j - 1 in self.verbs and self.low(k).endswith("ing"):
            return False  # `comes in carrying a basket`
        if opener == "that" and j > 0 and (j - 1 in self.nouns or self.is_name(j - 1) or not self.function(j - 1)):
            return False  # `a man that carries a box`
        if opener in w.PREPOSITIONS and opener != "to":
            return True
        if opener in w.DETERMINERS or opener.endswith("'s"):
            inflected = any(form != self.low(k) for form in verb_forms(self.low(k)))
            if j == k - 1:
                return not (
                    opener in ("one", "other", "both", "all", "each") and (inflected or opener in ("both", "all"))
                )
            previous = self.low(k - 1)
            if previous in w.SIZES or previous in w.COLORS or self.low(k) in w.PARTICIPLES:
                return True
            return not (inflected and not previous.endswith("s")) and not (not inflected and previous.endswith("s"))
        return False

    def _known_verb(self, k: int) -> Verb | None:
        low = self.low(k)
        if low in EMOTIONS or (k in self.nouns and self.nouns[k].sort in ("emotion", "character")):
            return None
        if self._opens_noun_phrase(k):
            return None
        if low in ("named", "called"):
            return None
        if low == "asleep":
            return Verb(k, ("lie",), (), True)
        finite = not low.endswith("ing") or self.low(k - 1) in w.BE
        for base in verb_forms(low):
            for distance in (1, 2, 3):
                particle = PARTICLES.get((base, self.low(k + distance)))
                if particle and all(self.low(k + j) not in ",;." for j in range(1, distance)):
                    return Verb(k, (particle,), (), finite)
        for length in (3, 2):
            rest = " ".join(self.low(k + j) for j in range(1, length))
            for base in verb_forms(low):
                id = ACTIONS.find(f"{base} {rest}")
                if id == "enter" and self.word(k + length) and self.low(k + length) not in w.CONNECTIVES:
                    continue  # `walks in the rain` walks; `walks in` enters
                if id:
                    return Verb(k, (id,), (), finite)
        prop = k in self.nouns and self.nouns[k].sort == "prop" and low not in ("rose",)
        for base in verb_forms(low):
            id = ACTIONS.find(base)
            if id == "fly" and self._flown(k):
                return Verb(k, (), ("perform", "pull"), finite)
            if id and not (prop and base == low):
                return Verb(k, () if id in GENERIC else (id,), ("perform",) if id in GENERIC else (), finite)
        for base in verb_forms(low):
            if base in NEAR and not prop:
                return Verb(k, (), NEAR[base], finite)
        return None

    def _flown(self, k: int) -> bool:
        """`flies a kite`: a thing is the object of the verb."""
        at = k + 1
        while self.low(at) in w.DETERMINERS or (self.word(at) and not self.function(at) and at not in self.nouns):
            at += 1
        noun = self.nouns.get(at)
        return noun is not None and noun.sort == "prop" and self.low(k + 1) in w.DETERMINERS

    def _unknown_verb(self, k: int) -> Verb | None:
        low = self.low(k)
        if (
            k in self.nouns
            or not re.search(r"(?<!s)s$|ed$", low)
            or len(low) < 4
            or low.endswith(("'s", "us", "is"))
            or low in ("named", "called")
        ):
            return None
        j = k - 1
        while j >= 0 and self.low(j).endswith("ly"):
            j -= 1
        noun = self.nouns.get(j)
        after_subject = (
            (noun is not None and noun.sort in ("character", "prop"))
            or self.is_name(j)
            or self.low(j) in ("he", "she", "it", "they", "who")
        )
        after_unknown = (
            j >= 1
            and self.word(j)
            and not self.function(j)
            and self.low(j - 1) in w.DETERMINERS
            and not low.endswith("ed")
            and not self.low(j).endswith("s")
        )
        joined = (
            self.low(j) in ("and", ",", "then")
            and bool(self.verbs)
            and (self.low(k + 1) in w.DETERMINERS or self.low(k + 1) in w.PRONOUNS)
        )
        if after_subject or after_unknown or joined:
            return Verb(k, (), (), True)
        return None


def proper_names(script: str, sentences: list[tuple[int, str]], speakers: set[str]) -> set[str]:
    """Capitalised words that name somebody: in mid-sentence, or first and followed by a verb."""
    names = {part for s in speakers for part in s.title().split()}
    for _, sentence in sentences:
        words = list(TOKEN.finditer(sentence))
        for k, m in enumerate(words):
            text = m.group().removesuffix("'s").removesuffix("’s")
            low = text.lower()
            if not text[0].isupper() or not text.isalpha() or len(text) < 2 or low == "i" or text.isupper():
                continue
            if (
                any(v.find(form) for form in w.noun_forms(low) for _, v in NOUNS)
                or low in w.DETERMINERS
                or low in w.PREPOSITIONS
            ):
                continue
            if (
                low in w.CONNECTIVES
                or low in w.BE
                or low in w.PRONOUNS
                or (low.endswith(("ly", "ese", "ish")) and low not in LY_NAMES)
                or low in _STARTERS
            ):
                continue
            after = words[k + 1].group().lower() if k + 1 < len(words) else ""
            beyond = words[k + 2].group().lower() if k + 2 < len(words) else ""
            before = words[k - 1].group().lower() if k else ""
            opens = k == 0 or before in '"“「.!?:'
            if opens:
                verbish = (
                    any(ACTIONS.find(f) or f in NEAR for f in verb_forms(after))
                    or after in w.BE
                    or re.search(r"(?<!s)s$|ed$", after)
                )
                told = after == "the" and any(sort == "character" for sort, _ in senses(beyond))  # `Luna the cat`
                acts = (ACTIONS.find(f) or f in NEAR or f in IRREGULAR.values() for f in verb_forms(low))
                doing = low in ("having", "being") or (low.endswith("ing") and any(acts))
                if not (verbish or told or after in ("and", ",")) or ACTIONS.find(low) or low in NEAR or doing:
                    continue
            elif _at_a_place(before, sentence) and text not in names and not verb_ahead(after):
                continue  # the name of a place: `goes to Paris`
            names.add(text)
    return names


def _at_a_place(before: str, sentence: str) -> bool:
    return before in ("in", "at", "from") or (before in ("to", "near") and _travelling(sentence))


def _travelling(sentence: str) -> bool:
    bases = {f for word in re.findall(r"[a-z]+", sentence.lower()) for f in verb_forms(word)}
    return bool(bases & {"go", "come", "travel", "fly", "drive", "sail", "move", "return", "arrive"})


def verb_ahead(word: str) -> bool:
    return any(ACTIONS.find(f) or f in NEAR for f in verb_forms(word)) if word else False


LY_NAMES = frozenset(
    """
    lily emily molly kelly sally holly polly billy willy carly shelly ally elly milly dolly beverly kimberly wally
    """.split()  # noqa: SIM905
)
_STARTERS = frozenset(
    """
    once now then here there today tomorrow yesterday later meanwhile finally soon next again inside outside far
    nearby all everyone everybody everything nobody nothing somebody something anybody anyone
    you your yours somewhere what who why how when where yes no hello hi oh please thank let never always
    just only together first last afterwards eventually
    """.split()  # noqa: SIM905
)

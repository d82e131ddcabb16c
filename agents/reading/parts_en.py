"""An English sentence cut into its clauses: main, relative, participle and purpose clauses, each with a verb of its own.

Knows word order, relative pronouns and joining words. Does not know who is meant by a pronoun, nor actions.
After Corro & Gemulla, "ClausIE: Clause-Based Open Information Extraction" (2013), without its parser: the same constituents are
found by joining words and verb forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.reading import words_en as w
from agents.reading.nouns_en import BREAKS
from agents.reading.tokens_en import Tokens
from agents.reading.verbs_en import ASPECTS, PURPOSES

RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
SUBORDINATORS = frozenset(
    """
    while as when before after until because whilst whenever if unless once since
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Part:
    """A clause as token indices [a, b) without the indices of the clauses inside it."""

    a: int
    b: int
    kind: Literal["main", "relative", "participle", "purpose"] = "main"
    noun: int | None = None
    """For a relative clause, the last token of the noun phrase that it is about."""
    inside: frozenset[int] = frozenset()
    """Tokens between `a` and `b` that belong to other clauses."""
    restrictive: bool = False
    """`the man who waves`: says which man, not what he does next."""

    def has(self, k: int) -> bool:
        return self.a <= k < self.b and k not in self.inside


def parts(tokens: Tokens) -> list[Part]:
    """The clauses of a sentence in the order of their verbs."""
    relatives = _relatives(tokens)
    taken = {k for r in relatives for k in range(r.a, r.b)}
    found: list[Part] = []
    for a, b in _joined(tokens, 0, len(tokens.tokens), taken):
        inside = frozenset(k for k in range(a, b) if k in taken)
        found += _with_phrases(tokens, Part(a, b, inside=inside))
    for relative in relatives:
        pieces = _joined(tokens, relative.a, relative.b, set())
        for n, (a, b) in enumerate(pieces):
            found.append(Part(a, b, "relative", relative.noun, restrictive=relative.restrictive and n == 0))
    return sorted(found, key=lambda p: _verb_at(tokens, p))


def _verb_at(tokens: Tokens, part: Part) -> int:
    own = [k for k in sorted(tokens.verbs) if part.has(k)]
    return next((k for k in own if tokens.verbs[k].finite), own[0] if own else part.a)


def _relatives(tokens: Tokens) -> list[Part]:
    found: list[Part] = []
    k = 0
    while k < len(tokens.tokens):
        noun = _antecedent(tokens, k)
        if noun is None:
            k += 1
            continue
        end = _end_of_relative(tokens, k, noun)
        if end > k + 1:
            comma = tokens.low(k - 1) == ","
            opening = not _verb_between(tokens, _clause_start(tokens, k), k)
            found.append(Part(k, end, "relative", noun, restrictive=not comma and opening))
            k = end
        else:
            k += 1
    return found


def _antecedent(tokens: Tokens, k: int) -> int | None:
    """The last token of the noun phrase that the relative pronoun at `k` stands for; None when it is none."""
    low = tokens.low(k)
    if low not in RELATIVES or k == 0:
        return None
    j = k - 1
    while j >= 0 and (tokens.low(j) == "," or (low in ("whom", "which") and tokens.low(j) in w.PREPOSITIONS)):
        j -= 1
    if j < 0 or not tokens.word(j) or j in tokens.verbs or tokens.low(j) in w.CONNECTIVES:
        return None
    ahead = k + 1
    while tokens.low(ahead).endswith("ly") or tokens.low(ahead) in w.ADVERBS:
        ahead += 1
    if low == "that":
        if tokens.low(k - 1) == "," or (tokens.function(j) and tokens.low(j) not in w.PRONOUNS):
            return None
        if ahead not in tokens.verbs and tokens.low(ahead) not in w.BE and not _subject_and_verb(tokens, ahead):
            return None
    if low in ("who", "which") and not any(v > k for v in tokens.verbs) and tokens.low(ahead) not in w.BE:
        return None
    return j


def _subject_and_verb(tokens: Tokens, k: int) -> bool:
    """`he ate` in `the cake that he ate`."""
    return (tokens.low(k) in w.PRONOUNS or tokens.low(k) in w.DETERMINERS or tokens.is_name(k)) and any(
        j in tokens.verbs for j in range(k + 1, min(k + 4, len(tokens.tokens)))
    )


def _clause_start(tokens: Tokens, k: int) -> int:
    """Where the clause around `k` begins: after the last joining word that follows a verb."""
    start = 0
    for j in range(k):
        if tokens.low(j) in BREAKS and _verb_between(tokens, start, j):
            start = j + 1
    return start


def _verb_between(tokens: Tokens, a: int, b: int) -> bool:
    return any(v.finite for k, v in tokens.verbs.items() if a <= k < b) or any(
        tokens.low(k) in w.TO_BE for k in range(a, b)
    )


def _end_of_relative(tokens: Tokens, k: int, noun: int) -> int:
    n = len(tokens.tokens)
    opening = not _verb_between(tokens, _clause_start(tokens, k), k)
    own = [j for j in sorted(tokens.verbs) if j > k and tokens.verbs[j].finite]
    helped = [j for j in range(k + 1, n) if tokens.low(j) in w.TO_BE or tokens.low(j) in ("has", "had", "have")]
    first = min([*own[:1], *helped[:1]], default=None)
    if first is None:
        return k
    if tokens.low(k - 1) == ",":
        comma = next((j for j in range(first + 1, n) if tokens.low(j) == ","), None)
        if comma is not None and opening:
            return comma
        if comma is not None and tokens.low(comma + 1) in ("and", "but", "then", "while", "as"):
            return comma
        return comma if comma is not None and _starts_clause(tokens, comma + 1) else n
    if opening:
        verb = own[0] if own else first
        later = [j for j in own if j > max(first, verb) and not (first < verb == j)]
        for j in later:
            back = tokens.before(j)
            if tokens.low(back) in w.BE and back > verb:
                return back
            if tokens.low(back) not in ("and", "or", ",", "to") and tokens.low(back) not in w.BE:
                return back + 1
        be = next((j for j in helped if j > verb + 1), None)
        return be if be is not None and not later else k
    stop = next((j for j in range(first + 1, n) if tokens.low(j) in BREAKS and tokens.low(j) != ","), n)
    comma = next((j for j in range(first + 1, n) if tokens.low(j) == ","), n)
    return min(stop, comma)


def _starts_clause(tokens: Tokens, k: int) -> bool:
    """Whether a noun phrase with a verb after it begins at `k`."""
    return (tokens.low(k) in w.DETERMINERS or tokens.low(k) in w.PRONOUNS or tokens.is_name(k)) and _verb_between(
        tokens, k, min(k + 6, len(tokens.tokens))
    )


def _joined(tokens: Tokens, start: int, end: int, taken: set[int]) -> list[tuple[int, int]]:
    """Ranges between joining words, each with a finite verb or a participle of its own."""
    cuts = [start]
    for k in range(start, end):
        if k in taken:
            continue
        if (tokens.low(k) in BREAKS or (tokens.low(k) in SUBORDINATORS and k > start)) and k > start:
            cuts.append(k)
    cuts.append(end)
    ranges: list[tuple[int, int]] = []
    for a, b in pairwise(cuts):
        if b <= a:
            continue
        whole = _complete(tokens, a, b, taken)
        if ranges and (not _complete(tokens, *ranges[-1], taken) or not whole):
            ranges[-1] = (ranges[-1][0], b)
        else:
            ranges.append((a, b))
    return ranges or [(start, end)]


def _complete(tokens: Tokens, a: int, b: int, taken: set[int]) -> bool:
    if any(v.finite and not setting_out(tokens, k) for k, v in tokens.verbs.items() if a <= k < b and k not in taken):
        return True
    if any(tokens.low(k) in w.TO_BE for k in range(a, b) if k not in taken) and a > 0 and not _begins_with_be(tokens, a, b):
        return True
    return _participle_at_start(tokens, a, b) is not None


def setting_out(tokens: Tokens, k: int) -> bool:
    """`starts on the left of a tree and walks ...`: the verb says from where, and what happens comes next."""
    return bool(tokens.bases(k) & {"start", "begin"}) and tokens.low(k + 1) in w.PREPOSITIONS and tokens.low(k + 1) != "to"


def _begins_with_be(tokens: Tokens, a: int, b: int) -> bool:
    return next((tokens.low(k) in w.BE for k in range(a, b) if tokens.word(k) and tokens.low(k) not in BREAKS), False)


def _participle_at_start(tokens: Tokens, a: int, b: int) -> int | None:
    """The participle that opens the range, as in `, barking happily`; joining words before it do not count."""
    k = a
    while k < b and (tokens.low(k) in BREAKS or tokens.low(k) in SUBORDINATORS or tokens.low(k).endswith("ly") or not tokens.word(k)):
        k += 1
    verb = tokens.verbs.get(k)
    return k if k < b and verb is not None and verb.form in ("ing", "participle") else None


def _with_phrases(tokens: Tokens, part: Part) -> list[Part]:
    """The part, and the participle and purpose phrases at its end as parts of their own."""
    opening = _participle_at_start(tokens, part.a, part.b)
    own = [k for k in sorted(tokens.verbs) if part.has(k)]
    finite = [k for k in own if tokens.verbs[k].finite]
    if opening is not None and not [k for k in finite if k > opening]:
        return [Part(part.a, part.b, "participle", inside=part.inside)]
    if not finite:
        return [part]
    main = finite[0]
    for k in own:
        form = tokens.verbs[k].form
        if k < main and form in ("ing", "participle") and tokens.low(tokens.before(k)) == ",":  # `A fox, running fast, jumps`
            begin = tokens.before(k)
            end = next((j for j in range(k, main) if tokens.low(j) == ","), main)
            within = Part(begin, end, "participle", inside=part.inside)
            rest = Part(part.a, part.b, part.kind, part.noun, part.inside | frozenset(range(begin, end)))
            return [within, *_with_phrases(tokens, rest)]
        if k <= main:
            continue
        back = tokens.before(k)
        if form == "ing" and back > main and not _after_noun(tokens, back) and tokens.low(back) not in w.PREPOSITIONS - w.PARTICLES:
            return [_narrowed(part, part.a, back + 1), Part(back + 1, part.b, "participle", inside=part.inside)]
        if form == "infinitive" and tokens.bases(main) & (PURPOSES - ASPECTS | {"come", "go", "rush", "hurry"}):
            return [_narrowed(part, part.a, back), Part(back, part.b, "purpose", inside=part.inside)]
    return [part]


def _narrowed(part: Part, a: int, b: int) -> Part:
    return Part(a, b, part.kind, part.noun, frozenset(k for k in part.inside if a <= k < b))


def _after_noun(tokens: Tokens, k: int) -> bool:
    noun = tokens.nouns.get(k)
    return (
        (noun is not None and noun.sort in ("character", "prop"))
        or tokens.is_name(k)
        or tokens.low(k) in w.PRONOUNS
        or (tokens.word(k) and not tokens.function(k) and k not in tokens.verbs and noun is None)
        or tokens.low(k) in w.DETERMINERS
    )

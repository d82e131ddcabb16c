"""English noun phrases: who and what a stretch of tokens names, with adjectives, number and apposed names.

Knows determiners, prepositions and compounds. Does not know clauses.
"""

from __future__ import annotations

from dataclasses import replace

from agents.reading import words_en as w
from agents.reading.clauses import Mention, MentionSort
from agents.reading.tokens_en import AMBIENT, Tokens, senses

BREAKS = frozenset(
    {
        "and",
        "then",
        "but",
        "while",
        "as",
        "when",
        "before",
        "after",
        "until",
        "so",
        "because",
        "whilst",
        ",",
        ";",
        "—",
        "–",
    }
)
"""Words and marks between which a clause may end."""
POSSESSIVES = {"his": "he", "her": "she", "its": "it", "their": "they"}
BODY = frozenset(
    {
        "shoulder",
        "shoulders",
        "back",
        "head",
        "hand",
        "hands",
        "arm",
        "arms",
        "lap",
        "knee",
        "chest",
        "face",
        "nose",
        "cheek",
    }
)

PARTS = frozenset({"eyes", "eye", "tail", "ears", "wings", "mouth", "legs", "feet", "paws", "hands", "head", "arms"})
"""Parts that do something themselves: `its eyes open`."""


def after_preposition(tokens: Tokens, a: int, k: int) -> bool:
    j = k - 1
    while j >= a and tokens.word(j):
        if tokens.low(j) == "of" and tokens.low(j - 1) in w.GROUPS:
            return after_preposition(tokens, a, j - 1)  # `a group of soldiers`
        if tokens.low(j) in w.PREPOSITIONS and tokens.low(j) not in ("no", "like"):
            return True
        if tokens.low(j) in BREAKS or tokens.low(j) in w.DETERMINERS:
            return tokens.low(j - 1) in w.PREPOSITIONS and j - 1 >= a
        j -= 1
    return False


def mentions_in(tokens: Tokens, a: int, b: int, offset: int) -> list[tuple[int, Mention]]:
    """(token index of the head, mention) in [a, b); `a stranger, a tall woman in black,` is one."""
    found: list[tuple[int, Mention]] = []
    for at, mention in _each_mention(tokens, a, b, offset):
        if found and mention.sort == "character" and found[-1][1].sort == "character" and _renames(tokens, found[-1][0], at, b):
            before, held = found[-1]
            words = tuple(dict.fromkeys((*held.adjectives, *mention.adjectives)))
            found[-1] = (before, replace(held, kind=mention.kind, adjectives=words))
        else:
            found.append((at, mention))
    return found


def _renames(tokens: Tokens, first: int, second: int, b: int) -> bool:
    """Whether the noun phrase that ends at `second` stands in commas behind the one that ends at `first`."""
    between = [tokens.low(j) for j in range(first + 1, second)]
    if between[:1] != [","] or between[1:2] not in (["a"], ["an"]) or "and" in between:
        return False
    if any(j in tokens.verbs for j in range(first, second)):
        return False
    close = next((j for j in range(second + 1, min(second + 5, b)) if tokens.low(j) in (",", "and") or j in tokens.verbs), None)
    return close is not None and tokens.low(close) == "," and tokens.low(close + 1) != "and" and close + 1 < b


def _each_mention(tokens: Tokens, a: int, b: int, offset: int) -> list[tuple[int, Mention]]:
    found: list[tuple[int, Mention]] = []
    used_until = a
    for k in range(a, b):
        if k < used_until:
            continue
        noun = tokens.nouns.get(k)
        if tokens.low(k) in w.PRONOUNS:
            t = tokens.tokens[k]
            found.append((k, Mention(t.text, w.PRONOUNS[t.low], "pronoun", offset + t.start)))
        elif tokens.low(k) in POSSESSIVES and (
            tokens.low(k + 1) in BODY or (tokens.low(k + 1) in PARTS and (k + 2 in tokens.verbs or tokens.low(k + 2) in w.BE))
        ):
            t = tokens.tokens[k]  # `jumps on her shoulder`
            found.append((k, Mention(t.text, POSSESSIVES[t.low], "pronoun", offset + t.start)))
            used_until = k + 2
        elif tokens.low(k) == "her" and not (tokens.word(k + 1) and not tokens.function(k + 1)):
            t = tokens.tokens[k]
            found.append((k, Mention(t.text, "she", "pronoun", offset + t.start)))
        elif tokens.low(k) in ORDINALS and (
            k + 1 in tokens.verbs
            or tokens.low(k + 1).endswith("ly")
            or tokens.low(k + 1) in w.BE
            or tokens.low(k + 1) == "of"
            or not tokens.word(k + 1)
        ):
            t = tokens.tokens[k]
            found.append((k, Mention(t.text, ORDINALS[t.low], "pronoun", offset + t.start)))
            if tokens.low(k + 1) == "of":  # `one of the boys`
                used_until = next((j for j in range(k + 2, b) if j in tokens.verbs or tokens.low(j) in w.BE), k + 3)
        elif tokens.low(k) in w.GROUPS and tokens.low(k + 1) == "of" and k + 2 < b:
            inner = mentions_in(tokens, k + 2, b, offset)
            if inner and inner[0][1].sort in ("character", "unknown", "prop"):
                at, one = inner[0]
                begin = k - 1 if k > a and tokens.low(k - 1) in w.DETERMINERS else k
                text = " ".join(t.text for t in tokens.tokens[begin : at + 1])
                start = offset + tokens.tokens[begin].start
                found.append((at, replace(one, text=text, start=start, count=w.GROUPS[tokens.low(k)])))
                used_until = at + 1
        elif _bare_subject(tokens, a, k):
            t = tokens.tokens[k]
            ambient = t.low in AMBIENT or k in tokens.nouns
            head = t.low if ambient else list(w.noun_forms(t.low))[-1]
            bare: MentionSort = "ambient" if ambient else "unknown"
            found.append((k, Mention(t.text, head, bare, offset + t.start, count=1 if ambient else 2)))
        elif tokens.is_name(k) and not tokens.tokens[k].text.endswith(("'s", "’s")):
            last = k
            while last + 1 < b and tokens.is_name(last + 1):
                last += 1
            used_until = last + 1
            text = " ".join(t.text for t in tokens.tokens[k : last + 1])
            text = text.title() if text.isupper() else text
            kind, used_until = _apposed(tokens, last, b, used_until)
            held = found[-1][1] if found else None
            between = [tokens.low(j) for j in range(found[-1][0] + 1, k)] if found else []
            titled = (
                held is not None
                and held.sort == "character"
                and (not between or between in (["named"], ["called"], [","]) or between[-3:] == ["whose", "name", "is"])
            )
            if titled and held is not None:
                words = f"{held.text} {text}" if not between else held.text
                at = found[-1][0] if "whose" in between else last
                found[-1] = (at, replace(held, also=text, text=words, kind=kind or held.kind))
                continue
            titled_by = k - 2 if tokens.low(k - 1) == "." else k - 1
            kind = kind or (w.TITLES.get(tokens.low(titled_by)) if titled_by >= a else None)
            found.append((last, Mention(text, text, "name", offset + tokens.tokens[k].start, kind)))
        elif noun is not None and noun.sort in ("character", "prop") and noun.first == k and k not in tokens.verbs:
            after = tokens.nouns.get(noun.last + 1)
            if (
                after is not None
                and after.sort in ("character", "prop", "place")
                and noun.last + 1 < b
                and noun.last + 1 not in tokens.verbs
            ):
                continue  # `apple tree`, `boy king`: the last word names it
            if tokens.low(noun.last).endswith("'s"):
                continue
            named: MentionSort = "character" if noun.sort == "character" else "prop"
            mention = _noun_phrase(tokens, a, noun.first, noun.last, offset, named, noun.id)
            found.append((noun.last, mention))
            used_until = noun.last + 1
        elif _unknown_head(tokens, a, b, k):
            head = tokens.low(k)
            form = list(w.noun_forms(head))[-1] if head.endswith("s") else head
            sort: MentionSort = "ambient" if head in AMBIENT or form in AMBIENT or (noun is not None) else "unknown"
            if sort == "unknown" or k < min((v for v in tokens.verbs if a <= v < b), default=b):
                found.append((k, _noun_phrase(tokens, a, k, k, offset, sort, None)))
    return found


def _apposed(tokens: Tokens, last: int, b: int, used_until: int) -> tuple[str | None, int]:
    """(kind, where the noun phrase ends) of `, a small girl` after a name that ends at `last`."""
    if tokens.low(last + 1) not in (",", "the"):
        return None, used_until
    at = next((j for j in range(last + 1, min(last + 8, b)) if j in tokens.nouns and tokens.nouns[j].sort == "character"), None)
    if at is None or any(tokens.low(j) == "and" for j in range(last + 1, at)):
        return None, _past_description(tokens, last, b, used_until)
    if any(j in tokens.verbs for j in range(last + 1, at)):
        return None, _past_description(tokens, last, b, used_until)
    words = [(j, tokens.low(j)) for j in range(last + 1, at)]
    if all(low in w.DETERMINERS or low == "," or low.isdigit() or not tokens.function(j) for j, low in words):
        return tokens.nouns[at].id, tokens.nouns[at].last + 1
    return None, used_until


def _past_description(tokens: Tokens, last: int, b: int, used_until: int) -> int:
    """Behind `, 70, the keeper,` after a name: a description in commas that no vocabulary knows."""
    k = last + 1
    if tokens.low(k) == "," and tokens.low(k + 1).isdigit():
        k += 2
        if k >= b or tokens.low(k) != ",":
            return k
    if tokens.low(k) == "," and tokens.low(k + 1) in ("the", "a", "an", "his", "her", "our"):
        close = next((j for j in range(k + 2, min(k + 7, b)) if tokens.low(j) == ","), None)
        if close is not None and not any(j in tokens.verbs or tokens.low(j) == "and" for j in range(k, close)):
            return close
    return max(used_until, k if k > last + 1 else used_until)


ORDINALS = {"one": "one", "other": "other", "both": "they", "first": "one", "second": "other", "former": "one", "latter": "other"}


def _bare_subject(tokens: Tokens, a: int, k: int) -> bool:
    """`bees` in `bees fly around`, `snow` in `snow falls`: a noun without an article, first in its clause, before the verb."""
    if not tokens.word(k) or tokens.function(k) or k in tokens.verbs or tokens.is_name(k):
        return False
    verb = tokens.verbs.get(k + 1)
    if verb is None or not verb.finite or not all(tokens.low(j) in BREAKS or not tokens.word(j) for j in range(a, k)):
        return False
    low, noun = tokens.low(k), tokens.nouns.get(k)
    if noun is not None:
        return noun.sort in ("weather", "time", "place")
    return low in AMBIENT or (low.endswith("s") and not low.endswith("ss") and not tokens.low(k + 1).endswith("s"))


def _unknown_head(tokens: Tokens, a: int, b: int, k: int) -> bool:
    """Whether token `k` ends a noun phrase whose noun no vocabulary knows."""
    if (
        not tokens.word(k)
        or tokens.function(k)
        or k in tokens.verbs
        or tokens.low(k) in ("named", "called")
        or tokens.low(k).endswith(("ly", "'s"))
        or (tokens.low(k).endswith("ing") and tokens.low(k - 1) not in w.DETERMINERS)
    ):
        return False
    noun = tokens.nouns.get(k)
    if noun is not None and noun.sort not in ("weather", "time"):
        return False
    following = k + 1
    if (
        following < b
        and tokens.word(following)
        and not tokens.function(following)
        and following not in tokens.verbs
        and not tokens.low(following).endswith("ly")
    ):
        return False
    j = k - 1
    while j >= a and tokens.word(j) and not tokens.function(j) and j not in tokens.verbs and j not in tokens.nouns:
        j -= 1
    return j >= a and (tokens.low(j) in w.DETERMINERS or tokens.low(j) == "her")


def _noun_phrase(
    tokens: Tokens, a: int, first: int, last: int, offset: int, sort: MentionSort, kind: str | None
) -> Mention:
    adjectives: list[str] = []
    count, fresh, k = 1, False, first - 1
    begin = first
    while (k >= a and tokens.word(k)) or (k >= a and tokens.low(k) in w.NUMBERS):
        low = tokens.low(k)
        if low in w.DETERMINERS or low in w.NUMBERS or low in w.FRESH or low == "her":
            count = max(count, w.NUMBERS.get(low, 1))
            fresh = fresh or low in w.FRESH
            begin = k
            k -= 1
            continue
        if tokens.function(k) or k in tokens.verbs or tokens.is_name(k):
            break
        adjectives.insert(0, low)
        begin = k
        k -= 1
    surface = tokens.low(last)
    forms = list(w.noun_forms(surface))
    words = [tokens.low(j) for j in range(first, last)]
    singular = surface
    if kind is not None and sort in ("character", "prop"):
        known = [f for f in forms if any(s == sort for s, _ in senses(" ".join([*words, f])))]
        singular = known[-1] if known else surface
        if singular == surface and singular.endswith("s") and senses(singular.removesuffix("s")):
            singular = singular.removesuffix("s")
        plural = {
            "men": "man",
            "women": "woman",
            "children": "child",
            "foxes": "fox",
            "wolves": "wolf",
            "mice": "mouse",
        }
        singular = plural.get(singular, singular)
    elif surface.endswith("s") and len(forms) > 1 and not surface.endswith("ss"):
        singular = forms[1]
    if count == 1 and singular != surface and sort in ("character", "unknown"):
        count = 2
    text = " ".join(t.text for t in tokens.tokens[begin : last + 1])
    return Mention(
        text,
        " ".join([*words, singular]),
        sort,
        offset + tokens.tokens[begin].start,
        kind,
        tuple(adjectives),
        count,
        fresh,
    )

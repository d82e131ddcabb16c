"""English noun phrases: who and what a stretch of tokens names, with adjectives, number and apposed names.

Knows determiners, prepositions and compounds. Does not know clauses.
"""

from __future__ import annotations

from agents.reading import words_en as w
from agents.reading.clauses import Mention, MentionSort
from agents.reading.tokens_en import AMBIENT, Tokens
from shotplan.vocabulary import CHARACTER_KINDS, PROP_KINDS

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


def after_preposition(tokens: Tokens, a: int, k: int) -> bool:
    j = k - 1
    while j >= a and tokens.word(j):
        if tokens.low(j) in w.PREPOSITIONS and tokens.low(j) not in ("no", "like"):
            return True
        if tokens.low(j) in BREAKS or tokens.low(j) in w.DETERMINERS:
            return tokens.low(j - 1) in w.PREPOSITIONS and j - 1 >= a
        j -= 1
    return False


def mentions_in(tokens: Tokens, a: int, b: int, offset: int) -> list[tuple[int, Mention]]:
    """(token index of the head, mention) in [a, b)."""
    found: list[tuple[int, Mention]] = []
    used_until = a
    for k in range(a, b):
        if k < used_until:
            continue
        noun = tokens.nouns.get(k)
        if tokens.low(k) in w.PRONOUNS:
            t = tokens.tokens[k]
            found.append((k, Mention(t.text, w.PRONOUNS[t.low], "pronoun", offset + t.start)))
        elif tokens.low(k) in POSSESSIVES and tokens.low(k + 1) in BODY:
            t = tokens.tokens[k]  # `jumps on her shoulder`
            found.append((k, Mention(t.text, POSSESSIVES[t.low], "pronoun", offset + t.start)))
            used_until = k + 2
        elif tokens.low(k) == "her" and not (tokens.word(k + 1) and not tokens.function(k + 1)):
            t = tokens.tokens[k]
            found.append((k, Mention(t.text, "she", "pronoun", offset + t.start)))
        elif tokens.low(k) in ("one", "other", "both") and (
            k + 1 in tokens.verbs
            or tokens.low(k + 1).endswith("ly")
            or tokens.low(k + 1) in w.BE
            or not tokens.word(k + 1)
        ):
            t = tokens.tokens[k]
            head = "they" if t.low == "both" else t.low
            found.append((k, Mention(t.text, head, "pronoun", offset + t.start)))
        elif tokens.is_name(k) and not tokens.tokens[k].text.endswith(("'s", "’s")):
            last = k
            while last + 1 < b and tokens.is_name(last + 1):
                last += 1
            used_until = last + 1
            text = " ".join(t.text for t in tokens.tokens[k : last + 1])
            held = found[-1][1] if found else None
            between = [tokens.low(j) for j in range(found[-1][0] + 1, k)] if found else []
            titled = (
                held is not None
                and held.sort == "character"
                and (not between or between in (["named"], ["called"], [","]))
            )
            if titled and held is not None:
                found[-1] = (
                    last,
                    Mention(
                        **(vars(held) | {"also": text, "text": f"{held.text} {text}" if not between else held.text})
                    ),
                )
                continue
            apposed = tokens.low(last + 1) in (",", "the") and next(
                (
                    j
                    for j in range(last + 1, min(last + 6, b))
                    if j in tokens.nouns and tokens.nouns[j].sort == "character"
                ),
                None,
            )
            kind = None
            if (
                apposed
                and all(
                    tokens.low(j) in w.DETERMINERS or tokens.low(j) == "," or not tokens.function(j)
                    for j in range(last + 1, apposed)
                )
                and not any(j in tokens.verbs for j in range(last + 1, apposed))
            ):
                kind, used_until = tokens.nouns[apposed].id, tokens.nouns[apposed].last + 1
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
        vocabulary = CHARACTER_KINDS if sort == "character" else PROP_KINDS
        known = [f for f in forms if vocabulary.find(" ".join([*words, f]))]
        singular = known[-1] if known else surface
        if singular == surface and singular.endswith("s") and vocabulary.find(singular.removesuffix("s")):
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
    if count == 1 and singular != surface and sort == "character":
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

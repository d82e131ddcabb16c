"""English clauses: sentence ends, then verbs joined by `and`, `then`, `while`, commas; the subject is carried over.

Knows word order. Does not know who is meant by a pronoun: that is casting's work.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from agents.reading import words_en as w
from agents.reading.clauses import Clause, Mention, Reading, Scene
from agents.reading.layout import Piece, pieces, quotes, sentences
from agents.reading.nouns_en import BREAKS, after_preposition, mentions_in
from agents.reading.tokens_en import Tokens, proper_names
from agents.reading.verbs_en import verb_forms
from shotplan.vocabulary import ACTIONS, Language

LOCATING = frozenset({"in", "inside", "into", "at", "on", "through", "across", "along", "around", "by", "near", "over"})
GROUND_WORDS = {
    "hill": "hill",
    "slope": "slope",
    "hillside": "slope",
    "stairs": "steps",
    "steps": "steps",
    "staircase": "steps",
    "gap": "gap",
    "ravine": "gap",
    "ditch": "gap",
    "chasm": "gap",
    "pit": "gap",
    "uphill": "slope",
}


def read(script: str, language: Language, *, by_sentence: bool) -> Reading:
    """Clauses and scenes of an English script."""
    parts = pieces(script)
    said = [(p, s) for p in parts if p.sort == "prose" for s in sentences(p.text, spoken_by=_says_who)]
    names = proper_names(script, [s for _, s in said], {p.speaker for p in parts if p.speaker})
    clauses: list[Clause] = []
    scenes: list[Scene] = []
    carried: tuple[Mention, ...] = ()
    count = 0
    for part in parts:
        if part.sort == "heading":
            _add_scene(scenes, Tokens.of(part.text, [], names), heading=part.text)
        elif part.sort == "line":
            _open_scene(scenes)
            clauses.append(_spoken(part, count, len(scenes) - 1, names))
            count += 1
        else:
            for offset, sentence in sentences(part.text, spoken_by=_says_who):
                marks = quotes(sentence)
                tokens = Tokens.of(sentence, marks, names)
                _add_scene(scenes, tokens)
                new = _clauses(
                    sentence, part.start + offset, tokens, marks, carried, count, len(scenes) - 1, by_sentence
                )
                for clause in new:
                    carried = clause.subjects or carried
                clauses += new
                count += 1
    if clauses and not any(c.happens for c in clauses):
        first = clauses[0]
        clauses[0] = Clause(**(vars(first) | {"happens": True}))
    return Reading(language, tuple(clauses), tuple(scenes) or (Scene(),))


def _says_who(rest: str) -> bool:
    words = re.findall(r"[A-Za-z']+", rest[:60])[:4]
    return any(ACTIONS.find(f) == "talk" for word in words for f in verb_forms(word))


def _spoken(part: Piece, sentence: int, scene: int, names: set[str]) -> Clause:
    manner = Tokens.of(part.manner, [], names)
    felt = tuple(dict.fromkeys(f.id for f in manner.nouns.values() if f.sort == "emotion"))
    return Clause(
        part.text, part.start, sentence, scene, actions=("talk",), emotions=felt, line=part.text, speaker=part.speaker
    )


def _open_scene(scenes: list[Scene]) -> None:
    if not scenes:
        scenes.append(Scene())


def _add_scene(scenes: list[Scene], tokens: Tokens, heading: str = "") -> None:
    """Note the place, time, weather and ground the words name; a new place opens a new scene."""
    located: list[str] = []
    named: list[str] = []
    found: dict[str, list[str]] = {"time": [], "weather": []}
    grounds = [GROUND_WORDS[t.low] for t in tokens.tokens if t.low in GROUND_WORDS]
    for k, noun in tokens.nouns.items():
        if k != noun.first:
            continue
        if noun.sort == "place":
            j = k - 1
            while (
                j >= 0
                and tokens.word(j)
                and tokens.low(j) not in w.PREPOSITIONS
                and j not in tokens.verbs
                and k - j < 5
            ):
                j -= 1
            entered = (j + 1 < k and tokens.low(j) in LOCATING) or tokens.low(k - 1) in LOCATING
            (located if entered or heading else named).append(noun.id)
        elif noun.sort in found and k not in tokens.verbs:
            found[noun.sort].append(noun.id)
            if tokens.low(k) == "sunny":
                found["weather"].append("clear")
    places = tuple(dict.fromkeys(located or named))
    new = Scene(
        places,
        tuple(dict.fromkeys(found["time"])),
        tuple(dict.fromkeys(found["weather"])),
        tuple(dict.fromkeys(grounds)),
        heading,
    )
    current = scenes[-1] if scenes else None
    moved = current is not None and bool(current.places) and bool(located) and located[0] not in current.places
    if current is None or (heading and (current.places or current.heading)) or moved:
        scenes.append(new)
        return
    scenes[-1] = Scene(
        tuple(dict.fromkeys(current.places + (places if not current.places else ()))),
        tuple(dict.fromkeys(current.times + new.times)),
        tuple(dict.fromkeys(current.weathers + new.weathers)),
        tuple(dict.fromkeys(current.grounds + new.grounds)),
        heading or current.heading,
    )


def _clauses(
    sentence: str,
    start: int,
    tokens: Tokens,
    marks: list[tuple[int, int]],
    carried: tuple[Mention, ...],
    count: int,
    scene: int,
    whole: bool,
) -> list[Clause]:
    """The clauses of one sentence; `start` is its offset in the script."""
    segments = [(0, len(tokens.tokens))] if whole else _segments(tokens)
    if not segments or not tokens.tokens:
        segments = [(0, len(tokens.tokens))]
    bounds = [_span(sentence, tokens, a, b) for a, b in segments]
    if marks:  # every quotation lies in one clause
        bounds = _around_quotes(bounds, marks)
    found: list[Clause] = []
    subjects = carried
    for (a, b), (left, right) in zip(segments, bounds, strict=True):
        lines = [sentence[x:y].strip(' "“”「」『』«»') for x, y in marks if left <= x < right]
        clause = _clause(sentence[left:right], start, left, tokens, a, b, subjects, count, scene, " ".join(lines))
        found.append(clause)
        subjects = clause.subjects or subjects
    return [replace(c, around=sentence) for c in found] if len(found) > 1 else found


def _around_quotes(bounds: list[tuple[int, int]], marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out = [list(b) for b in bounds]
    for x, y in marks:
        inside = next((k for k, (a, b) in enumerate(out) if a <= x < b), None)
        if inside is None:
            before = [k for k, (_, b) in enumerate(out) if b <= x]
            inside = before[-1] if before else 0
        out[inside] = [min(out[inside][0], x), max(out[inside][1], y)]
        for k in range(inside + 1, len(out)):
            out[k][0] = max(out[k][0], out[inside][1])
            out[k][1] = max(out[k][1], out[k][0])
    return [(a, b) for a, b in out]


def _segments(tokens: Tokens) -> list[tuple[int, int]]:
    """Token ranges, each with a verb of its own."""
    cuts = [0] + [k for k, t in enumerate(tokens.tokens) if t.low in BREAKS] + [len(tokens.tokens)]
    segments: list[tuple[int, int]] = []
    for a, b in pairwise(cuts):
        if b <= a:
            continue
        has_verb = any(v.finite for k, v in tokens.verbs.items() if a <= k < b)
        if (segments and not _complete(tokens, *segments[-1])) or (segments and not has_verb):
            segments[-1] = (segments[-1][0], b)
        else:
            segments.append((a, b))
    return segments


def _complete(tokens: Tokens, a: int, b: int) -> bool:
    return any(v.finite for k, v in tokens.verbs.items() if a <= k < b)


def _span(sentence: str, tokens: Tokens, a: int, b: int) -> tuple[int, int]:
    """Character range of tokens [a, b) without joining words and punctuation at its ends."""
    while a < b - 1 and (tokens.low(a) in BREAKS or not tokens.word(a)):
        a += 1
    while b - 1 > a and (tokens.low(b - 1) in BREAKS or tokens.tokens[b - 1].text in ".…:"):
        b -= 1
    if not tokens.tokens or a >= b:
        return 0, len(sentence)
    return tokens.tokens[a].start, tokens.tokens[b - 1].end


def _clause(
    span: str,
    start: int,
    left: int,
    tokens: Tokens,
    a: int,
    b: int,
    carried: tuple[Mention, ...],
    count: int,
    scene: int,
    line: str,
) -> Clause:
    verbs = [v for k, v in sorted(tokens.verbs.items()) if a <= k < b]
    main = next((v for v in verbs if v.finite), verbs[0] if verbs else None)
    mentions = mentions_in(tokens, a, b, start)
    first = main.at if main else b
    passive = (
        main is not None and tokens.low(main.at - 1) in w.BE and any(tokens.low(k) == "by" for k in range(main.at, b))
    )
    before = [m for k, m in mentions if k < first and not after_preposition(tokens, a, k)]
    after = [m for k, m in mentions if k > first]
    if passive and main is not None:
        by = next(k for k in range(main.at, b) if tokens.low(k) == "by")
        agents = [m for k, m in mentions if k > by]
        if agents and tokens.low(main.at).endswith(("ed", "en", "t")):
            before, after = agents[:1], before
    subjects = tuple(m for m in before if not (m.sort == "pronoun" and m.head == "who"))
    if not subjects and (verbs or line):
        living = [m for m in after if m.sort in ("character", "name", "pronoun")]
        inverted = (
            main is not None
            and first > a
            and living
            and not line
            and any(tokens.low(k) in w.PREPOSITIONS for k in range(a, first))
        )
        if line and living and not carried:
            inverted = True
        if line and living and any("talk" in v.actions for v in verbs):
            inverted = True  # "Hello," says the fox
        subjects = (living[0],) if inverted else carried
        after = [m for m in after if m not in subjects]
    ordered = ([main] if main else []) + [v for v in verbs if v is not main]
    actions = tuple(dict.fromkeys(id for v in ordered for id in v.actions))
    near = tuple(dict.fromkeys(id for v in ordered for id in v.near)) if not actions else ()
    felt = tuple(dict.fromkeys(f.id for k, f in sorted(tokens.nouns.items()) if a <= k < b and f.sort == "emotion"))
    if line:
        actions = ("talk",)
    alive = any(m.sort in ("character", "name", "pronoun", "unknown") for m in subjects)
    if not verbs and felt and subjects:
        near = ("look", "stand")
    happens = bool(line) or (bool(verbs) and (alive or _stirs(subjects, actions))) or (bool(felt) and alive)
    return Clause(
        span,
        start + left,
        count,
        scene,
        subjects,
        tuple(after),
        actions,
        near,
        felt,
        line,
        happens=happens,
    )


def _stirs(subjects: tuple[Mention, ...], actions: tuple[str, ...]) -> bool:
    """A thing that moves is a happening; a thing that lies somewhere is a description."""
    return bool(subjects) and not set(actions) <= {"stand", "lie", "sit", "look", "touch", "bow"}

"""Chinese and Japanese scripts: sentences cut at punctuation into stretches with a verb each; the subject is carried over.

Knows punctuation and scenes. Does not know what happens inside a clause (`cjk_clauses`), nor who is meant by a pronoun.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from agents.reading.cjk_clauses import Segment, chinese, japanese
from agents.reading.cjk_words import hits_in, mentions_of, without_quotes
from agents.reading.clauses import Clause, Mention, Reading, Scene
from agents.reading.layout import pieces, quotes, sentences
from agents.reading.orders import orders
from shotplan.vocabulary import Language

GROUNDS = {
    "山坡": "slope",
    "斜坡": "slope",
    "坡": "slope",
    "坂": "slope",
    "台阶": "steps",
    "楼梯": "steps",
    "階段": "steps",
    "沟": "gap",
    "溝": "gap",
    "山丘": "hill",
    "丘": "hill",
}
ENTERED = {"zh": re.compile(r"(在|到|穿过|进|走进|进入|沿着|跑过|走过)$"), "ja": re.compile(r"^(で|に|を|の中|へ)")}
BUILDERS = {"zh": chinese, "ja": japanese}


def read(script: str, language: Language, *, by_sentence: bool, names: frozenset[str] = frozenset()) -> Reading:
    """Clauses and scenes of a Chinese or Japanese script. `names`: of characters whom the user's library knows."""
    clauses: list[Clause] = []
    scenes: list[Scene] = []
    carried: tuple[Mention, ...] = ()
    count = 0
    build = BUILDERS[language]
    for part in pieces(script):
        if part.sort == "heading":
            _add_scene(scenes, part.text, language, names, heading=part.text)
            continue
        if part.sort == "line":
            if not scenes:
                scenes.append(Scene())
            clauses.append(
                Clause(
                    part.text,
                    part.start,
                    count,
                    len(scenes) - 1,
                    actions=("talk",),
                    line=part.text,
                    speaker=part.speaker,
                )
            )
            count += 1
            continue
        for offset, sentence in sentences(
            part.text, spoken_by=lambda rest: bool(re.match(r"と|[^。！？]{0,8}(说|问|喊|道)", rest))
        ):
            _add_scene(scenes, without_quotes(sentence), language, names)
            at, scene = part.start + offset, len(scenes) - 1
            asked = orders(sentence, quotes(sentence), language)
            clauses += [_order(sentence[a:b], at + a, language, names, count, scene) for a, b in asked]
            stretches = _between(sentence, asked)
            ranges = [r for free in stretches for r in ([free] if by_sentence else _segments(sentence, free, language, names))]
            for a, b in ranges:
                clause = build(Segment.of(sentence[a:b], at + a, language, names), carried, count, scene)
                clause = replace(clause, around=sentence if len(ranges) > 1 else "")
                carried = clause.subjects or carried
                clauses.append(clause)
            count += 1
    if clauses and not any(c.happens or c.camera for c in clauses):
        clauses[0] = replace(clauses[0], happens=True)
    return Reading(language, tuple(clauses), tuple(scenes) or (Scene(),))


def _add_scene(scenes: list[Scene], text: str, language: Language, names: frozenset[str], heading: str = "") -> None:
    hits = hits_in(text, language, names)
    places = tuple(dict.fromkeys(h.id for h in hits if h.sort == "place"))
    located = tuple(
        dict.fromkeys(
            h.id
            for h in hits
            if h.sort == "place"
            and (
                heading
                or (ENTERED["zh"].search(text[: h.start]) if language == "zh" else ENTERED["ja"].match(text[h.end :]))
            )
        )
    )
    grounds = tuple(dict.fromkeys(g for word, g in GROUNDS.items() if word in text))
    times, weathers = (tuple(dict.fromkeys(h.id for h in hits if h.sort == sort)) for sort in ("time", "weather"))
    times += tuple(t for t, sign in (("night", "夜"),) if sign in text and t not in times)
    signs = (("rain", "雨(?!伞)"), ("snow", "雪の夜|雪夜"))
    weathers += tuple(w for w, sign in signs if re.search(sign, text) and w not in weathers)
    current = scenes[-1] if scenes else None
    if (
        current is None
        or (heading and (current.places or current.heading))
        or (located and current.places and located[0] not in current.places)
    ):
        scenes.append(Scene(located or places, times, weathers, grounds, heading))
        return
    scenes[-1] = Scene(
        current.places or located or places,
        tuple(dict.fromkeys(current.times + times)),
        tuple(dict.fromkeys(current.weathers + weathers)),
        tuple(dict.fromkeys(current.grounds + grounds)),
        heading or current.heading,
    )


def _between(sentence: str, asked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges of a sentence that are no order to the camera and hold a word."""
    edges = [0, *[x for span in asked for x in span], len(sentence)]
    free = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if re.search(r"\w", sentence[a:b])]
    return free if free or asked else [(0, len(sentence))]


def _order(text: str, start: int, language: Language, names: frozenset[str], count: int, scene: int) -> Clause:
    """An order to the camera, with whom and what it names."""
    hits = hits_in(text, language, names)
    seen = [m for _, m in mentions_of(text, hits, language, start) if m.sort in ("character", "prop", "pronoun") or m.head in names]
    return Clause(text, start, count, scene, objects=tuple(seen), camera=True, happens=False)


def _segments(whole: str, free: tuple[int, int], language: Language, names: frozenset[str]) -> list[tuple[int, int]]:
    """Character ranges of `whole` within `free`, each with a verb of its own."""
    return [(free[0] + a, free[0] + b) for a, b in _verb_ranges(whole[free[0] : free[1]], language, names)]


def _verb_ranges(sentence: str, language: Language, names: frozenset[str]) -> list[tuple[int, int]]:
    marks = quotes(sentence)
    cuts = [0]
    for m in re.finditer(r"[，,、；;]|(?:然后|接着|并且|而且)", sentence):
        if not any(a <= m.start() < b for a, b in marks):
            cuts.append(m.start() if len(m.group()) > 1 else m.end())
    if language == "ja":
        for m in re.finditer(r"(?<=[てで])(?=[^、。]{2})", sentence):
            if (
                not any(a <= m.start() < b for a, b in marks)
                and _has_verb(sentence[cuts[-1] : m.start()], language, names)
                and sentence[m.start()] not in "いるあもかみおくは"
            ):
                cuts.append(m.start())
    cuts = sorted({*cuts, len(sentence)})
    out: list[tuple[int, int]] = []
    for a, b in pairwise(cuts):
        if out and (
            not _has_verb(sentence[out[-1][0] : out[-1][1]], language, names)
            or not _has_verb(sentence[a:b], language, names)
        ):
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def _has_verb(text: str, language: Language, names: frozenset[str]) -> bool:
    return any(h.sort == "action" for h in hits_in(without_quotes(text), language, names)) or bool(quotes(text))

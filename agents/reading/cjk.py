"""Chinese and Japanese clauses: punctuation, then verbs of the vocabulary; the subject is carried over.

Knows particles, measure words and verb stems. Does not know who is meant by a pronoun: that is casting's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from agents.reading.clauses import Clause, Mention, Reading, Scene
from agents.reading.orders import orders
from agents.reading.layout import pieces, quotes, sentences
from shotplan.vocabulary import (
    ACTIONS,
    CHARACTER_KINDS,
    EMOTIONS,
    PLACES,
    PROP_KINDS,
    TIMES,
    WEATHERS,
    Language,
    Vocabulary,
)

SORTS: tuple[tuple[str, Vocabulary], ...] = (
    ("character", CHARACTER_KINDS),
    ("action", ACTIONS),
    ("prop", PROP_KINDS),
    ("place", PLACES),
    ("time", TIMES),
    ("weather", WEATHERS),
    ("emotion", EMOTIONS),
)
PRONOUNS = {
    "zh": {
        "他们": "they",
        "她们": "they",
        "它们": "they",
        "两人": "they",
        "二人": "they",
        "大家": "they",
        "他": "he",
        "她": "she",
        "它": "it",
        "我": "i",
        "另一个": "other",
        "另一人": "other",
        "其中一个": "one",
        "一个倒下": "one",
    },
    "ja": {
        "彼ら": "they",
        "二人": "they",
        "ふたり": "they",
        "二匹": "they",
        "彼女": "she",
        "彼": "he",
        "それ": "it",
        "私": "i",
        "もう一人": "other",
        "一人": "one",
    },
}
NOT_WORDS = {
    "zh": ("马上", "一起", "小心", "时候", "大人", "人们", "花费", "打开", "看起来", "听见"),
    "ja": ("大人", "人々", "一緒", "木曜", "会話", "上手", "大事"),
}
COUNTS = {"两": 2, "二": 2, "兩": 2, "双": 2, "三": 3, "几": 3, "四": 3, "2": 2, "3": 3}
SIZE_WORDS = (
    "巨大的",
    "巨大な",
    "巨大",
    "大きな",
    "大きい",
    "小さな",
    "小さい",
    "很大的",
    "很高的",
    "高大的",
    "高い",
    "低い",
    "矮小的",
    "大",
    "小",
    "高",
)
COLOR = re.compile(r"(红|赤|橙|黄|绿|緑|蓝|青|紫|粉|白|黑|黒|灰|棕|茶|金|银|銀)(?:色|い|色的|色の|毛)?的?の?$")
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
KATAKANA = re.compile(r"[ァ-ヶー]{2,10}")
ENTERED = {"zh": re.compile(r"(在|到|穿过|进|走进|进入|沿着|跑过|走过)$"), "ja": re.compile(r"^(で|に|を|の中|へ)")}
SPOKEN_ZH = re.compile(r"(?:说|问|喊|叫|讲|回答|道)\s*[:：，,]?\s*$")


@dataclass(frozen=True)
class Hit:
    start: int
    end: int
    sort: str
    id: str
    word: str


def read(script: str, language: Language, *, by_sentence: bool) -> Reading:
    """Clauses and scenes of a Chinese or Japanese script."""
    clauses: list[Clause] = []
    scenes: list[Scene] = []
    carried: tuple[Mention, ...] = ()
    count = 0
    for part in pieces(script):
        if part.sort == "heading":
            _add_scene(scenes, part.text, language, heading=part.text)
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
            _add_scene(scenes, _without_quotes(sentence), language)
            at, scene = part.start + offset, len(scenes) - 1
            asked = orders(sentence, quotes(sentence), language)
            clauses += [_order(sentence[a:b], at + a, language, count, scene) for a, b in asked]
            ranges = [r for free in _between(sentence, asked) for r in ([free] if by_sentence else _segments(sentence, free, language))]
            for a, b in ranges:
                clause = _clause(sentence[a:b], at + a, language, carried, count, scene)
                clause = replace(clause, around=sentence if len(ranges) > 1 else "")
                carried = clause.subjects or carried
                clauses.append(clause)
            count += 1
    if clauses and not any(c.happens or c.camera for c in clauses):
        clauses[0] = replace(clauses[0], happens=True)
    return Reading(language, tuple(clauses), tuple(scenes) or (Scene(),))


@cache
def _words(language: Language) -> tuple[tuple[str, str, str], ...]:
    """(word, sort, id), longest first. Japanese verbs also by their stem."""
    found: dict[tuple[str, str], str] = {}
    for sort, vocabulary in SORTS:
        for term in vocabulary.values():
            for word in term.by_language[language]:
                found.setdefault((word, sort), term.id)
                if language == "ja" and sort == "action":
                    for stem in _stems(word):
                        found.setdefault((stem, sort), term.id)
                if language == "ja" and sort == "emotion" and word.endswith(("く", "い", "る")) and len(word) > 2:
                    found.setdefault((word[:-1], sort), term.id)
                if language == "ja" and sort == "emotion" and word.endswith("く"):
                    found.setdefault((word[:-1] + "い", sort), term.id)
    return tuple(sorted(((w, s, i) for (w, s), i in found.items()), key=lambda x: -len(x[0])))


ROWS = {
    "る": "りっれ",
    "う": "いって",
    "く": "きいこ",
    "ぐ": "ぎい",
    "す": "しさ",
    "つ": "ちっ",
    "ぬ": "にん",
    "ぶ": "びん",
    "む": "みん",
}


def _stems(word: str) -> list[str]:
    """Forms a dictionary verb takes before an ending: 走る -> 走り, 走っ, 走れ; 見る -> 見."""
    if len(word) < 2 or word[-1] not in ROWS or word == "する":
        return []
    stems = [word[:-1] + kana for kana in ROWS[word[-1]]]
    if word[-1] == "る" and len(word) >= 2:
        stems += [word[:-1] + end for end in ("て", "た", "ま", "な", "、")] if len(word[:-1]) == 1 else [word[:-1]]
    return stems


def _hits(text: str, language: Language) -> list[Hit]:
    taken = [False] * len(text)
    for word in NOT_WORDS[language]:
        for m in re.finditer(re.escape(word), text):
            taken[m.start() : m.end()] = [True] * len(word)
    if language == "zh":
        for m in re.finditer("打开", text):
            taken[m.start() : m.end()] = [False] * 2
    for word in PRONOUNS[language]:
        if len(word) > 1:
            for m in re.finditer(re.escape(word), text):
                taken[m.start() : m.end()] = [True] * len(word)
    found = []
    for word, sort, id in _words(language):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(word)
                found.append(Hit(start, end, sort, id, word))
            start = text.find(word, end)
    return sorted(found, key=lambda h: h.start)


def _without_quotes(text: str) -> str:
    for a, b in quotes(text):
        text = text[:a] + "　" * (b - a) + text[b:]
    return text


def _add_scene(scenes: list[Scene], text: str, language: Language, heading: str = "") -> None:
    hits = _hits(text, language)
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


def _order(text: str, start: int, language: Language, count: int, scene: int) -> Clause:
    """An order to the camera, with whom and what it names."""
    seen = [m for _, m in _mentions(text, _hits(text, language), language, start) if m.sort in ("character", "prop", "pronoun")]
    return Clause(text, start, count, scene, objects=tuple(seen), camera=True, happens=False)


def _segments(whole: str, free: tuple[int, int], language: Language) -> list[tuple[int, int]]:
    """Character ranges of `whole` within `free`, each with a verb of its own."""
    return [(free[0] + a, free[0] + b) for a, b in _verb_ranges(whole[free[0] : free[1]], language)]


def _verb_ranges(sentence: str, language: Language) -> list[tuple[int, int]]:
    marks = quotes(sentence)
    cuts = [0]
    for m in re.finditer(r"[，,、；;]|(?:然后|接着|并且|而且)", sentence):
        if not any(a <= m.start() < b for a, b in marks):
            cuts.append(m.start() if len(m.group()) > 1 else m.end())
    if language == "ja":
        for m in re.finditer(r"(?<=[てで])(?=[^、。]{2})", sentence):
            if (
                not any(a <= m.start() < b for a, b in marks)
                and _has_verb(sentence[cuts[-1] : m.start()], language)
                and sentence[m.start()] not in "いるあもかみおくは"
            ):
                cuts.append(m.start())
    cuts = sorted({*cuts, len(sentence)})
    out: list[tuple[int, int]] = []
    for a, b in pairwise(cuts):
        if out and (
            not _has_verb(sentence[out[-1][0] : out[-1][1]], language) or not _has_verb(sentence[a:b], language)
        ):
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def _has_verb(text: str, language: Language) -> bool:
    return any(h.sort == "action" for h in _hits(_without_quotes(text), language)) or bool(quotes(text))


def _clause(text: str, start: int, language: Language, carried: tuple[Mention, ...], count: int, scene: int) -> Clause:
    trimmed = text.strip(" ，,、；;。.\n")
    start += text.find(trimmed) if trimmed else 0
    plain = _without_quotes(trimmed)
    hits = _hits(plain, language)
    line = " ".join(trimmed[a:b].strip('“”"「」『』') for a, b in quotes(trimmed))
    verbs = [h for h in hits if h.sort == "action"]
    if language == "ja":
        verbs = verbs[::-1]  # the main verb comes last
    mentions = _mentions(plain, hits, language, start)
    first = min((h.start for h in verbs), default=len(plain))
    if language == "zh":
        before = [
            m
            for at, m in mentions
            if at < first and m.sort in ("character", "name", "pronoun") and not _oblique(plain, at)
        ]
        after = [m for at, m in mentions if m not in before]
    else:
        before = [m for at, m in mentions if re.match(r"(は|が|も)", _behind(plain, at, m))]
        if (
            not before
            and mentions
            and mentions[0][1].sort in ("character", "name")
            and re.match(r"と", _behind(plain, *mentions[0]))
            and len(mentions) > 1
        ):
            before = [m for _, m in mentions[:2] if m.sort in ("character", "name")]
        after = [m for _, m in mentions if m not in before]
    if (
        len(before) == 1
        and after
        and re.search("[和与跟]|と", plain[:first])
        and language == "zh"
        and after[0].sort in ("character", "name")
        and after[0].start - start < first
    ):
        before, after = [before[0], after[0]], after[1:]
    subjects = tuple(before) or _unknown_subject(plain, first, hits, language, start) or carried
    felt = tuple(dict.fromkeys(h.id for h in hits if h.sort == "emotion"))
    actions = ("talk",) if line else tuple(dict.fromkeys(h.id for h in verbs if h.id != "perform"))
    alive = any(m.sort in ("character", "name", "pronoun", "unknown") for m in subjects)
    near = ("look", "stand") if not verbs and felt else ()
    happens = bool(line) or (bool(verbs) and alive) or (bool(felt) and alive)
    return Clause(
        trimmed or text, start, count, scene, subjects, tuple(after), actions, near, felt, line, happens=happens
    )


def _behind(text: str, at: int, mention: Mention) -> str:
    return text[
        text.find(mention.head, at) + len(mention.head) if mention.sort != "pronoun" else at + len(mention.text) :
    ]


def _oblique(text: str, at: int) -> bool:
    """Whether a mention stands behind a preposition: 对, 向, 给, 在, 把."""
    return bool(
        re.search(r"(对|向|给|在|把|朝|从|跟)(?:[一两三这那]?[只个条位名匹头]?)?(?:[^，。]{0,4}的)?$", text[:at])
    )


def _unknown_subject(text: str, first: int, hits: list[Hit], language: Language, start: int) -> tuple[Mention, ...]:
    """Leading characters that no vocabulary knows, as a name: 小明走过来."""
    lead = text[:first]
    if language == "ja":
        m = re.match(r"([一-鿿ァ-ヶーぁ-ん]{1,8}?)(は|が)", text)
        if not m or any(h.start < m.end(1) for h in hits):
            return ()
        return (Mention(m.group(1), m.group(1), "name", start),)
    m = re.match(r"([一-鿿]{2,3})$", lead.strip())
    if (
        m
        and not any(h.start < first for h in hits)
        and not re.search(
            "马上|立刻|赶紧|赶快|终于|一起|突然|然后|接着|最后|于是|忽然|慢慢|悄悄|再|又|就|都|也|在|从|对", lead
        )
    ):
        return (Mention(m.group(1), m.group(1), "name", start),)
    return ()


def _mentions(text: str, hits: list[Hit], language: Language, start: int) -> list[tuple[int, Mention]]:
    found: list[tuple[int, Mention]] = []
    for k, hit in enumerate(hits):
        if hit.sort not in ("character", "prop"):
            continue
        following = hits[k + 1] if k + 1 < len(hits) else None
        if following is not None and following.start == hit.end and following.sort in ("character", "prop", "place"):
            continue
        lead = text[max(0, hit.start - 12) : hit.start]
        adjectives, begin = _described(lead, hit.start)
        count = next(
            (n for word, n in COUNTS.items() if re.search(word + r"(?:[只个名位条匹头人]|人の|匹の)?$", text[:begin])),
            1,
        )
        if count > 1:
            begin = max(0, begin - 3)
        fresh = bool(re.search(r"(另一[只个名位]|もう一[匹人]の|別の)$", text[: hit.start]))
        found.append(
            (
                hit.start,
                Mention(
                    text[begin : hit.end].strip(" ，、"),
                    hit.word,
                    "character" if hit.sort == "character" else "prop",
                    start + begin,
                    hit.id,
                    adjectives,
                    count,
                    fresh,
                ),
            )
        )
    for word, head in sorted(PRONOUNS[language].items(), key=lambda x: -len(x[0])):
        at = text.find(word)
        if (
            at >= 0
            and not any(h.start <= at < h.end for h in hits)
            and not any(a <= at < a + len(m.text) for a, m in found if m.sort == "pronoun")
            and text[at + len(word) : at + len(word) + 1] not in ("的", "の")
        ):
            found.append((at, Mention(word, head, "pronoun", start + at)))
    if language == "ja":
        for m in KATAKANA.finditer(text):
            if not any(h.start < m.end() and m.start() < h.end for h in hits):
                found.append((m.start(), Mention(m.group(), m.group(), "name", start + m.start())))
    return sorted(found, key=lambda x: x[0])


def _described(lead: str, at: int) -> tuple[tuple[str, ...], int]:
    """Size and colour words right before a noun, and where they begin."""
    adjectives: list[str] = []
    changed = True
    while changed:
        changed = False
        for word in SIZE_WORDS:
            if lead.endswith((word, word + "的")):
                n = len(word) + (1 if lead.endswith(word + "的") else 0)
                adjectives.insert(0, word.rstrip("的なの"))
                lead, at, changed = lead[:-n], at - n, True
                break
        color = COLOR.search(lead)
        if color:
            adjectives.insert(0, color.group(1))
            at -= len(lead) - color.start()
            lead, changed = lead[: color.start()], True
    return tuple(adjectives), at

"""Chinese and Japanese words in a text: vocabulary words, verb stems, names and pronouns, with size, colour and number.

Knows particles, measure words and verb endings. Does not know clauses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agents.reading import words_cjk
from agents.reading.clauses import Mention
from agents.reading.layout import quotes
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
        "那只": "one",
        "那个": "one",
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
    "ja": ("カメラ", "大人", "人々", "一緒", "木曜", "会話", "上手", "大事"),
}
COUNTS = {"两": 2, "二": 2, "兩": 2, "双": 2, "三": 3, "几": 3, "四": 4, "五": 5, "六": 6, "七": 7, "2": 2, "3": 3, "4": 4, "5": 5}
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
KATAKANA = re.compile(r"[ァ-ヶー]{2,10}")


@dataclass(frozen=True)
class Hit:
    start: int
    end: int
    sort: str
    id: str
    word: str


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
    for sort, more in (words_cjk.ZH_MORE if language == "zh" else words_cjk.JA_MORE).items():
        for word, id in more.items():
            found[(word, sort)] = id
            if language == "ja" and sort == "action":
                for stem in _stems(word):
                    found.setdefault((stem, sort), id)
    return tuple(sorted(((w, s, i) for (w, s), i in found.items()), key=lambda x: -len(x[0])))


ROWS = {
    "る": "りっれら",
    "う": "いってわ",
    "く": "きいこか",
    "ぐ": "ぎいが",
    "す": "しさ",
    "つ": "ちった",
    "ぬ": "にんな",
    "ぶ": "びんば",
    "む": "みんま",
}


def _stems(word: str) -> list[str]:
    """Forms a dictionary verb takes before an ending: 走る -> 走り, 走っ, 走れ; 見る -> 見."""
    if len(word) < 2 or word[-1] not in ROWS or word == "する":
        return []
    stems = [word[:-1] + kana for kana in ROWS[word[-1]]]
    if word[-1] == "る" and len(word) >= 2:
        stems += [word[:-1] + end for end in ("て", "た", "ま", "な", "ず", "ら", "、")] if len(word[:-1]) == 1 else [word[:-1]]
    return stems


def hits_in(text: str, language: Language, names: frozenset[str] = frozenset()) -> list[Hit]:
    """What stands in the text. `names`: of characters whom the user's library knows; they are names whatever else they mean."""
    taken = [False] * len(text)
    found = []
    for name in sorted(names, key=len, reverse=True):
        for m in re.finditer(re.escape(name), text):
            if not any(taken[m.start() : m.end()]):
                taken[m.start() : m.end()] = [True] * len(name)
                found.append(Hit(m.start(), m.end(), "name", name, name))
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
    for m in re.finditer(words_cjk.NAMES[language], text):
        known = any(m.group() == word for word, _, _ in _words(language))
        if not known and m.group() not in words_cjk.NOT_NAMES and not any(taken[m.start() : m.end()]):
            taken[m.start() : m.end()] = [True] * (m.end() - m.start())
            found.append(Hit(m.start(), m.end(), "name", m.group(), m.group()))
    for word, sort, id in _words(language):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(word)
                found.append(Hit(start, end, sort, id, word))
            start = text.find(word, end)
    return sorted(found, key=lambda h: h.start)


def without_quotes(text: str) -> str:
    for a, b in quotes(text):
        text = text[:a] + "　" * (b - a) + text[b:]
    return text


def mentions_of(text: str, hits: list[Hit], language: Language, start: int) -> list[tuple[int, Mention]]:
    found: list[tuple[int, Mention]] = []
    for k, hit in enumerate(hits):
        if hit.sort == "name":
            found.append((hit.start, Mention(hit.word, hit.word, "name", start + hit.start)))
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
            and not (word in ("那只", "那个") and any(h.start == at + len(word) and h.sort in ("character", "prop") for h in hits))
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

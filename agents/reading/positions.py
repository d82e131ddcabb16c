"""Where a clause says that somebody starts, ends or is: `from the left of the tree to its right`, `躲到树后面`, `木の左に立つ`.

Knows words of place in English, Chinese and Japanese. Does not know marks or metres (`agents.roles.blocking`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shotplan.vocabulary import Language

Side = Literal["left", "right", "behind", "front", "beside"]

_NAMED: dict[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:left|right|behind|in front of|cent(?:er|re)|middle|beside|next to|between|background|foreground|"
        r"toward|towards|away from|far side|other side|opposite|edge)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"左|右|前面|后面|身后|身前|旁边|身边|中间|中央|之间|对面|背后|朝|远处|近处"),
    "ja": re.compile(r"左|右|前に|前で|前へ|後ろ|隣|横|そば|間|中央|真ん中|向こう|反対側|奥|手前"),
}


@dataclass(frozen=True)
class Position:
    """A side of a thing or somebody."""

    side: Side
    of: str = ""
    """The words that name whom or what, casefolded; empty: the stage itself, or whatever was named before."""


@dataclass(frozen=True)
class Way:
    """Where a clause begins and ends; None where it does not say."""

    start: Position | None = None
    end: Position | None = None


def names_a_position(text: str, language: Language) -> bool:
    """Whether the words say where on the stage something is or goes."""
    return bool(_NAMED[language].search(text))


_EN_SIDE = re.compile(
    r"(?P<from>\bfrom |\bstart(?:s|ing|ed)? |\bbegin(?:s|ning)? )?(?:on |at |to |in |from )?"
    r"(?:(?:the |its |his |her |their )?(?:far |very |near )?(?P<side>left|right)(?:[- ]hand)?(?: side| edge| end)?"
    r"(?: of (?P<of>(?:the |an? |his |her |its )?[a-z][a-z' -]{1,30}?))?"
    r"|(?P<rel>behind|in front of|beside|next to) (?P<thing>(?:the |an? |his |her |its )?[a-z][a-z' -]{1,30}?))"
    r"(?=$|[.,;!?]| and | to | as | while | until | with | in | on | at | from | where )",
    re.IGNORECASE,
)
_REL: dict[str, Side] = {"behind": "behind", "in front of": "front", "beside": "beside", "next to": "beside"}
_ARTICLE = re.compile(r"^(?:the|an?|his|her|its|their)\s+", re.IGNORECASE)
_CJK_SIDES: dict[str, Side] = {
    "左": "left", "右": "right", "后": "behind", "後ろ": "behind", "背后": "behind", "身后": "behind", "裏": "behind", "前": "front",
    "旁": "beside", "隣": "beside", "横": "beside", "そば": "beside",
}  # fmt: skip
_ZH = re.compile(
    r"(?P<from>从)?(?P<of>[一-鿿]{0,6}?)的?(?P<side>左|右|背后|身后|后(?=面|边|方)|前(?=面|边|方)|旁(?=边))(?:边|面|侧|方)?"
)
_JA = re.compile(
    r"(?:(?P<of>[一-鿿ぁ-んァ-ヶー]{1,8})の)?"
    r"(?P<side>左|右|後ろ|背後|裏|前|隣|横|そば)(?:側|手)?(?P<to>から|へ|に|まで|で|を)"
)


def way(text: str, language: Language) -> Way:
    """The sides that a clause names: the one behind `from` is where it starts, the last other one where it ends."""
    found = {"en": _english, "zh": _chinese, "ja": _japanese}[language](text)
    start = next((p for begins, p in found if begins), None)
    ends = [p for begins, p in found if not begins]
    if start is not None and not start.of and ends and ends[-1].of:
        start = Position(start.side, ends[-1].of)
    if ends and not ends[-1].of and start is not None and start.of:
        ends[-1] = Position(ends[-1].side, start.of)
    return Way(start, ends[-1] if ends else None)


def _english(text: str) -> list[tuple[bool, Position]]:
    found: list[tuple[bool, Position]] = []
    for m in _EN_SIDE.finditer(text):
        if m.group("side"):
            bare = not m.group("of") and not re.search(r"\b(?:on|to|from|at|side|its|his|her)\b", m.group(), re.IGNORECASE)
            begins = bool(m.group("from")) or "from" in m.group().lower().split()[:1]
            if not bare:
                found.append((begins, _position(m.group("side").lower(), m.group("of"))))
        else:
            found.append((bool(m.group("from")), _position(_REL[m.group("rel").lower()], m.group("thing"))))
    sided = [p for _, p in found if p.side in ("left", "right")]
    return [(b, p) for b, p in found if p.side in ("left", "right", "behind") or not sided]


def _position(side: str, of: str | None) -> Position:
    return Position(side, _ARTICLE.sub("", (of or "").strip()).casefold())  # type: ignore[arg-type]


def _chinese(text: str) -> list[tuple[bool, Position]]:
    found = []
    for m in _ZH.finditer(text):
        of = re.sub(r"^.*(?:从|在|到|向|往|走|跑|站|坐|躲|停)", "", m.group("of"))
        near = text[max(0, m.start() - 8) : m.end()]
        starts = "从" in near and "到" not in near[: -len(m.group())].split("从")[-1] + m.group("of")
        found.append((starts, Position(_CJK_SIDES[m.group("side")], of)))
    return found


def _japanese(text: str) -> list[tuple[bool, Position]]:
    found = []
    for m in _JA.finditer(text):
        of = re.sub(r"^.*[はがをに、]", "", m.group("of") or "")
        side: Side = "behind" if m.group("side") == "背後" else _CJK_SIDES[m.group("side")]
        found.append((m.group("to") == "から", Position(side, of)))
    return found

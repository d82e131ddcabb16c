"""Where a clause says that somebody starts, ends or is: `from the left of the tree to its right`, `在门左边`, `木の後ろに`.

Knows words of place in English, Chinese and Japanese. Does not know marks or metres (`agents.roles.blocking`).
"""

from __future__ import annotations

import re

from shotplan.vocabulary import Language

_NAMED: dict[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:left|right|behind|in front of|cent(?:er|re)|middle|beside|next to|between|background|foreground|"
        r"toward|towards|away from|far side|other side|opposite|edge)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"左|右|前面|后面|身后|身前|旁边|身边|中间|中央|之间|对面|背后|朝|远处|近处"),
    "ja": re.compile(r"左|右|前に|前で|前へ|後ろ|隣|横|そば|間|中央|真ん中|向こう|反対側|奥|手前"),
}


def names_a_position(text: str, language: Language) -> bool:
    """Whether the words say where on the stage something is or goes."""
    return bool(_NAMED[language].search(text))

"""Which language a short text is written in, by its letters alone.

Knows scripts (Latin, han, kana). Does not know words, so it tells an English answer from a Chinese one, not good from bad.
"""

from __future__ import annotations

import re

LANGUAGE_NAMES = {"en": "English", "zh": "Chinese", "ja": "Japanese"}
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_SHARE = 0.34
"""Of the characters at least this much has to be the language's own; names, ids and units of others fit beside it."""
_FEW = 4
"""Han characters that make a sentence without kana still pass as Japanese."""


def written_in(text: str, language: str) -> bool:
    """Whether `text` can be a sentence of `language` (`en`, `zh`, `ja`); a text without any letters can.

    A Latin word counts as one character, so that a Chinese sentence may name `lower_log` and a Japanese one `fox`.
    """
    han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
    latin = len(re.findall(rf"{_LATIN.pattern}[\w'-]*", text))
    letters = han + kana + latin
    if letters == 0:
        return True
    match language:
        case "zh":
            return han >= _SHARE * letters and kana <= 0.2 * han
        case "ja":
            return kana + han >= _SHARE * letters and (kana > 0 or han <= _FEW)
        case _:
            return latin >= _SHARE * letters

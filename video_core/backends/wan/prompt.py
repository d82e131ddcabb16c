"""The words a model is given: the shot's prompt with what its family wants said at the end.

Knows AniSora's suffix. Does not know tokens.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable

from video_core.backends.wan.families import Family

_QUOTES = dict.fromkeys((0x2BC, *range(0x2018, 0x201C)), "'") | dict.fromkeys(range(0x201C, 0x2020), '"')
_WIDTHS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (0x3000, *range(0xFB00, 0xFB07), *range(0xFF01, 0xFFF0))}
"""Full-width letters and marks, half-width kana, ligatures."""


def clean(text: str) -> str:
    """One line without HTML entities, quotes straight and letters of one width, as Wan's own programs prepare it.

    What ftfy 6's `fix_text` does there to text that was never decoded wrongly; mistaken encodings are not guessed.
    """
    plain = unicodedata.normalize("NFC", text.translate(_QUOTES | _WIDTHS))
    return " ".join(html.unescape(html.unescape(plain)).split())


def as_long_as_fits(prompt: str, whole: Callable[[str], str], fits: Callable[[str], bool]) -> tuple[str, str]:
    """`whole` of as much of the prompt's beginning as the model reads, and the words left out: a suffix is read in any case.

    `whole`: what is given to the model for a prompt. `fits`: whether the model reads all of that.
    """
    if fits(whole(prompt)):
        return whole(prompt), ""
    words = prompt.split(" ")
    if len(words) < 20:  # Chinese, Japanese
        words = list(prompt)
    between = " " if " ".join(words) == prompt else ""
    least, most = 0, len(words)
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if fits(whole(between.join(words[:middle]))) else (least, middle)
    return whole(between.join(words[:least])), between.join(words[least:])


def model_prompt(prompt: str, family: Family, *, motion: float, aesthetic: float) -> tuple[str, float]:
    """The prompt for this family, and the motion score in it: kept inside the range that the family was tuned with."""
    score = round(min(max(motion, family.motion[0]), family.motion[1]), 2)
    text = clean(prompt)
    if not family.suffix or "motion score:" in text.casefold():
        return text, score
    if text and text[-1] not in ".!?。！？":
        text += "."
    return f"{text} {family.suffix.format(aesthetic=round(aesthetic, 2), motion=score)}".strip(), score

"""How a script is laid out: headings, speakers before a colon, Fountain cues, quotation marks, sentences.

Knows punctuation, and which capitals are said to the camera. Does not know what any other word means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.reading.camera_words import CameraOrder, camera_order

HEADING = re.compile(r"^\s*(?:INT|EXT|EST|I/E|INT\./EXT|INT/EXT)[. ]", re.IGNORECASE)
CJK_HEADING = re.compile(
    r"^\s*(?:第[一二三四五六七八九十\d]+[场場幕章]|场景|シーン|[○〇◯■]\s*|(?:内外景|[内外]景|[室屋][内外])[\s.．・·、，:：—-])"
    r"[^。！？]{0,40}$"
)
LABEL = re.compile(
    r"^\s*(?:scene|act|title|note|chapter|setting|place|time|style|part|credit|author|source)\b[^:：]*[:：]?",
    re.IGNORECASE,
)
TRANSITION = re.compile(r"^\s*(?:[A-Z ]+ TO:|FADE (?:IN|OUT)[.:]?|>.*)\s*$")
SPEAKER = re.compile(r"^\s*([^\W\d_][\w .'’·-]{0,30}?)\s*(?:[(（]([^)）]*)[)）])?\s*[:：]\s*(\S.*)$")
CUE = re.compile(r"^\s*([A-Z][A-Z .'’-]{0,30})\s*(?:\([^)]*\))?\s*$")
QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "«": "»"}
ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|vs|etc|e\.g|i\.e)|\b[A-Z])\.$")


@dataclass(frozen=True)
class Piece:
    """A stretch of the script with one use."""

    sort: Literal["prose", "heading", "line"]
    text: str
    start: int
    speaker: str = ""
    manner: str = ""
    """Words in brackets between speaker and line."""


def pieces(script: str) -> list[Piece]:
    """The script as prose paragraphs, headings and spoken lines, in order, with offsets."""
    found: list[Piece] = []
    lines = [(m.start(), m.group()) for m in re.finditer(r"[^\n]+|\n(?=\n)", script)]
    k = 0
    while k < len(lines):
        start, text = lines[k]
        k += 1
        if not text.strip():
            found.append(Piece("prose", "", start))
            continue
        if TRANSITION.match(text):
            continue
        if HEADING.match(text) or CJK_HEADING.match(text) or (
            LABEL.match(text) and len(text) < 90 and (":" in text or "：" in text or len(text.split()) <= 3)
        ):
            found.append(Piece("heading", text.strip(), start))
            continue
        spoken = SPEAKER.match(text)
        if spoken and _names_a_speaker(spoken.group(1), spoken.group(3)):
            line = spoken.group(3).strip()
            at = start + spoken.start(3)
            if line[0] in QUOTES and line[-1] == QUOTES[line[0]] and len(line) > 2:
                line, at = line[1:-1], at + 1
            found.append(Piece("line", line, at, spoken.group(1).strip(), spoken.group(2) or ""))
            continue
        cue = CUE.match(text)
        if cue and not _asks_for_a_frame(cue.group(1)) and k < len(lines) and lines[k][1].strip() and not CUE.match(lines[k][1]):
            manner = ""
            bracket = re.match(r"^\s*\(([^)]*)\)\s*$", lines[k][1])
            if bracket and k + 1 < len(lines):
                manner = bracket.group(1)
                k += 1
            if lines[k][1].strip():
                at, line = lines[k]
                found.append(
                    Piece("line", line.strip(), at + len(line) - len(line.lstrip()), cue.group(1).strip(), manner)
                )
                k += 1
                continue
        previous = found[-1] if found else None
        if previous and previous.sort == "prose" and previous.text:
            gap = script[previous.start + len(previous.text) : start]
            found[-1] = Piece("prose", previous.text + gap + text, previous.start)
        else:
            found.append(Piece("prose", text, start))
    return [p for p in found if p.text]


def _names_a_speaker(name: str, line: str) -> bool:
    """`Mia: Hello` and `The old man: Hello`, but not `The wolf growls: "Hello"`, which a verb ends."""
    words = name.split()
    camera = re.search(r"镜头|画面|机位|特写|远景|全景|中景|近景|カメラ|アップ|ショット|遠景", name)
    if camera or _asks_for_a_frame(name) or len(re.findall(r"[一-鿿ぁ-ヿ]", name)) > 6:
        return False
    if line[0] in QUOTES and re.search(r"[说道问喊叫答]$|[たるてと]$", name):
        return False
    if len(words) > 3 or re.search(r"[\"“「]", name):
        return False
    return not (line[0] in QUOTES and len(words) > 1 and words[-1].islower() and words[-1].endswith(("s", "ed", "d", "g")))


def _asks_for_a_frame(name: str) -> bool:
    """`LOW ANGLE` and `CLOSE ON` before a colon or on a line of their own are said to the camera, not by somebody."""
    return camera_order(name, "en") != CameraOrder()


def quotes(text: str) -> list[tuple[int, int]]:
    """(start, end) of every quotation in `text`, quotation marks included. An unclosed quotation runs to the end."""
    found, k = [], 0
    while k < len(text):
        close = QUOTES.get(text[k])
        if close is None:
            k += 1
            continue
        end = text.find(close, k + 1)
        end = len(text) if end < 0 else end + 1
        found.append((k, end))
        k = end
    return found


def sentences(text: str, *, spoken_by: Callable[[str], bool]) -> list[tuple[int, str]]:
    """(offset, sentence) with quotations whole. `spoken_by(rest)`: whether `rest` goes on to say who spoke."""
    inside = [False] * (len(text) + 1)
    ends_quote: set[int] = set()
    for a, b in quotes(text):
        inside[a:b] = [True] * (b - a)
        ends_quote.add(b)
    cuts = [0]
    for k, char in enumerate(text):
        if inside[k]:
            if k + 1 in ends_quote and k and text[k - 1] in ".!?。！？…" and not spoken_by(text[k + 1 : k + 80]):
                cuts.append(k + 1)
            continue
        if (
            char in "。！？"
            or (char == "\n" and k + 1 < len(text) and text[k + 1] == "\n")
            or (
                char in ".!?…"
                and (k + 1 == len(text) or text[k + 1].isspace())
                and not ABBREVIATION.search(text[max(0, k - 8) : k + 1])
            )
        ):
            cuts.append(k + 1)
    cuts.append(len(text))
    found = []
    for a, b in pairwise(cuts):
        part = text[a:b]
        if re.search(r"\w", part):
            found.append((a + len(part) - len(part.lstrip()), part.strip()))
    return found

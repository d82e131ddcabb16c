"""The brief: what the user asked for.

Knows the script text, its language and the film's frame. Does not know shots.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from shotplan.characters.known import KnownCharacter
from shotplan.errors import BriefError
from shotplan.vocabulary.sets import STYLES
from shotplan.vocabulary.term import Language

MAX_SCRIPT_BYTES = 64_000


class Brief(BaseModel):
    """Script, language and the film's numbers. Build it with `Brief.from_text`, which says what is wrong in plain words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: str = Field(min_length=1)
    language: Language = "en"
    style: str = "anime"
    duration: float | None = Field(default=None, gt=0, le=600, description="target seconds; None: as the story needs")
    fps: int = Field(default=16, ge=4, le=60)
    size: tuple[int, int] = Field(default=(480, 832), description="(H, W) in pixels")
    seed: int = Field(default=0, ge=0)
    bans: tuple[str, ...] = ()
    must_haves: tuple[str, ...] = ()
    characters: tuple[KnownCharacter, ...] = Field(default=(), description="whom of the script the user's library knows")

    @property
    def names(self) -> frozenset[str]:
        """What the characters of the library are called."""
        return frozenset(name for known in self.characters for name in known.names)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[1] / self.size[0]

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        style: str = "anime",
        duration: float | None = None,
        size: tuple[int, int] = (480, 832),
        fps: int = 16,
        seed: int = 0,
        bans: tuple[str, ...] = (),
        must_haves: tuple[str, ...] = (),
        characters: tuple[KnownCharacter, ...] = (),
    ) -> Brief:
        """Check a script and its options. Raises `BriefError` with what to do."""
        script = _clean(text)
        if style not in STYLES:
            raise BriefError(f"there is no style {style!r}", todo=f"choose one of: {', '.join(STYLES)}")
        if duration is not None and not 1.0 <= duration <= 600.0:
            raise BriefError(f"a film of {duration:g} s cannot be made", todo="give a duration from 1 to 600 seconds")
        height, width = size
        if not (64 <= height <= 2160 and 64 <= width <= 3840) or height % 2 or width % 2:
            raise BriefError(f"frame size {height}x{width} is not usable", todo="give even numbers, at least 64, at most 2160x3840")
        if not 4 <= fps <= 60:
            raise BriefError(f"{fps} frames per second is not usable", todo="give 4 to 60")
        if seed < 0:
            raise BriefError(f"seed {seed} is negative", todo="give 0 or more")
        return cls(
            script=script, language=detect_language(script), style=style, duration=duration, size=size, fps=fps, seed=seed,
            bans=bans, must_haves=must_haves, characters=characters,
        )  # fmt: skip


def _clean(text: str) -> str:
    if "\x00" in text or sum(c < " " and c not in "\n\r\t\f" for c in text) > max(2, len(text) // 200):
        raise BriefError("the script holds binary data", todo="give plain text in UTF-8")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_SCRIPT_BYTES:
        raise BriefError(
            f"the script has {size // 1000} kB; at most {MAX_SCRIPT_BYTES // 1000} kB fit one film",
            todo="split it into scenes and make one film of each",
        )
    script = re.sub(r"[ \t\f]+", " ", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")).strip()
    if not re.search(r"\w", script):
        raise BriefError("the script is empty", todo='give a sentence, such as "A fox runs through a forest."')
    return script


_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER_LETTER = re.compile(r"[^\W\d_]")


def detect_language(script: str) -> Language:
    """en, zh or ja by script: kana means Japanese, Han without kana Chinese, Latin letters English.

    Raises `BriefError` when most letters belong to none of the three.
    """
    letters = len(_OTHER_LETTER.findall(script)) or 1
    kana, han, latin = (len(p.findall(script)) for p in (_KANA, _HAN, _LATIN))
    if kana + han + latin < letters / 2:
        raise BriefError("the script is in a writing system that the crew cannot read", todo="write it in English, Chinese or Japanese")
    if kana and kana * 12 >= kana + han:
        return "ja"
    if han * 3 >= latin:
        return "zh" if han else "en"
    return "en"



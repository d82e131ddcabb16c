"""A character as a film takes it from the library: everything resolved, nothing left to look up.

Knows the facts. Does not know where they were read (`library`) or how a cast member takes them on (`dress`).
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from shotplan.ids import HexColor, Slug


class Adapter(BaseModel):
    """A LoRA that makes one family of video models draw this character."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str = Field(min_length=1, description="the video model it was trained on, such as wan2.2-i2v-a14b")
    file: str = Field(min_length=1, description="LoRA of the only or the high-noise expert, absolute path")
    file_low: str = Field(default="", description="LoRA of the low-noise expert, absolute path")
    strength: float = Field(default=1.0, ge=-4, le=4)
    trigger: str = Field(default="", max_length=80, description="word of the prompt that calls the character")
    digest: str = Field(default="", description="SHA-256 over the files' contents: a retrained adapter makes its shots stale")


class KnownCharacter(BaseModel):
    """What the library says about somebody of the script. What is None, the script and the crew decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    names: tuple[str, ...] = Field(min_length=1, description="every name the scripts use, in any language")
    kind: str | None = None
    height: float | None = None
    look: str = ""
    palette: tuple[HexColor, HexColor, HexColor, HexColor] | None = None
    references: tuple[str, ...] = Field(default=(), description="pictures, absolute paths")
    adapters: tuple[Adapter, ...] = ()

    def is_called(self, *names: str) -> bool:
        """Whether one of these, a name or an id, is this character's."""
        own = {self.id, *(name.casefold() for name in self.names)}
        return any(name.casefold() in own for name in names)

    def is_in(self, script: str) -> bool:
        """Whether the script says one of the names: as a word of its own where words are written apart."""
        return any(said_at(name.casefold(), script.casefold()) is not None for name in (self.id.replace("_", " "), *self.names))


_OF_A_WORD = r"0-9_A-Za-z\u00c0-\u024f\u0370-\u058f\u1e00-\u1fff"
"""Letters and digits of scripts that write words apart: Latin, Greek, Cyrillic, Armenian."""


def said_at(name: str, text: str) -> int | None:
    """Where the text says the name first, None where it does not.

    A name that begins or ends with a letter of a script that writes words apart begins or ends a word there: `Al` is not in `Also`. Next
    to Chinese or Japanese no space is needed: `今天Hana走进公园`.
    """
    before = rf"(?<![{_OF_A_WORD}])" if re.match(rf"[{_OF_A_WORD}]", name) else ""
    after = rf"(?![{_OF_A_WORD}])" if re.search(rf"[{_OF_A_WORD}]$", name) else ""
    found = re.search(before + re.escape(name) + after, text)
    return found.start() if found else None

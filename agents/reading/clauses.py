"""What reading a script yields.

Knows the shape of a reading. Does not know any language's grammar (`english`, `cjk`) or how lines of a script are laid out
(`layout`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shotplan.vocabulary import Language

MentionSort = Literal["character", "name", "pronoun", "prop", "unknown", "ambient"]


@dataclass(frozen=True)
class Mention:
    """Words of a clause that name somebody or something."""

    text: str
    """Verbatim noun phrase, such as `a huge log`."""
    head: str
    """The naming word in its base form, such as `log`; same head, same thing. Pronouns: `he`, `she`, `it`, `they` or `i`."""
    sort: MentionSort
    start: int
    """Offset in the script."""
    kind: str | None = None
    """Vocabulary id of the character or prop kind, where the vocabulary knows the head."""
    adjectives: tuple[str, ...] = ()
    count: int = 1
    fresh: bool = False
    """Said to be another one: `another fox`."""
    also: str = ""
    """A proper name given to this noun phrase: `a girl named Mia`."""


@dataclass(frozen=True)
class Clause:
    """One thing that happens."""

    span: str
    """Verbatim words of the script."""
    start: int
    sentence: int
    scene: int
    """Index into `Reading.scenes`."""
    subjects: tuple[Mention, ...] = ()
    """Who acts; carried over from the clause before when this one begins with its verb."""
    objects: tuple[Mention, ...] = ()
    """Everyone and everything named after the verb, in order."""
    actions: tuple[str, ...] = ()
    """Action ids that the words name, main verb first; empty when the verb is unknown."""
    near: tuple[str, ...] = ()
    """Action ids near an unknown verb, such as `enter` for `appears`."""
    emotions: tuple[str, ...] = ()
    line: str = ""
    """Dialogue, verbatim, without quotation marks."""
    speaker: str = ""
    """Name in front of a line, as in `MIA: Hello.`"""
    around: str = ""
    """The whole sentence it stands in, verbatim; empty when it is the clause itself."""
    camera: bool = False
    """An order to the camera, such as `The camera pans left`; it names what the camera sees in `objects`."""
    happens: bool = True
    """False for a description, such as `It is night.`"""


@dataclass(frozen=True)
class Scene:
    """A stretch of the script in one place."""

    places: tuple[str, ...] = ()
    """Place ids the words support, most likely first; empty: the script does not say."""
    times: tuple[str, ...] = ()
    weathers: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    heading: str = ""


@dataclass(frozen=True)
class Reading:
    """A script, read."""

    language: Language
    clauses: tuple[Clause, ...]
    scenes: tuple[Scene, ...]
    left_out: str = ""
    """In one sentence, what was not read because the script is long; empty when everything was."""

"""What is known of a made-up story: who is in it, what happens where in the text, and where nothing happens.

Knows the answers. Does not know how the text was written (`writer`) or who asks (`teacher`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST = "?"
"""The text does not say: the first option, which is the crew's policy, is right."""


@dataclass
class Person:
    """A cast member."""

    key: str
    kind: str
    noun: str = ""
    name: str = ""
    adjective: str = ""
    pronoun: str = "it"
    number: int = 0
    """1, 2, ... for the members of `two foxes`; 2 for `another fox`."""
    told: bool = False
    """Whether the text has mentioned them."""


@dataclass
class Thing:
    key: str
    kind: str
    noun: str
    adjective: str = ""
    told: bool = False


@dataclass(frozen=True)
class Event:
    """One thing that happens. Offsets are characters of the text."""

    at: int
    """Where its verb begins."""
    who: str
    """Key of the first actor."""
    action: str
    target: str | None = None
    """Key of a person or thing; None: nobody; `FIRST`: the text does not say."""
    emotion: str = "neutral"
    pace: str = FIRST
    start_side: str = FIRST
    """left, right or where the text does not say."""
    end_side: str = FIRST


@dataclass(frozen=True)
class Order:
    """A sentence that tells the camera what to do."""

    start: int
    end: int
    field: str
    """size, angle or move."""
    value: str


@dataclass
class Story:
    text: str = ""
    cast: dict[str, Person] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    place: str = FIRST
    time: str = FIRST
    weather: str = FIRST
    held_out: bool = False
    """Whether it may use words and forms that no training story has."""

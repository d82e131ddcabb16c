"""Interaction protocols: a dictionary of built-in ones, extended by the entry-point group `ekonte.protocols`.

An entry point's value is a callable without arguments that returns a `graph.protocols.protocol.Protocol`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from graph.protocols.director_led import DirectorLed
from graph.protocols.protocol import Protocol
from shotplan.errors import NegotiationError

PROTOCOLS: dict[str, Callable[[], Protocol]] = {"director_led": DirectorLed}
ENTRY_POINTS = "ekonte.protocols"


def protocol_names() -> list[str]:
    """Built-in and installed protocols."""
    return sorted({*PROTOCOLS, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def choose_protocol(name: str) -> Protocol:
    """The protocol with this name. Raises `NegotiationError` naming those there are."""
    if name in PROTOCOLS:
        return PROTOCOLS[name]()
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            made: Protocol = point.load()()
            return made
    raise NegotiationError(f"there is no protocol {name!r}", todo=f"choose one of: {', '.join(protocol_names())}")

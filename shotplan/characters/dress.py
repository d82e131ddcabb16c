"""A cast member takes on what the library knows of it.

Knows which facts go where. Does not change what kind of being somebody is: that is settled when the cast is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from shotplan.characters.known import KnownCharacter
from shotplan.characters.library import Library
from shotplan.plan import Character, ShotPlan


def known_among(characters: Sequence[KnownCharacter], name: str, id: str) -> KnownCharacter | None:
    """Who of them is meant by this name or id."""
    return next((known for known in characters if known.is_called(name, id)), None)


def dressed(character: Character, known: KnownCharacter) -> Character:
    """The cast member with the library's height, look, palette, pictures and adapters, where the library has them."""
    facts = {
        "height": known.height, "look": known.look, "palette": known.palette, "references": known.references, "adapters": known.adapters,
    }  # fmt: skip
    return character.model_copy(update={name: value for name, value in facts.items() if value})


def dressed_plan(plan: ShotPlan, library: Library | None) -> ShotPlan:
    """The plan with everybody dressed whom the library knows, and with digests of all pictures of characters.

    Raises `CharacterError` when files of one of them are missing.
    """
    cast = []
    for member in plan.cast:
        known = library.called(member.name, member.id) if library else None
        worn = dressed(member, known) if known else member
        cast.append(worn.model_copy(update={"references_digest": pictures_digest(worn.references)}))
    return plan.model_copy(update={"cast": tuple(cast)})


def pictures_digest(paths: Sequence[str]) -> str:
    """SHA-256 over the contents; empty without pictures. Who reads a picture that is missing says so; here it counts as empty."""
    if not paths:
        return ""
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
        except OSError:
            digest.update(b"missing")
    return digest.hexdigest()

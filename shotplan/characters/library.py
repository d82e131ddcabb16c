"""A folder of characters, and which of them a script or a cast names.

Knows reading and matching. Does not know how a cast member takes on what is known of it (`dress`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shotplan.characters.known import KnownCharacter
from shotplan.characters.member import FILE, Member, read_member
from shotplan.errors import CharacterError

FOLDER = "characters"
"""What a library is called when nobody says otherwise."""


@dataclass(frozen=True)
class Library:
    folder: Path
    members: tuple[Member, ...]

    @classmethod
    def read(cls, folder: Path) -> Library:
        """Every character in the folder. Raises `CharacterError` for one that is damaged, and when two have the same name."""
        if not folder.is_dir():
            raise CharacterError("there is no such folder of characters", where=str(folder), todo="check --characters")
        members = tuple(read_member(path.parent) for path in sorted(folder.glob(f"*/{FILE}")))
        names = Counter(name.casefold() for m in members for name in {m.id, *(name.casefold() for name in m.names)})
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice:
            raise CharacterError(f"two characters are called {twice[0]!r}", where=str(folder), todo="rename one of them")
        return cls(folder, members)

    def called(self, name: str, id: str = "") -> KnownCharacter | None:
        """The character of that name or id, with everything resolved. Raises `CharacterError` when its files are missing."""
        found = self._with(lambda known: known.is_called(name, *([id] if id else [])))
        return found[0] if found else None

    def in_script(self, script: str) -> tuple[KnownCharacter, ...]:
        """The characters that the script names. Raises `CharacterError` when files of one of them are missing."""
        return self._with(lambda known: known.is_in(script))

    def _with(self, wanted: Callable[[KnownCharacter], bool]) -> tuple[KnownCharacter, ...]:
        """Only of those who are wanted are the files looked at: adapters are large."""
        by_name = [(m, KnownCharacter(id=m.id, names=m.names)) for m in self.members]
        return tuple(m.resolved(self.folder / m.id) for m, known in by_name if wanted(known))

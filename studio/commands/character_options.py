"""The option `--characters`: which library a command uses, and whether its files can be used.

Knows where a library lies when nobody says so: beside the script or the plan, else in the folder where one works. Does not know what a
character is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from shotplan.characters.known import KnownCharacter
from shotplan.characters.library import FOLDER, Library
from shotplan.plan import ShotPlan
from studio.output_folder import REQUEST, OutputFolder

Characters = Annotated[
    Path | None,
    typer.Option("--characters", help="Your library of characters; default characters/ beside the script or plan, or here."),
]


def find_library(asked: Path | None, *beside: Path) -> Library | None:
    """The library that is asked for, or the first that lies in one of these folders or in the current one.

    Raises `CharacterError` when the one asked for is not there, or one that is there is damaged.
    """
    if asked is not None:
        return Library.read(asked)
    for place in (*beside, Path()):
        if (place / FOLDER).is_dir():
            return Library.read(place / FOLDER)
    return None


def beside_script(script: str | None) -> tuple[Path, ...]:
    """The script file's folder, when it is a file."""
    if script is None or script == "-" or "\n" in script or len(script) > 1000:
        return ()
    path = Path(script).expanduser()
    try:
        return (path.parent,) if path.is_file() else ()
    except (OSError, ValueError):
        return ()


def remembered(home: Path) -> Path | None:
    """The library that the session in this folder was made with."""
    if not (home / REQUEST).is_file():
        return None
    characters = OutputFolder(home).recall().characters
    return Path(characters) if characters else None


def of_cast(library: Library | None, plan: ShotPlan) -> tuple[KnownCharacter, ...]:
    """Who of the cast is in the library."""
    found = [library.called(member.name, member.id) for member in plan.cast] if library else []
    return tuple(known for known in found if known is not None)


def check_characters(found: Sequence[KnownCharacter], backend: str | None) -> None:
    """Raises `RenderError` when an adapter that this backend would use cannot be read."""
    if backend == "wan":
        from video_core.backends.wan.identity import check_adapters

        check_adapters(adapter for known in found for adapter in known.adapters)


def told(library: Library | None, found: Sequence[KnownCharacter]) -> str:
    """One line about who comes from the library; empty when nobody does."""
    if library is None or not found:
        return ""
    return f"from {library.folder}: {', '.join(known.names[0] for known in found)}"

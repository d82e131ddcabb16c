"""`ekonte characters`: who is in a library, and what each can be drawn with.

Knows how it is printed. Does not know how a library is read (`shotplan.characters`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shotplan.characters.known import KnownCharacter
from shotplan.characters.library import FOLDER, Library
from shotplan.characters.member import Member
from studio.commands.app import app
from studio.commands.character_options import check_characters
from studio.commands.options import AsJson


@app.command()
def characters(
    folder: Annotated[Path, typer.Argument(help="The library.")] = Path(FOLDER),
    as_json: AsJson = False,
) -> None:
    """List a library of characters; every file that it names is looked at."""
    library = Library.read(folder)
    rows = [(member, member.resolved(folder / member.id)) for member in library.members]
    check_characters([known for _, known in rows], "wan")
    if as_json:
        print(json.dumps([_document(member, known) for member, known in rows], ensure_ascii=False, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "names", "kind", "height", "look", "pictures", "adapters"):
        table.add_column(title, overflow="fold", justify="right" if title in ("height", "pictures") else "left")
    for member, known in rows:
        table.add_row(
            known.id, ", ".join(known.names), known.kind or "", f"{known.height:g} m" if known.height else "", known.look,
            str(len(known.references) or ""), "\n".join(_adapter(entry) for entry in member.adapters),
        )  # fmt: skip
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 170
    console.print(table if rows else f"nobody is in {folder}")


def _adapter(entry: Any) -> str:
    told = f'{entry.family}, "{entry.trigger}"' if entry.trigger else entry.family
    if entry.strength != 1:
        told += f", strength {entry.strength:g}"
    for expert, (untrained, trained) in (entry.trained.held_out if entry.trained else {}).items():
        told += f", {expert} {untrained:.3f} -> {trained:.3f}"
    return told


def _document(member: Member, known: KnownCharacter) -> dict[str, Any]:
    trained = {entry.family: entry.trained for entry in member.adapters if entry.trained}
    found = known.model_dump(mode="json")
    for adapter in found["adapters"]:
        made = trained.get(adapter["family"])
        adapter["trained"] = made.model_dump(mode="json") if made else None
    return found

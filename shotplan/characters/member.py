"""One folder of the library: `character.json`, `references/` and `adapters/`.

Knows the file format and that what it names exists. Does not know other characters or films.

    hana/character.json     names, kind, height, look, palette, adapters; everything but the names may be left out
    hana/references/*.png   pictures, taken in the order of their names unless character.json lists them
    hana/adapters/*         LoRA files that `adapters` names
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shotplan.characters.known import Adapter, KnownCharacter
from shotplan.errors import CharacterError
from shotplan.ids import HexColor, Slug
from shotplan.vocabulary import CHARACTER_KINDS

FILE = "character.json"
PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def _kind(value: str) -> str:
    if value not in CHARACTER_KINDS:
        raise ValueError(f"{value!r} is no kind of character; choose one of: {', '.join(CHARACTER_KINDS)}")
    return value


def _inside(value: str) -> str:
    path = Path(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{value!r} must be inside the character's folder")
    return value


InsideFolder = Annotated[str, AfterValidator(_inside)]


class Trained(BaseModel):
    """How an adapter was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = ""
    """The checkpoint, as it was named."""
    base_digest: str = ""
    dataset_digest: str = ""
    pictures: int = 0
    clips: int = 0
    settings: dict[str, Any] = {}
    held_out: dict[str, tuple[float, float]] = {}
    """Loss on held-out items without and with the adapter, per expert."""


class AdapterEntry(BaseModel):
    """An adapter as `character.json` names it: files relative to the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str = Field(min_length=1)
    file: InsideFolder
    file_low: InsideFolder = ""
    strength: float = Field(default=1.0, ge=-4, le=4)
    trigger: str = Field(default="", max_length=80)
    trained: Trained | None = None


class Member(BaseModel):
    """The content of `character.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    names: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(min_length=1)
    kind: Annotated[str, AfterValidator(_kind)] | None = None
    height: float | None = Field(default=None, gt=0.05, le=20)
    look: str = Field(default="", max_length=400)
    palette: tuple[HexColor, HexColor, HexColor, HexColor] | None = None
    references: tuple[InsideFolder, ...] | None = None
    adapters: tuple[AdapterEntry, ...] = ()

    def resolved(self, folder: Path) -> KnownCharacter:
        """With absolute paths, every one of which exists, and the adapters' digests. Raises `CharacterError` naming what is missing."""
        if self.references is None:
            beside = folder / "references"
            pictures = sorted(p for p in beside.iterdir() if p.suffix.lower() in PICTURES and p.name[0] != ".") if beside.is_dir() else []
        else:
            pictures = [_existing(folder, name, f"picture of {self.names[0]}") for name in self.references]
        return KnownCharacter(
            id=self.id, names=self.names, kind=self.kind, height=self.height, look=self.look, palette=self.palette,
            references=tuple(str(p.resolve()) for p in pictures),
            adapters=tuple(_adapter(folder, entry, self.names[0]) for entry in self.adapters),
        )  # fmt: skip

    def with_adapter(self, entry: AdapterEntry) -> Member:
        """The same with this adapter; it takes the place of one for the same family."""
        others = tuple(a for a in self.adapters if a.family != entry.family)
        return self.model_copy(update={"adapters": (*others, entry)})


def read_member(folder: Path) -> Member:
    """Raises `CharacterError` when `character.json` is missing, no JSON, not valid, or named for another folder."""
    path = folder / FILE
    try:
        found = Member.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as e:
        raise CharacterError(f"there is no {FILE}", where=str(folder), todo="write one, or train one: ekonte train-character") from e
    except ValidationError as e:
        first = e.errors()[0]
        at = "/" + "/".join(str(part) for part in first["loc"])
        raise CharacterError(f"{FILE} is not valid: {first['msg']}", where=f"{path}{at}", todo="mend that place") from e
    except ValueError as e:
        raise CharacterError(f"{FILE} is no JSON: {e}", where=str(path), todo="mend it") from e
    if found.id != folder.name:
        raise CharacterError(f"the id is {found.id!r} and the folder {folder.name!r}", where=str(path), todo="give both the same name")
    return found


def write_member(folder: Path, member: Member) -> None:
    """Write `character.json` whole or not at all. Raises `CharacterError`."""
    path, part = folder / FILE, folder / f"{FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(member.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(part, path)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise CharacterError(f"cannot write: {e.strerror or e}", where=str(path), todo="check the folder and the free space") from e


def _adapter(folder: Path, entry: AdapterEntry, name: str) -> Adapter:
    files = [_existing(folder, file, f"adapter of {name}") for file in (entry.file, entry.file_low) if file]
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    low = str(files[1].resolve()) if len(files) == 2 else ""
    return Adapter(
        family=entry.family, file=str(files[0].resolve()), file_low=low, strength=entry.strength, trigger=entry.trigger,
        digest=digest.hexdigest(),
    )  # fmt: skip


def _existing(folder: Path, name: str, what: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise CharacterError(f"the {what} is missing", where=str(path), todo=f"restore it, or take it out of {folder / FILE}")
    return path

"""Which files of a production are up to date: a digest of what each was made from, and of what it holds.

"Exists on disk" is not "up to date": a file counts as current only when both digests match.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path

import shotplan.staging
from shotplan.errors import RenderError

NAME = "artifacts.json"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(*parts: str) -> str:
    """SHA-256 over texts, order and boundaries included."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Digest of the code that stages and draws, so that files made by another version of it count as stale."""
    roots = (Path(shotplan.staging.__file__).parent, Path(__file__).parent)
    sources = [path for root in roots for path in sorted(root.rglob("*.py")) if "training" not in path.parts]
    return digest_of(*(path.read_text(encoding="utf-8") for path in sources))


def write_text(path: Path, text: str) -> None:
    """Write a small file under a temporary name and rename it. Raises `RenderError`."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and rename it. Raises `RenderError`."""
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        raise RenderError(
            f"cannot write: {e.strerror or e}", where=str(path), todo="check the folder and the free space"
        ) from e


class Ledger:
    """The digests of one production folder, in `artifacts.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / NAME
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            entries = {}
        self._entries: dict[str, dict[str, str]] = entries if isinstance(entries, dict) else {}

    def current(self, name: str, inputs: str) -> bool:
        """Whether `name` was made from exactly `inputs` and has not been changed since."""
        entry = self._entries.get(name)
        path = self.folder / name
        if entry is None:
            return False
        return entry.get("inputs") == inputs and path.is_file() and entry.get("sha256") == file_digest(path)

    def record(self, name: str, inputs: str) -> None:
        """Note that `name` has just been made from `inputs`. Raises `RenderError` when the ledger cannot be written."""
        self._entries[name] = {"inputs": inputs, "sha256": file_digest(self.folder / name)}
        write_text(self._path, json.dumps(self._entries, indent=1))

    def changed(self, name: str) -> None:
        """Note that a person has had `name` changed: it counts as made from what it was made from. Raises `RenderError` when unknown."""
        if name not in self._entries:
            raise RenderError("the folder does not know this file", where=str(self.folder / name), todo="render it again first")
        self.record(name, self._entries[name]["inputs"])

    def sha256(self, name: str) -> str:
        """Digest of a recorded file; empty when it was never recorded."""
        return self._entries.get(name, {}).get("sha256", "")

"""Content-addressed store: large things by digest, so that graph state and events stay small.

Knows bytes and pydantic models. Does not know what they mean. Writes go to a temporary name and are then renamed, so a
digest that exists is whole.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shotplan.errors import SessionError

M = TypeVar("M", bound=BaseModel)
RESTORE = "restore the folder from a copy, or start a new session"


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary name in the same folder, flush to disk, rename. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Store:
    """Objects under `folder`, named by the SHA-256 of their bytes."""

    def __init__(self, folder: Path, *, keep: int = 64) -> None:
        self.folder = folder
        self._keep = keep
        self._parsed: OrderedDict[tuple[str, type[BaseModel]], BaseModel] = OrderedDict()

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest[2:]

    def put_bytes(self, content: bytes) -> str:
        """Store bytes once; returns the digest (hex SHA-256)."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if not path.exists():
            write_whole(path, content)
        return digest

    def get_bytes(self, digest: str) -> bytes:
        """Raises `SessionError` when the object is missing or its bytes do not match its digest."""
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SessionError(f"the session lacks object {digest[:12]}", where=str(path), todo=RESTORE) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise SessionError(f"object {digest[:12]} is damaged", where=str(path), todo=RESTORE)
        return content

    def put(self, model: BaseModel) -> str:
        """Store a model as JSON; returns its digest."""
        digest = self.put_bytes(model.model_dump_json().encode())
        self._remember(digest, model)
        return digest

    def get(self, digest: str, kind: type[M]) -> M:
        """The model with this digest. Raises `SessionError` when missing, damaged or of another shape."""
        known = self._parsed.get((digest, kind))
        if known is not None:
            return known  # type: ignore[return-value]
        try:
            model = kind.model_validate_json(self.get_bytes(digest))
        except ValidationError as error:
            raise SessionError(
                f"object {digest[:12]} is not a {kind.__name__}: {error.errors()[0]['msg']}",
                where=str(self.path(digest)),
                todo="open the session with the version of ekonte that made it",
            ) from error
        self._remember(digest, model)
        return model

    def _remember(self, digest: str, model: BaseModel) -> None:
        self._parsed[digest, type(model)] = model
        while len(self._parsed) > self._keep:
            self._parsed.popitem(last=False)

"""Names and shapes of the tensors in a weight file, read without reading the tensors.

Knows safetensors headers, shard indexes and how to see that a file is cut short. Does not know what the tensors mean.
Format: https://github.com/huggingface/safetensors (8 bytes length, JSON header, data).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from shotplan.errors import RenderError

HEADER_AT_MOST = 100_000_000
SAMPLES, SAMPLE = 16, 1 << 16
WHOLE_BELOW = 1 << 26
AGAIN = "download the file again"
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Header:
    """What a weight file says about itself."""

    shapes: Shapes
    dtypes: dict[str, str]

    @property
    def parameters(self) -> int:
        total = 0
        for shape in self.shapes.values():
            count = 1
            for side in shape:
                count *= side
            total += count
        return total


def read_header(path: Path) -> Header:
    """Names, shapes and dtypes of a safetensors file. Raises `RenderError` when it is missing, no such file or cut short."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            if len(start) < 8:
                raise RenderError("the weight file is empty or cut short", where=str(path), todo=AGAIN)
            (length,) = struct.unpack("<Q", start)
            if length > min(HEADER_AT_MOST, size - 8):
                raise RenderError(_why_no_header(path, start), where=str(path), todo=AGAIN)
            entries = json.loads(file.read(length))
    except (ValueError, UnicodeDecodeError) as e:
        raise RenderError("the weight file is corrupt: its header cannot be read", where=str(path), todo=AGAIN) from e
    except OSError as e:
        raise RenderError(f"the weight file cannot be read: {e.strerror or e}", where=str(path), todo="check the path") from e
    entries.pop("__metadata__", None)
    end = max((entry["data_offsets"][1] for entry in entries.values()), default=0)
    if 8 + length + end != size:
        raise RenderError(
            f"the weight file is cut short: {size:,} bytes of {8 + length + end:,}" if size < 8 + length + end
            else "the weight file is corrupt: it holds more bytes than its header says", where=str(path), todo=AGAIN,
        )  # fmt: skip
    return Header(
        {name: tuple(entry["shape"]) for name, entry in entries.items()}, {name: entry["dtype"] for name, entry in entries.items()}
    )


def _why_no_header(path: Path, start: bytes) -> str:
    if start.startswith(b"version "):
        return "the file is a Git LFS pointer, not the weights"
    if start.startswith(b"PK"):
        return f"{path.name} is a PyTorch archive, not safetensors"
    return "the weight file is corrupt or no safetensors file"


def check_archive(path: Path) -> None:
    """Raises `RenderError` when a `.pth` file is missing or is no complete PyTorch archive."""
    if not path.is_file():
        raise RenderError("the weight file is missing", where=str(path), todo=AGAIN)
    with path.open("rb") as file:
        old = file.read(1) == b"\x80"  # as torch wrote until 2020: one pickle after the other
    if not old and not zipfile.is_zipfile(path):  # the directory is at the end: a file that is cut short has none
        raise RenderError("the weight file is cut short or no PyTorch archive", where=str(path), todo=AGAIN)


@dataclass(frozen=True)
class Files:
    """The weight files of one part, in order, and what was remarkable about finding them."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def weight_files(folder: Path, what: str) -> Files:
    """The safetensors files of one part in `folder`: a whole file, or the shards its index names.

    A left-over index beside a whole file is not believed. Raises `RenderError` when shards are missing or there is nothing.
    """
    indexes = sorted(folder.glob("*.safetensors.index.json"))
    present = {path.name: path for path in sorted(folder.glob("*.safetensors"))}
    if not present:
        old = next(iter(sorted(folder.glob("*.bin")) + sorted(folder.glob("*.pth"))), None)
        found = f"only {old.name}, which is no safetensors file" if old else "none"
        raise RenderError(f"there are no weights for the {what}: {found}", where=str(folder), todo="download this folder again")
    for index in indexes:
        try:
            named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, OSError) as e:
            raise RenderError("the shard index is corrupt", where=str(index), todo=AGAIN) from e
        missing = sorted(named - present.keys())
        if not missing:
            return Files(tuple(present[name] for name in sorted(named)))
        whole = present.get(index.name.removesuffix(".index.json"))
        if whole is not None:
            return Files((whole,), (f"{index.name} names {len(missing)} files that are not there; {whole.name} is whole and was taken",))
        raise RenderError(
            f"{len(missing)} of {len(named)} weight files of the {what} are missing, the first is {missing[0]}",
            where=str(folder), todo="download the missing files",
        )  # fmt: skip
    whole_files = [path for name, path in present.items() if "-of-" not in name]
    if len(whole_files) == 1:
        return Files((whole_files[0],))
    if not whole_files:
        return Files(_all_shards(sorted(present.values()), what, folder))
    raise RenderError(
        f"{len(whole_files)} files could be the {what}: {', '.join(p.name for p in whole_files[:4])}",
        where=str(folder), todo="name the one to use as --checkpoint FILE",
    )  # fmt: skip


def _all_shards(shards: list[Path], what: str, folder: Path) -> tuple[Path, ...]:
    expected = shards[0].stem.rpartition("-of-")[2]
    if expected.isdigit() and int(expected) != len(shards):
        raise RenderError(
            f"{int(expected) - len(shards)} of {int(expected)} weight files of the {what} are missing",
            where=str(folder), todo="download the missing files",
        )  # fmt: skip
    return tuple(shards)


def read_headers(files: Files) -> Header:
    """All tensors of a part. Raises `RenderError` as `read_header`."""
    shapes: Shapes = {}
    dtypes: dict[str, str] = {}
    for path in files.paths:
        header = read_header(path)
        shapes |= header.shapes
        dtypes |= header.dtypes
    return Header(shapes, dtypes)


def fingerprint(paths: tuple[Path, ...]) -> str:
    """Digest by content: of the whole file when it is small, else of its size, its start and samples spread over it.

    Two trainings of one model differ in every part, so samples tell them apart; the name and the time of a file do not count.
    """
    digest = hashlib.sha256()
    for path in paths:
        size = path.stat().st_size
        digest.update(f"{size}:".encode())
        with path.open("rb") as file:
            if size <= WHOLE_BELOW:
                digest.update(hashlib.file_digest(file, "sha256").digest())
                continue
            for n in range(SAMPLES):
                file.seek((size - SAMPLE) * n // (SAMPLES - 1), os.SEEK_SET)
                digest.update(file.read(SAMPLE))
    return digest.hexdigest()

"""Where a script comes from: words on the command line, a file, or standard input.

Knows files and encodings. Does not know what a story is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shotplan.brief import MAX_SCRIPT_BYTES
from shotplan.errors import BriefError

EXAMPLE = "A red fox runs through a forest at sunset and jumps over a huge fallen log. An owl watches, surprised."
"""The built-in example: the log is too high for the fox, so the crew has something to settle."""

SCRIPT_SUFFIXES = (".txt", ".fountain", ".md", ".text")
ENCODINGS = ("utf-8-sig", "gb18030", "shift_jis")


def read_script(argument: str) -> str:
    """The script text that `argument` stands for: `-` is standard input, an existing file is read, anything else is the script.

    Raises `BriefError` when a file is missing, too large, binary or in an unknown encoding.
    """
    if argument == "-":
        return _decode(sys.stdin.buffer.read(MAX_SCRIPT_BYTES * 4), "standard input")
    if argument.strip() and len(argument) < 1000 and "\n" not in argument:
        path = Path(argument).expanduser()
        try:
            exists, folder = path.is_file(), path.is_dir()
        except (OSError, ValueError):
            exists = folder = False
        if folder:
            raise BriefError(
                f"{argument} is a folder", todo="give a script file, the script itself, or - for standard input"
            )
        if exists:
            try:
                with open(path, "rb") as file:
                    return _decode(file.read(MAX_SCRIPT_BYTES * 4), argument)
            except OSError as e:
                raise BriefError(
                    f"cannot read the script: {e.strerror}", where=argument, todo="check the file's permissions"
                ) from e
        if argument.endswith(SCRIPT_SUFFIXES):
            raise BriefError(
                "there is no such script file",
                where=argument,
                todo="check the path, or give the script itself in quotes",
            )
    return argument


def _decode(payload: bytes, where: str) -> str:
    if b"\x00" in payload and not payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BriefError("the script holds binary data", where=where, todo="give plain text in UTF-8")
    encodings = ("utf-16",) if payload.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS
    for encoding in encodings:
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BriefError("the script's text encoding is not known", where=where, todo="save it as UTF-8")

"""When patches written at the same time can be merged.

Knows JSON pointers. Does not know plans. Patches of parallel agents are written against the same revision and applied
one after the other; a patch is stale when an earlier one has moved or rewritten what it points at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Op = Mapping[str, Any]


def _parts(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.split("/")[1:])


def _starts(path: tuple[str, ...], prefix: tuple[str, ...]) -> bool:
    return path[: len(prefix)] == prefix


def _pointers(op: Op) -> list[tuple[str, ...]]:
    return [_parts(str(op[key])) for key in ("path", "from") if key in op]


def _shifts(op: Op) -> tuple[str, ...] | None:
    """The list whose later members this operation renumbers, if it may."""
    path = _parts(str(op.get("path", "")))
    if op.get("op") in ("add", "remove", "move") and path and path[-1].isdigit():
        return path[:-1]
    return None


def conflict(patch: Sequence[Op], applied: Iterable[Sequence[Op]]) -> str | None:
    """Why `patch` cannot follow the `applied` ones although all were written against the same revision; None if it can.

    `test` operations count as reads: they conflict with a write to the same place.
    """
    for other in applied:
        for theirs in other:
            if theirs.get("op") == "test":
                continue
            shifted = _shifts(theirs)
            for mine in patch:
                for path in _pointers(mine):
                    if (
                        shifted is not None
                        and len(path) > len(shifted)
                        and _starts(path, shifted)
                        and path[len(shifted)] != "-"
                    ):
                        return f"an earlier change renumbered /{'/'.join(shifted)}"
                    for theirs_path in _pointers(theirs):
                        if theirs_path and theirs_path[-1] == "-" and path[-1:] == ("-",):
                            continue
                        if _starts(path, theirs_path) or _starts(theirs_path, path):
                            return f"an earlier change already wrote /{'/'.join(theirs_path)}"
    return None

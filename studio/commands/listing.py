"""The list of files with which every film ends.

Knows how it is printed. Does not know how the files were made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console


def list_files(
    folder: Path, files: list[dict[str, Any]], seconds: float, *, as_json: bool, more: dict[str, Any] | None = None
) -> None:
    """Print the folder's files and the backend's report, or one JSON document. `files`: path, kind, digest, bytes, shot."""
    own = [name for name in ("plan.json", "events.jsonl") if (folder / name).is_file()]
    if as_json:
        result = {"folder": str(folder), "files": files, "own": own, "seconds": round(seconds, 2), **(more or {})}
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\n{folder}/  ({seconds:.0f} s)")
    for name in own + [file["path"] for file in files if file["path"] not in own]:
        console.print(f"  {name:<34} {(folder / name).stat().st_size / 1000:>9,.0f} kB")
    report = folder / "report.txt"
    if report.is_file():
        console.print("\n" + report.read_text(encoding="utf-8").rstrip())

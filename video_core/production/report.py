"""`report.txt` of a film, from the notes that lie beside its clips.

Knows notes and how to say them. Does not know how clips are made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shotplan.errors import RenderError
from video_core.backends.backend import ControlUse
from video_core.checks import Measure
from video_core.finishing.finisher import said


def note_of(clip: Path) -> dict[str, Any]:
    """What was noted of a clip when it was made. Raises `RenderError` when that is gone."""
    path = clip.with_suffix(".json")
    try:
        note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise RenderError("the clip's report is missing or damaged", where=str(path), todo=f"delete {clip} and render again") from e
    return note


def report_text(backend: str, clips: Sequence[Path], finished: Sequence[Path], problems: Sequence[tuple[str, str, str]]) -> str:
    """The whole report. `problems`: what staging remarked, (where, severity, text)."""
    by_use: dict[str, dict[str, str]] = {}
    for path in clips:
        for use in (ControlUse(**u) for u in note_of(path)["controls"]):
            by_use.setdefault(use.use, {})[use.control] = use.reason
    lines = [f"{backend}: what became of each control"]
    for kind in ("honoured", "approximated", "ignored"):
        lines += [f"  {kind:<13}{control}: {reason}" for control, reason in by_use.get(kind, {}).items()]
    lines += _checks_said(clips)
    lines += said({path.stem: note_of(path) for path in finished})
    remarks = [f"  {severity} at {where}: {text}" for where, severity, text in problems]
    if remarks:
        lines += ["staging remarked", *remarks]
    return "\n".join(lines) + "\n"


def _rejected_said(take: Mapping[str, Any]) -> str:
    failed = ", ".join(f"{m.check} {m.about} {m.measured:g} {m.unit}" for m in (Measure(**f) for f in take["failed"]))
    return f"    take {take['take']} (seed {take['seed']}, {take['changed'] or 'as planned'}) is not shown: {failed}"


def _checks_said(clips: Sequence[Path]) -> list[str]:
    """What the checks of the clips found."""
    measured, failed, again = 0, [], []
    for path in clips:
        note = note_of(path)
        measures = [Measure(**m) for m in note["measures"]]
        measured += len(measures)
        if note["takes"] > 1:
            again.append(f"  {path.stem}: {note['takes']} takes, shown is the {note['take']}. ({note['changed'] or 'as planned'})")
            again += [_rejected_said(take) for take in note.get("rejected", ())]
        failed += [
            f"  {m.severity:<8}{path.stem} {m.check}, {m.about}: {m.measured:g} {m.unit}, limit {m.limit:g}: {m.text}"
            for m in measures
            if m.failed
        ]
    return [f"checks of the clips: {measured} measured, {len(failed)} beyond their limit", *failed, *again]

"""Sentences of every kind, each with the beats that a reader would film: `tests/agents/sentences/*.txt`.

A line is `script | who action target; ... @id=kind`; `/` separates what is equally right, `-` is nobody, `*` anything. Lines without
`|` belong to the script of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.crew_at_work import outlined

FOLDER = Path(__file__).with_name("sentences")


def cases(path: Path) -> Iterator[tuple[str, str]]:
    """(script, expected beats) of a file."""
    held: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        script, bar, expected = line.rpartition("|")
        held.append(script.strip() if bar else line)
        if bar:
            yield "\n".join(held).strip(), expected.strip()
            held = []


def fits(allowed: str, value: str | None) -> bool:
    return "*" in allowed.split("/") or (value or "-") in allowed.split("/")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_every_sentence_becomes_the_beats_that_a_reader_would_film(path: Path) -> None:
    wrong: list[str] = []
    for script, expected in cases(path):
        beats, *kinds = expected.split("@")
        plan, _ = outlined(script)
        got = [(b.actor, b.action, b.target) for b in plan.beats]
        wanted = [tuple(act.split()) for act in beats.split(";") if act.strip()]
        right = len(got) == len(wanted) and all(
            fits(allowed, value) for act, beat in zip(wanted, got, strict=True) for allowed, value in zip(act, beat, strict=True)
        )
        for kind in kinds:
            id, _, named = kind.strip().partition("=")
            who = plan.character(id)
            right = right and who is not None and fits(named, who.kind)
        if not right:
            wrong.append(f"{script!r}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)

"""The table of cards in the documentation is what the planner says."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.cards import CARDS, cell, put_into, table

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


def test_the_page_shows_what_the_planner_says_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert put_into(text, table(64.0)) == text, "run: python -m evals.bench.cards --into docs/performance.md"
    assert all(f"| {card} |" in text for card in CARDS)


@pytest.mark.parametrize(("card", "ram"), [("RTX 4060", 8.0), ("H100", 4.0)])
def test_what_does_not_fit_is_said(card: str, ram: float) -> None:
    assert cell(card, "anisora-v3.2", ram) == "does not fit"

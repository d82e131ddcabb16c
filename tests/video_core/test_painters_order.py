"""Who is drawn over whom."""

from __future__ import annotations

import numpy as np
import pytest

from video_core.animatic.order import Item, painters_order

CHAIR = (0.5, 0.9, 0.5)
"""Its back is at -Z, so who sits on it looks to +Z."""


def _drawn(eye: tuple[float, float, float], sitter: tuple[float, float, float], hips: float) -> list[str]:
    look = np.array(eye)
    base = Item(("prop", 0), 0.0, np.zeros(3), (CHAIR[0], 0.46, CHAIR[2]))
    back = Item(("back", 0), 0.0, np.array([0.0, 0.0, -0.22]), (CHAIR[0], CHAIR[1], 0.06))
    body = Item(("actor", 0), 0.0, np.array(sitter), hips=hips)
    items = [Item(i.key, float(np.linalg.norm(look - i.position)), i.position, i.box, hips=i.hips) for i in (base, back, body)]
    return [item.key[0] for item in painters_order(items, look)]


@pytest.mark.parametrize("eye", [(0, 1.2, 3), (2, 1.5, 2), (-3, 0.5, 0.5), (3, 2.5, 0.1), (1, 0.9, 1)])
def test_who_sits_on_a_chair_is_drawn_over_it_when_seen_from_the_front_or_the_side(eye: tuple[float, float, float]) -> None:
    assert _drawn(eye, (0.0, 0.0, 0.0), hips=0.5)[-1] == "actor"


@pytest.mark.parametrize("eye", [(0, 1.2, -3), (1, 1.5, -2), (-1.5, 0.5, -2)])
def test_from_behind_the_back_of_the_chair_hides_who_sits_on_it(eye: tuple[float, float, float]) -> None:
    order = _drawn(eye, (0.0, 0.0, 0.0), hips=0.5)
    assert order.index("prop") < order.index("actor") < order.index("back")


def test_who_stands_behind_a_chair_is_drawn_before_it() -> None:
    assert _drawn((0, 1.2, 3), (0.0, 0.0, -1.0), hips=0.8)[0] == "actor"

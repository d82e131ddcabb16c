"""A thing that somebody brings along is in that hand from the first frame of the set on."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from shotplan.brief import Brief
from shotplan.plan import Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.staging import stage, stage_all

READER = Character.of_kind("boy", "boy", "boy")
BENCH = Prop.of_kind("bench", "bench", "bench", 0.6, 0.0)


def _plan(held_by: str | None) -> ShotPlan:
    book = Prop.of_kind("book", "book", "book", 3.0, 0.7, held_by=held_by)
    performances = (
        Performance(actor="boy", action="sit", target="bench"),
        Performance(actor="boy", action="read", target="book"),
    )
    return ShotPlan(
        brief=Brief.from_text("A boy sits on a bench and reads a book."),
        cast=(READER,),
        sets=(StageSet(id="park", name="park", place="field", props=(BENCH, book)),),
        shots=(
            Shot(id="s01", set="park", duration=5.0, performances=performances[:1]),
            Shot(id="s02", set="park", duration=5.0, performances=performances[1:]),
        ),
    )


def test_a_book_brought_along_is_in_hand_in_every_frame_of_every_shot() -> None:
    for staged in stage_all(_plan("boy")):
        assert staged.actor("boy").holds == ("book",) * staged.frames


def test_who_sits_with_the_book_in_hand_stays_on_the_bench_to_read() -> None:
    plan, fetched = _plan("boy"), _plan(None)
    reading = stage(plan, plan.shots[1]).actor("boy")
    assert np.ptp(reading.root[:, [0, 2]], axis=0).max() < 0.05
    fetching = stage(fetched, fetched.shots[1]).actor("boy")
    assert np.ptp(fetching.root[:, [0, 2]], axis=0).max() > 0.5


def test_a_thing_held_by_nobody_in_the_cast_is_refused() -> None:
    with pytest.raises(ValidationError, match="held_by"):
        _plan("ghost")

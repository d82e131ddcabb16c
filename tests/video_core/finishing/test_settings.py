"""What a person may write behind --finish."""

from __future__ import annotations

import pytest

from shotplan.errors import RenderError
from video_core.finishing.settings import FinishSettings, parse_finish


def test_stages_are_done_in_one_order_however_they_are_asked_for() -> None:
    asked = parse_finish(["style=watercolor+grain,upscale=1080p", "interpolate=x2", "match", "style.strength=0.5"])
    assert asked.asked == ("match", "interpolate", "upscale", "style")
    assert asked.upscale is not None
    assert (asked.upscale.rows, asked.upscale.times) == (1080, None)
    assert asked.style is not None
    assert [one.name for one in asked.style.filters] == ["watercolour", "grain"]
    assert asked.style.strength == 0.5


def test_nothing_asked_is_nothing_done() -> None:
    assert parse_finish([]).asked == ()
    assert FinishSettings().asked == ()


def test_what_is_kept_with_a_session_comes_back_the_same() -> None:
    asked = parse_finish(["match,match.reference=first", "interpolate=60fps,interpolate.model=rife", "upscale=3", "style=lut:look.cube"])
    assert FinishSettings.model_validate_json(asked.model_dump_json()) == asked


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("sharpen", "no stage 'sharpen'"),
        ("style=oil", "no style filter 'oil'"),
        ("style=", "style= cannot be used"),
        ("style", "style needs a value"),
        ("style=lut", "only lut takes a file"),
        ("style=sepia:a.cube", "only lut takes a file"),
        ("style.strength=2,style=sepia", "less than or equal to 1"),
        ("style.strength=0.5", "filters"),
        ("upscale=5", "upscale"),
        ("upscale=1", "upscale"),
        ("upscale=big", "upscale=2, 3 or 4"),
        ("upscale=2000000p", "1080p"),
        ("upscale.model=x", "no setting 'model'"),
        ("interpolate=9", "interpolate"),
        ("interpolate=500fps", "120"),
        ("interpolate=1080p", "60fps"),
        ("interpolate.model=rife", "how many times the frames"),
        ("interpolate.model=,interpolate=2", "is empty"),
        ("match=3", "write match alone"),
        ("match.reference=last,match", "median"),
    ],
)
def test_a_word_that_cannot_be_used_is_named_with_what_to_write(words: str, told: str) -> None:
    with pytest.raises(RenderError) as refused:
        parse_finish([words])
    assert told in str(refused.value)
    assert refused.value.todo

"""The brief says in plain words what is wrong with a script."""

import pytest

from shotplan.brief import MAX_SCRIPT_BYTES, Brief, detect_language
from shotplan.errors import BriefError


@pytest.mark.parametrize("text", ["", "   \n\t", "...!?", "\ufeff"])
def test_an_empty_script_is_refused(text: str) -> None:
    with pytest.raises(BriefError, match="empty"):
        Brief.from_text(text)


def test_a_script_that_is_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(BriefError, match=f"at most {MAX_SCRIPT_BYTES // 1000} kB.*split"):
        Brief.from_text("A fox runs. " * 20_000)


def test_binary_text_is_refused() -> None:
    with pytest.raises(BriefError, match="binary"):
        Brief.from_text("\x7fELF\x00\x01\x02")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A fox runs.", "en"),
        ("一只狐狸穿过森林。", "zh"),
        ("狐が森を走る。", "ja"),
        ("Le renard court à l'été", "en"),
        ("小明说: “Hello”，然后离开。", "zh"),
    ],
)
def test_the_language_is_detected_from_the_writing(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["Лиса бежит по лесу.", "ثعلب يجري في الغابة", "여우가 숲을 달린다"])
def test_a_script_in_another_writing_system_is_refused(text: str) -> None:
    with pytest.raises(BriefError, match="English, Chinese or Japanese"):
        Brief.from_text(text)


def test_an_unknown_style_lists_the_known_ones() -> None:
    with pytest.raises(BriefError, match="anime, watercolor, ink"):
        Brief.from_text("A fox.", style="cubist")


@pytest.mark.parametrize(
    "options", [{"duration": 0.0}, {"duration": -3.0}, {"duration": 1e9}, {"size": (479, 832)}, {"fps": 1}, {"seed": -1}]
)
def test_impossible_numbers_are_refused(options: dict) -> None:
    with pytest.raises(BriefError, match="give"):
        Brief.from_text("A fox.", **options)


def test_line_ends_and_spaces_are_made_plain_but_words_are_kept() -> None:
    assert Brief.from_text("\ufeffA  fox\r\nruns.\t").script == "A fox\nruns."

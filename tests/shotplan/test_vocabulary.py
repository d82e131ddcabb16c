"""The closed vocabularies are as large as promised and can be looked up in three languages."""

import pytest

from shotplan.plan import Prop
from shotplan.vocabulary import (
    ACTIONS,
    ANGLES,
    CHARACTER_KINDS,
    EMOTIONS,
    LANGUAGES,
    LENSES,
    MOVES,
    PLACES,
    PROP_KINDS,
    SHOT_SIZES,
    SIDES,
    SMALL_THINGS,
    STYLES,
    TIMES,
    WEATHERS,
    Vocabulary,
    usual_size,
)

ALL = (
    ACTIONS, ANGLES, CHARACTER_KINDS, EMOTIONS, LENSES, MOVES, PLACES, PROP_KINDS, SHOT_SIZES, SIDES, SMALL_THINGS, STYLES,
    TIMES, WEATHERS,
)  # fmt: skip


def test_the_vocabularies_have_the_promised_sizes() -> None:
    assert len(ACTIONS) >= 40
    assert (len(SHOT_SIZES), len(ANGLES), len(MOVES), len(EMOTIONS)) == (9, 8, 18, 12)


@pytest.mark.parametrize("vocabulary", ALL, ids=lambda v: v.name)
def test_every_term_has_a_label_in_every_language_and_is_found_by_it(vocabulary: Vocabulary) -> None:
    for term in vocabulary.values():
        for language in LANGUAGES:
            assert term.label(language)
        assert vocabulary.find(term.id) == term.id


def test_shot_sizes_are_ordered_from_wide_to_close() -> None:
    scale = [size.fill / size.segment for size in SHOT_SIZES.values()]
    assert scale == sorted(scale)
    assert [size.rank for size in SHOT_SIZES.values()] == list(range(9))


def test_mentions_prefer_the_longest_words_and_keep_text_order() -> None:
    found = [id for _, id in ACTIONS.mentions("The fox runs, then jumps over a log and climbs up.")]
    assert found == ["run", "jump_over", "climb_onto"]


def test_mentions_do_not_match_inside_other_english_words() -> None:
    assert CHARACTER_KINDS.mentions("The manual is in the catalogue.") == []


@pytest.mark.parametrize(("text", "id"), [("一只狐狸在跑", "fox"), ("狐が走る", "fox"), ("two foxes", "fox")])
def test_mentions_work_in_three_languages(text: str, id: str) -> None:
    assert id in [found for _, found in CHARACTER_KINDS.mentions(text)]


def test_an_unknown_word_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"not a camera move.*pan_left"):
        MOVES["wobble"]


@pytest.mark.parametrize(
    ("kind", "name", "height"),
    [
        ("ball", "apple", 0.08), ("ball", "two Golden apples", 0.08), ("ball", "egg", 0.06), ("ball", "ball", 0.24),
        ("basket", "coin", 0.03), ("basket", "key", 0.07), ("basket", "apple basket", 0.3), ("cup", "bottle of milk", 0.26),
        ("cup", "cup", 0.14), ("ball", "红苹果", 0.08), ("ball", "りんご", 0.08), ("thing", "ring", 0.025), ("tree", "apple", 5.0),
        ("sword", "knife", 0.04), ("basket", "key ring", 0.025), ("basket", "monkey", 0.3), ("basket", "earring box", 0.3),
        ("lamp", "candle", 0.22), ("lamp", "红灯笼", 0.42), ("lamp", "street lamp", 2.8), ("lamp", "lamp", 2.8),
    ],
)  # fmt: skip
def test_small_things_have_their_own_size(kind: str, name: str, height: float) -> None:
    assert usual_size(kind, name)[1] == height
    assert Prop.of_kind("it", name, kind, 0, 0).size == usual_size(kind, name)

"""What clips a model can take, and where frames land in its latent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import ConditioningError
from tests.video_core.adapters.patience import patient
from video_core.adapters import Grid, next_legal_frames


def test_a_720p_clip_of_81_frames_has_the_published_number_of_tokens() -> None:
    grid = Grid.of(81, (720, 1280))
    assert (grid.latent_frames, grid.latent_height, grid.latent_width, grid.tokens) == (21, 90, 160, 75_600)
    assert Grid.of(81, (480, 832)).tokens == 32_760
    assert Grid.of(121, (704, 1280), spatial=16).tokens == 27_280


@pytest.mark.parametrize(("size", "spatial"), [((480, 830), 8), ((479, 832), 8), ((0, 832), 8), ((720, 1280), 16)])
def test_a_size_that_does_not_divide_is_an_error_that_names_a_size_that_does(
    size: tuple[int, int], spatial: int
) -> None:
    with pytest.raises(ConditioningError, match="nearest size below is") as error:
        Grid.of(81, size, spatial=spatial)
    low = error.value.todo.split()[-1].split("x")
    Grid.of(81, (int(low[0]), int(low[1])), spatial=spatial)


@pytest.mark.parametrize("frames", [0, 2, 4, 80, 82])
def test_frames_that_are_not_4n_plus_1_are_an_error_that_names_the_next_legal_number(frames: int) -> None:
    with pytest.raises(ConditioningError, match=f"use {next_legal_frames(frames)} frames"):
        Grid.of(frames, (480, 832))


@patient
@given(st.integers(1, 500))
def test_the_next_legal_number_of_frames_is_the_nearest_that_loses_nothing(frames: int) -> None:
    legal = next_legal_frames(frames)
    assert legal % 4 == 1
    assert frames <= legal < frames + 4

"""Noise levels, guidance, experts and words, without any weights."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import torch

from video_core.backends.wan.denoise import Words, denoise
from video_core.backends.wan.families import FAMILIES, family
from video_core.backends.wan.feeds import TextFeed
from video_core.backends.wan.prompt import as_long_as_fits, clean, model_prompt
from video_core.backends.wan.sampling import sampling
from video_core.backends.wan.schedule import make_schedule
from video_core.backends.wan.settings import WanSettings


class Counting:
    """Experts that write down when they are asked."""

    dtype = torch.float32

    def __init__(self, boundary: float = 0.0) -> None:
        self.boundary, self.calls = boundary, list[tuple[int, float, str]]()

    def number_at(self, timestep: float, train_steps: int) -> int:
        return 0 if timestep >= self.boundary * train_steps else 1

    def __getitem__(self, number: int) -> Any:
        def model(hidden_states: torch.Tensor, timestep: torch.Tensor, encoder_hidden_states: torch.Tensor, return_dict: bool) -> Any:
            self.calls.append((number, float(timestep), "words" if float(encoder_hidden_states.sum()) else "none"))
            return (torch.zeros_like(hidden_states),)

        return Model(model)


class Model:
    """A function in the shape of a diffusers model."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def cache_context(self, name: str) -> Any:
        return nullcontext()

    def __call__(self, **arguments: Any) -> Any:
        return self._call(**arguments)


def run(experts: Counting, guidance: tuple[float, float], steps: int = 8, shift: float = 5.0) -> None:
    words = Words(torch.ones(1, 2, 3), torch.zeros(1, 2, 3))
    denoise(experts, torch.randn(1, 4, 2, 2, 2), make_schedule("unipc", steps, shift), TextFeed(), words, guidance)


def test_at_guidance_one_the_model_runs_once_a_step() -> None:
    experts = Counting()
    run(experts, (1.0, 1.0))
    assert len(experts.calls) == 8
    assert {words for _, _, words in experts.calls} == {"words"}


def test_above_guidance_one_it_runs_with_and_without_the_words() -> None:
    experts = Counting()
    run(experts, (3.5, 3.5))
    assert [words for _, _, words in experts.calls] == ["words", "none"] * 8


def test_each_expert_has_its_own_guidance() -> None:
    experts = Counting(boundary=0.9)
    run(experts, (3.5, 1.0))
    assert [number for number, _, _ in experts.calls] == [0] * 6 + [1] * 5


def test_anisora_v32_takes_the_high_noise_expert_for_three_of_eight_steps() -> None:
    experts = Counting(boundary=family("anisora-v3.2").boundary)
    run(experts, (1.0, 1.0))
    assert [number for number, _, _ in experts.calls] == [0, 0, 0, 1, 1, 1, 1, 1]
    assert [round(t) for _, t, _ in experts.calls] == pytest.approx([1000, 972, 938, 893, 833, 750, 625, 417], abs=2)


def test_the_few_step_schedule_hits_the_points_it_was_distilled_at() -> None:
    sample = sampling(WanSettings(few_step=True), family("wan2.2-i2v-a14b"))
    schedule = make_schedule(sample.solver, sample.steps, sample.shift)
    assert [round(float(t), 1) for t in schedule.timesteps] == [1000.0, 937.5, 833.3, 625.0]
    assert sample.guidance == (1.0, 1.0)


def test_what_is_set_wins_over_the_family_and_the_recipe() -> None:
    sample = sampling(WanSettings(few_step=True, steps=6, guidance=2.0, shift=7.0, solver="unipc"), family("wan2.1-t2v-14b"))
    assert (sample.steps, sample.guidance, sample.shift, sample.solver) == (6, (2.0, 2.0), 7.0, "unipc")


def test_the_family_says_how_it_was_sampled() -> None:
    sample = sampling(WanSettings(), family("wan2.2-t2v-a14b"))
    assert (sample.steps, sample.guidance, sample.shift) == (40, (4.0, 3.0), 12.0)


def test_anisora_prompts_end_with_scores_inside_its_range() -> None:
    text, score = model_prompt("A fox jumps", family("anisora-v3.2"), motion=9.0, aesthetic=5.5)
    assert text == "A fox jumps. aesthetic score: 5.5. motion score: 4.0. There is no text in the video."
    assert score == 4.0


def test_a_prompt_that_brings_its_own_scores_keeps_them() -> None:
    said = "狐狸跳过木头。aesthetic score: 6.0. motion score: 3.0. There is no text in the video."
    assert model_prompt(said, family("anisora-v3"), motion=2.0, aesthetic=5.5)[0] == said


def test_other_models_get_the_plain_prompt() -> None:
    assert model_prompt("A fox&amp; an  owl", family("wan2.1-t2v-14b"), motion=2.0, aesthetic=5.5)[0] == "A fox& an owl"


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_draws_clips_on_its_own_grid(name: str) -> None:
    model = FAMILIES[name]
    for frames in (1, 2, 9, 50, 81, 500):
        length = model.frames_for(frames)
        assert length % model.frame_grid == 1 or model.frame_grid == 1
        assert min(frames, model.max_frames) <= length <= model.max_frames
    assert model.experts == 1 or 0 < model.boundary < 1


def test_quotes_and_widths_are_made_plain_as_by_the_models_own_programs() -> None:
    said = "\u201cIt\u2019s\u3000late\uff01\u201d he said\uff0c \ufb01ne \uff71\uff86\uff92 cafe\u0301"
    assert clean(said) == "\"It's late!\" he said, fine \u30a2\u30cb\u30e1 caf\u00e9"


@pytest.mark.parametrize(
    ("name", "steps", "guidance", "shift_480p", "shift_720p"),
    [
        ("wan2.1-t2v-1.3b", 50, (6.0, 6.0), 8.0, 8.0),  # README of Wan2.1: guidance 6, shift 8 to 12
        ("wan2.1-t2v-14b", 50, (5.0, 5.0), 5.0, 5.0),
        ("wan2.1-i2v-14b", 40, (5.0, 5.0), 3.0, 5.0),  # generate.py: by the size, with either weights
        ("wan2.1-i2v-14b-720p", 40, (5.0, 5.0), 3.0, 5.0),
        ("wan2.1-flf2v-14b", 50, (5.5, 5.5), 16.0, 16.0),
        ("wan2.1-vace-14b", 50, (5.0, 5.0), 16.0, 16.0),
        ("wan2.2-i2v-a14b", 40, (3.5, 3.5), 5.0, 5.0),
        ("wan2.2-ti2v-5b", 50, (5.0, 5.0), 5.0, 5.0),
        ("wan2.2-animate-14b", 20, (1.0, 1.0), 5.0, 5.0),
        ("anisora-v3.2", 8, (1.0, 1.0), 5.0, 5.0),
    ],
)
def test_a_model_is_sampled_as_its_authors_say(
    name: str, steps: int, guidance: tuple[float, float], shift_480p: float, shift_720p: float
) -> None:
    sample = sampling(WanSettings(), family(name))
    assert (sample.steps, sample.guidance) == (steps, guidance)
    assert [sample.shift_at(size) for size in ((480, 832), (832, 480), (720, 1280))] == [shift_480p, shift_480p, shift_720p]


def test_a_shift_that_is_set_or_distilled_is_that_of_every_size() -> None:
    for settings, shift in ((WanSettings(shift=7.0), 7.0), (WanSettings(few_step=True), 5.0)):
        sample = sampling(settings, family("wan2.1-i2v-14b"))
        assert [sample.shift_at(size) for size in ((480, 832), (720, 1280))] == [shift, shift]


@pytest.mark.parametrize("prompt", [" ".join(f"word{n}" for n in range(300)), "红狐狸跳过一根大木头。" * 40])
def test_a_prompt_that_is_too_long_loses_its_own_end_and_not_the_models_suffix(prompt: str) -> None:
    model = family("anisora-v3.2")

    def whole(words: str) -> str:
        return model_prompt(words, model, motion=3, aesthetic=5.5)[0]

    given, left_out = as_long_as_fits(prompt, whole, lambda text: len(text) <= 300)
    assert given.endswith(whole("x").removeprefix("x. "))
    assert prompt.endswith(left_out)
    assert given.startswith(prompt[: len(prompt) - len(left_out)].strip())
    assert 280 < len(given) <= 300
    assert as_long_as_fits("A fox.", whole, lambda text: len(text) <= 300) == (whole("A fox."), "")

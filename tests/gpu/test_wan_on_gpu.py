"""The wan backend on a GPU: however a model is placed, it draws the same film, and memory is given back."""

from __future__ import annotations

import gc
import importlib.util

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from transformers import UMT5EncoderModel

from tests.gpu.conftest import MakeBackend
from video_core.conditioning import Conditioning

SAME = (
    "offload=group", "offload=group pin_all=false", "offload=group offload_level=leaf_level", "offload=group stream=false", "offload=model",
    "offload=sequential", "compile=regional", "compile=regional offload=group", "compile=regional offload=group offload_level=leaf_level",
    "attention=_native_cudnn", "attention=_native_flash", "compile=regional attention=_native_cudnn", "text_device=cpu",
)  # fmt: skip
"""Ways of running a model that change nothing but rounding."""


def apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Mean difference in grey levels of 255."""
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean())


@pytest.fixture(scope="module")
def resident() -> dict[str, NDArray[np.uint8]]:
    """Films that tests compare with, drawn once."""
    return {}


def film(make: MakeBackend, shot: Conditioning, options: str = "weights=bf16", **settings: str) -> NDArray[np.uint8]:
    return make(options, **settings).render(shot).frames


@pytest.mark.parametrize("options", SAME)
def test_however_a_model_is_placed_it_draws_the_film_of_a_resident_one(
    backend: MakeBackend, shot: Conditioning, resident: dict[str, NDArray[np.uint8]], options: str
) -> None:
    plain = resident.setdefault("plain", film(backend, shot))
    assert plain.std() > 5
    assert apart(film(backend, shot, options), plain) < 1.5


def test_a_gpu_draws_the_film_that_a_processor_draws(backend: MakeBackend, shot: Conditioning) -> None:
    assert apart(film(backend, shot), film(backend, shot, device="cpu")) < 3


@pytest.mark.parametrize("options", ["weights=fp8_storage", "weights=int8_compute", "weights=fp8_compute"])
def test_eight_bits_a_weight_change_the_film_only_a_little(backend: MakeBackend, shot: Conditioning, options: str) -> None:
    if "compute" in options and importlib.util.find_spec("torchao") is None:
        pytest.skip("needs torchao")
    if "fp8_compute" in options and torch.cuda.get_device_capability() < (8, 9):
        pytest.skip("this GPU does not multiply 8-bit floats")
    plain = film(backend, shot)
    assert apart(film(backend, shot, options), plain) < 12


def test_decoding_in_the_order_that_kernels_like_gives_the_same_frames(backend: MakeBackend, shot: Conditioning) -> None:
    first, second = backend(), backend()
    first.parts.latents.layout, second.parts.latents.layout = torch.channels_last_3d, torch.contiguous_format
    assert apart(first.render(shot).frames, second.render(shot).frames) < 1


def test_the_text_encoder_leaves_the_gpu_when_weights_are_streamed(backend: MakeBackend, shot: Conditioning) -> None:
    made = backend("offload=group")
    made.parts.settle(shot.size, shot.frames, made.sampling)
    before = torch.cuda.memory_allocated()
    words = made.parts.embeddings(["a fox runs"])
    assert torch.cuda.memory_allocated() - before <= sum(w.numel() * w.element_size() for w in words) + 4096
    assert not any(isinstance(thing, UMT5EncoderModel) for thing in gc.get_objects())


def test_between_shots_streamed_weights_hold_less_of_the_gpu_than_resident_ones(backend: MakeBackend, shot: Conditioning) -> None:
    held = {}
    for options in ("weights=bf16", "offload=model"):
        gc.collect()
        torch.cuda.empty_cache()
        before = torch.cuda.memory_allocated()
        made = backend(options)
        made.render(shot)
        held[options] = torch.cuda.memory_allocated() - before
        del made
    assert held["offload=model"] < held["weights=bf16"] / 2


def test_a_second_shot_takes_no_more_memory_than_the_first(backend: MakeBackend, shot: Conditioning) -> None:
    made = backend("offload=group")
    made.render(shot)
    gc.collect()
    before = torch.cuda.memory_allocated()
    made.render(shot)
    gc.collect()
    assert torch.cuda.memory_allocated() <= before

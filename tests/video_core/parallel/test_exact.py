"""Two gloo processes draw what one draws: every model, every way of sharing tokens, and the autoencoder's columns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.video_core.parallel.ranks import CASES, COMPILED, alone, latent_shape
from video_core.parallel.shares import shares

Made = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What two processes made, started as a user's are."""
    return by_two(tmp_path_factory.mktemp("ranks") / "made.pt")


def by_two(path: Path, *more: str) -> Made:
    """What two processes write into that file."""
    words = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words += ["-m", "tests.video_core.parallel.ranks", str(path), *more]
    done = subprocess.run(words, capture_output=True, text=True, timeout=220, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: Made = torch.load(path, weights_only=False)
    return found


@pytest.mark.parametrize("name", CASES)
def test_two_processes_say_bit_for_bit_what_one_says(made: Made, name: str) -> None:
    assert torch.equal(made[name], alone(name))
    assert made[f"{name}: all say the same"]


@pytest.mark.slow
def test_compiled_blocks_can_be_shared_too(tmp_path: Path) -> None:
    """The kernels are others, so the answer is rounded otherwise."""
    made = by_two(tmp_path / "made.pt", "compiled")
    for name in COMPILED:
        assert torch.allclose(made[name], alone(name), atol=1e-5)
        assert made[f"{name}: all say the same"]


def test_where_anything_goes_the_tokens_really_are_unequal() -> None:
    for name in CASES:
        t, h, w = latent_shape(name)
        assert t * (h // 2) * (w // 2) % 2 == ("anything" in name)


@pytest.mark.parametrize("what", ["t2v 6", "t2v 7", "ti2v 5"])
def test_columns_decoded_and_encoded_apart_are_those_of_the_whole_picture(made: Made, what: str) -> None:
    """No seam: what differs is the rounding of convolution kernels that were chosen for another width."""
    for way in ("decoded", "encoded"):
        apart, whole = made[f"{way} {what}"], alone(f"{way} {what}")
        assert apart.shape == whole.shape
        assert float((apart - whole).abs().max()) < 1e-5


def test_what_the_first_process_makes_all_have_and_may_help_with(made: Made) -> None:
    assert made["rank heard by all"] == [0, 0]
    assert made["helped"] == 4


def test_a_group_of_another_size_than_the_options_say_is_refused(made: Made) -> None:
    assert "for 2 processes and there are 3" in made["refused group"]


def test_shares_cover_everything_once_and_differ_by_one_at_most() -> None:
    for count in range(1, 40):
        for size in range(1, count + 1):
            cuts = shares(count, size)
            assert [end for _, end in cuts[:-1]] == [start for start, _ in cuts[1:]]
            assert (cuts[0][0], cuts[-1][1]) == (0, count)
            assert {end - start for start, end in cuts} <= {count // size, count // size + 1}

"""The table of cards, and a card that is looked at rather than named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from shotplan.errors import RenderError
from video_core.planner import machine_here
from video_core.planner.gpus import GPUS, find_gpu


def test_every_card_has_peaks_that_make_sense() -> None:
    for gpu in GPUS.values():
        assert gpu.int8 >= gpu.bf16 > 20
        assert gpu.fp8 in (0, pytest.approx(2 * gpu.bf16, rel=0.02))
        assert (gpu.fp8 == 0) == (gpu.architecture == "ampere")
        assert 0.5 <= gpu.sustained <= 1
        assert gpu.source


@pytest.mark.parametrize(
    ("name", "bf16", "int8"),
    [
        ("RTX 3080", 59.5, 238), ("RTX 3090", 71.2, 285), ("RTX 4070", 58.3, 233.2), ("RTX 4080", 97.5, 389.9), ("RTX 4090", 165.2, 660.6),
        ("RTX 5080", 112.6, 450.2), ("RTX 5090", 209.5, 838),
    ],
)  # fmt: skip
def test_geforce_peaks_are_those_of_the_white_papers(name: str, bf16: float, int8: float) -> None:
    assert GPUS[name].bf16 == pytest.approx(bf16, rel=0.003)
    assert GPUS[name].int8 == pytest.approx(int8, rel=0.003)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "RTX 4070 Ti SUPER"), ("rtx4070ti", "RTX 4070 Ti"), ("4060 ti 16 gb", "RTX 4060 Ti 16GB"),
        ("NVIDIA GeForce RTX 4060 Ti", "RTX 4060 Ti"), ("NVIDIA L4", "L4"), ("NVIDIA L40S", "L40S"), ("NVIDIA A10", "A10"),
        ("NVIDIA A100-SXM4-80GB", "A100"), ("NVIDIA RTX A6000", "RTX A6000"), ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000"),
    ],
)  # fmt: skip
def test_a_card_is_found_by_the_name_its_driver_gives(said: str, found: str) -> None:
    assert find_gpu(said).name == found


def test_a_laptop_card_is_not_taken_for_the_large_one_of_the_same_name() -> None:
    with pytest.raises(RenderError, match="smaller chip"):
        find_gpu("NVIDIA GeForce RTX 4090 Laptop GPU")


@pytest.mark.parametrize(
    ("name", "capability", "multiprocessors", "like", "architecture"),
    [
        ("NVIDIA GeForce RTX 4090 Laptop GPU", (8, 9), 76, "RTX 4090", "ada"),
        ("NVIDIA H100 PCIe", (9, 0), 114, "H100", "hopper"),
        ("NVIDIA A30", (8, 0), 56, "A100", "ampere"),
        ("NVIDIA GB200", (10, 0), 148, "B200", "blackwell"),
        ("NVIDIA RTX PRO 4500 Blackwell", (12, 0), 82, "RTX 5090", "blackwell_rtx"),
    ],
)
def test_a_card_of_another_size_is_scaled_by_its_multiprocessors(
    monkeypatch: pytest.MonkeyPatch, name: str, capability: tuple[int, int], multiprocessors: int, like: str, architecture: str
) -> None:
    properties = SimpleNamespace(name=name, major=capability[0], minor=capability[1], multi_processor_count=multiprocessors)
    for function, answer in (
        ("is_available", True), ("mem_get_info", (15 << 30, 16 << 30)), ("memory_reserved", 0), ("memory_allocated", 0),
        ("get_per_process_memory_fraction", 1.0), ("get_device_properties", properties), ("device_count", 1),
    ):  # fmt: skip
        monkeypatch.setattr(torch.cuda, function, lambda *_, answer=answer: answer)
    gpu = machine_here().gpu
    assert gpu is not None
    assert gpu.architecture == architecture
    assert gpu.memory == 15.0
    assert gpu.bf16 == pytest.approx(GPUS[like].bf16 * multiprocessors / GPUS[like].sms)
    assert gpu.bandwidth == pytest.approx(GPUS[like].bandwidth * multiprocessors / GPUS[like].sms)

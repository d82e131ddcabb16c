"""What the planner and the bench see of a GPU."""

from __future__ import annotations

import pytest
import torch

from evals.bench.gpu.cases import find
from evals.bench.gpu.one import run
from evals.bench.gpu.row import Row
from tests.video_core.puppets import talk
from video_core.backends.embedded import EmbeddedBackend
from video_core.planner import machine_here
from video_core.planner.machine import GB
from video_core.rasterise import condition


def test_the_planner_sees_name_memory_and_number_of_the_gpus() -> None:
    here = machine_here()
    assert here.gpu is not None
    assert here.gpus == torch.cuda.device_count()
    assert 0 < here.gpu.memory <= torch.cuda.get_device_properties(0).total_memory / GB
    assert here.gpu.name in torch.cuda.get_device_name(0) or "scaled" in here.gpu.source


def test_a_process_that_is_held_to_a_part_of_the_gpu_plans_for_that_part() -> None:
    whole = torch.cuda.get_device_properties(0).total_memory / GB
    torch.cuda.set_per_process_memory_fraction(0.1)
    try:
        here = machine_here()
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert here.gpu is not None
    assert here.gpu.memory <= 0.11 * whole


def test_the_embedded_model_needs_no_gpu_and_takes_none() -> None:
    before = torch.cuda.memory_allocated()
    clip = EmbeddedBackend().render(condition(talk(frames=3), size=(64, 112), seed=3))
    assert clip.frames.shape == (3, 64, 112, 3)
    assert torch.cuda.memory_allocated() == before


@pytest.mark.parametrize("case", ["peaks", "plain", "compiled", "stream-leaf", "decoders", "film"])
def test_the_bench_measures_on_the_gpu(case: str) -> None:
    rows: list[Row] = []
    run(find([case])[0], rows.append, small=True)
    assert rows
    assert all(row.status == "measured" for row in rows), [row.note for row in rows]
    assert all(row.memory.get("gpu_reserved", 1.0) > 0 for row in rows)

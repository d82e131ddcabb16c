"""What the log of a server tells people. The lines are vLLM's own."""

from __future__ import annotations

import pytest

from agents.serving.log_reading import advice, last_fault, progress

START = [
    "(APIServer pid=1) INFO 11-22 18:14:28 [model.py:2152] Using max model len 8192",
    "(EngineCore pid=2) INFO 11-22 18:14:40 [core.py:113] Initializing a V1 LLM engine (v0.32.0) with config: ...",
    "(EngineCore pid=2) (Worker pid=3) INFO 11-22 18:14:45 [cpu_model_runner.py:70] Starting to load model /m...",
    "(Worker pid=3) \rLoading safetensors checkpoint shards:  50% Completed | 1/2 [00:00<00:00,  2.58it/s]",
    "(EngineCore pid=2) INFO 11-22 18:14:47 [kv_cache_utils.py:1] CPU KV cache size: 46,592 tokens",
    "(Worker pid=3) INFO 11-22 18:14:47 [cpu_model_runner.py:87] Warming up model for the compilation...",
    "INFO:     Application startup complete.",
]


def test_the_phases_of_a_start_are_told_in_order() -> None:
    told = [step for step in map(progress, START) if step]
    assert [step.phase for step in told] == [
        "starting the engine",
        "loading the weights",
        "loading the weights",
        "making room for the prefix cache",
        "warming up",
        "ready",
    ]
    assert [step.step for step in told] == sorted(step.step for step in told)
    assert told[2].share == 0.5


def test_the_cause_of_a_failure_is_told_and_not_what_follows_from_it() -> None:
    log = [
        *START[:3],
        "(EngineCore pid=2) ERROR 11-22 18:18:31 [core.py:1510] Traceback (most recent call last):",
        "(EngineCore pid=2) ERROR 11-22 18:18:31 [core.py:1510] ValueError: Invalid prefix_match_unit=16",
        "(EngineCore pid=2) ERROR 11-22 18:18:34 [multiproc_executor.py:315] Worker proc VllmWorker-0 died unexpectedly",
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore': 1}",
    ]
    assert last_fault(log) == "ValueError: Invalid prefix_match_unit=16"
    assert last_fault(START[:1]) == "Using max model len 8192"
    assert last_fault([]) == ""


@pytest.mark.parametrize(
    ("fault", "todo"),
    [
        ("OSError: [Errno 98] Address already in use", None),
        ("OSError: [Errno 98] error while attempting to bind: address already in use", "--port"),
        ("api_server.py: error: unrecognized arguments: --colour", "after --"),
        ("torch.OutOfMemoryError: CUDA out of memory", "smaller model"),
        ("huggingface_hub.errors.LocalEntryNotFoundError: cannot find the file", "no network"),
        ("OSError: nobody/x is not a valid model identifier", "model's name"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("KeyError: 7", ""),
    ],
)
def test_common_faults_come_with_advice(fault: str, todo: str | None) -> None:
    if todo == "":
        assert advice(fault) == ""
    else:
        assert (todo or "--port") in advice(fault)

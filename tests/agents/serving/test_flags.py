"""Which command line a machine and a model get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from agents.serving.environment import Accepted, Environment
from agents.serving.flags import Launch, launch
from agents.serving.machine import GIB, Gpu, Machine
from agents.serving.served_model import Adapter, ServedModel
from shotplan.errors import ModelError

CPU = Machine(cores=2, memory=16 * GIB, free_memory=12 * GIB, quick_bfloat16=True)
CARD = Gpu("H200", 141 * GIB, 140 * GIB)
SMALL = ServedModel("/models/small", "small", True, GIB // 4, 8192, 23_040)
FLAGS = """
--model --served-model-name --host --port --structured-outputs-config --enable-prefix-caching --enable-prompt-tokens-details
--enable-per-request-metrics --scheduling-policy --generation-config --disable-uvicorn-access-log --max-model-len
--max-num-seqs --block-size --dtype --enforce-eager --gpu-memory-utilization --tensor-parallel-size --enable-lora
--max-loras --max-lora-rank --lora-modules
"""
ALL = frozenset(FLAGS.split())


def planned(
    machine: Machine = CPU, model: ServedModel = SMALL, *, known: frozenset[str] = ALL, more: tuple[str, ...] = ()
) -> Launch:
    build: Literal["cpu", "gpu"] = "gpu" if machine.gpus else "cpu"
    environment = Environment(Path("/env"), "0.33.0", build)
    return launch(environment, Accepted(("-m", "vllm"), known), machine, model, more=more)


def values(found: Launch, name: str) -> tuple[str, ...] | None:
    return next((flag.values for flag in found.flags if flag.name == name), None)


def machine(*cards: Gpu) -> Machine:
    return Machine(16, 128 * GIB, 120 * GIB, True, cards)


def test_a_crew_gets_compact_answers_prefix_caching_and_priorities() -> None:
    found = planned()
    config = values(found, "--structured-outputs-config")
    assert config is not None
    assert json.loads(config[0]) == {"backend": "xgrammar", "disable_any_whitespace": True}
    assert values(found, "--scheduling-policy") == ("priority",)
    for switch in ("--enable-prefix-caching", "--enable-prompt-tokens-details", "--enable-per-request-metrics"):
        assert values(found, switch) == ()


def test_on_a_cpu_prefixes_are_shared_in_the_smallest_steps_that_the_cpu_build_allows() -> None:
    assert values(planned(), "--block-size") == ("32",)
    assert values(planned(machine(CARD)), "--block-size") is None


def test_a_cpu_without_quick_bfloat16_computes_in_float32_where_the_model_fits() -> None:
    slow = Machine(2, 16 * GIB, 12 * GIB, quick_bfloat16=False)
    assert values(planned(), "--dtype") == ("bfloat16",)
    assert values(planned(slow), "--dtype") == ("float32",)
    assert values(planned(slow, ServedModel("/m", "m", True, 5 * GIB)), "--dtype") == ("bfloat16",)


def test_a_small_cpu_model_is_not_compiled_neither_at_the_start_nor_at_the_first_vote() -> None:
    assert planned().variables["TORCHDYNAMO_DISABLE"] == "1"
    large = planned(machine(), ServedModel("/m", "m", True, 20 * GIB))
    assert values(large, "--enforce-eager") is None
    assert "TORCHDYNAMO_DISABLE" not in large.variables


def test_the_prefix_cache_of_a_cpu_server_is_as_large_as_needed_and_as_there_is_room() -> None:
    assert planned().variables["VLLM_CPU_KVCACHE_SPACE"] == "1"
    heavy = ServedModel("/m", "m", True, GIB, 40_960, 150_000)
    assert planned(machine(), heavy).variables["VLLM_CPU_KVCACHE_SPACE"] == "6"
    assert planned(Machine(2, 8 * GIB, 6 * GIB, True), heavy).variables["VLLM_CPU_KVCACHE_SPACE"] == "1"


def test_the_context_is_never_longer_than_the_models_own() -> None:
    assert values(planned(model=ServedModel("/m", "m", True, GIB, 2048)), "--max-model-len") == ("2048",)
    assert values(planned(machine(CARD)), "--max-model-len") == ("8192",)


@pytest.mark.parametrize(("weights", "cards"), [(8, None), (200, "2"), (400, "4")])
def test_weights_that_do_not_fit_one_card_are_spread_over_as_few_as_possible(weights: int, cards: str | None) -> None:
    found = planned(machine(CARD, CARD, CARD, CARD), ServedModel("/m", "m", True, weights * GIB, 8192))
    assert values(found, "--tensor-parallel-size") == (None if cards is None else (cards,))


def test_a_card_that_is_partly_taken_is_used_for_what_is_free() -> None:
    assert values(planned(machine(Gpu("H200", 100 * GIB, 60 * GIB))), "--gpu-memory-utilization") == ("0.57",)
    assert values(planned(machine(CARD)), "--gpu-memory-utilization") == ("0.90",)


def test_a_model_too_large_for_the_machine_is_refused_before_anything_starts() -> None:
    with pytest.raises(ModelError, match="smaller model"):
        planned(model=ServedModel("/m", "m", True, 14 * GIB))
    with pytest.raises(ModelError, match="smaller model"):
        planned(machine(CARD), ServedModel("/m", "m", True, 600 * GIB))


def test_the_gpu_build_without_a_gpu_is_refused() -> None:
    environment = Environment(Path("/env"), "0.33.0", "gpu")
    with pytest.raises(ModelError, match="no NVIDIA GPU"):
        launch(environment, Accepted((), ALL), CPU, SMALL)


def test_a_flag_that_the_installed_vllm_does_not_know_is_left_out_and_told() -> None:
    found = planned(known=ALL - {"--enable-per-request-metrics"})
    assert [flag.name for flag in found.left_out] == ["--enable-per-request-metrics"]
    assert "--enable-per-request-metrics" not in found.command


def test_what_the_user_writes_replaces_the_choice_made_here() -> None:
    found = planned(more=("--max-model-len=1024", "--no-enable-prefix-caching", "--seed", "3"))
    assert values(found, "--max-model-len") is None
    assert values(found, "--enable-prefix-caching") is None
    assert found.command[-4:] == ["--max-model-len=1024", "--no-enable-prefix-caching", "--seed", "3"]


def test_adapters_are_served_by_name_with_room_for_the_largest() -> None:
    adapters = (Adapter("director", Path("/a"), 8), Adapter("camera", Path("/b"), 24))
    found = planned(model=ServedModel("/m", "m", True, GIB, 8192, None, adapters))
    assert values(found, "--lora-modules") == ("director=/a", "camera=/b")
    assert values(found, "--max-loras") == ("2",)
    assert values(found, "--max-lora-rank") == ("32",)
    with pytest.raises(ModelError, match="cannot serve adapters"):
        planned(model=ServedModel("/m", "m", True, GIB, 8192, None, adapters), known=ALL - {"--lora-modules"})
    with pytest.raises(ModelError, match="up to rank 512"):
        planned(model=ServedModel("/m", "m", True, GIB, 8192, None, (Adapter("a", Path("/a"), 1024),)))


def test_a_model_in_a_folder_needs_no_network_and_one_to_be_downloaded_does() -> None:
    assert planned().variables["HF_HUB_OFFLINE"] == "1"
    absent = ServedModel("nobody/no-such-model-in-the-cache", "m", False, GIB)
    assert planned(machine(CARD), absent).variables["HF_HUB_OFFLINE"] == "0"


def test_the_address_is_one_that_this_machine_can_ask() -> None:
    environment, known = Environment(Path("/env"), "0.33.0", "cpu"), Accepted((), ALL)
    assert launch(environment, known, CPU, SMALL, host="0.0.0.0", port=8123).url == "http://127.0.0.1:8123/v1"
    assert launch(environment, known, CPU, SMALL, host="::1", port=8123).url == "http://[::1]:8123/v1"

"""Which weights are served under which name, and adapters merged into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from agents.serving.machine import GIB, Gpu, Machine
from agents.serving.merged import merged_checkpoint
from agents.serving.served_model import choose
from shotplan.errors import ModelError

CPU = Machine(cores=2, memory=16 * GIB, free_memory=12 * GIB, quick_bfloat16=True)
TARGET = "model.layers.0.self_attn.q_proj"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    shape = {"num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "hidden_size": 576}
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 8192, **shape}))
    (folder / "tokenizer.json").write_text("{}")
    save_file({f"{TARGET}.weight": torch.ones(3, 4, dtype=torch.bfloat16)}, str(folder / "model.safetensors"))
    return folder


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "lora"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}))
    tensors = {"lora_A": torch.ones(2, 4), "lora_B": torch.full((3, 2), 0.5)}
    named = {f"base_model.model.{TARGET}.{name}.weight": tensor for name, tensor in tensors.items()}
    save_file(named, str(folder / "adapter_model.safetensors"))
    return folder


def test_a_folder_tells_its_context_its_size_and_what_a_token_costs(base: Path) -> None:
    found = choose(str(base), (), CPU)
    assert (found.name, found.local, found.context) == ("tiny", True, 8192)
    assert found.token_bytes == 30 * 2 * 3 * 64 * 2


def test_an_adapter_without_a_name_is_merged_into_the_weights(base: Path, adapter: Path) -> None:
    found = choose(str(base), [str(adapter)], CPU)
    assert found.names == ("tiny-lora",)
    weight = load_file(Path(found.source) / "model.safetensors")[f"{TARGET}.weight"]
    assert torch.equal(weight, torch.full((3, 4), 1 + 2.0 * 2 * 0.5, dtype=torch.bfloat16))
    assert (Path(found.source) / "tokenizer.json").is_file()


def test_merged_weights_are_made_once_and_again_when_the_adapter_changes(base: Path, adapter: Path) -> None:
    first = merged_checkpoint(base, adapter)
    stamp = (first / "model.safetensors").stat().st_mtime_ns
    assert merged_checkpoint(base, adapter) == first
    assert (first / "model.safetensors").stat().st_mtime_ns == stamp
    (adapter / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 8}))
    assert merged_checkpoint(base, adapter) != first


def test_an_adapter_with_a_name_is_served_beside_the_model(base: Path, adapter: Path) -> None:
    found = choose(str(base), [f"camera={adapter}"], CPU)
    assert found.names == ("tiny", "camera")
    assert found.adapters[0].rank == 2
    with pytest.raises(ModelError, match="same name"):
        choose(str(base), [f"tiny={adapter}"], CPU)


def test_a_gpu_without_a_named_model_gets_one_that_fits_it() -> None:
    def default(gib: int) -> str:
        return choose(None, (), Machine(8, 64 * GIB, 60 * GIB, True, (Gpu("card", gib * GIB, gib * GIB),))).source

    assert default(141) == "Qwen/Qwen3-30B-A3B-Instruct-2507"
    assert default(24) == "Qwen/Qwen3-4B-Instruct-2507"
    assert default(8) == "Qwen/Qwen3-1.7B"


@pytest.mark.parametrize(
    ("model", "adapters", "said"),
    [
        ("large", (), "Hub id such as"),
        ("org/name", ("/somewhere/lora",), "merged into a model in a folder"),
        ("org/name", ("x=/nowhere",), "'x' cannot be used"),
        ("org/name", ("a", "b"), "Only one adapter can be merged"),
    ],
)
def test_what_cannot_be_served_is_said_with_what_to_do(model: str, adapters: tuple[str, ...], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        choose(model, adapters, CPU)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a model"):
        choose(str(tmp_path), (), CPU)

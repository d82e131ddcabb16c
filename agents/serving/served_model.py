"""Which weights are served under which name.

Knows the model that comes with ekonte, folders, Hub ids and LoRA adapters. Does not know flags.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agents.serving.machine import GIB, Machine
from shotplan.errors import ModelError

CREW_NAME = "ekonte-crew"
"""The name under which the model with ekonte's own adapter is served."""
SHIPPED_ADAPTER = Path(__file__).parents[1] / "embedded" / "adapter"
HUB_MODELS = (
    (80, "Qwen/Qwen3-30B-A3B-Instruct-2507", 61),
    (14, "Qwen/Qwen3-4B-Instruct-2507", 8),
    (7, "Qwen/Qwen3-1.7B", 4),
    (0, "Qwen/Qwen3-0.6B", 2),
)
"""(GiB of the largest card, Hub id, GiB of weights): all Apache-2.0, all read English, Chinese and Japanese."""


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter that is asked for by its own model name."""

    name: str
    folder: Path
    rank: int


@dataclass(frozen=True)
class ServedModel:
    """What the server loads. `source`: a folder or a Hub id; `context`: tokens, None where not known before loading."""

    source: str
    name: str
    local: bool
    weight_bytes: int | None = None
    context: int | None = None
    token_bytes: int | None = None
    """Keys and values of one token in all layers, at two bytes a number."""
    adapters: tuple[Adapter, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every model name the server answers to."""
        return (self.name, *(adapter.name for adapter in self.adapters))


def choose(model: str | None, adapters: Sequence[str], machine: Machine) -> ServedModel:
    """The model to serve. `model`: a folder, a Hub id, or None for the one that suits the machine.

    `adapters`: `NAME=FOLDER` is served beside the model under that name; `FOLDER` alone is merged into a local model,
    which on a CPU is about four times quicker. Raises `ModelError` when a folder is not what it should be.
    """
    beside = tuple(_adapter(*spec.split("=", 1)) for spec in adapters if "=" in spec)
    merged = [Path(spec).expanduser() for spec in adapters if "=" not in spec]
    if len(merged) > 1:
        raise ModelError(
            "Only one adapter can be merged into the model",
            where=str(merged[1]),
            todo="Give the others a name: --adapter NAME=FOLDER",
        )
    base = _base(model, machine, merged[0] if merged else None)
    if len(set(base.names + tuple(a.name for a in beside))) < 1 + len(beside):
        raise ModelError("Two models have the same name", where="--adapter", todo="Give every adapter its own name")
    return replace(base, adapters=beside)


def _base(model: str | None, machine: Machine, merged: Path | None) -> ServedModel:
    if model is None and not machine.gpus:
        return _own(merged)
    if model is None:
        largest = max(gpu.memory for gpu in machine.gpus) / GIB
        _, hub_id, size = next(row for row in HUB_MODELS if largest >= row[0])
        model, weight = hub_id, size * GIB
    else:
        weight = None
    folder = Path(model).expanduser()
    if folder.is_dir():
        served = _folder(folder.absolute())
        if merged is None:
            return served
        from agents.serving.merged import merged_checkpoint

        into = merged_checkpoint(folder.absolute(), merged)
        return replace(served, source=str(into), name=f"{served.name}-{merged.name}")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        raise ModelError(
            f"There is no model {model!r}", where="--model", todo="Give a folder, or a Hub id such as Qwen/Qwen3-4B-Instruct-2507"
        )
    if merged is not None:
        raise ModelError(
            "An adapter can only be merged into a model in a folder",
            where=str(merged),
            todo=f"Serve it beside the model: --adapter {merged.name}={merged}",
        )
    return ServedModel(model, model, False, weight)


def _own(adapter: Path | None) -> ServedModel:
    """The model that comes with ekonte, with the adapter given or shipped merged into it."""
    from agents.embedded.checkpoint import MODEL_NAME, prepared_checkpoint  # brings torch
    from agents.serving.merged import merged_checkpoint

    base = prepared_checkpoint()
    if adapter is None and (SHIPPED_ADAPTER / "adapter_config.json").is_file():
        adapter = SHIPPED_ADAPTER
    if adapter is None:
        return _folder(base, MODEL_NAME)
    return _folder(merged_checkpoint(base, adapter), CREW_NAME)


def _folder(folder: Path, name: str | None = None) -> ServedModel:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
        context = config.get("max_position_embeddings") or config.get("text_config", {}).get("max_position_embeddings")
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            f"That folder is not a model: {error}", where=str(folder), todo="Give a folder that transformers can load"
        ) from error
    return ServedModel(str(folder), name or folder.name, True, weights or None, context, _token_bytes(config))


def _token_bytes(config: dict[str, Any]) -> int | None:
    try:
        heads = int(config["num_attention_heads"])
        width = int(config.get("head_dim") or config["hidden_size"] // heads)
        return int(config["num_hidden_layers"]) * 2 * int(config.get("num_key_value_heads") or heads) * width * 2
    except (KeyError, TypeError, ValueError):
        return None


def _adapter(name: str, folder: str) -> Adapter:
    path = Path(folder).expanduser().absolute()
    try:
        rank = int(json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))["r"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The adapter {name!r} cannot be used: {error}", where=str(path), todo="Give a folder that peft wrote"
        ) from error
    if not re.fullmatch(r"[\w.-]+", name):
        raise ModelError(f"{name!r} is no name for an adapter", where="--adapter", todo="Use letters, digits, - and _")
    return Adapter(name, path, rank)

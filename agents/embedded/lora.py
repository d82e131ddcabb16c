"""Merges a LoRA adapter (peft folder layout) into plain weights, so that running it costs nothing.

Knows adapter_config.json and adapter_model.safetensors as peft writes them. Does not need peft.
Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; W' = W + (alpha / r) B A.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from shotplan.errors import ModelError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
TRUST = "trust.json"
"""Beside them, if there is one: how readily the reader overrules the first option (`agents.embedded.first_option`)."""
PREFIX = "base_model.model."


def merge_lora(tensors: dict[str, torch.Tensor], folder: Path) -> dict[str, torch.Tensor]:
    """The weights with the adapter added: W (out, in) + scale * B (out, r) @ A (r, in); other tensors are shared.

    Raises `ModelError` when the folder is not a plain LoRA for these weights; nothing in it is ignored.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        adapter = load_file(folder / WEIGHTS)
        scale = _scale(config)
        merged = dict(tensors)
        for name in sorted(adapter):
            if name.endswith(".lora_B.weight"):
                continue
            target = name.removeprefix(PREFIX).replace(".lora_A.weight", ".weight")
            if not name.endswith(".lora_A.weight") or target not in tensors:
                raise ValueError(f"{name} has no place in the model")
            a, b = adapter.pop(name).float(), adapter.pop(name.replace(".lora_A.", ".lora_B.")).float()
            weight = tensors[target]
            if (b.shape[0], a.shape[1]) != tuple(weight.shape):
                raise ValueError(f"{name} is for a matrix of {b.shape[0]} x {a.shape[1]}, not {tuple(weight.shape)}")
            merged[target] = weight.float() + scale * (b @ a)
        if adapter:
            raise ValueError(f"{min(adapter)} has no partner")
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"The adapter cannot be used: {error}",
            where=str(folder),
            todo="Give a folder that peft wrote for this model, or leave the adapter out",
        ) from error
    return merged


def _scale(config: dict[str, Any]) -> float:
    for key in ("use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "fan_in_fan_out"):
        if config.get(key):
            raise ValueError(f"{key} is not supported")
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        raise ValueError("only LoRA without biases is supported")
    rank = float(config["r"])
    return float(config["lora_alpha"]) / (math.sqrt(rank) if config.get("use_rslora") else rank)


def adapter_digest(folder: Path) -> str:
    """Twelve hex digits that name the adapter's content. Raises `ModelError` when a file is missing."""
    digest = hashlib.sha256()
    for name in (CONFIG, WEIGHTS, TRUST):
        if name == TRUST and not (folder / name).exists():
            continue
        try:
            digest.update((folder / name).read_bytes())
        except OSError as error:
            raise ModelError(
                f"The adapter has no readable {name}", where=str(folder), todo="Give the folder that peft wrote"
            ) from error
    return digest.hexdigest()[:12]

"""Writes a checkpoint as the adapter folder that the program ships.

    python -m agents.embedded.training.export --checkpoint run/checkpoint.pt

Knows peft's folder layout (adapter_config.json, adapter_model.safetensors). Does not know how the matrices were trained.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from agents.embedded.checkpoint import prepared_checkpoint
from agents.embedded.lora import CONFIG, PREFIX, WEIGHTS
from agents.embedded.training.network import BLOCKS, Network


def export(state: dict[str, Any], folder: Path) -> int:
    """Write the adapter of a checkpoint of `train` into `folder`; returns the bytes of its weights."""
    network = Network(prepared_checkpoint(), rank=state["rank"], alpha=state["alpha"])
    network.load_state_dict(state["network"])
    return write(network, state["rank"], state["alpha"], folder)


def write(network: Network, rank: int, alpha: float, folder: Path) -> int:
    """Write the network's matrices into `folder` as peft does, in bfloat16; returns the bytes of the weights."""
    tensors: dict[str, torch.Tensor] = {}
    for layer in range(network.shape.layers):
        for block, names in BLOCKS.items():
            parts = network.a[f"{layer}_{block}"].detach().chunk(len(names))
            rows = network.b[f"{layer}_{block}"].detach().split(list(network.rows[block]))
            for name, a, b in zip(names, parts, rows, strict=True):
                at = f"{PREFIX}model.layers.{layer}.{name}"
                tensors[f"{at}.lora_A.weight"] = a.to(torch.bfloat16).contiguous().clone()
                tensors[f"{at}.lora_B.weight"] = b.to(torch.bfloat16).contiguous().clone()
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "inference_mode": True,
        "target_modules": sorted(name.split(".")[1] for names in BLOCKS.values() for name in names),
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(folder / WEIGHTS), metadata={"format": "pt"})
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return (folder / WEIGHTS).stat().st_size


def main() -> None:
    from agents.embedded.model import SHIPPED_ADAPTER

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED_ADAPTER)
    args = parser.parse_args()
    size = export(torch.load(args.checkpoint, map_location="cpu"), args.out)
    print(f"{args.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

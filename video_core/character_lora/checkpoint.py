"""A training's state on disk: adapter, optimiser, running mean, step and what was measured.

Knows the file. Written whole or not at all; what random numbers come next follows from the step, so that none are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from shotplan.errors import RenderError
from video_core.ledger import write_bytes

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class State:
    """After `step` steps."""

    step: int
    adapter: Tensors
    first: Tensors
    """AdamW's mean of gradients."""
    second: Tensors
    """AdamW's mean of squared gradients."""
    average: Tensors = field(default_factory=dict)
    measured: tuple[tuple[int, float], ...] = ()
    """(step, loss on held-out samples)."""


def save_state(path: Path, state: State) -> None:
    """Raises `RenderError` when the disk is full or read-only."""
    groups = {"adapter": state.adapter, "first": state.first, "second": state.second, "average": state.average}
    tensors = {f"{group}/{name}": t.detach().cpu().contiguous() for group, named in groups.items() for name, t in named.items()}
    told = {"step": state.step, "measured": state.measured}
    write_bytes(path, save(tensors, metadata={"ekonte": json.dumps(told)}))


def load_state(path: Path, shapes: Mapping[str, torch.Tensor]) -> State | None:
    """None when there is none. Raises `RenderError` when it is damaged or of another adapter."""
    if not path.is_file():
        return None
    again = "delete it to begin anew"
    try:
        with safe_open(path, framework="pt") as file:
            told = json.loads((file.metadata() or {})["ekonte"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a dictionary)
    except (OSError, SafetensorError, KeyError, ValueError) as e:
        raise RenderError(f"the training's checkpoint is damaged: {e}", where=str(path), todo=again) from e
    groups: dict[str, Tensors] = {"adapter": {}, "first": {}, "second": {}, "average": {}}
    for name, tensor in tensors.items():
        group, _, rest = name.partition("/")
        groups[group][rest] = tensor
    if {n: t.shape for n, t in groups["adapter"].items()} != {n: t.shape for n, t in shapes.items()}:
        raise RenderError("the training's checkpoint is of another adapter", where=str(path), todo=again)
    measured = tuple((int(step), float(loss)) for step, loss in told["measured"])
    return State(int(told["step"]), **groups, measured=measured)

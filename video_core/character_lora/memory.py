"""What a training takes, before anything is loaded.

Knows the planner's shapes of transformers. Does not load. Weights are exact. Activations were counted on the real classes at real width
with tensors that hold no data, and a test repeats it. In bytes per token and channel, bf16 with float32 norms: 1.8 for every block, whose
input checkpointing keeps, and 59 + 6.1 f/d for the one block that is recomputed with its gradients; 42 more where every token has a time
of its own (Wan2.2-TI2V-5B).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shotplan.errors import RenderError
from video_core.backends.wan.families import Family
from video_core.character_lora.settings import TrainSettings
from video_core.planner import Machine, OptionSet
from video_core.planner.machine import GB
from video_core.planner.memory import CONTEXT, PROCESS, transformer_bytes
from video_core.planner.models import model_of_configs

KEPT, AGAIN, AGAIN_FFN, TOKEN_TIMES = 1.8, 59.0, 6.1, 42.0
"""Bytes per token and channel, see above."""
PER_WEIGHT = 16
"""Bytes of the adapter per number: itself, its gradient and AdamW's two means, float32."""
FORMATS = {"bf16": "bf16", "fp8": "fp8_storage", "fp32": "fp32"}


@dataclass(frozen=True)
class Takes:
    """GB of 2^30 bytes."""

    weights: float
    activations: float
    adapter: float
    text_encoder: float
    """While captions are encoded, before the transformer is there."""

    @property
    def total(self) -> float:
        return max(self.weights + self.activations + self.adapter, self.text_encoder)


def takes(config: Mapping[str, object], family: Family, settings: TrainSettings, weights: str, largest: tuple[int, int, int]) -> Takes:
    """Of one expert at a time, whose diffusers config this is. `largest`: (H, W, F) of the largest sample."""
    model = model_of_configs([config])
    height, width, frames = largest
    tokens = ((frames - 1) // 4 + 1) * (height // (2 * family.stride)) * (width // (2 * family.stride))
    dit = model.dit
    wide = 2 if weights == "fp32" else 1
    inside = AGAIN + AGAIN_FFN * dit.ffn / dit.dim + (TOKEN_TIMES if dit.token_times else 0.0)
    activations = wide * tokens * dit.dim * (inside + KEPT * dit.layers)
    activations += 2.0 * dit.block_parameters if weights == "fp8" else 0.0
    matrices = 8 * 2 * dit.dim + (2 * (dit.dim + dit.ffn) if settings.layers == "attention+ffn" else 0)
    matrices += 2 * (dit.added_kv + dit.dim) if dit.added_kv else 0
    adapter = PER_WEIGHT * settings.rank * matrices * dit.layers
    held = transformer_bytes(dit, OptionSet.parse({"weights": FORMATS[weights]}))
    return Takes(held / GB, activations / GB, adapter / GB, model.text_parameters * 2.0 / GB)


def check_fits(found: Takes, machine: Machine, weights: str, largest: tuple[int, int, int]) -> str:
    """One line that says what it takes and what is there. Raises `RenderError` with what would help when it is too much."""
    on_gpu = machine.gpu is not None
    there = machine.gpu.memory - CONTEXT if machine.gpu is not None else machine.ram
    needed = found.total + (0 if on_gpu else PROCESS)
    line = (
        f"{needed:.1f} GB of {there:.1f} on the {'GPU' if on_gpu else 'CPU'}: weights {found.weights:.1f} ({weights}), activations "
        f"{found.activations:.1f} at {largest[0]}x{largest[1]}x{largest[2]}, adapter and optimiser {found.adapter:.1f}"
    )
    if needed > there:
        ways = ["--frames 17" if largest[2] > 17 else "", "--size 352x640" if largest[0] * largest[1] > 352 * 640 else ""]
        ways += ["--weights fp8" if weights != "fp8" and found.weights > 1 else "", "a smaller model"]
        raise RenderError(f"the training does not fit: it takes {line}", where="memory", todo=f"try {', '.join(w for w in ways if w)}")
    return line

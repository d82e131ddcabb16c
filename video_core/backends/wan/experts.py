"""The diffusion transformers of one model: loaded when their noise level is reached, kept or exchanged as the options say.

Knows loading, LoRA fusion and placement. Does not know the denoising loop.
"""

from __future__ import annotations

import gc
from typing import Any

import torch

from video_core.backends.wan.match import Matched
from video_core.backends.wan.placement import forget, place
from video_core.checkpoints.load import load_transformer
from video_core.checkpoints.lora import Lora, fuse
from video_core.parallel.group import ALONE, Group
from video_core.planner import OptionSet
from video_core.planner.memory import straight

DTYPES = {"fp32": torch.float32}


class Experts:
    """Expert 0 is the only or high-noise one, expert 1 the low-noise one."""

    def __init__(
        self, matched: Matched, options: OptionSet, device: torch.device, loras: tuple[tuple[Lora, ...], tuple[Lora, ...]],
        group: Group = ALONE,
    ) -> None:  # fmt: skip
        self.matched, self.options, self.device, self.loras, self.group = matched, options, device, loras, group
        self.notes: list[str] = []
        """What was remarkable when they were loaded."""
        self._loaded: dict[int, Any] = {}
        self._active: int | None = None
        self.dtype = DTYPES.get(options.weights, torch.bfloat16)

    @property
    def boundary(self) -> float:
        """Share of the training steps at and above which expert 0 works; 0 with one expert."""
        return self.matched.family.boundary if self.matched.checkpoint.low else 0.0

    def number_at(self, timestep: float, train_steps: int) -> int:
        """Which expert works at this timestep."""
        return 0 if timestep >= self.boundary * train_steps else 1

    def __getitem__(self, number: int) -> Any:
        """That expert, ready to run on the device. Raises `RenderError` when it cannot be loaded."""
        if number not in self._loaded:
            self._loaded[number] = self._load(number)
        if self.options.offload == "model" and self._active != number:
            if self._active is not None:
                self._loaded[self._active].to("cpu")
            self._loaded[number].to(self.device)
        self._active = number
        return self._loaded[number]

    def begin(self) -> None:
        """Start a clip: nothing that a block cache kept of the one before is used."""
        for model in self._loaded.values():
            forget(model)

    def wear(self, loras: tuple[tuple[Lora, ...], tuple[Lora, ...]]) -> None:
        """Have exactly these LoRAs in the weights: an expert is loaded anew, when it is next needed, if they are others than before."""
        for number in (0, 1):
            if loras[number] != self.loras[number]:
                self._loaded.pop(number, None)
                if self._active == number:
                    self._active = None
        if loras != self.loras:
            self.loras = loras
            self.notes.clear()
            release()

    def rest(self) -> None:
        """Give the device's memory back before the VAE works, when the options ask for it."""
        if self.options.offload == "model" and self._active is not None:
            self._loaded[self._active].to("cpu")
            self._active = None
            release()

    def _load(self, number: int) -> Any:
        checkpoint, family = self.matched.checkpoint, self.matched.family
        weights = checkpoint.low if number and checkpoint.low else checkpoint.high
        loras = self.loras[number]
        model = load_transformer(
            weights, self.matched.architectures[0], heads=family.heads, vace_layers=family.vace_layers, dtype=self.dtype,
            change=(lambda state, kept: fuse(state, loras, self.notes, kept)) if loras else None,
            device=self.device if straight(self.options) else None,
        )  # fmt: skip
        place(model, self.options, self.device, self.group)
        return model


def release() -> None:
    """Let go of memory that nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

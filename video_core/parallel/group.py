"""The processes that draw one clip together, and what the first of them tells the others.

Knows `torch.distributed`: gloo between processors, NCCL between GPUs. Does not know models. A process alone is a group of one, so that
the same code runs with and without company.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from shotplan.errors import EkonteError, RenderError

T = TypeVar("T")
CPU = torch.device("cpu")
PATIENCE = timedelta(hours=2)
"""How long a process waits for the others: the first may have to load a text encoder from a slow disk. A process that died is noticed
at once by whoever started the group, not by this."""


@dataclass(frozen=True)
class Group:
    """This process's place among those that draw one clip. Every method is called by all of them, in the same order."""

    rank: int = 0
    size: int = 1
    device: torch.device = CPU
    helps: dict[str, Callable[..., Any]] = field(default_factory=dict, compare=False)
    """What the others do for the first one while it makes something alone, by name; filled once, by who knows how."""

    @property
    def first(self) -> bool:
        """Whether this process is the one that reads conditions and gives the frames away."""
        return self.rank == 0

    def from_first(self, make: Callable[[], T]) -> T:
        """What `make` gives in the first process, in all of them; tensors of its GPU are on the own one. Its errors too."""
        if self.size == 1:
            return make()
        if not self.first:
            return self._follow()
        try:
            made = make()
        except Exception as error:
            told = error if isinstance(error, EkonteError) else RenderError(f"the first process failed: {error!r}", where="worker group")
            self._tell(("failed", told))
            raise
        self._tell(("made", made))
        return made

    def together(self, name: str, *told: Any, given: tuple[Any, ...] = ()) -> Any:
        """Called by the first process inside of `from_first`: the others do `helps[name](*told)`, it does `helps[name](*told, *given)`."""
        if self.size > 1:
            self._tell(("help", name, told))
        return self.helps[name](*told, *given)

    def _follow(self) -> Any:
        while True:
            match self._hear():
                case ("made", made):
                    return made
                case ("failed", error):
                    raise error
                case ("help", name, told):
                    self.helps[name](*told)

    def _tell(self, what: Any) -> None:
        buffer = io.BytesIO()
        torch.save(what, buffer)
        words = torch.frombuffer(bytearray(buffer.getbuffer()), dtype=torch.uint8)
        dist.broadcast(torch.tensor([len(words)]), 0)
        dist.broadcast(words, 0)

    def _hear(self) -> Any:
        length = torch.zeros(1, dtype=torch.int64)
        dist.broadcast(length, 0)
        words = torch.empty(int(length), dtype=torch.uint8)
        dist.broadcast(words, 0)
        place = {f"cuda:{n}": str(self.device) for n in range(64)}
        return torch.load(io.BytesIO(words.numpy().tobytes()), map_location=place, weights_only=False)


ALONE = Group()


def join(kind: str) -> Group:
    """This process's group as torchrun's environment says; `kind` is `cuda` or `cpu`. Tensors on the CPU always go through gloo."""
    rank, local = int(os.environ["RANK"]), int(os.environ["LOCAL_RANK"])
    if kind == "cuda":
        device = torch.device("cuda", local)
        torch.cuda.set_device(device)
        dist.init_process_group("cpu:gloo,cuda:nccl", timeout=PATIENCE)
    else:
        device = CPU
        dist.init_process_group("cpu:gloo", timeout=PATIENCE)
    return Group(rank, dist.get_world_size(), device)

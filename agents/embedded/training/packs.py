"""Lessons grouped for the network: questions that share a prefix and are about equally long.

Knows walks. Does not know the network.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from agents.embedded.training.walk import Walk, Walker

GRAIN = 16
"""Lengths are multiples of this: kernels made for one shape are kept, and there should be few."""


@dataclass(frozen=True)
class Pack:
    """What one pass computes."""

    prefix: torch.Tensor
    """(P,) token ids."""
    tokens: torch.Tensor
    """(k, L) token ids, padded with zeros at the end."""
    walks: tuple[Walk, ...]
    questions: tuple[str, ...]


def read_rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def planned(rows: Sequence[dict[str, Any]], *, size: int, seed: int) -> list[list[int]]:
    """Row numbers of every pack: of one prefix, similar in length, in an order that depends on `seed` alone."""
    rng = random.Random(seed)
    by_prefix: dict[int, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        by_prefix[row["prefix"]].append(n)
    packs: list[list[int]] = []
    for numbers in by_prefix.values():
        rng.shuffle(numbers)
        for begin in range(0, len(numbers), size * 16):  # long ones beside long ones, within a stretch
            stretch = sorted(numbers[begin : begin + size * 16], key=lambda n: len(rows[n]["user"]))
            packs += [stretch[at : at + size] for at in range(0, len(stretch), size)]
    rng.shuffle(packs)
    return packs


class Packer:
    """Makes packs of rows."""

    def __init__(self, walker: Walker, prefixes: Sequence[Sequence[Sequence[str]]]) -> None:
        self._walker = walker
        self._prefixes = [torch.tensor(walker.prefix(p)) for p in prefixes]

    def pack(self, rows: Sequence[dict[str, Any]]) -> Pack:
        walks = tuple(self._walker.walk(row) for row in rows)
        longest = max(w.length for w in walks)
        tokens = torch.zeros(len(walks), -(-longest // GRAIN) * GRAIN, dtype=torch.long)
        for line, walk in zip(tokens, walks, strict=True):
            ids = [*walk.user, *walk.answer][: walk.length]
            line[: len(ids)] = torch.tensor(ids)
        return Pack(self._prefixes[rows[0]["prefix"]], tokens, walks, tuple(r["question"] for r in rows))

    def packs(self, rows: Sequence[dict[str, Any]], plan: Sequence[Sequence[int]]) -> Iterator[Pack]:
        for numbers in plan:
            yield self.pack([rows[n] for n in numbers])

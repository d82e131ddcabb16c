"""Remembers the keys and values of prompt beginnings, so that a shared beginning is computed once.

Knows token ids and memory blocks. A block covers `BLOCK` tokens and is found by the digest of all tokens up to its end.
Prompts are always computed block by block, cached or not, so a cached beginning gives the same bits as a cold one.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import torch

from agents.embedded.llama import Memory

BLOCK = 128
"""Tokens per block; smaller shares more, larger computes faster."""


class PrefixCache:
    """The most recently used blocks, `capacity` of them. Used by one thread only."""

    def __init__(self, capacity: int = 64) -> None:
        self._capacity = capacity
        self._blocks: OrderedDict[bytes, torch.Tensor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._blocks)

    def restore(self, tokens: Sequence[int], memory: Memory) -> int:
        """Fill an empty memory with the longest known beginning of `tokens`, never all of them; returns its length."""
        used = []
        for end, key in _keys(tokens):
            block = self._blocks.get(key)
            if block is None or end >= len(tokens):
                break
            used.append(key)
            memory.kv[:, :, :, end - BLOCK : end] = block
            memory.length = end
        self._touch(used)
        return memory.length

    def keep(self, tokens: Sequence[int], memory: Memory) -> None:
        """Remember the whole blocks of `tokens`, which fill the beginning of `memory`."""
        used = []
        for end, key in _keys(tokens):
            if key not in self._blocks:
                self._blocks[key] = memory.kv[:, :, :, end - BLOCK : end].clone()
            used.append(key)
        self._touch(used)
        while len(self._blocks) > self._capacity:
            self._blocks.popitem(last=False)

    def _touch(self, keys: list[bytes]) -> None:
        """Mark as used; a block later than the blocks after it, which are of no use without it."""
        for key in reversed(keys):
            self._blocks.move_to_end(key)


def _keys(tokens: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """(end, digest of tokens[:end]) for every whole block."""
    digest = hashlib.sha256()
    for end in range(BLOCK, len(tokens) + 1, BLOCK):
        digest.update(array("l", tokens[end - BLOCK : end]).tobytes())
        yield end, digest.digest()

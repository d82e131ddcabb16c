"""Remembers the keys and values of prompt beginnings, so that a shared beginning is computed once.

Knows token ids and memory. A prompt is computed in the same parts, cached or not (`parts`), so a cached beginning gives the same
bits as a cold one. A part is found by the digest of all tokens up to its end.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Sequence

import torch

from agents.embedded.llama import Memory

BLOCK = 128
"""Tokens per part of what a question shares with others; smaller shares more, larger computes faster."""
TAIL = 256
"""Tokens per part of what is the question's own."""


def parts(count: int, shared: int = 0) -> list[int]:
    """Where the parts of a prompt of `count` tokens end: blocks up to its shared beginning, that beginning, then longer parts."""
    shared = min(shared, count)
    ends = [*range(BLOCK, shared, BLOCK), shared, *range(shared + TAIL, count, TAIL), count]
    return sorted({end for end in ends if end})


class PrefixCache:
    """The most recently used parts, `capacity` of them. Used by one thread only."""

    def __init__(self, capacity: int = 64) -> None:
        self._capacity = capacity
        self._parts: OrderedDict[bytes, torch.Tensor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._parts)

    def restore(self, tokens: Sequence[int], memory: Memory, ends: Sequence[int]) -> int:
        """Fill an empty memory with the longest known beginning of `tokens`, never all of them; returns its length."""
        used = []
        for end, key in zip(ends, _keys(tokens, ends), strict=True):
            part = self._parts.get(key)
            if part is None or end >= len(tokens):
                break
            used.append(key)
            memory.kv[:, :, :, memory.length : end] = part
            memory.length = end
        self._touch(used)
        return memory.length

    def keep(self, tokens: Sequence[int], memory: Memory, ends: Sequence[int]) -> None:
        """Remember the parts of `tokens` that end at `ends`, which fill the beginning of `memory`."""
        used, begin = [], 0
        for end, key in zip(ends, _keys(tokens, ends), strict=True):
            if key not in self._parts:
                self._parts[key] = memory.kv[:, :, :, begin:end].clone()
            used.append(key)
            begin = end
        self._touch(used)
        while len(self._parts) > self._capacity:
            self._parts.popitem(last=False)

    def _touch(self, keys: list[bytes]) -> None:
        """Mark as used; a part later than the parts after it, which are of no use without it."""
        for key in reversed(keys):
            self._parts.move_to_end(key)


def _keys(tokens: Sequence[int], ends: Sequence[int]) -> list[bytes]:
    """The digest of where the parts begin and of all tokens up to each end."""
    digest, begin, keys = hashlib.sha256(), 0, []
    for end in ends:
        digest.update(array("l", [begin, *tokens[begin:end]]).tobytes())
        keys.append(digest.digest())
        begin = end
    return keys

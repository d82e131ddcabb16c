"""Which number format is fast on this machine's processor.

Knows CPU features. Does not know any model.
"""

from __future__ import annotations

from functools import cache

import torch


@cache
def fast_dtype() -> torch.dtype:
    """bfloat16 on a processor with bfloat16 matrix units (AMX), where it is 10 to 50 times faster; else float32."""
    return torch.bfloat16 if _has("_is_amx_tile_supported") else torch.float32


def _has(name: str) -> bool:
    ask = getattr(torch.cpu, name, None)
    return bool(ask and ask())

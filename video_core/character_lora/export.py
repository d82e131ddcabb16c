"""A trained adapter as a file that every program of the field loads.

Knows the original names of Wan's layers, which diffusers, ComfyUI and this program's own loader read (musubi-tuner after its
`convert_lora.py`); `alpha` is the rank and therefore not written. Does not know how it was trained. The same adapter gives the same bytes.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save

from video_core.ledger import write_bytes

_NAMES = {
    "attn1.to_q": "self_attn.q", "attn1.to_k": "self_attn.k", "attn1.to_v": "self_attn.v", "attn1.to_out.0": "self_attn.o",
    "attn2.to_q": "cross_attn.q", "attn2.to_k": "cross_attn.k", "attn2.to_v": "cross_attn.v", "attn2.to_out.0": "cross_attn.o",
    "attn2.add_k_proj": "cross_attn.k_img", "attn2.add_v_proj": "cross_attn.v_img", "ffn.net.0.proj": "ffn.0", "ffn.net.2": "ffn.2",
}  # fmt: skip
_LAYER = re.compile(r"^blocks\.(\d+)\.(.+)\.(lora_[AB])\.weight$")


def original_name(name: str) -> str:
    """`blocks.3.attn1.to_q.lora_A.weight` as `diffusion_model.blocks.3.self_attn.q.lora_A.weight`."""
    found = _LAYER.match(name)
    if found is None or found[2] not in _NAMES:
        raise ValueError(f"{name} has no name in the original model")
    return f"diffusion_model.blocks.{found[1]}.{_NAMES[found[2]]}.{found[3]}.weight"


def write_adapter(path: Path, adapter: Mapping[str, torch.Tensor], told: Mapping[str, str], *, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write an adapter under diffusers' names to `path`, with `told` in the header. Raises `RenderError` when it cannot be written."""
    tensors = {original_name(name): tensor.to(dtype).contiguous() for name, tensor in adapter.items()}
    write_bytes(path, _in_order(save(tensors, metadata={"format": "pt", **told})))


def _in_order(content: bytes) -> bytes:
    """The same file with the header's own entries sorted: safetensors writes them in an order that changes from run to run."""
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(dict(sorted(header.items())), ensure_ascii=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + content[8 + length :]

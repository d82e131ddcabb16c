"""The Llama forward pass, written for one thing: short constrained answers on a CPU.

Knows weights, rotary positions and the key/value memory of one sequence. Does not know text, grammars or threads.

Sequences are never padded. A pass takes the new tokens of several sequences laid end to end; only attention is done per
sequence. With the row kernel of `linear` the result for a token does not depend on the other sequences in the pass, so
an answer is the same alone and in a batch.

`precision="float32"` keeps everything in float32; it is the reference the tests compare with transformers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from agents.embedded.linear import EightBit, Kernel, Linear, Precision
from agents.embedded.lora import merge_lora


@dataclass(frozen=True)
class LlamaShape:
    """The numbers of a Llama model."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int
    context: int
    epsilon: float
    theta: float

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LlamaShape:
        """From the config.json of transformers; scaled rotary embeddings are refused with `ValueError`."""
        rope = config.get("rope_parameters") or {}
        if rope.get("rope_type", "default") != "default":
            raise ValueError(f"rope type {rope['rope_type']} is not supported")
        heads = int(config["num_attention_heads"])
        return cls(
            layers=int(config["num_hidden_layers"]),
            hidden=int(config["hidden_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_dim=int(config.get("head_dim") or config["hidden_size"] // heads),
            vocab=int(config["vocab_size"]),
            context=int(config["max_position_embeddings"]),
            epsilon=float(config["rms_norm_eps"]),
            theta=float(rope.get("rope_theta") or config["rope_theta"]),
        )


class Memory:
    """Keys and values of one sequence: `kv` is (layers, 2, kv_heads, capacity, head_dim), `length` filled."""

    def __init__(self, kv: torch.Tensor) -> None:
        self.kv = kv
        self.length = 0


@dataclass
class Layer:
    norm_in: torch.Tensor
    qkv: Linear
    out: Linear
    norm_mlp: torch.Tensor
    gate_up: Linear
    down: Linear


class Llama:
    """A Llama model ready to run; immutable after construction."""

    def __init__(self, shape: LlamaShape, tensors: dict[str, torch.Tensor], precision: Precision = "int4") -> None:
        """`tensors` carry transformers names. Raises `KeyError` when one is missing."""
        self.shape = shape
        self.dtype = torch.float32 if precision == "float32" else torch.bfloat16
        self.embedding = tensors["model.embed_tokens.weight"].to(self.dtype)
        head = tensors.get("lm_head.weight", tensors["model.embed_tokens.weight"])
        self.head = head.float() if precision == "float32" else EightBit(head)
        self.norm = tensors["model.norm.weight"].to(self.dtype)
        self.layers = [self._layer(f"model.layers.{i}.", tensors, precision) for i in range(shape.layers)]
        frequencies = shape.theta ** -(torch.arange(0, shape.head_dim, 2, dtype=torch.float32) / shape.head_dim)
        angles = torch.arange(shape.context, dtype=torch.float32)[:, None] * frequencies
        self.cos, self.sin = angles.cos().to(self.dtype), angles.sin().to(self.dtype)

    @classmethod
    def load(cls, folder: Path, adapter: Path | None = None, precision: Precision = "int4") -> Llama:
        """Read a checkpoint folder (config.json, model.safetensors); a LoRA folder is merged into it, if given."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        if adapter is not None:
            tensors = merge_lora(tensors, adapter)
        return cls(LlamaShape.from_config(config), tensors, precision)

    def _layer(self, at: str, tensors: dict[str, torch.Tensor], precision: Precision) -> Layer:
        def stacked(*names: str) -> Linear:
            return Linear(torch.cat([tensors[f"{at}{name}.weight"] for name in names]), precision)

        return Layer(
            norm_in=tensors[f"{at}input_layernorm.weight"].to(self.dtype),
            qkv=stacked("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            out=stacked("self_attn.o_proj"),
            norm_mlp=tensors[f"{at}post_attention_layernorm.weight"].to(self.dtype),
            gate_up=stacked("mlp.gate_proj", "mlp.up_proj"),
            down=stacked("mlp.down_proj"),
        )

    def memory(self, capacity: int) -> Memory:
        """An empty memory for a sequence of at most `capacity` tokens."""
        s = self.shape
        return Memory(torch.empty(s.layers, 2, s.kv_heads, capacity, s.head_dim, dtype=self.dtype))

    def forward(self, runs: Sequence[tuple[Sequence[int], Memory]], kernel: Kernel) -> torch.Tensor:
        """Append the new tokens of each sequence to its memory; the last hidden state of each, (runs, hidden)."""
        s = self.shape
        counts = [len(tokens) for tokens, _ in runs]
        positions = torch.cat([torch.arange(m.length, m.length + n) for n, (_, m) in zip(counts, runs, strict=True)])
        cos, sin = self.cos[positions].unsqueeze(1), self.sin[positions].unsqueeze(1)
        masks = [_causal_mask(n, m.length, self.dtype) for n, (_, m) in zip(counts, runs, strict=True)]
        x = self.embedding[torch.tensor([token for tokens, _ in runs for token in tokens])]
        rotated = s.heads + s.kv_heads
        for index, layer in enumerate(self.layers):
            y = F.rms_norm(x, (s.hidden,), layer.norm_in, s.epsilon)
            qkv = layer.qkv(y, kernel).view(-1, rotated + s.kv_heads, s.head_dim)
            qk = _rotate(qkv[:, :rotated], cos, sin)
            parts, begin = [], 0
            for n, (_, memory), mask in zip(counts, runs, masks, strict=True):
                kv, past, total = memory.kv[index], memory.length, memory.length + n
                kv[0, :, past:total] = qk[begin : begin + n, s.heads :].transpose(0, 1)
                kv[1, :, past:total] = qkv[begin : begin + n, rotated:].transpose(0, 1)
                q = qk[begin : begin + n, : s.heads].transpose(0, 1).unsqueeze(0)
                k, v = kv[0:1, :, :total], kv[1:2, :, :total]
                part = F.scaled_dot_product_attention(
                    q, k, v, attn_mask=mask, is_causal=mask is None and n > 1, enable_gqa=True
                )
                parts.append(part[0].transpose(0, 1).reshape(n, s.heads * s.head_dim))
                begin += n
            x = x + layer.out(parts[0] if len(parts) == 1 else torch.cat(parts), kernel)
            y = layer.gate_up(F.rms_norm(x, (s.hidden,), layer.norm_mlp, s.epsilon), kernel)
            gate, up = y.chunk(2, dim=-1)
            x = x + layer.down(F.silu(gate) * up, kernel)
        for n, (_, memory) in zip(counts, runs, strict=True):
            memory.length += n
        last = torch.tensor(counts).cumsum(0) - 1
        return F.rms_norm(x[last], (s.hidden,), self.norm, s.epsilon)

    def logits(self, hidden: torch.Tensor, allowed: torch.Tensor | None = None) -> torch.Tensor:
        """Float32 logits (n, vocab) of hidden states, or (n, len(allowed)) for some token ids only."""
        if isinstance(self.head, torch.Tensor):
            return F.linear(hidden, self.head if allowed is None else self.head[allowed])
        return (self.head.product(hidden) if allowed is None else self.head.some(hidden, allowed)).float()


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding of x (n, heads, head_dim), halves layout; cos and sin are (n, 1, head_dim / 2)."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def _causal_mask(new: int, past: int, dtype: torch.dtype) -> torch.Tensor | None:
    if new == 1 or past == 0:
        return None  # nothing to hide, or plain causal attention
    return torch.full((new, past + new), float("-inf"), dtype=dtype).triu(past + 1)

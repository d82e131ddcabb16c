"""SmolLM2 with a LoRA on every linear layer, for training: one prefix, many continuations.

Knows the forward pass and its gradients. Does not know questions, optimisers or files other than the checkpoint folder.

A pack is a prefix of P tokens and k continuations padded to L tokens; every continuation sees the prefix and itself. The prefix is
computed once, and gradients reach it through every continuation. Frozen weights and activations are bfloat16 (AMX does those ten times
faster than float32 on a CPU); the LoRA matrices and their gradients are float32.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from agents.embedded.llama import LlamaShape

Tensor = torch.Tensor
BLOCKS: dict[str, tuple[str, ...]] = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""Matrices that are multiplied by the same input, stacked."""


class _Merged(torch.autograd.Function):
    """x (n, in) times (W + scale * B A) transposed. W is frozen; the gradients of A and B come from their own small products.

    `a` is (parts * r, in), `b` is (out, r): part p of the output rows uses rows p of `a`.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, a: Tensor, b: Tensor, rows: tuple[int, ...], scale: float
    ) -> Tensor:
        rank = b.shape[1]
        small_a, small_b = a.to(x.dtype), (b * scale).to(x.dtype)
        merged = weight.clone()
        begin = 0
        for part, count in enumerate(rows):
            merged[begin : begin + count].addmm_(
                small_b[begin : begin + count], small_a[part * rank : (part + 1) * rank]
            )
            begin += count
        ctx.save_for_backward(x, merged, small_a, small_b)
        ctx.rows, ctx.scale = rows, scale
        return F.linear(x, merged)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, merged, a, b = ctx.saved_tensors
        rank = b.shape[1]
        reduced = F.linear(x, a)  # (n, parts * r)
        da, db, begin = [], [], 0
        for part, count in enumerate(ctx.rows):
            own = dy[:, begin : begin + count]
            da.append((own @ b[begin : begin + count]).t() @ x)
            db.append(own.t() @ reduced[:, part * rank : (part + 1) * rank])
            begin += count
        dx = dy @ merged if ctx.needs_input_grad[0] else None
        return dx, None, torch.cat(da).float(), torch.cat(db).float() * ctx.scale, None, None


def _norm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + epsilon)).to(x.dtype) * weight


def _gated(y: Tensor) -> Tensor:
    gate, up = y.chunk(2, dim=-1)
    return F.silu(gate) * up


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat([x[..., half:], x[..., :half]], -1) * sin


class Network(torch.nn.Module):
    """The model; `forward` gives hidden states, `logits` the scores of some tokens."""

    def __init__(
        self,
        folder: Path,
        *,
        rank: int = 32,
        alpha: float = 32.0,
        device: str = "cpu",
        seed: int = 0,
        compiled: bool = False,
    ) -> None:
        """`compiled`: fuse what is done element by element (needs a C++ compiler; twice as fast on a CPU)."""
        super().__init__()
        fuse: Any = (lambda f: torch.compile(f, dynamic=True)) if compiled else (lambda f: f)
        self._norm, self._gated, self._turned = fuse(_norm), fuse(_gated), fuse(_turned)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        self.shape, self.rank, self.scale = LlamaShape.from_config(config), rank, alpha / rank
        s, kind = self.shape, torch.bfloat16
        draw = torch.Generator().manual_seed(seed)
        self.embedding = tensors["model.embed_tokens.weight"].to(device, kind)
        self.norm = tensors["model.norm.weight"].to(device, kind)
        self.frozen: list[dict[str, Tensor]] = []
        self.rows: dict[str, tuple[int, ...]] = {
            "qkv": (s.heads * s.head_dim, s.kv_heads * s.head_dim, s.kv_heads * s.head_dim)
        }
        self.a, self.b = torch.nn.ParameterDict(), torch.nn.ParameterDict()
        for i in range(s.layers):
            at = f"model.layers.{i}."
            layer = {
                "norm_in": tensors[f"{at}input_layernorm.weight"].to(device, kind),
                "norm_mlp": tensors[f"{at}post_attention_layernorm.weight"].to(device, kind),
            }
            for block, names in BLOCKS.items():
                parts = [tensors[f"{at}{name}.weight"] for name in names]
                self.rows.setdefault(block, tuple(p.shape[0] for p in parts))
                layer[block] = torch.cat(parts).to(device, kind)
                inputs, key = parts[0].shape[1], f"{i}_{block}"
                bound = 1 / math.sqrt(inputs)  # what peft draws: kaiming uniform with a = sqrt(5)
                drawn = (torch.rand(len(names) * rank, inputs, generator=draw) * 2 - 1) * bound
                self.a[key] = torch.nn.Parameter(drawn.to(device))
                self.b[key] = torch.nn.Parameter(torch.zeros(layer[block].shape[0], rank, device=device))
            self.frozen.append(layer)
        frequencies = s.theta ** -(torch.arange(0, s.head_dim, 2, dtype=torch.float32) / s.head_dim)
        angles = torch.arange(2048, dtype=torch.float32)[:, None] * frequencies
        self.cos = torch.cat([angles.cos()] * 2, dim=-1).to(device, kind)
        self.sin = torch.cat([-angles.sin(), angles.sin()], dim=-1).to(device, kind)

    def _linear(self, x: Tensor, layer: int, block: str) -> Tensor:
        key = f"{layer}_{block}"
        y: Tensor = _Merged.apply(x, self.frozen[layer][block], self.a[key], self.b[key], self.rows[block], self.scale)
        return y

    def forward(self, prefix: Tensor, continuations: Tensor) -> Tensor:
        """Token ids (P,) and (k, L) to hidden states of the continuations, (k, L, hidden)."""
        s, p, (k, length) = self.shape, len(prefix), continuations.shape
        groups = s.heads // s.kv_heads
        at = torch.cat([torch.arange(p), torch.arange(p, p + length).repeat(k)]).to(prefix.device)
        cos, sin = self.cos[at][:, None], self.sin[at][:, None]
        x = F.embedding(torch.cat([prefix, continuations.reshape(-1)]), self.embedding)
        unseen = torch.full((length, p + length), float("-inf"), device=x.device, dtype=x.dtype).triu(p + 1)
        mask = unseen.repeat(groups, 1)
        own_mask = torch.full((p, p), float("-inf"), device=x.device, dtype=x.dtype).triu(1).repeat(groups, 1)
        for i, layer in enumerate(self.frozen):
            y = self._linear(self._norm(x, layer["norm_in"], s.epsilon), i, "qkv")
            y = y.view(-1, s.heads + 2 * s.kv_heads, s.head_dim)
            turned, v = y[:, : s.heads + s.kv_heads], y[:, s.heads + s.kv_heads :]
            turned = self._turned(turned, cos, sin)
            q, key = turned[:, : s.heads], turned[:, s.heads :]
            parts = []
            if p:
                parts.append(_attend(q[None, :p], key[None, :p], v[None, :p], own_mask, groups)[0])
            rest = [t[p:].view(k, length, -1, s.head_dim) for t in (q, key, v)]
            keys, values = (
                torch.cat([t[None, :p].expand(k, -1, -1, -1), own], dim=1) for t, own in ((key, rest[1]), (v, rest[2]))
            )
            parts.append(_attend(rest[0], keys, values, mask, groups).reshape(k * length, -1))
            x = x + self._linear(torch.cat(parts), i, "out")
            y = self._linear(self._norm(x, layer["norm_mlp"], s.epsilon), i, "gate_up")
            x = x + self._linear(self._gated(y), i, "down")
        return _norm(x[p:], self.norm, s.epsilon).view(k, length, s.hidden)

    def logits(self, hidden: Tensor, tokens: Tensor) -> Tensor:
        """Scores (n, m) of hidden states (n, hidden) for token ids (m,), float32."""
        return F.linear(hidden, self.embedding[tokens]).float()


class _Attention(torch.autograd.Function):
    """softmax(q k' / sqrt(d) + mask) v for (n, rows, d), (n, columns, d); several times faster than PyTorch's own on a CPU in bfloat16."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        scale = q.shape[-1] ** -0.5
        weights = torch.softmax(torch.baddbmm(mask, q, k.transpose(1, 2), alpha=scale), dim=-1)
        out = weights @ v
        ctx.save_for_backward(q, k, v, weights, out)
        return out

    @staticmethod
    def backward(ctx: Any, dout: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, weights, out = ctx.saved_tensors
        dv = weights.transpose(1, 2) @ dout
        of_row = (dout * out).sum(-1, keepdim=True, dtype=torch.float32).to(q.dtype)
        dscores = torch.baddbmm(of_row, dout, v.transpose(1, 2), beta=-1).mul_(weights).mul_(q.shape[-1] ** -0.5)
        return dscores @ k, dscores.transpose(1, 2) @ q, dv, None


def _attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, groups: int) -> Tensor:
    """Attention of (b, n, heads, d) to (b, m, kv heads, d), the heads of a group laid one after the other so that keys are not copied."""
    b, n, heads, d = q.shape
    kv_heads, m = heads // groups, k.shape[1]
    q = q.view(b, n, kv_heads, groups, d).permute(0, 2, 3, 1, 4).reshape(b * kv_heads, groups * n, d)
    k, v = (t.transpose(1, 2).reshape(b * kv_heads, m, d) for t in (k, v))
    out: Tensor = _Attention.apply(q, k, v, mask)
    return out.view(b, kv_heads, groups, n, d).permute(0, 3, 1, 2, 4).reshape(b, n, heads * d)

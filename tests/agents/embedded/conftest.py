"""A tiny random model for the tests of the embedded engine's parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

HIDDEN, HEADS, KV, LAYERS, VOCAB, INNER = 48, 3, 1, 2, 320, 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny random Llama with a byte-level tokenizer."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {c: i for i, c in enumerate(["<|endoftext|>", "<|im_start|>", "<|im_end|>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=words, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    config = {
        "hidden_size": HIDDEN, "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV, "head_dim": 16, "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
        "vocab_size": VOCAB,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    draw = torch.Generator().manual_seed(1)
    shapes = {
        "self_attn.q_proj": (48, HIDDEN),
        "self_attn.k_proj": (16, HIDDEN),
        "self_attn.v_proj": (16, HIDDEN),
        "self_attn.o_proj": (HIDDEN, 48),
        "mlp.gate_proj": (INNER, HIDDEN),
        "mlp.up_proj": (INNER, HIDDEN),
        "mlp.down_proj": (HIDDEN, INNER),
    }
    tensors = {
        "model.embed_tokens.weight": torch.randn(VOCAB, HIDDEN, generator=draw),
        "model.norm.weight": torch.ones(HIDDEN),
    }
    for i in range(LAYERS):
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"model.layers.{i}.{name}.weight"] = torch.ones(HIDDEN)
        for name, shape in shapes.items():
            tensors[f"model.layers.{i}.{name}.weight"] = torch.randn(shape, generator=draw) / shape[1] ** 0.5
    save_file({k: v.to(torch.bfloat16) for k, v in tensors.items()}, str(tmp_path / "model.safetensors"))
    return tmp_path

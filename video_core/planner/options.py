"""An option set: how a checkpoint is loaded and run, as plain words that can be written to a file.

Knows the names, what each costs in quality and which package it needs. Does not know which go together (`legality`), what they cost in
seconds and gigabytes (`predict`), or how they are applied (a backend does that).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shotplan.errors import RenderError

Weights = Literal["fp32", "bf16", "fp8_storage", "fp8_compute", "int8_compute", "gguf_q8_0", "gguf_q4_k", "gguf_bf16"]
"""`fp32`, `bf16`: as they are. `fp8_storage`: diffusers' layerwise casting, computes in bf16. `fp8_compute`, `int8_compute`: torchao with
dynamic activations, the matrix units run in 8 bits. `gguf_*`: a GGUF file, computes in bf16; `gguf_bf16` is one whose numbers are whole."""

Offload = Literal["none", "group", "model", "sequential"]
"""`group`: `enable_group_offload`. `model`: `enable_model_cpu_offload`. `sequential`: `enable_sequential_cpu_offload`."""

Cache = Literal["none", "first_block", "taylorseer"]
"""Caches of `diffusers.hooks` (`enable_cache`). Its magnitude cache is left out: it needs ratios measured on every checkpoint."""

Attention = Literal[
    "native", "_native_cudnn", "_native_flash", "_native_efficient", "flash", "flash_hub", "_flash_3", "_flash_3_hub", "flash_4_hub",
    "sage", "sage_hub", "_sage_qk_int8_pv_fp8_cuda", "_sage_qk_int8_pv_fp8_cuda_sm90", "_sage_qk_int8_pv_fp16_cuda", "flex", "xformers",
]  # fmt: skip
"""Names of `diffusers.models.attention_dispatch`, to be given to `set_attention_backend` as they are."""

LOSSY: dict[str, frozenset[str]] = {
    "weights": frozenset({"fp8_storage", "fp8_compute", "int8_compute", "gguf_q8_0", "gguf_q4_k"}),
    "attention": frozenset(
        {"sage", "sage_hub", "_sage_qk_int8_pv_fp8_cuda", "_sage_qk_int8_pv_fp8_cuda_sm90", "_sage_qk_int8_pv_fp16_cuda"}
    ),
    "cache": frozenset({"first_block", "taylorseer"}),
    "vae_decoder": frozenset({"taehv"}),
}
"""Values that change the picture more than rounding does; taken only when asked for, or when nothing else fits."""

PACKAGES: dict[tuple[str, str], str] = {
    ("weights", "fp8_compute"): "torchao",
    ("weights", "int8_compute"): "torchao",
    ("weights", "gguf_q8_0"): "gguf",
    ("weights", "gguf_q4_k"): "gguf",
    ("weights", "gguf_bf16"): "gguf",
    ("attention", "flash"): "flash_attn",
    ("attention", "_flash_3"): "flash_attn_interface",
    ("attention", "flash_hub"): "kernels",
    ("attention", "_flash_3_hub"): "kernels",
    ("attention", "flash_4_hub"): "kernels",
    ("attention", "sage"): "sageattention",
    ("attention", "sage_hub"): "kernels",
    ("attention", "_sage_qk_int8_pv_fp8_cuda"): "sageattention",
    ("attention", "_sage_qk_int8_pv_fp8_cuda_sm90"): "sageattention",
    ("attention", "_sage_qk_int8_pv_fp16_cuda"): "sageattention",
    ("attention", "xformers"): "xformers",
}
"""The importable module an option needs beyond torch and diffusers."""


class OptionSet(BaseModel):
    """How one checkpoint is loaded and run. Frozen; every field is one `--option name=value`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Weights = "bf16"
    """Number format of the transformer's matrices. Norms, time embedding and tables stay in float32."""
    offload: Offload = "none"
    offload_level: Literal["block_level", "leaf_level"] = "block_level"
    """`offload_type` of `enable_group_offload`."""
    stream: bool = True
    """Group offload: copy the next group while this one computes (`use_stream`). Forces one block per group."""
    blocks_per_group: int = Field(default=1, ge=1, le=40)
    """Group offload at block level without a stream: `num_blocks_per_group`."""
    pin_all: bool = True
    """Group offload with a stream: keep one pinned copy of all weights in RAM; false is `low_cpu_mem_usage=True` (pins group by group)."""
    compile: Literal["none", "regional", "whole"] = "none"
    """`regional` is `compile_repeated_blocks`, `whole` is `torch.compile` of the transformer."""
    attention: Attention = "native"
    cache: Cache = "none"
    ulysses: int = Field(default=1, ge=1, le=64)
    """`ulysses_degree`: GPUs that share one clip by heads."""
    ring: int = Field(default=1, ge=1, le=64)
    """`ring_degree`."""
    ulysses_anything: bool = False
    tensor_parallel: int = Field(default=1, ge=1, le=64)
    """`tp_degree`. No model of the Wan family has a plan for it; named so that it can be refused with the reason."""
    lora: Literal["none", "fused", "adapter"] = "none"
    """`fused`: added to the bf16 weights before they are quantised. `adapter`: stays apart; named so that it can be refused."""
    text_device: Literal["gpu", "cpu"] = "gpu"
    """Where prompts are encoded; the encoder is freed before the transformer is loaded."""
    vae_tiling: bool = False
    vae_dtype: Literal["fp32", "bf16"] = "fp32"
    vae_decoder: Literal["wan", "taehv"] = "wan"
    """`taehv`: the small decoder of madebyollin/taehv."""
    vae_spread: bool = False
    """Encode and decode columns of the picture on every GPU of the group instead of all of it on one."""

    @property
    def gpus(self) -> int:
        """How many GPUs share one clip."""
        return self.ulysses * self.ring * self.tensor_parallel

    @property
    def lossy(self) -> tuple[str, ...]:
        """The options that change the picture, as `name=value`."""
        return tuple(f"{name}={value}" for name, value in self.changed().items() if value in LOSSY.get(name, ()))

    @property
    def packages(self) -> tuple[str, ...]:
        """Modules that must be importable, beyond torch and diffusers."""
        found = {PACKAGES[key] for key in ((name, str(value)) for name, value in self.model_dump().items()) if key in PACKAGES}
        return tuple(sorted(found))

    def changed(self) -> dict[str, Any]:
        """The fields that differ from the defaults, in the order of the class."""
        defaults = type(self)()
        return {name: value for name, value in self.model_dump().items() if value != getattr(defaults, name)}

    def but(self, **changes: Any) -> OptionSet:
        """The same set with some fields changed. Raises `RenderError` for an unknown name or value."""
        return OptionSet.parse({**self.model_dump(), **changes})

    @classmethod
    def parse(cls, fields: dict[str, Any]) -> OptionSet:
        """An option set from a dictionary. Raises `RenderError` that names the wrong field and what it may be."""
        try:
            return cls.model_validate(fields)
        except ValidationError as e:
            error = e.errors()[0]
            name = ".".join(str(part) for part in error["loc"])
            if name not in cls.model_fields:
                raise RenderError(f"there is no option {name!r}", todo=f"known: {', '.join(cls.model_fields)}") from e
            raise RenderError(f"option {name}={fields.get(name)!r}: {error['msg']}", todo="see `ekonte plan-hardware --help`") from e

    @classmethod
    def from_words(cls, words: list[str] | tuple[str, ...]) -> OptionSet:
        """An option set from `name=value` words; `stream` alone is `stream=true`. Raises `RenderError`."""
        fields: dict[str, Any] = {}
        for word in words:
            name, equals, value = word.partition("=")
            fields[name.strip().replace("-", "_")] = value.strip() if equals else "true"
        return cls.parse(fields)

    def words(self) -> str:
        """The set in one line: what differs from the defaults, or `plain bf16`."""
        texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in self.changed().items()}
        return " ".join(f"{name}={text}" for name, text in texts.items()) or "plain bf16"

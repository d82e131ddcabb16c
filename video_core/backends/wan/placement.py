"""An option set carried out on a loaded transformer: number format, attention, offload, compilation, cache.

Knows diffusers' switches and their order: format first, attention before anything shared or compiled, offload before compilation. Does
not know which options go together (`video_core.planner.legality`).
"""

from __future__ import annotations

import importlib
from typing import Any

import torch

from shotplan.errors import RenderError
from video_core.parallel.group import ALONE, Group
from video_core.planner import OptionSet

TORCHAO = {"fp8_compute": "Float8DynamicActivationFloat8WeightConfig", "int8_compute": "Int8DynamicActivationInt8WeightConfig"}


def place(model: Any, options: OptionSet, device: torch.device, group: Group = ALONE) -> None:
    """Carry out `options` on a transformer that is on the CPU. `group`: the processes that share each of its passes.

    Raises `RenderError` naming what this machine cannot do.
    """
    _format(model, options.weights)
    if options.attention != "native":
        from diffusers.models.attention_dispatch import attention_backend

        try:
            with attention_backend("native"):  # what is set for one model would else become the default of every other
                model.set_attention_backend(options.attention)
        except Exception as e:  # a missing package, a wrong GPU: each backend has its own error
            raise RenderError(
                f"the attention {options.attention} does not work here: {str(e).splitlines()[0]}",
                where="--option attention", todo="leave it out, or install what it needs",
            ) from e  # fmt: skip
    if group.size > 1:
        from video_core.parallel.plans import split_tokens

        split_tokens(model, options, group)
    if options.cache != "none":
        model.enable_cache(_cache(options.cache, model))
    match options.offload:
        case "group":
            stream = options.stream and device.type == "cuda"
            model.enable_group_offload(
                onload_device=device, offload_device=torch.device("cpu"), offload_type=options.offload_level, use_stream=stream,
                num_blocks_per_group=None if options.offload_level == "leaf_level" else 1 if stream else options.blocks_per_group,
                low_cpu_mem_usage=stream and not options.pin_all,
            )  # fmt: skip
        case "sequential":
            from accelerate import cpu_offload

            cpu_offload(model, execution_device=device)
        case "none":
            model.to(device)
        case "model":
            pass  # goes to the device when it is its turn
    if options.compile == "regional":
        model.compile_repeated_blocks()
    elif options.compile == "whole":
        model.compile()


def _format(model: Any, weights: str) -> None:
    if weights == "fp8_storage":
        model.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=model.dtype)
    elif weights in TORCHAO:
        try:
            quantization = importlib.import_module("torchao.quantization")
        except ImportError as e:
            raise RenderError(f"weights={weights} needs torchao", where="--option weights", todo="pip install torchao") from e
        large = (torch.nn.Linear,)
        try:
            quantization.quantize_(
                model, getattr(quantization, TORCHAO[weights])(),
                filter_fn=lambda module, name: isinstance(module, large) and "blocks" in name and module.in_features % 16 == 0,
            )  # fmt: skip
        except (AssertionError, NotImplementedError, RuntimeError, ValueError) as e:  # torchao asserts what a card can do
            told = f"weights={weights} does not work here: {str(e).splitlines()[0] if str(e) else type(e).__name__}"
            raise RenderError(told, where="--option weights", todo="choose fp8_storage or int8_compute, or leave it out") from e


def _cache(name: str, model: Any) -> Any:
    """Raises `RenderError` for a model with which block caches draw a wrong picture."""
    import diffusers.hooks as hooks

    if hasattr(model, "vace_blocks"):
        raise RenderError(
            "block caches draw wrong pictures with VACE: its hints are added twice on a skipped step", where="--option cache",
            todo="leave it out",
        )  # fmt: skip
    if name == "first_block":
        return hooks.FirstBlockCacheConfig()
    # TaylorSeer's own patterns match no layer of Wan, and its factors of every block would take 27 GB; the lite one predicts the output.
    return hooks.TaylorSeerCacheConfig(use_lite_mode=True, taylor_factors_dtype=torch.float32)


def forget(model: Any) -> None:
    """Empty the model's block cache: what it kept belongs to another clip."""
    if model.is_cache_enabled:
        model._reset_stateful_cache()

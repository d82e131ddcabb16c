"""Which options go together: one function per rule, each with the reason and the nearest set that obeys it.

Knows what diffusers 0.42 refuses, gets wrong, or was reported to fail with. Does not know how much fits (`memory`) or how fast it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from video_core.planner.clip import ClipSpec
from video_core.planner.machine import Machine
from video_core.planner.models import VideoModel
from video_core.planner.options import OptionSet

PARALLEL_ATTENTION = (
    "native", "_native_cudnn", "_native_flash", "flash", "flash_hub", "_flash_3_hub", "sage", "sage_hub",
)  # fmt: skip
"""Backends registered with `supports_context_parallel` in `diffusers.models.attention_dispatch`."""
RING_ATTENTION = ("_native_cudnn", "_native_flash", "flash", "flash_hub", "_flash_3_hub", "sage", "sage_hub")
"""Those of them that give the log-sum-exp back, which ring attention merges by."""


@dataclass(frozen=True)
class Conflict:
    """A combination that is not allowed."""

    rule: str
    reason: str
    source: str
    change: dict[str, Any]
    """What to change to obey this rule."""


@dataclass(frozen=True)
class Case:
    """What the rules look at."""

    model: VideoModel
    clip: ClipSpec
    machine: Machine
    options: OptionSet


Rule = Callable[[Case], Iterator[Conflict]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Decorator: add a rule. Rules are looked at in the order of this file."""
    RULES.append(function)
    return function


def conflicts(model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet) -> tuple[Conflict, ...]:
    """Every rule that the option set breaks; none means it is legal."""
    case = Case(model, clip, machine, options)
    return tuple(conflict for each in RULES for conflict in each(case))


def nearest_legal(model: VideoModel, clip: ClipSpec, machine: Machine, options: OptionSet) -> OptionSet:
    """The set with each broken rule's change made, one after the other, until no rule is broken."""
    for _ in range(3 * len(RULES)):
        broken = conflicts(model, clip, machine, options)
        if not broken:
            return options
        options = options.but(**broken[0].change)
    raise AssertionError(f"the rules contradict each other at {options.words()}")


@rule
def tensor_parallel(case: Case) -> Iterator[Conflict]:
    """No Wan model has a tensor-parallel plan, and tensor parallelism excludes quantisation, group offload and context parallelism."""
    if case.options.tensor_parallel > 1:
        n = case.options.tensor_parallel
        fits = case.options.ulysses == case.options.ring == 1 and case.model.dit.heads % n == 0
        yield Conflict(
            "tensor_parallel", "no model of the Wan family has a tensor-parallel plan, and it excludes context parallelism and offload",
            "diffusers TensorParallelConfig", {"tensor_parallel": 1, **({"ulysses": n} if fits else {})},
        )  # fmt: skip


@rule
def enough_gpus(case: Case) -> Iterator[Conflict]:
    """A worker group is no larger than the machine."""
    there = case.machine.gpus
    if case.options.gpus > there:
        best = max((n for n in range(1, there + 1) if case.model.dit.heads % n == 0), default=1)
        yield Conflict(
            "enough_gpus", f"the set shares one clip among {case.options.gpus} GPUs and there are {there}", "arithmetic",
            {"ulysses": best, "ring": 1, "tensor_parallel": 1, "ulysses_anything": False},
        )  # fmt: skip


@rule
def anything_with_ring(case: Case) -> Iterator[Conflict]:
    """`ulysses_anything` wants Ulysses alone."""
    o = case.options
    if o.ulysses_anything and (o.ulysses == 1 or o.ring > 1):
        yield Conflict(
            "anything_with_ring", "ulysses_anything needs ulysses above 1 and no ring", "diffusers ContextParallelConfig",
            {"ulysses_anything": o.ulysses > 1, "ring": 1},
        )  # fmt: skip


@rule
def divisible(case: Case) -> Iterator[Conflict]:
    """Plain Ulysses splits heads and tokens evenly."""
    o, heads = case.options, case.model.dit.heads
    if o.ulysses_anything or o.ulysses * o.ring == 1:
        return
    tokens = case.clip.tokens(case.model)
    best = max(n for n in range(1, o.ulysses + 1) if n == 1 or (heads % n == 0 and tokens % (n * o.ring) == 0))
    if heads % o.ulysses:
        yield Conflict(
            "divisible", f"{case.model.name} has {heads} heads, which {o.ulysses} GPUs cannot share evenly",
            "diffusers Ulysses attention", {"ulysses": best} if best > 1 else {"ulysses_anything": o.ring == 1, "ring": 1},
        )  # fmt: skip
    elif tokens % (o.ulysses * o.ring):
        change = {"ulysses_anything": True} if o.ring == 1 else {"ring": 1}
        yield Conflict("divisible", f"{tokens} tokens do not divide by {o.ulysses * o.ring} GPUs", "diffusers Ulysses attention", change)


@rule
def parallel_attention(case: Case) -> Iterator[Conflict]:
    """Context parallelism works with registered attention backends only; ring needs one that returns the log-sum-exp."""
    o = case.options
    if o.ring > 1 and o.attention not in RING_ATTENTION:
        yield Conflict(
            "parallel_attention", f"ring attention merges by log-sum-exp, which the {o.attention} backend does not return",
            "diffusers attention_dispatch", {"attention": "_native_cudnn"} if case.machine.gpu else {"ring": 1},
        )  # fmt: skip
    elif o.ulysses > 1 and o.attention not in PARALLEL_ATTENTION:
        yield Conflict(
            "parallel_attention", f"the {o.attention} backend is not registered for context parallelism",
            "diffusers attention_dispatch", {"attention": "native"},
        )  # fmt: skip


@rule
def spread_needs_group(case: Case) -> Iterator[Conflict]:
    """Decoding is spread over the GPUs of a worker group."""
    if case.options.vae_spread and case.options.ulysses * case.options.ring == 1:
        yield Conflict("spread_needs_group", "vae_spread needs more than one GPU", "arithmetic", {"vae_spread": False})


@rule
def spread_or_tiles(case: Case) -> Iterator[Conflict]:
    """Columns spread over the group have no overlap; tiles inside of them would only add some."""
    if case.options.vae_spread and case.options.vae_tiling:
        reason = "vae_spread already divides the picture, without overlap; tiles would compute their edges twice"
        yield Conflict("spread_or_tiles", reason, "video_core.parallel.columns", {"vae_tiling": False})


@rule
def attention_of_card(case: Case) -> Iterator[Conflict]:
    """Kernels are built for generations of cards."""
    if case.machine.gpu is None:
        if case.options.attention not in ("native", "flex"):
            yield Conflict("attention_of_card", f"{case.options.attention} needs a GPU", "its package", {"attention": "native"})
        return
    architecture, name = case.machine.gpu.architecture, case.options.attention
    only = {
        "_flash_3": ("hopper",), "_flash_3_hub": ("hopper",), "_sage_qk_int8_pv_fp8_cuda_sm90": ("hopper",),
        "flash_4_hub": ("hopper", "blackwell"), "_sage_qk_int8_pv_fp8_cuda": ("ada", "hopper", "blackwell", "blackwell_rtx"),
    }.get(name)  # fmt: skip
    if only and architecture not in only:
        yield Conflict(
            "attention_of_card", f"{name} runs on {' and '.join(only)} cards; the {case.machine.gpu.name} is {architecture}",
            "the kernels' own requirements", {"attention": "native"},
        )  # fmt: skip


@rule
def format_of_card(case: Case) -> Iterator[Conflict]:
    """8-bit floats need matrix units that know them."""
    if case.options.weights == "fp8_compute" and (case.machine.gpu is None or not case.machine.gpu.fp8):
        yield Conflict(
            "format_of_card", f"the {case.machine.name} cannot multiply 8-bit floats", "data sheet",
            {"weights": "int8_compute" if case.machine.gpu else "bf16"},
        )  # fmt: skip
    elif case.options.weights == "int8_compute" and case.machine.gpu is None:
        yield Conflict("format_of_card", "int8 products are planned for GPUs only", "torchao", {"weights": "bf16"})


@rule
def offload_needs_gpu(case: Case) -> Iterator[Conflict]:
    """Offload and compilation are about GPUs."""
    if case.machine.gpu is None and case.options.offload != "none":
        yield Conflict("offload_needs_gpu", "there is no GPU to offload from", "arithmetic", {"offload": "none"})


@rule
def one_block_per_stream(case: Case) -> Iterator[Conflict]:
    """With a stream, groups are single blocks."""
    o = case.options
    if o.offload == "group" and o.stream and o.blocks_per_group > 1:
        yield Conflict(
            "one_block_per_stream", "a stream forces one block per group", "diffusers apply_group_offloading", {"blocks_per_group": 1}
        )


@rule
def compile_with_offload(case: Case) -> Iterator[Conflict]:
    """Compiling the whole transformer breaks on offload hooks; compiling its repeated blocks does not."""
    o = case.options
    if o.compile == "whole" and o.offload != "none":
        reason = "compiling the whole model fails through the offload hooks (diffusers issue 12728)"
        if o.offload == "model" and o.weights in ("fp8_compute", "int8_compute"):
            reason = "torchao, model offload and whole-model compilation fail together (pytorch/ao issue 3632)"
        yield Conflict("compile_with_offload", reason, "issue trackers", {"compile": "regional"})


@rule
def sequential_compile(case: Case) -> Iterator[Conflict]:
    """Sequential offload moves each leaf inside the blocks that would be compiled."""
    if case.options.offload == "sequential" and case.options.compile != "none":
        yield Conflict(
            "sequential_compile", "sequential offload moves every layer by hooks inside the compiled blocks", "accelerate",
            {"offload": "group", "offload_level": "leaf_level"},
        )  # fmt: skip


@rule
def quantised_sequential(case: Case) -> Iterator[Conflict]:
    """accelerate's sequential offload takes apart tensors that torchao and layerwise casting own."""
    if case.options.offload == "sequential" and case.options.weights not in ("bf16", "fp32"):
        yield Conflict(
            "quantised_sequential", f"sequential offload does not move {case.options.weights} weights", "accelerate",
            {"offload": "group", "offload_level": "leaf_level"},
        )  # fmt: skip


@rule
def cache_with_vace(case: Case) -> Iterator[Conflict]:
    """The first-block cache knows only `blocks`: on a skipped step VACE's hints are added twice."""
    if case.options.cache == "none" or case.model.kind != "vace":
        return
    if case.options.cache == "first_block":
        reason = f"the {case.options.cache} cache draws wrong pictures with VACE: its hints are added again to a residual that has them"
    else:
        reason = f"the {case.options.cache} cache was never checked with VACE, whose hints the hooks of diffusers do not know"
    yield Conflict("cache_with_vace", reason, "measured on a small model: error 0.52 of 1.28", {"cache": "none"})


@rule
def cache_with_parallel(case: Case) -> Iterator[Conflict]:
    """A cache decides by comparing residuals; each GPU sees only its part of them."""
    if case.options.cache != "none" and case.options.ulysses * case.options.ring > 1:
        yield Conflict(
            "cache_with_parallel", "each GPU would decide for itself, from its part of the tokens, whether to skip a step", "reasoning",
            {"cache": "none"},
        )  # fmt: skip


@rule
def lora_apart(case: Case) -> Iterator[Conflict]:
    """A LoRA is fused before anything is quantised."""
    if case.options.lora == "adapter":
        reason = "a LoRA kept apart recompiles at every change"
        if case.options.weights != "bf16":
            reason = f"a LoRA beside {case.options.weights} weights runs out of memory or fails (diffusers issues 11223, 11648)"
        yield Conflict("lora_apart", f"{reason}; fused before quantisation it does not", "diffusers issues", {"lora": "fused"})
    elif case.options.lora == "fused" and case.options.weights.startswith("gguf"):
        yield Conflict(
            "lora_apart", "nothing can be fused into a GGUF file's packed weights", "diffusers GGUF quantiser", {"weights": "bf16"}
        )


@rule
def gguf_compile(case: Case) -> Iterator[Conflict]:
    """GGUF weights are unpacked by Python code that whole-model compilation traces badly."""
    if case.options.weights.startswith("gguf") and case.options.compile == "whole":
        yield Conflict(
            "gguf_compile", "GGUF with whole-model compilation fails or recompiles (diffusers issue 10795)", "issue tracker",
            {"compile": "regional"},
        )  # fmt: skip


@rule
def fast_decoder(case: Case) -> Iterator[Conflict]:
    """Options of the large decoder do nothing for the small one."""
    o = case.options
    if o.vae_decoder == "taehv" and (o.vae_tiling or o.vae_spread):
        yield Conflict(
            "fast_decoder", "the small decoder needs neither tiles nor several GPUs", "madebyollin/taehv",
            {"vae_tiling": False, "vae_spread": False},
        )  # fmt: skip


"""The command line of a vLLM server for a crew, on this machine, with this model.

Pure: a machine and a model in, flags with the reason for each out. Does not start anything.
Sources: vLLM 0.33 `--help=all`; `vllm/platforms/cpu.py` (block size, threads, key-value cache).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agents.serving.environment import Accepted, Environment
from agents.serving.machine import GIB, Machine
from agents.serving.served_model import ServedModel
from shotplan.errors import ModelError

SMALL = 4 * GIB
"""Bytes of weights up to which a CPU server is not worth compiling: it starts in half a minute instead of two."""
CONTEXT_CPU, CONTEXT_GPU = 8192, 32768
CONTEXTS_KEPT = 5
"""Whole contexts that a CPU server remembers; a crew's prompts are far shorter, so this is a session and more."""
PARALLEL_CPU, PARALLEL_GPU = 16, 128
"""Questions in one batch; a crew asks one per agent."""
RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
COMPACT = json.dumps({"backend": "xgrammar", "disable_any_whitespace": True}, separators=(",", ":"))
"""`disable_any_whitespace` is refused while the backend is `auto`."""


@dataclass(frozen=True)
class Flag:
    """One flag of the server, and why it is there."""

    name: str
    values: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        return shlex.join([self.name, *self.values])


@dataclass(frozen=True)
class Launch:
    """All it takes to start the server."""

    environment: Environment
    entry: tuple[str, ...]
    flags: tuple[Flag, ...]
    variables: dict[str, str]
    left_out: tuple[Flag, ...]
    """Flags that the installed vLLM does not know."""
    model: ServedModel
    host: str
    port: int
    more: tuple[str, ...] = field(default=())
    """What the user wrote after `--`; passed on as it is."""

    @property
    def command(self) -> list[str]:
        """The arguments of the process. `-P`: a folder `tokenizers` where the user stands does not hide the package."""
        words = [word for flag in self.flags for word in (flag.name, *flag.values)]
        return [str(self.environment.python), "-P", *self.entry, *words, *self.more]

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/v1"

    def __str__(self) -> str:
        """The line a person would type."""
        return " ".join([*(f"{k}={shlex.quote(v)}" for k, v in self.variables.items()), shlex.join(self.command)])


def launch(
    environment: Environment,
    known: Accepted,
    machine: Machine,
    model: ServedModel,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    more: Sequence[str] = (),
) -> Launch:
    """Flags and variables for this server; what the user wrote in `more` replaces the choice made here.

    Raises `ModelError` when the model cannot fit the machine, or a flag that the user's wish needs is not accepted.
    """
    gpu = environment.build == "gpu"
    if gpu and not machine.gpus:
        raise ModelError(
            "This vLLM is the GPU build and there is no NVIDIA GPU",
            where=str(environment.folder),
            todo="Check `nvidia-smi`, or prepare the CPU build with `make vllm VLLM_BUILD=cpu`",
        )
    wanted = [*_common(model, host, port), *(_gpu(machine, model) if gpu else _cpu(machine, model)), *_adapters(model)]
    own = {word.split("=")[0] for word in more if word.startswith("--")}
    wanted = [flag for flag in wanted if not {flag.name, _opposite(flag.name)} & own]
    kept = tuple(flag for flag in wanted if flag.name in known.flags)
    left_out = tuple(flag for flag in wanted if flag.name not in known.flags)
    if any(flag.name == "--lora-modules" for flag in left_out):
        raise ModelError(
            f"vLLM {environment.version} cannot serve adapters", where="--adapter", todo="Run `make vllm` for a newer one"
        )
    variables = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "PYTHONSAFEPATH": "1"}
    variables |= {"HF_HUB_OFFLINE": "1"} if model.local or _in_hub_cache(model.source) else {"HF_HUB_OFFLINE": "0"}
    if not gpu:
        variables["VLLM_CPU_KVCACHE_SPACE"] = str(_cpu_cache(machine, model))
        if machine.cores == 1:
            variables["VLLM_CPU_NUM_OF_RESERVED_CPU"] = "0"  # vLLM keeps one core for what is not computing
        if any(flag.name == "--enforce-eager" for flag in kept):
            variables["TORCHDYNAMO_DISABLE"] = "1"  # else the first question with probabilities compiles for 25 seconds
    return Launch(environment, known.entry, kept, variables, left_out, model, host, port, tuple(more))


def _common(model: ServedModel, host: str, port: int) -> list[Flag]:
    return [
        Flag("--model", (model.source,)),
        Flag("--served-model-name", (model.name,)),
        Flag("--host", (host,)),
        Flag("--port", (str(port),)),
        Flag("--structured-outputs-config", (COMPACT,), "answers without white space: fewer tokens to write"),
        Flag("--enable-prefix-caching", (), "what prompts begin with is read once"),
        Flag("--enable-prompt-tokens-details", (), "says how much of a prompt came from the cache"),
        Flag("--enable-per-request-metrics", (), "says how long a question waited"),
        Flag("--scheduling-policy", ("priority",), "the question that everybody waits for goes first"),
        Flag("--generation-config", ("vllm",), "no sampling defaults of the model's own: same request, same sampling"),
        Flag("--disable-uvicorn-access-log", (), "a log one can read"),
    ]


def _cpu(machine: Machine, model: ServedModel) -> list[Flag]:
    needed = (model.weight_bytes or 0) + GIB
    if needed > machine.free_memory:
        raise ModelError(
            f"The model needs {needed / GIB:.0f} GiB and {machine.free_memory / GIB:.0f} GiB of memory are free",
            where=model.source,
            todo="Close other programs, or serve a smaller model",
        )
    flags = [
        Flag("--max-model-len", (str(min(model.context or CONTEXT_CPU, CONTEXT_CPU)),), "tokens of prompt and answer"),
        Flag("--max-num-seqs", (str(PARALLEL_CPU),), "questions in one batch"),
        Flag("--block-size", ("32",), "prefixes are shared in steps of 32 tokens; the CPU build's own 128 is coarser than a prompt"),
    ]
    dtype = "bfloat16" if machine.quick_bfloat16 or (model.weight_bytes or 0) * 2 > machine.free_memory // 2 else "float32"
    flags.append(Flag("--dtype", (dtype,), "quickest on this processor"))
    if (model.weight_bytes or 0) <= SMALL:
        flags.append(Flag("--enforce-eager", (), "no compiling: starts in half a minute instead of two"))
    return flags


def _gpu(machine: Machine, model: ServedModel) -> list[Flag]:
    free = min(gpu.free for gpu in machine.gpus)
    total = max(gpu.memory for gpu in machine.gpus)
    count = 1
    while count * 2 <= len(machine.gpus) and (model.weight_bytes or 0) * 1.2 > count * free * 0.9:
        count *= 2
    if (model.weight_bytes or 0) * 1.1 > count * free:
        raise ModelError(
            f"The model's weights take {(model.weight_bytes or 0) / GIB:.0f} GiB and {count * free / GIB:.0f} GiB of GPU memory are free",
            where=model.source,
            todo="Stop what else runs on the GPU, or serve a smaller model",
        )
    share = min(0.9, free / total - 0.03)
    context = min(model.context or CONTEXT_GPU, CONTEXT_GPU)
    flags = [
        Flag("--max-model-len", (str(context),), "tokens of prompt and answer"),
        Flag("--max-num-seqs", (str(PARALLEL_GPU),), "questions in one batch"),
        Flag("--gpu-memory-utilization", (f"{share:.2f}",), "what is free now, less a margin"),
    ]
    if count > 1:
        flags.append(Flag("--tensor-parallel-size", (str(count),), "the weights do not fit one card"))
    return flags


def _adapters(model: ServedModel) -> list[Flag]:
    if not model.adapters:
        return []
    needed = max(adapter.rank for adapter in model.adapters)
    rank = next((rank for rank in RANKS if rank >= needed), None)
    if rank is None:
        raise ModelError(f"vLLM serves adapters up to rank {RANKS[-1]}, not {needed}", where="--adapter", todo="Merge it")
    modules = tuple(f"{adapter.name}={adapter.folder}" for adapter in model.adapters)
    return [
        Flag("--enable-lora"),
        Flag("--max-loras", (str(len(modules)),)),
        Flag("--max-lora-rank", (str(rank),)),
        Flag("--lora-modules", modules, "asked for by these model names"),
    ]


def _cpu_cache(machine: Machine, model: ServedModel) -> int:
    """GiB for keys and values: `CONTEXTS_KEPT` whole contexts, at most a quarter of what the weights leave free."""
    left = (machine.free_memory - (model.weight_bytes or 0)) // 4 // GIB
    wanted = 16 if model.token_bytes is None else -(-CONTEXTS_KEPT * CONTEXT_CPU * model.token_bytes // GIB)
    return max(1, min(wanted, left))


def _opposite(flag: str) -> str:
    return f"--no-{flag[2:]}"


def _in_hub_cache(hub_id: str) -> bool:
    """Whether the model was downloaded before, so that no network is needed."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(hub_id, "config.json")
    return isinstance(found, str) and any(Path(found).parent.glob("*.safetensors"))

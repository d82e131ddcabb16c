"""What is measured on a GPU, and in which order: what answers most comes first, for the time may be gone before the end.

Knows models, sizes, option sets and how long a case takes to prepare. Does not know how anything is measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from shotplan.errors import RenderError
from video_core.planner import MODELS, ClipSpec, Machine, OptionSet, VideoModel, choose, predict
from video_core.planner.memory import straight

What = Literal["peaks", "film", "denoise", "decode"]
"""`peaks`: the card itself. `film`: shots from prompt to frames. `denoise`: steps of the transformer alone. `decode`: latents to frames."""

SMALL_CARD = 24.0
"""GB of an RTX 4090, of which the driver and CUDA keep `CONTEXT` for themselves."""
CONTEXT = 0.8
S, L = (480, 832), (720, 1280)
START, COMPILE, FILLING = 20.0, 50.0, {"gpu": 60e9, "ram": 2e9}
"""Seconds to start a process and to compile blocks; bytes per second of random numbers made. Guesses, on the safe side."""


@dataclass(frozen=True)
class Case:
    """One thing that is measured."""

    name: str
    what: What
    told: str
    """In the table."""
    model: str = "anisora-v3"
    size: tuple[int, int] = S
    frames: int = 81
    steps: int = 4
    options: str | None = ""
    """Words of an option set; None: what the planner picks for this machine by itself."""
    memory: float | None = None
    """GB that the process may take of the card; None: all."""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def clip(self) -> ClipSpec:
        return ClipSpec(self.size, self.frames, self.steps, 1.0)

    @property
    def set(self) -> OptionSet | None:
        return None if self.options is None else OptionSet.from_words(self.options.split())


CUDNN = "compile=regional attention=_native_cudnn"
FREE_24 = SMALL_CARD - CONTEXT
AS_IT_IS, FIRST, TRIED = "", "channels first", "kernels tried out"
DECODERS = (
    ("", AS_IT_IS), ("", FIRST), ("", TRIED), ("vae_dtype=bf16", AS_IT_IS), ("vae_dtype=bf16", FIRST), ("vae_dtype=bf16", TRIED),
    ("vae_tiling", AS_IT_IS), ("vae_decoder=taehv", AS_IT_IS),
)  # fmt: skip
"""What the `decode` case goes through in one process: words of an option set, and what is done otherwise than the program does it:
convolutions in the usual order of memory, or cuDNN trying its kernels out (`torch.backends.cudnn.benchmark`)."""

CASES: tuple[Case, ...] = (
    Case("peaks", "peaks", "the card"),
    Case("film", "film", "I2V 14B, as the program chooses", options=None),
    Case("film-24gb", "film", "I2V 14B in 24 GB, as the program chooses", options=None, memory=FREE_24),
    Case("plain", "denoise", "I2V 14B, plain", steps=2),
    Case("decoders", "decode", "autoencoder"),
    Case("cudnn", "denoise", "I2V 14B, cuDNN attention", steps=2, options="attention=_native_cudnn"),
    Case("compiled", "denoise", "I2V 14B, compiled", steps=2, options="compile=regional"),
    Case("stream-leaf", "denoise", "I2V 14B in 24 GB, layer by layer", steps=2, memory=FREE_24,
         options=f"{CUDNN} offload=group offload_level=leaf_level"),
    Case("stream-unpinned", "denoise", "I2V 14B in 24 GB, pinned group by group", steps=2, memory=FREE_24,
         options=f"{CUDNN} offload=group pin_all=false"),
    Case("stream-eager", "denoise", "I2V 14B in 24 GB, eager", steps=2, memory=FREE_24,
         options="attention=_native_cudnn offload=group"),
    Case("film-bf16-decoder", "film", "I2V 14B, autoencoder in bf16", options=f"{CUDNN} vae_dtype=bf16"),
    Case("large", "denoise", "I2V 14B, one step of 720p", size=L, steps=1, options=CUDNN),
    Case("fp8-storage", "denoise", "I2V 14B", steps=2, options=f"{CUDNN} weights=fp8_storage"),
    Case("fp8-compute", "denoise", "I2V 14B", steps=2, options=f"{CUDNN} weights=fp8_compute"),
    Case("int8-compute", "denoise", "I2V 14B", steps=2, options=f"{CUDNN} weights=int8_compute"),
    Case("cache", "denoise", "I2V 14B, 8 steps; which are skipped depends on the weights", steps=8,
         options="attention=_native_cudnn cache=first_block"),
    Case("two-experts", "denoise", "I2V A14B, both experts at hand", model="anisora-v3.2", options=CUDNN),
    Case("two-experts-24gb", "denoise", "I2V A14B in 24 GB, as the program chooses", model="anisora-v3.2", options=None, memory=FREE_24),
    Case("vace", "denoise", "VACE 14B", model="wan2.1-vace-14b", steps=2, options=CUDNN),
    Case("small", "denoise", "T2V 1.3B", model="wan2.1-t2v-1.3b", options=CUDNN),
    Case("film-8-steps", "film", "I2V 14B, 8 steps, as the program chooses", steps=8, options=None),
    Case("stream-pinned-exactly", "denoise", "I2V 14B in 24 GB, pinned copies not rounded up", steps=2, memory=FREE_24,
         options=f"{CUDNN} offload=group", environment=(("PYTORCH_ALLOC_CONF", "pinned_max_round_threshold_mb:1"),)),
    Case("flash", "denoise", "I2V 14B, PyTorch's FlashAttention-2", steps=2, options="compile=regional attention=_native_flash"),
    Case("flash-attn", "denoise", "I2V 14B", steps=2, options="compile=regional attention=flash"),
    Case("flash-3", "denoise", "I2V 14B", steps=2, options="compile=regional attention=_flash_3"),
    Case("sage", "denoise", "I2V 14B", steps=2, options="compile=regional attention=sage"),
    Case("fp8-24gb", "denoise", "I2V 14B resident in 24 GB", steps=2, memory=FREE_24,
         options=f"{CUDNN} weights=fp8_storage text_device=cpu"),
    Case("small-film", "film", "T2V 1.3B, as the program chooses", model="wan2.1-t2v-1.3b", options=None),
)  # fmt: skip


def find(names: list[str]) -> list[Case]:
    """The cases of those names, in the order of `CASES`. Raises `RenderError` for an unknown one."""
    known = {case.name for case in CASES}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise RenderError(f"there is no case {wrong[0]!r}", where="--only", todo=f"known: {', '.join(case.name for case in CASES)}")
    return [case for case in CASES if case.name in names]


def model_of(case: Case, *, tiny: bool) -> VideoModel:
    """The model that is measured, or one of the same kind that fits anywhere."""
    model = MODELS[case.model]
    if not tiny:
        return model
    dit, image = model.dit, model.dit.image_dim is not None
    small = replace(
        dit, layers=2, heads=2, head_dim=12, ffn=32, text_dim=32, freq_dim=32, image_dim=16 if image else None,
        added_kv=24 if image else None, vace_layers=(0, 1) if dit.vace_layers else (),
    )  # fmt: skip
    return replace(model, dit=small, text_parameters=0)


def tiny(case: Case) -> Case:
    """The case on pictures of 32x64, two steps."""
    return replace(case, size=(32, 64), frames=9, steps=min(case.steps, 2))


def estimate(case: Case, machine: Machine) -> float:
    """Seconds that the case is expected to take, all told; by the planner, with preparation on top."""
    if case.what == "peaks":
        return START + 20
    model = MODELS[case.model]
    if case.memory is not None and machine.gpu is not None:
        machine = replace(machine, gpu=replace(machine.gpu, memory=case.memory))
    try:
        options = case.set or choose(model, case.clip, machine).options
    except RenderError:  # which the case itself will say
        options = OptionSet(offload="group")
    if case.what == "decode":
        clips = (predict(model, case.clip, machine, OptionSet.from_words(words.split())).parts.decode for words, _ in DECODERS)
        return START + 2 * sum(clips) + 5 * len(DECODERS)
    found = predict(model, case.clip, machine, options)
    where = "gpu" if straight(options) else "ram"
    pinning = 2 if options.offload == "group" and options.pin_all else 1
    prepare = START + model.parameters * 2 * pinning / FILLING[where] + (COMPILE if options.compile != "none" else 0)
    if case.what == "film":
        return prepare + 10 + 2 * found.seconds
    warm = case.steps if model.experts > 1 else 1
    return prepare + found.parts.denoise * (1 + warm / case.steps)

"""Which option set to take: tries the sensible ones and picks the fastest legal one that fits.

Knows what is worth trying and in which order quality is given up: nothing first, then the number format in storage. Everything else that
changes the picture is tried only when asked for. Does not know how a prediction is made (`predict`).
"""

from __future__ import annotations

import importlib.util
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shotplan.errors import RenderError
from video_core.planner.clip import ClipSpec
from video_core.planner.legality import conflicts
from video_core.planner.machine import Machine, machine_here, worker_group
from video_core.planner.models import VideoModel, find_model, model_of_configs
from video_core.planner.options import OptionSet
from video_core.planner.predict import Prediction, as_options, predict

STEP = 1.03
"""Sets whose seconds differ by less than this factor count as equal; the simpler one is taken."""
OFFLOADS: tuple[dict[str, Any], ...] = (
    {},
    {"offload": "model"},
    {"offload": "group"},
    {"offload": "group", "pin_all": False},
    {"offload": "group", "pin_all": False, "offload_level": "leaf_level"},
)


def candidates(
    model: VideoModel, machine: Machine, *, lossy: bool = False, fused_lora: bool = False, together: Mapping[str, Any] | None = None
) -> Iterator[OptionSet]:
    """Sets worth trying, legal or not. `lossy`: also those that change the picture. `together`: how GPUs share a clip, if it is settled."""
    if machine.gpu is None:
        for weights, tiling in itertools.product(("bf16", "fp32"), (False, True)):
            yield OptionSet.parse({"weights": weights, "vae_tiling": tiling, **(together or {})})
        return
    hopper = machine.gpu.architecture in ("hopper", "blackwell")
    degrees = [n for n in range(1, machine.gpus + 1) if model.dit.heads % n == 0] if machine.gpus > 1 else [1]
    groups = [dict(together)] if together else [{"ulysses": n, "vae_spread": n > 1} for n in degrees]
    formats = ["bf16", "fp8_storage", *(["fp8_compute", "int8_compute"] if lossy else [])]
    kernels = ["native", *(["_native_cudnn"] if hopper else []), *(["sage"] if lossy else [])]
    caches = ["none", *(["first_block"] if lossy else [])]
    decoders = ["wan", *(["taehv"] if lossy else [])]
    grid = itertools.product(groups, formats, OFFLOADS, kernels, caches, decoders, (False, True), ("gpu", "cpu"))
    for group, weights, offload, attention, cache, decoder, tiling, text in grid:
        spread = bool(group.get("vae_spread")) and decoder == "wan"
        if tiling and (spread or decoder == "taehv"):
            continue
        yield OptionSet.parse({
            **group, "vae_spread": spread, "weights": weights, "attention": attention, "cache": cache, "vae_decoder": decoder,
            "vae_tiling": tiling, "text_device": text, "compile": "regional",
            "lora": "fused" if fused_lora else "none", **offload,
        })  # fmt: skip


def choose(
    model: VideoModel, clip: ClipSpec, machine: Machine, *, lossy: bool = False, fused_lora: bool = False, installed_only: bool = False,
    together: Mapping[str, Any] | None = None,
) -> Prediction:
    """The fastest legal set that fits; without loss where one fits. Raises `RenderError` when none does."""
    clip.check(model)
    fitting: list[Prediction] = []
    nearest: Prediction | None = None
    for options in candidates(model, machine, lossy=lossy, fused_lora=fused_lora, together=together):
        if conflicts(model, clip, machine, options) or (installed_only and missing_packages(options)):
            continue
        found = predict(model, clip, machine, options)
        if found.fits:
            fitting.append(found)
        elif nearest is None or (found.gpu_gb, found.ram_gb) < (nearest.gpu_gb, nearest.ram_gb):
            nearest = found
    if not fitting:
        assert nearest is not None
        raise RenderError(
            f"{model.name} at {clip.size[0]}x{clip.size[1]}x{clip.frames} does not fit on {machine.name}: even {nearest.options.words()} "
            f"needs {nearest.lacks}", todo=_smaller(model, clip, machine),
        )  # fmt: skip
    return min(fitting, key=lambda p: _rank(p, lossy))


def _rank(found: Prediction, lossy: bool) -> tuple[float, ...]:
    worse = 0 if lossy else len(found.options.lossy)
    return worse, round(math.log(found.seconds) / math.log(STEP)), len(found.options.changed()), found.ram_gb, found.seconds


def _smaller(model: VideoModel, clip: ClipSpec, machine: Machine) -> str:
    """A smaller clip that would fit, in words."""
    sizes = ((480, 832), (352, 640), (240, 416))
    for size in (s for s in sizes if s[0] * s[1] < clip.size[0] * clip.size[1]):
        small = ClipSpec(tuple(side // model.multiple * model.multiple for side in size), min(clip.frames, 81), clip.steps, clip.guidance)  # type: ignore[arg-type]
        for options in candidates(model, machine):
            if not conflicts(model, small, machine, options) and predict(model, small, machine, options).fits:
                return f"--size {small.size[0]}x{small.size[1]} --frames {small.frames} would fit with {as_options(options)}"
    return "use a smaller model, a GPU with more memory or more RAM"


def missing_packages(options: OptionSet) -> tuple[str, ...]:
    """Modules the set needs that are not installed here."""
    return tuple(name for name in options.packages if importlib.util.find_spec(name) is None)


def plan_load(
    model: str | Mapping[str, Any] | Sequence[Mapping[str, Any]] | VideoModel,
    size: tuple[int, int],
    frames: int,
    steps: int,
    guidance: float = 1.0,
    options: OptionSet | None = None,
    machine: Machine | None = None,
    *,
    references: int = 0,
    gpus: int | None = None,
    together: Mapping[str, Any] | None = None,
) -> Prediction:
    """What a backend asks before it loads anything: the option set to apply and what it will take.

    `model`: a name of `MODELS`, a diffusers transformer config, or one config per expert. `options` None: one is chosen; given: it is
    checked. `machine` None: this one, with `gpus` of its GPUs, by default as many as this process's worker group has. `together`: fields
    of the option set that say how they share a clip, if that is settled. Raises `RenderError` when the clip or the set
    is impossible, or when memory is too small, naming the set that would fit.
    """
    if isinstance(model, str):
        model = find_model(model)
    elif not isinstance(model, VideoModel):
        model = model_of_configs([model] if isinstance(model, Mapping) else list(model))
    clip = ClipSpec(size, frames, steps, guidance, references)
    place = machine or replace(machine_here(), gpus=gpus or worker_group())
    if options is None:
        return choose(model, clip, place, installed_only=machine is None, together=together)
    found = predict(model, clip, place, options)
    absent = missing_packages(options) if machine is None else ()
    if absent:
        raise RenderError(f"{options.words()} needs the package {absent[0]}", todo=f"pip install {absent[0]}, or leave the option out")
    if found.fits:
        return found
    instead = choose(model, clip, place, fused_lora=options.lora == "fused", installed_only=machine is None, together=together)
    takes = f"{instead.gpu_gb:.0f} GB GPU, {instead.ram_gb:.0f} GB RAM, {instead.seconds:.0f} s"
    raise RenderError(
        f"{model.name} with {options.words()} needs {found.lacks}", todo=f"this fits: {as_options(instead.options)} ({takes})"
    )

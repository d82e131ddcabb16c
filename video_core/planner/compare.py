"""The option sets a person compares on one machine, from plain to everything, judged or refused one by one.

Knows which sets are instructive. Does not know which is best (`choose`).
"""

from __future__ import annotations

from dataclasses import dataclass

from video_core.planner.clip import ClipSpec
from video_core.planner.legality import conflicts
from video_core.planner.machine import Machine
from video_core.planner.models import VideoModel
from video_core.planner.options import OptionSet
from video_core.planner.predict import Prediction, predict

STREAM = "compile=regional offload=group"
PLAIN = (
    "", "compile=regional", "compile=regional offload=model", STREAM,
    f"{STREAM} pin_all=false", f"{STREAM} pin_all=false offload_level=leaf_level vae_tiling text_device=cpu",
    f"{STREAM} pin_all=false weights=fp8_storage", f"{STREAM} pin_all=false weights=gguf_q8_0",
)  # fmt: skip
FAST = (
    "compile=regional weights=fp8_compute", "compile=regional weights=int8_compute", "compile=regional attention=sage",
    "compile=regional weights=fp8_compute attention=sage vae_decoder=taehv", f"{STREAM} weights=fp8_compute attention=sage",
    "compile=regional cache=first_block", "compile=regional vae_dtype=bf16",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One set: what it would take, or why it is refused."""

    words: str
    prediction: Prediction | None
    reason: str = ""


def compared(model: VideoModel, clip: ClipSpec, machine: Machine, *, lossy: bool = False) -> list[Row]:
    """Rows of `PLAIN`, of the context-parallel degrees the machine allows, and with `lossy` of `FAST`."""
    if machine.gpu is None:
        sets = ["", "weights=fp32", "vae_tiling"]
    else:
        sets = [*PLAIN, *(FAST if lossy else ())]
        if machine.gpu.architecture in ("hopper", "blackwell"):
            sets.insert(2, "compile=regional attention=_native_cudnn")
        for degree in sorted({2, 4, machine.gpus}):
            if 1 < degree <= machine.gpus:
                sets += [f"compile=regional ulysses={degree} vae_spread", f"{STREAM} pin_all=false ulysses={degree} vae_spread"]
        if machine.gpus > 1:
            sets.append(f"compile=regional attention=_native_cudnn ring={machine.gpus}")
    rows = []
    for words in sets:
        options = OptionSet.from_words(words.split())
        broken = conflicts(model, clip, machine, options)
        found = None if broken else predict(model, clip, machine, options)
        rows.append(Row(options.words(), found, broken[0].reason if broken else ""))
    return rows

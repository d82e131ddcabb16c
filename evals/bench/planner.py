"""The planner against published tables: predicted / published for every row, and how well the rows it was not fitted to are met.

    python -m evals.bench.planner [--json]

Knows published figures and which software made them. Does not know how a prediction is made (`video_core.planner`). Nothing is measured.

Nine numbers are fitted, to the rows marked `fit`: the sustained rates of A100/A800, H100/H800/H200 and H20, then GEMM, FLASH_3, SAGE,
EIGHT_BIT_GEMM and SYNC of `video_core.planner.efficiency`, and OFFICIAL below. They were set by hand with all rows in view, so the held-out
rows show that few numbers describe many rows, not that the next card will be met as well. Everything else is a data sheet, a count on the
real classes, or published elsewhere. No number belongs to one row. Other software than ours is told apart by three things only: compiled or
eager, the attention kernel it says it uses, and for the Wan team's own eager code the bytes it moves (float32 activations, complex rotary
tables). Left out: sparse attention, and software whose kernels are not said.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from dataclasses import dataclass
from typing import Any

from video_core.planner import ClipSpec, OptionSet, find_model, machine_of
from video_core.planner.seconds import pass_seconds, predict_seconds

OFFICIAL = 650.0
"""Fitted: bytes per token, channel and block that the Wan team's own code moves outside matrix products and attention."""

S, L = (480, 832), (720, 1280)
T14, I14 = "wan2.1-t2v-14b", "wan2.1-i2v-14b"
FUSED = "compile=regional attention=sage"
PR = "diffusers PR 11605"
LX = "LightX2V docs"
LX_STEP = "LightX2V README 2025-12"
WAN21, WAN22 = "Wan2.1 README", "Wan2.2 README"
FAST = "FastVideo blog"


@dataclass(frozen=True)
class Row:
    """One published figure."""

    source: str
    model: str
    gpu: str
    published: float
    """Seconds."""
    size: tuple[int, int] = S
    frames: int = 81
    steps: int = 1
    guidance: float = 1.0
    gpus: int = 1
    options: str = ""
    official: bool = False
    """Made with the Wan team's own code."""
    part: str = "total"
    """`pass`: one forward pass; `denoise`: without text and autoencoder; `total`: the clip."""
    fit: bool = False

    @property
    def predicted(self) -> float:
        """Seconds."""
        model, machine = find_model(self.model), machine_of(self.gpu, gpus=self.gpus)
        options = OptionSet.from_words(self.options.split()).but(ulysses=self.gpus)
        clip = ClipSpec(self.size, self.frames, self.steps, self.guidance)
        moved = OFFICIAL if self.official else None
        if self.part == "pass":
            return clip.passes * pass_seconds(model, clip, machine, options, moved=moved)
        found = predict_seconds(model, clip, machine, options, moved=moved)
        return found.denoise if self.part == "denoise" else found.total

    @property
    def ratio(self) -> float:
        return self.predicted / self.published

    @property
    def what(self) -> str:
        size = f"{self.size[0]}x{self.size[1]}x{self.frames}"
        return f"{self.model} {size} {self.steps} steps{' x2' if self.guidance > 1 else ''} on {self.gpus} x {self.gpu}"


def _wan(source: str, model: str, gpu: str, size: tuple[int, int], steps: int, options: str, *figures: float, fit: int = 0) -> list[Row]:
    """A line of the Wan team's tables: 1, 2, 4, 8 GPUs, or 1, 4, 8. `fit`: mark the row with that many GPUs as fitted."""
    counts = (1, 2, 4, 8) if len(figures) == 4 else (1, 4, 8)
    frames = 121 if model.endswith("5b") else 81
    return [
        Row(source, model, gpu, x, size, frames, steps, 5.0, n, options, official=True, fit=n == fit)
        for n, x in zip(counts, figures, strict=True)
    ]


ROWS: tuple[Row, ...] = (
    Row(PR, T14, "H100", 4.602, part="pass"),
    Row(PR, T14, "H100", 3.766, options="compile=regional", part="pass", fit=True),
    Row(PR, T14, "H100", 4.918, options="offload=group", part="pass"),
    Row(PR, T14, "H100", 4.110, options="compile=regional offload=group", part="pass", fit=True),
    Row(PR, T14, "RTX 4090", 13.658, options="offload=group", part="pass"),
    Row(PR, T14, "RTX 4090", 11.584, options="compile=regional offload=group", part="pass"),
    Row(f"{LX_STEP}, diffusers", I14, "H100", 9.77, guidance=5, part="pass"),
    Row(f"{LX_STEP}, diffusers", I14, "RTX 4090D", 30.50, guidance=5, options="offload=group", part="pass"),
    Row(LX_STEP, I14, "H100", 5.18, guidance=5, options="compile=regional attention=_flash_3", part="pass", fit=True),
    Row(LX_STEP, I14, "RTX 4090D", 20.26, guidance=5, options=f"{FUSED} offload=group", part="pass"),
    Row(LX_STEP, I14, "H100", 0.75, guidance=5, gpus=8, options="compile=regional attention=_flash_3_hub", part="pass"),
    Row(LX_STEP, I14, "H100", 0.39, gpus=8, options="compile=regional attention=_flash_3_hub", part="pass"),
    Row(LX_STEP, I14, "H100", 0.35, gpus=8, options="compile=regional attention=_flash_3_hub weights=fp8_compute", part="pass"),
    Row(LX_STEP, I14, "RTX 4090D", 4.75, guidance=5, gpus=8, options=FUSED, part="pass"),
    *_wan(WAN21, T14, "A800", L, 50, "", 3342.6, 1722.0, 886.1, 469.9, fit=1),
    *_wan(WAN21, I14, "A800", L, 40, "", 2715.5, 1371.7, 716.1, 389.7),
    *_wan(WAN21, T14, "H800", L, 50, "", 1837.9, 945.1, 497.0, 287.9, fit=1),
    *_wan(WAN21, I14, "H800", L, 40, "", 1491.6, 753.9, 403.9, 238.8),
    *_wan(WAN21, T14, "H20", L, 50, "", 6935.5, 3488.4, 1775.8, 980.5),
    *_wan(WAN21, I14, "H20", L, 40, "", 5494.8, 2756.6, 1417.0, 778.2),
    *_wan(WAN21, "wan2.1-t2v-1.3b", "RTX 4090", S, 50, "", 261.4, 188.5, 120.8, 112.3)[:3],  # 12 heads: not 8 GPUs
    *_wan(WAN22, "wan2.2-t2v-a14b", "A800", S, 40, "", 785.7, 215.2, 119.9),
    *_wan(WAN22, "wan2.2-t2v-a14b", "A800", L, 40, "", 2735.7, 725.3, 386.7),
    *_wan(WAN22, "wan2.2-i2v-a14b", "A800", S, 40, "", 810.0, 215.4, 121.6),
    *_wan(WAN22, "wan2.2-i2v-a14b", "A800", L, 40, "", 2810.9, 730.5, 393.4),
    *_wan(WAN22, "wan2.2-t2v-a14b", "H800", S, 40, "attention=_flash_3_hub", 326.9, 91.7, 51.5),
    *_wan(WAN22, "wan2.2-t2v-a14b", "H800", L, 40, "attention=_flash_3_hub", 1041.5, 288.7, 155.1),
    *_wan(WAN22, "wan2.2-i2v-a14b", "H800", S, 40, "attention=_flash_3_hub", 327.8, 92.4, 52.9),
    *_wan(WAN22, "wan2.2-i2v-a14b", "H800", L, 40, "attention=_flash_3_hub", 1055.9, 290.4, 159.0),
    *_wan(WAN22, "wan2.2-t2v-a14b", "H20", S, 40, "attention=_flash_3_hub", 1133.9, 306.6, 170.5),
    *_wan(WAN22, "wan2.2-t2v-a14b", "H20", L, 40, "attention=_flash_3_hub", 4048.7, 1067.8, 564.7, fit=1),
    *_wan(WAN22, "wan2.2-i2v-a14b", "H20", S, 40, "attention=_flash_3_hub", 1117.4, 305.4, 173.4),
    *_wan(WAN22, "wan2.2-i2v-a14b", "H20", L, 40, "attention=_flash_3_hub", 4054.7, 1076.9, 577.0),
    *_wan(WAN22, "wan2.2-ti2v-5b", "RTX 4090", (704, 1280), 50, "", 534.7, 231.3, 157.2),
    Row(f"{LX}, Wan's own code", I14, "H200", 366, S, 81, 40, 5, options="attention=_flash_3", official=True),
    Row(f"{LX}, Wan's own code", I14, "H200", 974, L, 81, 40, 5, options="attention=_flash_3", official=True),
    Row(f"{LX}, FastVideo sage2", I14, "H200", 292, S, 81, 40, 5, options="attention=sage"),
    Row(f"{LX}, FastVideo sage2", I14, "H200", 914, L, 81, 40, 5, options="attention=sage"),
    Row(f"{LX}, sage2 bf16", I14, "H200", 216, S, 81, 40, 5, options=FUSED, fit=True),
    Row(f"{LX}, sage2 bf16", I14, "H200", 751, L, 81, 40, 5, options=FUSED),
    Row(f"{LX}, sage2 fp8", I14, "H200", 191, S, 81, 40, 5, options=f"{FUSED} weights=fp8_compute vae_tiling", fit=True),
    Row(f"{LX}, sage2 fp8", I14, "H200", 671, L, 81, 40, 5, options=f"{FUSED} weights=fp8_compute vae_tiling"),
    Row(f"{LX}, sage2 fp8 distilled", I14, "H200", 14, S, 81, 4, 1, options=f"{FUSED} weights=fp8_compute vae_tiling"),
    Row(f"{LX}, sage2 fp8 distilled", I14, "H200", 44, L, 81, 4, 1, options=f"{FUSED} weights=fp8_compute vae_tiling"),
    Row(f"{LX}, fp8 offload", I14, "RTX 4090", 630, S, 81, 40, 5, options=f"{FUSED} weights=fp8_compute vae_tiling offload=group"),
    Row(f"{LX}, fp8 offload", I14, "RTX 4090", 2169, L, 81, 40, 5, options=f"{FUSED} weights=fp8_compute vae_tiling offload=group"),
    Row(f"{LX}, fp8 offload distilled", I14, "RTX 4090", 63, S, 81, 4, 1, options=f"{FUSED} weights=fp8_compute vae_tiling offload=group"),
    Row(f"{LX}, fp8 offload distilled", I14, "RTX 4090", 171, L, 81, 4, 1, options=f"{FUSED} weights=fp8_compute vae_tiling offload=group"),
    *(
        Row("TurboDiffusion, baseline", model, "RTX 5090", x, size, 81, steps, 5, official=True, part="denoise")
        for model, size, steps, x in (
            ("wan2.1-t2v-1.3b", S, 50, 184), (T14, S, 50, 1676), (T14, L, 50, 4767), ("wan2.2-i2v-a14b", L, 40, 4549),
        )
    ),
    Row(f"{FAST}, baseline", "wan2.1-t2v-1.3b", "H200", 95.2, S, 81, 50, 5, official=True, part="denoise"),
    Row(f"{FAST}, baseline", T14, "H200", 1746.5, L, 81, 50, 5, official=True, part="denoise"),
    Row(f"{FAST}, baseline", "wan2.2-ti2v-5b", "H200", 157.2, (704, 1280), 121, 50, 5, official=True, part="denoise"),
)  # fmt: skip

_ALL = "compile=regional vae_spread"
CLAIMS: tuple[tuple[Row, str], ...] = (
    (
        Row("bilibili article 2025-09", "anisora-v3", "A800", 8.0, (352, 640), 81, 8, 1.0, 8, _ALL),
        "its released code runs two passes a step, eager and unquantised; this is one pass, compiled, decoding spread",
    ),
    (
        Row("bilibili article 2025-09", "anisora-v3", "RTX 4090", 30.0, (352, 640), 81, 8, 1.0, 4, f"{_ALL} weights=fp8_compute"),
        "says `quantised`, not to which format",
    ),
)
"""Figures whose software is not known well enough to count."""


def error(rows: list[Row]) -> float:
    """Geometric mean of how far off the predictions are, as a factor minus one."""
    return math.exp(statistics.fmean(abs(math.log(row.ratio)) for row in rows)) - 1


def summary() -> dict[str, Any]:
    """Errors of the fitted and the held-out rows."""
    fitted, held = [r for r in ROWS if r.fit], [r for r in ROWS if not r.fit]
    worst = max(held, key=lambda r: abs(math.log(r.ratio)))
    return {
        "rows": len(ROWS), "fitted_rows": len(fitted), "held_out_rows": len(held), "fitted_error": error(fitted),
        "held_out_error": error(held), "held_out_error_one_gpu": error([r for r in held if r.gpus == 1]),
        "held_out_error_groups": error([r for r in held if r.gpus > 1]),
        "held_out_within_15_percent": sum(abs(r.ratio - 1) <= 0.15 for r in held),
        "worst": f"{worst.source}: {worst.what}: {worst.ratio:.2f}",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    if parser.parse_args().json:
        rows = [{"source": r.source, "what": r.what, "published": r.published, "predicted": r.predicted, "fit": r.fit} for r in ROWS]
        print(json.dumps({"summary": summary(), "rows": rows}, indent=2))
        return
    print(f"{'published by':<36}{'what':<66}{'published':>10}{'predicted':>10}{'ratio':>7}")
    for row in ROWS:
        print(_line(row) + ("  fit" if row.fit else ""))
    print("\nclaims, not counted:")
    for row, remark in CLAIMS:
        print(f"{_line(row)}  {remark}")
    f = summary()
    print(f"\n{f['rows']} rows; {f['fitted_rows']} fitted, off by {f['fitted_error']:.1%}; {f['held_out_rows']} held out, off by "
          f"{f['held_out_error']:.1%} (one GPU {f['held_out_error_one_gpu']:.1%}, groups {f['held_out_error_groups']:.1%}), "
          f"{f['held_out_within_15_percent']} of them within 15 %")  # fmt: skip
    print(f"worst held-out row: {f['worst']}")


def _line(row: Row) -> str:
    return f"{row.source:<36}{row.what:<66}{row.published:>10.4g}{row.predicted:>10.4g}{row.ratio:>7.2f}"


if __name__ == "__main__":
    main()

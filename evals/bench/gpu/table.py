"""The results as markdown: figures beside predictions, floors and what others published, and the aims with what was reached.

Knows published figures. Does not measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.bench.gpu.row import Results, Row

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
UTILISATION, SECONDS, SLOWER = 0.60, 14.0, 1.10
"""The aims on an H200 with an I2V 14B at 480x832x81 and 4 steps: part of the measured peak, seconds end to end, and in 24 GB how many
times as long as resident."""
PUBLISHED = (
    ("LightX2V, one H100, one pass, bf16 (half of 5.18 s with guidance)", "2.59 s"),
    ("diffusers with guidance as LightX2V measured it, one H100, one pass (half of 9.77 s)", "4.89 s"),
    ("diffusers PR 11605, Wan 14B, one H100, one pass: eager / compiled", "4.60 / 3.77 s"),
    ("the same with streamed offload: eager / compiled", "4.92 / 4.11 s"),
    ("LightX2V, one H200, 4 steps end to end, fp8 and Sage", "14 s"),
    ("LightX2V, one H200, 4 steps end to end at 720x1280, fp8 and Sage", "44 s"),
    ("floor of one pass on an H200: 1.69 PFLOP at the data sheet's 989 TFLOP/s", "1.71 s"),
)  # fmt: skip
"""Wan2.1-I2V-14B at 480x832, 81 frames, unless said."""


def markdown(results: Results) -> str:
    """Sections: machine, aims, steps, films, autoencoder, the card, what did not run, published figures."""
    machine = results.machine
    versions = ", ".join(f"{name} {machine[name]}" for name in ("torch", "cuda", "diffusers", "transformers", "torchao") if name in machine)
    parts = [f"Measured on {machine.get('date')}: {machine.get('gpu')}, {machine.get('gpu_gb', 0)} GB; {versions}. Random weights."]
    if machine.get("tiny"):
        parts.append("Tiny models: the figures mean nothing, but that everything ran.")
    else:
        parts.append(_section("", ("aim", "reached", ""), _aims(results)))
    measured = [row for row in results.rows if row.status == "measured"]
    parts.append(_section(
        "One step of the transformer. Peak: the bf16 product of 8192 x 8192 x 8192 measured in the same call.",
        ("what", "options", "clip", "s", "TFLOP/s", "of peak", "floor s", "predicted / measured", "GPU GB (planned)", "RAM GB (planned)"),
        [_step(row, results.peaks.get("bf16", 0.0)) for row in measured if "step" in row.seconds],
    ))  # fmt: skip
    parts.append(_section(
        "From prompt to frames: the second shot. What it loads again, such as a text encoder that may not stay on the card, is not in the "
        "total: here it is made up, and a disk takes another time.",
        ("what", "options", "steps", "text", "encode", "denoise", "decode", "rest", "total s", "loads again", "predicted / measured",
         "first shot s"),
        [_film(row) for row in measured if "total" in row.seconds],
    ))  # fmt: skip
    decoders = [row for row in measured if set(row.seconds) == {"decode"}]
    parts.append(_section(
        "Latents to frames.", ("options", "s", "predicted / measured", "GPU GB"),
        [(row.options, _s(row.seconds["decode"]), _ratio(row, "decode"), _gb(row, "gpu")) for row in decoders],
    ))  # fmt: skip
    parts.append(_section("The card.", ("what", "per second"), [(name, _rate(name, value)) for name, value in results.peaks.items()]))
    odd = [(row.case, row.options, row.status, row.note) for row in results.rows if row.status != "measured" or (row.figures and row.note)]
    parts.append(_section("Not measured.", ("case", "options", "", "why"), odd))
    parts.append(_section("Published elsewhere, and the floor.", ("what", ""), list(PUBLISHED)))
    return "\n\n".join(part for part in parts if part) + "\n"


def write_into(document: Path, results: Results) -> None:
    """Puts the table between the markers of `document`. Raises `ValueError` when they are not there."""
    text = document.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{document} has no {BEGIN} and {END}")
    before, _, rest = text.partition(BEGIN)
    document.write_text(f"{before}{BEGIN}\n{markdown(results)}{END}{rest.partition(END)[2]}", encoding="utf-8")


def _aims(results: Results) -> list[tuple[str, ...]]:
    films = {row.case: row for row in results.rows if row.status == "measured" and "total" in row.seconds}
    film, capped = films.get("film"), next((row for row in results.rows if row.case == "film-24gb"), None)
    peak, found = results.peaks.get("bf16", 0.0), list[tuple[str, ...]]()
    if film and peak:
        part = film.rate / peak
        found.append((f"at least {UTILISATION:.0%} of the measured bf16 peak in the transformer", f"{part:.0%}", _met(part >= UTILISATION)))
    if film:
        total = film.seconds["total"]
        found.append((f"end to end under {SECONDS:.0f} s", f"{total:.1f} s", _met(total < SECONDS)))
    if capped:
        fits = capped.status == "measured"
        told = f"{capped.memory.get('gpu_reserved', 0):.1f} of {capped.limit:.1f} GB held" if fits and capped.limit else capped.status
        found.append(("in 24 GB: no lack of memory", told, _met(fits)))
        if film and fits:
            slower = capped.seconds["total"] / film.seconds["total"]
            again = ", without what it loads again" if capped.seconds.get("loading") else ""
            found.append((f"in 24 GB: at most {SLOWER - 1:.0%} slower than resident", f"{slower - 1:+.0%}{again}", _met(slower <= SLOWER)))
    return found


def _step(row: Row, peak: float) -> tuple[str, ...]:
    fastest, slowest = row.seconds["fastest"], row.seconds["slowest"]
    spread = f" ({fastest:.2f} to {slowest:.2f})" if slowest > 1.03 * fastest else ""
    return (
        row.told, row.options, _clip(row), _s(row.seconds["step"]) + spread, f"{row.rate / 1e12:.0f}",
        f"{row.rate / peak:.0%}" if peak else "", _s(row.predicted.get("floor", 0.0)), _ratio(row, "step"), _gb(row, "gpu"),
        _gb(row, "ram"),
    )  # fmt: skip


def _film(row: Row) -> tuple[str, ...]:
    parts = (_s(row.seconds.get(name, 0.0)) for name in ("text", "encode", "denoise", "decode", "rest", "total"))
    again = "yes" if row.seconds.get("loading") else "no"
    return (row.told, row.options, str(row.steps), *parts, again, _ratio(row, "total"), f"{row.seconds['warm']:.0f}")


def _clip(row: Row) -> str:
    return f"{row.size[0]}x{row.size[1]}x{row.frames}"


def _s(seconds: float) -> str:
    return f"{seconds:.2f}"


def _ratio(row: Row, name: str) -> str:
    measured, predicted = row.seconds.get(name, 0.0), row.predicted.get(name, 0.0)
    return f"{predicted:.2f} / {measured:.2f} = {predicted / measured:.2f}" if measured else ""


def _gb(row: Row, name: str) -> str:
    found = row.memory.get(name)
    told = "" if found is None else f"{found:.1f}"
    return f"{told} ({row.predicted[name]:.1f})" if name in row.predicted else told


def _rate(name: str, value: float) -> str:
    return f"{value / 1e9:,.0f} GB" if name.startswith(("memory", "RAM")) else f"{value / 1e12:.0f} TFLOP"


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _section(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [title, ""] if title else []
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join(lines)

"""Filter `lut:FILE`: a colour look-up table in the .cube format, as grading programs write it.

Source: Adobe, "Cube LUT Specification" 1.0 (2013): LUT_1D_SIZE or LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX, red changing fastest; and DaVinci
Resolve's LUT_1D_INPUT_RANGE, LUT_3D_INPUT_RANGE and files that hold a 1-D table (applied first) and a 3-D one. Three-dimensional tables are
read tetrahedrally, which keeps greys grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.finishing.filters.instant import Filter, Instant
from video_core.finishing.stage import Bytes

Floats = NDArray[np.float32]
MOST_BYTES = 100_000_000
SIZES = {1: (2, 65_536), 3: (2, 256)}
"""Least and greatest LUT_1D_SIZE and LUT_3D_SIZE."""
ROWS = 64
"""Rows of a frame that are looked up at a time."""


@dataclass(frozen=True)
class Table:
    """One look-up table and the range of its input."""

    values: Floats
    """(N,3), or (N,N,N,3) indexed blue, green, red."""
    low: Floats
    """(3,)."""
    high: Floats

    def __call__(self, colours: Floats) -> Floats:
        """Colours (...,3) looked up; what lies outside the range takes its edge."""
        n = len(self.values)
        at = np.clip((colours - self.low) / (self.high - self.low), 0, 1) * (n - 1)
        base = np.minimum(at.astype(np.int64), n - 2)
        part = (at - base).astype(np.float32)
        if self.values.ndim == 2:
            channel = np.arange(3)
            return self.values[base, channel] * (1 - part) + self.values[base + 1, channel] * part
        return self._tetrahedral(base, part)

    def _tetrahedral(self, base: NDArray[np.int64], part: Floats) -> Floats:
        """Along the sides of a cell in the order of their shares, the greatest first."""
        n = len(self.values)
        flat = self.values.reshape(-1, 3)
        strides = np.array([1, n, n * n])
        corner = base @ strides
        order = np.argsort(-part, axis=-1, kind="stable")
        share = np.take_along_axis(part, order, -1)
        out = flat[corner] * (1 - share[..., :1])
        for k in range(3):
            corner = corner + strides[order[..., k]]
            left = share[..., k] - (share[..., k + 1] if k < 2 else 0)
            out = out + flat[corner] * left[..., None]
        return np.asarray(out, np.float32)


def make(tables: tuple[Table, ...]) -> Filter:
    """The filter that looks colours up in `tables`, one after the other."""

    def apply(frame: Bytes, at: Instant) -> Bytes:
        out = np.empty_like(frame)
        for top in range(0, len(frame), ROWS):
            colours: Floats = (frame[top : top + ROWS] / 255).astype(np.float32)
            for table in tables:
                colours = table(colours)
            out[top : top + ROWS] = np.clip(np.round(colours * 255), 0, 255)
        return out

    return apply


def read_cube(path: Path) -> tuple[Table, ...]:
    """The tables of a .cube file: one, or a 1-D and a 3-D one. Raises `RenderError` naming the line that is wrong."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RenderError("the colour table is larger than any .cube file", where=str(path), todo="give another file")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as e:
        why = f"the colour table cannot be read: {e.strerror or e}"
        raise RenderError(why, where=str(path), todo="give style=lut:FILE a .cube file") from e
    sizes: dict[int, int] = {}
    ranges: dict[int, tuple[Floats, Floats]] = {}
    domain = [np.zeros(3, np.float32), np.ones(3, np.float32)]
    rows: list[list[float]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split()
        if not words or words[0].startswith("#") or words[0] == "TITLE":
            continue
        try:
            match words[0]:
                case "LUT_1D_SIZE" | "LUT_3D_SIZE":
                    sizes[int(words[0][4])] = int(words[1])
                case "LUT_1D_INPUT_RANGE" | "LUT_3D_INPUT_RANGE":
                    ranges[int(words[0][4])] = (_three(words[1:2] * 3), _three(words[2:3] * 3))
                case "DOMAIN_MIN" | "DOMAIN_MAX":
                    domain[words[0] == "DOMAIN_MAX"] = _three(words[1:])
                case _:
                    rows.append(list(_three(words)))
        except (ValueError, IndexError) as e:
            raise _wrong(path, f"line {number} is no colour: {raw.strip()[:60]!r}") from e
    return _tables(path, sizes, ranges, (domain[0], domain[1]), np.array(rows, np.float32))


def _tables(
    path: Path, sizes: dict[int, int], ranges: dict[int, tuple[Floats, Floats]], domain: tuple[Floats, Floats], rows: Floats
) -> tuple[Table, ...]:
    if not sizes:
        raise _wrong(path, "it has neither LUT_1D_SIZE nor LUT_3D_SIZE")
    counts = {kind: size if kind == 1 else size**3 for kind, size in sizes.items()}
    for kind, size in sizes.items():
        low, high = SIZES[kind]
        if not low <= size <= high:
            raise _wrong(path, f"LUT_{kind}D_SIZE is {size}, not {low} to {high}")
    if sum(counts.values()) != len(rows):
        raise _wrong(path, f"it announces {sum(counts.values())} colours and holds {len(rows)}")
    tables, at = [], 0
    for kind in sorted(sizes):
        values = rows[at : at + counts[kind]]
        at += counts[kind]
        start, end = ranges.get(kind, domain)
        if not (end > start).all():
            raise _wrong(path, "the range of its input is empty")
        shape = (sizes[kind], 3) if kind == 1 else (sizes[kind],) * 3 + (3,)
        tables.append(Table(values.reshape(shape), start, end))
    return tuple(tables)


def _three(words: list[str]) -> Floats:
    """Three finite numbers. Raises `ValueError`."""
    if len(words) != 3:
        raise ValueError("not three numbers")
    values = np.array([float(word) for word in words], np.float32)
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    return values


def _wrong(path: Path, why: str) -> RenderError:
    return RenderError(f"the colour table is damaged: {why}", where=str(path), todo="export it again as .cube")

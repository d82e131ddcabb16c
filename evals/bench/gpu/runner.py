"""The cases one after the other, each in a process of its own, until the time is gone; the results file is whole after every one.

Knows time, processes and how a case may end. Does not know what is measured.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from evals.bench.gpu.cases import Case, estimate
from evals.bench.gpu.row import Results, Row, read_rows
from video_core.planner import Machine, machine_here, machine_of

MARGIN = 5.0
"""Seconds kept for writing the last results."""
FIRM = 60.0
"""Seconds that guesses are believed for, before the times of finished cases correct them."""
PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "torchao", "triton", "flash-attn", "sageattention")


def machine_told() -> dict[str, Any]:
    """What the figures were measured on. Reads names and versions; starts nothing on the GPU."""
    told: dict[str, Any] = {"date": datetime.date.today().isoformat(), "python": platform.python_version(), "cores": os.cpu_count()}
    for package in PACKAGES:
        try:
            told[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        told |= {"gpu": properties.name, "gpu_gb": round(properties.total_memory / 2**30, 1), "cuda": torch.version.cuda}
    else:
        told["gpu"] = "none"
    return told


def planned_for(ram: float | None = None) -> Machine:
    """The machine that times are guessed for. `ram`: GB that it has, where its kernel tells of less."""
    here = machine_here()
    return replace(here, ram=ram or here.ram) if here.gpu is not None else machine_of("H200", ram=128.0)


def run_all(
    cases: Sequence[Case], results: Results, written: Callable[[Results], None], *, budget: float, arguments: Sequence[str] = (),
    guess: Callable[[Case], float] | None = None, ram: float | None = None,
    log: Path | None = None,
) -> Results:  # fmt: skip
    """Runs what fits into `budget` seconds. `written` is called after each case; `guess` gives a case's seconds;
    guesses are corrected by how long the cases before have taken."""
    end = time.monotonic() + budget
    machine, guessed, spent = planned_for(ram), FIRM, FIRM
    for case in cases:
        left = end - time.monotonic() - MARGIN
        alone = guess(case) if guess else estimate(case, machine)
        expected = alone * spent / guessed
        if expected > left:
            note = f"no time left: it takes about {expected:.0f} s and there were {max(0.0, left):.0f}"
            rows = [Row(case.name, case.told, "not run", note, case.options or "", case.size, case.frames, case.steps, case.memory)]
            rows = [row for row in results.rows if row.case == case.name] or rows  # of an earlier call
        else:
            print(f"{case.name}: about {expected:.0f} s of {left:.0f}", file=sys.stderr, flush=True)
            start = time.monotonic()
            rows = in_process(case, left, arguments, log)
            guessed, spent = guessed + alone, spent + time.monotonic() - start
        results.rows = [row for row in results.rows if row.case != case.name] + rows
        written(results)
    return results


def in_process(case: Case, seconds: float, arguments: Sequence[str] = (), log: Path | None = None) -> list[Row]:
    """The rows of one case; what was measured before its process ended is kept. `log`: where to add what the process said."""
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder, "rows.json"), log or Path(folder, "log.txt")
        command = [sys.executable, "-m", "evals.bench.gpu.one", case.name, "--rows", str(path), *arguments]
        note = ""
        with log.open("ab") as file:
            file.write(f"\n== {case.name}\n".encode())
            file.flush()
            try:
                code = subprocess.run(
                    command, stdout=file, stderr=file, timeout=seconds, check=False, env={**os.environ, **dict(case.environment)}
                ).returncode
                if code:
                    note = f"its process ended with {code}" + (" (killed: no RAM left?)" if code == -9 else f": {_last_line(log)}")
            except subprocess.TimeoutExpired:
                note = f"stopped after {seconds:.0f} s, when the time was gone"
        rows = read_rows(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []
    if note:
        rows.append(Row(case.name, case.told, "failed", note, case.options or "", case.size, case.frames, case.steps, case.memory))
    return rows


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"

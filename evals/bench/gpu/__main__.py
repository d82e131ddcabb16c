"""Measure the large video models on this machine's GPU, with random weights.

    python -m evals.bench.gpu --list
    python -m evals.bench.gpu --budget 540 --out out/bench-gpu      what fits into nine minutes, what is worth most first
    python -m evals.bench.gpu --only film film-24gb
    python -m evals.bench.gpu --merge out/bench-gpu/gpu.json more.json --into docs/performance.md

`<out>/gpu.json` and `<out>/gpu.md` are whole after every case, `log.txt` has what each process said; a second call with the same
--out adds to them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from evals.bench.gpu.cases import CASES, estimate, find
from evals.bench.gpu.row import Results
from evals.bench.gpu.runner import PACKAGES, machine_told, planned_for, run_all
from evals.bench.gpu.table import markdown, write_into
from shotplan.errors import EkonteError


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evals.bench.gpu", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="the cases, with the seconds each is expected to take")
    parser.add_argument("--only", nargs="+", default=[], metavar="CASE")
    parser.add_argument("--budget", type=float, default=540.0, help="seconds; what does not fit is not run (540)")
    parser.add_argument("--out", type=Path, default=Path("out/bench-gpu"))
    parser.add_argument("--ram", type=float, help="GB of RAM, where the kernel tells of less than can be had")
    parser.add_argument("--tiny", action="store_true", help="tiny models: whether everything works, on any machine; figures mean nothing")
    parser.add_argument("--no-compile", action="store_true", help="what would be compiled runs eagerly")
    parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE", help="measure nothing: put results files together")
    parser.add_argument("--into", type=Path, help="write the table into this document, between its markers")
    asked = parser.parse_args(words)
    path = asked.out / "gpu.json"
    try:
        cases = find(asked.only) if asked.only else list(CASES)
        if asked.list:
            machine = planned_for(asked.ram)
            for case in cases:
                print(f"{case.name:22} {estimate(case, machine):5.0f} s  {case.told}" + (f": {case.options}" if case.options else ""))
            return 0
        if asked.merge:
            results = merged(asked.merge)
        else:
            results = Results(machine_told() | ({"tiny": True} if asked.tiny else {}))
            if path.exists():
                before = Results.load(path)
                check_alike(before, results.machine, "give another --out")
                results = before
            asked.out.mkdir(parents=True, exist_ok=True)
            given = [*(["--tiny"] if asked.tiny else []), *(["--no-compile"] if asked.no_compile else [])]
            given += ["--ram", str(asked.ram)] if asked.ram else []
            run_all(
                cases, results, lambda found: _write(found, asked.out), budget=asked.budget, arguments=given, ram=asked.ram,
                log=asked.out / "log.txt", guess=(lambda _: 1.0) if asked.tiny else None,
            )  # fmt: skip
        print(markdown(results))
        if asked.into:
            write_into(asked.into, results)
    except (EkonteError, OSError, ValueError) as e:
        print(e, file=sys.stderr)
        return 1
    return 0


def check_alike(results: Results, machine: dict[str, Any], todo: str) -> None:
    """Raises `ValueError` when the results are of another card or other versions than `machine`: one table has one of each."""
    for name in (*PACKAGES, "gpu", "cuda", "tiny"):
        was, now = results.machine.get(name, "none"), machine.get(name, "none")
        if was != now:
            raise ValueError(f"figures of {name} {was} and of {now} do not go into one table: {todo}")


def merged(paths: list[Path]) -> Results:
    """The rows of several files; of a case that is in more than one, those of the last that measured it. Raises `ValueError`."""
    found = [Results.load(path) for path in paths]
    results = Results(found[-1].machine)
    for one in found:
        check_alike(one, results.machine, "merge those of one machine")
        for name in dict.fromkeys(row.case for row in one.rows):
            rows = [row for row in one.rows if row.case == name]
            there = any(row.case == name for row in results.rows)
            if not there or any(row.status != "not run" for row in rows):
                results.rows = [row for row in results.rows if row.case != name] + rows
    return results


def _write(results: Results, folder: Path) -> None:
    results.save(folder / "gpu.json")
    (folder / "gpu.md").write_text(markdown(results), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""`ekonte score`: how good a plan is, measured against a case.

Knows where plans and cases come from and how scores are printed. Does not know how anything is measured (`evals.score`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shotplan.errors import PlanError
from studio.commands.app import app
from studio.commands.options import AsJson

if TYPE_CHECKING:
    from evals.score import Case, Score


@app.command()
def score(
    source: Annotated[
        Path | None,
        typer.Argument(help="A plan.json or a session folder; with --cases a folder of them, named like the cases."),
    ] = None,
    case: Annotated[Path | None, typer.Option("--case", help="A case file (JSON).")] = None,
    cases: Annotated[Path | None, typer.Option("--cases", help="A folder of case files.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a case file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score a plan against what a careful reader of its script expects: 0 to 100, with every fault named."""
    from evals.score import read_case, read_cases
    from evals.score.case import case_schema

    if schema:
        print(json.dumps(case_schema(), indent=2))
        return
    if source is None or (case is None) == (cases is None):
        raise PlanError("there is nothing to score", todo="give a plan and either --case FILE or --cases FOLDER")
    if case is not None:
        scores = [_score(source, read_case(case))]
    else:
        assert cases is not None
        scores = _score_folder(source, read_cases(cases))
    if as_json:
        documents = [s.model_dump() for s in scores]
        print(json.dumps(documents[0] if case is not None else documents, ensure_ascii=False, indent=2))
    else:
        _print(scores)


def _score(source: Path, case: Case) -> Score:
    from evals.score import score_plan
    from studio.plan_file import read_plan

    return score_plan(read_plan(source)[0], case)


def _score_folder(folder: Path, cases: list[Case]) -> list[Score]:
    """Every case that has a plan of its name: `ID.json`, or a folder `ID` with a plan.json. Raises `PlanError` when none has."""
    found = [(c, p) for c in cases for p in (folder / f"{c.id}.json", folder / c.id) if p.exists()]
    if not found:
        todo = f"name them like the cases, such as {cases[0].id}.json, or folders such as {cases[0].id}/"
        raise PlanError("no plan is named like a case", where=str(folder), todo=todo)
    return [_score(path, case) for case, path in found]


def _print(scores: list[Score]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    for one in scores:
        console.print(f"{one.case}: {one.score:.1f} of 100", style="bold", markup=False)
        table = Table(show_header=False, box=None, padding=(0, 2))
        for part, value in one.parts.items():
            figures = ", ".join(
                f"{name} {number:.2f}".rstrip("0").rstrip(".") for name, number in one.figures[part].items()
            )
            table.add_row(part, f"{100 * value:.0f} %", figures)
        console.print(table)
        for fault in one.faults:
            console.print(f"  {fault}", style="yellow", markup=False)
    if len(scores) > 1:
        mean = sum(s.score for s in scores) / len(scores)
        console.print(f"{len(scores)} plans, mean {mean:.1f} of 100", style="bold")

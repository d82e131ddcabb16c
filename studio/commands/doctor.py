"""`ekonte doctor`: prints what `studio.doctor` finds.

Knows the table. Does not know the checks.
"""

from __future__ import annotations

import json

import typer
from rich.console import Console
from rich.table import Table

from studio.commands.app import app
from studio.commands.options import AsJson, Llm


@app.command()
def doctor(llm: Llm = "auto", as_json: AsJson = False) -> None:
    """What is installed, which model and backend are used, what is missing and how to get it."""
    from studio.doctor import examine

    checks = examine(llm)
    if as_json:
        print(json.dumps([vars(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}
        for check in checks:
            table.add_row(marks[check.state], check.name, check.found + (f" — {check.todo}" if check.todo else ""))
        Console().print(table)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(2)

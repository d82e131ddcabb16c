"""`ekonte show`: what was said and what was agreed.

Knows a session folder from a plan. Does not know how they are printed (`studio.report`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.commands.app import app
from studio.commands.options import AsJson


@app.command()
def show(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    as_json: AsJson = False,
) -> None:
    """What was said and what was agreed."""
    from studio.report import show_plan, show_session

    if source.is_dir():
        show_session(source, as_json=as_json)
    else:
        show_plan(source, as_json=as_json)

"""The one Typer application that every command registers with.

Knows nothing of the commands.
"""

from __future__ import annotations

import typer

app = typer.Typer(
    name="ekonte", help="Direct animation with a crew of agents: from a script to film.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

"""Options about the language model that several commands share.

Knows their names and help texts. Does not know what a model server does with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from agents.openai.calls import PATIENCE
from agents.openai.options import ServerOptions
from shotplan.errors import BriefError

LlmRole = Annotated[
    list[str] | None,
    typer.Option(
        "--llm-role",
        help="ROLE=NAME: a served model (such as a LoRA) for director, scene, camera, character or one agent.",
    ),
]
BestOf = Annotated[
    int,
    typer.Option("--best-of", min=1, max=16, help="Candidates per proposal of a model server; the rules choose one."),
]
LlmPatience = Annotated[
    float,
    typer.Option(
        "--llm-patience", min=0, help="Seconds to wait for a model server that is gone, such as for its restart."
    ),
]
LlmSmall = Annotated[
    bool | None,
    typer.Option(
        "--llm-small/--llm-large", help="Ask a server's model for choices only, or let it write; default by its name."
    ),
]
DEFAULT_PATIENCE = PATIENCE


def server_options(roles: Sequence[str] | None, best_of: int, patience: float, small: bool | None) -> ServerOptions:
    """The options together. Raises `BriefError` for a role that is not written as ROLE=NAME."""
    pairs = [role.partition("=") for role in roles or ()]
    for who, _, name in pairs:
        if not who.strip() or not name.strip():
            raise BriefError(
                f"{who!r} names no model", where="--llm-role", todo="write ROLE=NAME, such as character=fox-lora"
            )
    role_models = {who.strip(): name.strip() for who, _, name in pairs}
    return ServerOptions(role_models=role_models, best_of=best_of, patience=patience, small=small)

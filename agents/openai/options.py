"""What can be asked of a model server beyond its address. Knows settings and their bounds; does nothing with them."""

from __future__ import annotations

from pydantic import Field

from agents.model import Frozen
from agents.openai.calls import PATIENCE


class ServerOptions(Frozen):
    """Settings of `OpenAIModel` that a session remembers."""

    role_models: dict[str, str] = Field(default_factory=dict)
    """Served model name per role or agent id, such as a LoRA of its own for `character`."""
    best_of: int = Field(default=1, ge=1, le=16)
    """Candidates per proposal; the rules choose."""
    patience: float = Field(default=PATIENCE, ge=0)
    """Seconds to wait for a server that is gone in mid-run."""
    small: bool | None = None
    """Whether the model is asked for choices only; None: by its name."""

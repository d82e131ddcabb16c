"""The model's server is gone and is waited for. Told to listeners, never written."""

from __future__ import annotations

from typing import Literal

from graph.events.base import Event


class ModelAwaited(Event):
    type: Literal["model_awaited"] = "model_awaited"
    reason: str
    seconds: float
    """Waited so far."""
    patience: float
    """Seconds after which the run stops."""

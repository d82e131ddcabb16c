"""Video backends: `animatic` and `embedded`, and whatever other packages register."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable

from shotplan.errors import RenderError
from video_core.backends.backend import BACKENDS, Backend

BUILT_IN = ("animatic", "embedded")


def load_backends() -> dict[str, Callable[[], Backend]]:
    """Every known backend factory by name: the built-in ones and those of the entry point group `ekonte.backends`."""
    for name in BUILT_IN:
        importlib.import_module(f"video_core.backends.{name}")
    for entry in importlib.metadata.entry_points(group="ekonte.backends"):
        BACKENDS.setdefault(entry.name, entry.load())
    return BACKENDS


def make_backend(name: str) -> Backend:
    """A new backend. Raises `RenderError` for an unknown name."""
    known = load_backends()
    if name not in known:
        raise RenderError(f"there is no video backend {name!r}", todo=f"choose one of: {', '.join(sorted(known))}")
    return known[name]()

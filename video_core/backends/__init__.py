"""Video backends: `animatic`, `embedded`, `wan`, `server`, and whatever other packages register."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable, Mapping

from shotplan.errors import RenderError
from video_core.backends.backend import BACKENDS, Backend, ChecksFilm
from video_core.backends.settings import parse_settings

BUILT_IN = ("animatic", "embedded", "wan", "server")


def load_backends() -> dict[str, Callable[..., Backend]]:
    """Every known backend factory by name: the built-in ones and those of the entry point group `ekonte.backends`."""
    for name in BUILT_IN:
        importlib.import_module(f"video_core.backends.{name}")
    for entry in importlib.metadata.entry_points(group="ekonte.backends"):
        BACKENDS.setdefault(entry.name, entry.load())
    return BACKENDS


def make_backend(name: str, settings: Mapping[str, object] | None = None) -> Backend:
    """A new backend. Raises `RenderError` for an unknown name and for settings that it does not have."""
    known = load_backends()
    if name not in known:
        raise RenderError(f"there is no video backend {name!r}", todo=f"choose one of: {', '.join(sorted(known))}")
    factory = known[name]
    model = getattr(factory, "Settings", None)
    if model is not None:
        return factory(parse_settings(name, model, settings or {}))
    if settings:
        raise RenderError(f"the backend {name} has no settings", where=f"--set {next(iter(settings))}", todo="leave it out")
    return factory()


def ready_backend(name: str, settings: Mapping[str, object], size: tuple[int, int], fps: int, *, elsewhere: bool = False) -> Backend:
    """A backend that has looked at its files and at the film's frame (H, W). Raises `RenderError` when it cannot draw it.

    `elsewhere`: shots are drawn on other machines, whose workers look at theirs; only the frame is looked at here.
    """
    backend = make_backend(name, settings)
    if not elsewhere:
        backend.check()
    if isinstance(backend, ChecksFilm):
        backend.check_film(size, fps, elsewhere=elsewhere)
    return backend

"""The `wan` backend: large video models through diffusers. Heavy imports wait until a backend is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from video_core.backends.backend import BACKENDS
from video_core.backends.wan.settings import WanSettings

if TYPE_CHECKING:
    from video_core.backends.wan.backend import WanBackend


class WanFactory:
    """Makes a `WanBackend` from its settings."""

    Settings = WanSettings

    def __call__(self, settings: WanSettings | None = None) -> WanBackend:
        from video_core.backends.wan.backend import WanBackend

        return WanBackend(settings or WanSettings())


BACKENDS["wan"] = WanFactory()

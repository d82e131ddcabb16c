"""The `wan` backend: large video models through diffusers. Heavy imports wait until a backend is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from video_core.backends.backend import BACKENDS
from video_core.backends.wan.settings import WanSettings

if TYPE_CHECKING:
    from video_core.backends.wan.backend import WanBackend
    from video_core.parallel.backend import GroupBackend


class WanFactory:
    """Makes a `WanBackend` from its settings; one whose clips several processes draw together, when these ask for more than one GPU."""

    Settings = WanSettings

    def __call__(self, settings: WanSettings | None = None) -> WanBackend | GroupBackend:
        from video_core.backends.wan.backend import WanBackend
        from video_core.parallel.backend import GroupBackend
        from video_core.planner import OptionSet

        settings = settings or WanSettings()
        together = (settings.gpus or 1) > 1 or OptionSet.from_words(settings.option).gpus > 1
        return GroupBackend(settings) if together else WanBackend(settings)


BACKENDS["wan"] = WanFactory()

"""What a backend that takes no adapters says of the characters who have some."""

from __future__ import annotations

from video_core.backends.backend import ControlUse
from video_core.conditioning import SceneCard


def adapters_ignored(scene: SceneCard, why: str) -> tuple[ControlUse, ...]:
    """One row per character with an adapter."""
    return tuple(ControlUse(f"identity of {actor.id}", "ignored", why) for actor in scene.actors if actor.adapters)

"""Small conditioning bundles drawn from puppets."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from tests.video_core import puppets
from tests.video_core.adapters.models import noise_picture
from video_core.conditioning import Conditioning
from video_core.rasterise import condition

SIZE = (128, 208)


@cache
def people(frames: int = 5, *, moving: bool = False) -> Conditioning:
    """A woman who faces the camera and a man who turns his back to it."""
    cam = puppets.camera(frames, (0.0, 1.3, 3.2), (0.0, 1.2, 0.0), to=(0.6, 1.3, 3.0) if moving else None)
    cast = (
        puppets.actor("ann", "woman", frames, x=-0.5, expression=(0.6, 0.5, 0.2, 0.9)),
        puppets.actor("bob", "man", frames, x=0.6, heading=np.pi),
    )
    return condition(puppets.shot(frames, cam, cast), size=SIZE)


@cache
def fox(frames: int = 5) -> Conditioning:
    cam = puppets.camera(frames, (0.0, 0.8, 3.0), (0.0, 0.4, 0.0))
    return condition(puppets.shot(frames, cam, (puppets.actor("fox", "fox", frames, heading=np.pi / 2),)), size=SIZE)


@cache
def empty(frames: int = 5) -> Conditioning:
    cam = puppets.camera(frames, (0.0, 1.0, 6.0), (0.0, 0.5, 0.0))
    return condition(puppets.shot(frames, cam, (), (puppets.prop("a", "box", frames, 0.5, 1.0),)), size=SIZE)


def with_key_frames(bundle: Conditioning, *numbers: int) -> Conditioning:
    """The bundle with noise pictures as key frames."""
    pictures = np.stack([noise_picture(bundle.size, abs(n)) for n in numbers])
    return replace(bundle, key_frames=pictures, key_frame_numbers=np.array(numbers, np.int32))


def with_references(bundle: Conditioning, **files: tuple[str, ...]) -> Conditioning:
    cards = tuple(card.model_copy(update={"references": files.get(card.id, ())}) for card in bundle.scene.actors)
    return replace(bundle, scene=bundle.scene.model_copy(update={"actors": cards}))

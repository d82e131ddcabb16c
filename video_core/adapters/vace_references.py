"""VACE's subject references: each picture becomes one more latent frame in front of the clip.

Knows how the pictures are found, fitted and ordered. Does not know a VAE.
Source: VACE `wan_vace.py` `prepare_source`; diffusers `WanVACEPipeline.preprocess_conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from shotplan.errors import ConditioningError
from video_core.adapters.pictures import UNREADABLE, Picture, Pixels, check_picture, picture_pixels, read_picture
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning

MOST = 4
"""References of one clip. Each is a latent frame more to compute, 5 % of a clip of 81 frames, and VACE's own examples give up to three."""
SNAP = 8
"""diffusers first scales a reference to multiples of its VAE's stride (Lanczos); VACE's own code does not (`snap=1`)."""


def letterbox_reference(picture: Picture, size: tuple[int, int], *, snap: int = SNAP) -> Pixels:
    """A reference (H,W,3) as large as it fits, bilinear, in the middle of a white frame of `size`: (3,H,W) in [-1, 1].

    Bit for bit what diffusers prepares. Raises `ConditioningError` when it is no RGB picture or is smaller than `snap` pixels.
    """
    check_picture(picture, "the reference")
    h, w = (side // snap * snap for side in picture.shape[:2])
    if not h or not w:
        raise ConditioningError(
            f"a reference of {picture.shape[0]}x{picture.shape[1]} pixels is too small", todo="give a larger picture"
        )
    if (h, w) != picture.shape[:2]:
        picture = np.asarray(Image.fromarray(picture).resize((w, h), Image.Resampling.LANCZOS))
    scale = min(size[0] / h, size[1] / w)
    new = (max(int(h * scale), 1), max(int(w * scale), 1))
    scaled = torch.nn.functional.interpolate(
        torch.from_numpy(picture_pixels(picture))[None], size=new, mode="bilinear", align_corners=False
    )[0]
    top, left = (size[0] - new[0]) // 2, (size[1] - new[1]) // 2
    canvas = np.ones((3, *size), np.float32)
    canvas[:, top : top + new[0], left : left + new[1]] = scaled.numpy()
    return canvas


def load_references(conditioning: Conditioning) -> tuple[dict[str, tuple[Picture, ...]], tuple[ControlUse, ...]]:
    """The reference pictures of every actor that has some, by actor id, and what is said of the others.

    Raises `ConditioningError` when a file is missing or is no picture.
    """
    found: dict[str, tuple[Picture, ...]] = {}
    without = []
    for card in conditioning.scene.actors:
        if card.references:
            found[card.id] = tuple(_load(path, card.name) for path in card.references)
        else:
            without.append(card.name)
    report: tuple[ControlUse, ...] = ()
    if without and found:
        report = (
            ControlUse("references", "approximated", f"none for {', '.join(without)}: their looks come from words"),
        )
    return found, report


def order_references(references: Mapping[str, Sequence[Picture]], conditioning: Conditioning, most: int = MOST) -> tuple[Picture, ...]:
    """At most `most` pictures, the actors in the scene's order: everybody's first, then everybody's second, and so on.

    Raises `ConditioningError` for an actor who is not in the shot.
    """
    known = [card.id for card in conditioning.scene.actors]
    for actor in references:
        if actor not in known:
            raise ConditioningError(
                f"there are references for {actor!r}, who is not in shot {conditioning.scene.shot}",
                todo=f"actors here: {', '.join(known) or 'none'}",
            )
    ranks = sorted((rank, place) for place, actor in enumerate(known) for rank in range(len(references.get(actor, ()))))
    taken = sorted((place, rank) for rank, place in ranks[:most])
    return tuple(references[known[place]][rank] for place, rank in taken)


def _load(path: str, name: str) -> Picture:
    try:
        return read_picture(Path(path))
    except FileNotFoundError as e:
        raise ConditioningError(
            f"the reference picture of {name} is missing", where=path, todo="restore it or remove it from the cast"
        ) from e
    except UNREADABLE as e:
        raise ConditioningError(
            f"the reference of {name} is not a picture: {e}", where=path, todo="use PNG, JPEG or WebP"
        ) from e

"""A finished clip drawn again in part: one actor anew, or the picture made larger. What stays is given to the backend as kept pixels.

Knows masks, and how new pixels are put into the old ones. Does not know files, or how a backend keeps pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError, RenderError
from video_core.adapters.pictures import fitted
from video_core.backends.backend import Backend, Clip, ControlUse, Progress
from video_core.conditioning import Conditioning

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
AROUND = 2
"""Frames before and after in which a place counts as the actor's too: a drawn actor is not exactly where the plan has it."""


@runtime_checkable
class KeepsPixels(Protocol):
    """A backend that may keep some pixels of a frame and draw the others."""

    def keeps_pixels(self) -> bool:
        """Whether it does so as it is set."""
        ...


def actor_mask(bundle: Conditioning, actors: Sequence[str], margin: float = 0.08) -> Mask:
    """Where these actors are (F,H,W), with `margin` picture heights around them but without the other actors' own pixels.

    Raises `ConditioningError` for an actor who is not in the shot or is never seen.
    """
    known = [card.id for card in bundle.scene.actors]
    where, reach = f"shot {bundle.scene.shot}", round(margin * bundle.size[0])
    for actor in actors:
        if actor not in known:
            raise ConditioningError(f"there is no actor {actor!r}", where=where, todo=f"actors here: {', '.join(known) or 'none'}")
    numbers = [known.index(actor) + 1 for actor in actors]
    ids = bundle.instance_ids
    own = np.isin(ids, numbers)
    if not own.any():
        raise ConditioningError(f"{' and '.join(actors)} cannot be seen", where=where, todo="choose another shot")
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown = np.stack([cv2.dilate(mask.astype(np.uint8), kernel) for mask in own]).astype(bool)
    near = np.stack([grown[max(0, f - AROUND) : f + AROUND + 1].any(axis=0) for f in range(len(grown))])
    others = (ids > 0) & (ids <= len(known)) & ~own
    return np.asarray(near & ~others)


def redraw(backend: Backend, bundle: Conditioning, clip: Bytes, draw: Mask, progress: Progress | None = None) -> Clip:
    """`clip` (F,H,W,3) with the pixels of `draw` (F,H,W) drawn anew, every other one as it was.

    Raises `ConditioningError` when the clip does not belong to the bundle, `RenderError` for a backend that cannot keep part of a frame.
    """
    if clip.shape[:3] != draw.shape or clip.shape[:3] != (bundle.frames, *bundle.size):
        raise ConditioningError(
            f"the clip has {len(clip)} frames of {clip.shape[1]}x{clip.shape[2]} and the shot {bundle.frames} of "
            f"{bundle.size[0]}x{bundle.size[1]}", where=f"shot {bundle.scene.shot}", todo="render the shot again first",
        )  # fmt: skip
    if not (isinstance(backend, KeepsPixels) and backend.keeps_pixels()):
        raise RenderError(
            "this model cannot keep part of a frame and draw the rest", where=f"backend {backend.name}",
            todo="use a VACE model or anisora-anymask with --backend wan, or --backend embedded",
        )  # fmt: skip
    given = replace(
        bundle, key_frames=clip, key_frame_numbers=np.arange(len(clip), dtype=np.int32),
        keep_mask=np.where(draw, np.uint8(0), np.uint8(255)),
    )  # fmt: skip
    made = backend.render(given, progress=progress)
    told = ControlUse("drawn anew", "honoured", f"{draw.mean():.0%} of the pixels; every other one is as it was")
    return replace(made, frames=melted(clip, made.frames, draw), report=(told, *made.report))


def melted(old: Bytes, new: Bytes, draw: Mask) -> Bytes:
    """`new` inside `draw`, softly from its edge inwards; `old` to the pixel everywhere else."""
    soft = max(1, round(0.008 * old.shape[1]))
    out = old.copy()
    for f, mask in enumerate(draw):
        if mask.any():
            share = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), soft)
            share = np.where(mask, np.clip(2 * share - 1, 0, 1), 0)[..., None]
            out[f] = np.round(old[f] * (1 - share) + new[f] * share).astype(np.uint8)
    return out


def placed(clip: Bytes, size: tuple[int, int]) -> tuple[Bytes, Mask, str]:
    """`clip` as large as it fits in the middle of frames of `size` (H, W), what is to be drawn around it, and what was done in words.

    Raises `ConditioningError` when nothing would be left to draw.
    """
    have = (clip.shape[1], clip.shape[2])
    scale = min(1.0, size[0] / have[0], size[1] / have[1])
    inner = (min(size[0], round(have[0] * scale)), min(size[1], round(have[1] * scale)))
    if inner == size:
        raise ConditioningError(
            f"a clip of {have[0]}x{have[1]} fills {size[0]}x{size[1]}", where="--size", todo="give a larger or a wider frame"
        )
    top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    out = np.full((len(clip), *size, 3), 127, np.uint8)
    draw = np.ones((len(clip), *size), bool)
    for f, frame in enumerate(clip):
        out[f, top : top + inner[0], left : left + inner[1]] = fitted(frame, inner, "crop")[0]
    draw[:, top : top + inner[0], left : left + inner[1]] = False
    note = f"{have[0]}x{have[1]}" + ("" if inner == have else f" scaled to {inner[0]}x{inner[1]}")
    return out, draw, f"{note} in the middle of {size[0]}x{size[1]}"

"""The pose video that drives Wan2.2-Animate: one person's skeleton, drawn in Wan-Animate's own way.

Knows whom it drives and what the drawing leaves out. Does not know how limbs are drawn (`dwpose`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.dwpose import draw_aapose
from video_core.adapters.heads import head_of, is_person
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning


def actor_number(conditioning: Conditioning, actor: str) -> int:
    """Raises `ConditioningError` when no such actor is in the shot."""
    known = [card.id for card in conditioning.scene.actors]
    if actor not in known:
        raise ConditioningError(
            f"{actor!r} is not in shot {conditioning.scene.shot}", todo=f"actors here: {', '.join(known) or 'none'}"
        )
    return known.index(actor)


def animate_pose_video(conditioning: Conditioning, actor: str) -> tuple[NDArray[np.uint8], tuple[ControlUse, ...]]:
    """RGB frames (F,H,W,3) of one actor's skeleton with toes, on black. Raises `ConditioningError` for an actor who is not there."""
    n = actor_number(conditioning, actor)
    head = head_of(conditioning, n)
    out = np.stack(
        [draw_aapose(conditioning.joints_2d[f, n], head.toes[f], conditioning.size) for f in range(conditioning.frames)]
    )
    name = conditioning.scene.actors[n].name
    others = [card.name for k, card in enumerate(conditioning.scene.actors) if k != n]
    report = [
        ControlUse("joints", "honoured", f"{name}'s skeleton")
        if is_person(conditioning, n)
        else ControlUse(
            "joints",
            "approximated",
            f"{name} is no person: its skeleton is drawn as people's are, which Wan-Animate never saw",
        ),
        ControlUse("hands", "ignored", "the skeleton has no fingers"),
        ControlUse("camera", "approximated", "only as it moves the skeleton in the picture"),
        ControlUse(
            "inverse_depth, instance_ids, boxes, tracks, props",
            "ignored",
            "Wan-Animate reads one person's pose and face",
        ),
    ]
    if others:
        report.append(ControlUse("other actors", "ignored", f"{', '.join(others)}: Wan-Animate drives one person"))
    return out, tuple(report)

"""Which control video a shot should drive VACE with: VACE reads one, and the conditioning could draw several.

Knows what each control can carry, chooses or puts two into one picture, and says why. Does not know how controls are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.heads import is_person
from video_core.adapters.vace_controls import depth_video, layout_video, pose_video, scribble_video
from video_core.adapters.vace_edits import Video, compose_controls
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning
from video_core.raster.pose import SHOWN

Control = Literal["auto", "pose", "depth", "layout", "scribble", "none"]
CONTROLS: tuple[str, ...] = ("auto", "pose", "depth", "layout", "scribble", "none")

_MARGIN = 0.02
"""How far around an actor its own control is drawn in a picture of two, in picture heights."""
_ENOUGH_JOINTS = 8
_ENOUGH_OF_THE_FRAME = 0.2
"""Part of the picture's height that a person must fill for its joints to be told apart."""


@dataclass(frozen=True)
class Choice:
    """A control video and what became of all that it could have carried."""

    name: str
    """As in `CONTROLS`, or two joined by "+"."""
    video: Video | None
    """(F,H,W,3); None: nothing but kept pixels, references and words."""
    report: tuple[ControlUse, ...]


def choose_control(conditioning: Conditioning) -> tuple[str, str]:
    """The control that carries most of this shot, and why: depth where the camera travels or bodies are not people's, else pose; none where
    nothing is staged."""
    actors = range(len(conditioning.scene.actors))
    if not conditioning.inverse_depth.any():
        return "none", "nothing is staged"
    if not actors:
        return "depth", "there is nobody whose pose could be drawn"
    beasts = [conditioning.scene.actors[n].name for n in actors if not is_person(conditioning, n)]
    if beasts:
        return "depth", f"{' and '.join(beasts)}: pose pictures are for people"
    poses = conditioning.camera_to_world.astype(np.float64)
    if np.abs(poses - poses[0]).max() > 1e-3:
        return "depth", "the camera moves, and a pose picture has no background to show it"
    joints = conditioning.joints_2d
    told = (joints[..., 2] >= SHOWN).sum(axis=-1) >= _ENOUGH_JOINTS
    heights = conditioning.boxes[..., 3] - conditioning.boxes[..., 1]
    if told.any() and heights[told].max(initial=0) >= _ENOUGH_OF_THE_FRAME * conditioning.size[0]:
        return "pose", "the camera stands and the people are large enough for their joints to be told apart"
    return "depth", "the people are too small or too much hidden for their joints to be told apart"


def control_of(conditioning: Conditioning, control: Control | tuple[Control, Control] = "auto") -> Choice:
    """The control video asked for, "auto" choosing one; of a pair the second is drawn where the actors are, the first elsewhere.

    Raises `ConditioningError` for an unknown control or a pair that is not of two different ones.
    """
    names: tuple[str, ...] = (control,) if isinstance(control, str) else tuple(control)
    for name in names:
        if name not in CONTROLS or (len(names) > 1 and name in ("auto", "none")):
            raise ConditioningError(f"VACE has no control {name!r}", todo=f"choose one of: {', '.join(CONTROLS)}")
    if len(names) > 2 or len(set(names)) != len(names):
        raise ConditioningError(
            "VACE reads one control video", todo="name one control, or two different ones to put into one picture"
        )
    why = "asked for"
    if names == ("auto",):
        chosen, why = choose_control(conditioning)
        names = (chosen,)
    if names == ("none",):
        why = "none was asked for" if why == "asked for" else why
        return Choice("none", None, (ControlUse("control video", "ignored", why), *_left_out(set())))
    videos = [_draw(conditioning, name) for name in names]
    report: tuple[ControlUse, ...]
    if len(videos) == 2:
        video = compose_controls(videos[0], videos[1], _around_actors(conditioning))
        note = f"{names[1]} around the actors, {names[0]} elsewhere: two controls in one picture, which VACE was not trained on"
        report = (ControlUse("control video", "approximated", note),)
    else:
        video = videos[0]
        report = (ControlUse("control video", "honoured", f"{names[0]}: {why}"),)
    return Choice("+".join(names), video, (*report, *_carried(conditioning, names), *_left_out(set(names))))


def _draw(conditioning: Conditioning, name: str) -> Video:
    match name:
        case "pose":
            return pose_video(conditioning)
        case "depth":
            return depth_video(conditioning)
        case "layout":
            return layout_video(conditioning)
        case _:
            return scribble_video(conditioning)


def _around_actors(conditioning: Conditioning) -> NDArray[np.bool_]:
    margin = 2 * round(_MARGIN * conditioning.size[0]) + 1
    kernel = np.ones((margin, margin), np.uint8)
    actors = len(conditioning.scene.actors)
    return np.stack(
        [cv2.dilate(((ids > 0) & (ids <= actors)).astype(np.uint8), kernel) > 0 for ids in conditioning.instance_ids]
    )


def _carried(conditioning: Conditioning, names: tuple[str, ...]) -> list[ControlUse]:
    """What is only partly true of the controls that were drawn."""
    uses = []
    beasts = [card.name for n, card in enumerate(conditioning.scene.actors) if not is_person(conditioning, n)]
    if "pose" in names:
        uses.append(ControlUse("hands", "ignored", "the skeleton has no fingers; VACE's pose task has none either"))
        if beasts:
            uses.append(
                ControlUse(
                    "joints", "approximated", f"{' and '.join(beasts)} drawn as DWPose draws people, which it never saw"
                )
            )
        if len(conditioning.scene.actors) > len(beasts):
            uses.append(ControlUse("expressions", "approximated", "as 68 face landmarks, where a face is seen"))
    if "depth" in names:
        uses.append(
            ControlUse("inverse_depth", "approximated", "one range for the shot; VACE's annotator stretches each frame")
        )
    if "layout" in names:
        uses.append(ControlUse("boxes", "approximated", "all in black: the outlines do not say who is who"))
    if "scribble" in names:
        uses.append(
            ControlUse("scribble", "approximated", "outlines from ids and depth; VACE's come from a contour network")
        )
    return uses


def _left_out(names: set[str]) -> list[ControlUse]:
    carries = {
        "joints": {"pose"},
        "inverse_depth": {"depth"},
        "boxes": {"layout"},
        "instance_ids": {"scribble"},
    }
    one = "VACE reads one control video"
    uses = [ControlUse(control, "ignored", one) for control, by in carries.items() if not by & names]
    uses.append(ControlUse("tracks", "ignored", "VACE has no input for points"))
    if not {"depth", "scribble"} & names:
        uses.append(ControlUse("camera", "approximated", "only as it moves what the control video shows"))
    return uses

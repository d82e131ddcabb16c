"""Wan-Animate's feed: one character's skeleton and face from the staged shot, drawn onto a reference picture.

Knows whom to animate and what stands in front of the clip. Does not know the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import RenderError
from video_core.adapters.animate import animate_reference, animate_segment
from video_core.adapters.animate_face import animate_face_video
from video_core.adapters.animate_pose import animate_pose_video
from video_core.adapters.grid import Grid
from video_core.adapters.pictures import Picture, video_pixels
from video_core.adapters.vace_references import load_references
from video_core.animatic.draw import Animatic
from video_core.backends.backend import ControlUse
from video_core.backends.wan.feeds import ImageFeed
from video_core.conditioning import Conditioning

if TYPE_CHECKING:
    from video_core.backends.wan.conditions import Conditions


def animate_feed(conditions: Conditions, clip: Conditioning, given: int) -> tuple[ImageFeed, list[ControlUse]]:
    """The feed of a segment whose first `given` frames were handed over. Raises `RenderError` without an actor or a reference."""
    device, dtype = conditions.device, conditions.dtype
    actor = _main_actor(conditions.shot)
    picture, report = _reference(conditions.shot, actor)
    pose, pose_report = animate_pose_video(clip, actor)
    faces, face_report = animate_face_video(_drawn(clip), clip, actor, side=conditions.face_side)
    previous = video_pixels(clip.key_frames[:given]) if given else None
    segment = animate_segment(Grid.of(clip.frames, clip.size), previous=previous)
    reference = conditions.encode(animate_reference(picture, clip.size))
    feed = ImageFeed(
        segment.channels(reference.cpu(), conditions.encode(segment.pixels).cpu()).to(device, dtype),
        conditions.features([picture]).to(dtype),
        extra={"pose_hidden_states": conditions.encode(video_pixels(pose)).to(dtype)},
        faces=torch.from_numpy(video_pixels(faces))[None].to(device, dtype),
        lead=1,
    )
    return feed, [*report, *pose_report, *face_report]


def _main_actor(shot: Conditioning) -> str:
    if not shot.scene.actors:
        raise RenderError(
            "Wan-Animate needs somebody to animate and the shot has no actor", where=f"shot {shot.scene.shot}", todo="use another model"
        )
    area = ((shot.boxes[..., 2] - shot.boxes[..., 0]) * (shot.boxes[..., 3] - shot.boxes[..., 1])).mean(axis=0)
    return shot.scene.actors[int(area.argmax())].id


def _reference(shot: Conditioning, actor: str) -> tuple[Picture, list[ControlUse]]:
    """The picture whose person and place are kept: the first key frame, but the actor's own reference before one the animatic drew."""
    references, _ = load_references(shot)
    own = references.get(actor, ())
    if len(shot.key_frames):
        number, picture = int(shot.key_frame_numbers[0]), shot.key_frames[0]
        if not own or not np.array_equal(picture, Animatic(shot).frame(number, captions=False)):
            told = f"frame {number} is the reference picture: person and place, not the moment"
            return picture, [ControlUse("key_frames", "approximated", told)]
    if own:
        report = [ControlUse("references", "honoured", f"{actor}'s first picture; its background is kept too")]
        if len(shot.key_frames):
            report.append(ControlUse("key_frames", "ignored", f"drawn by the animatic: {actor}'s own picture is taken instead"))
        return own[0], report
    raise RenderError(
        "Wan-Animate needs a picture of the character", where=f"shot {shot.scene.shot}, {actor}",
        todo="give the character a reference picture, or a key frame with --key-frames",
    )  # fmt: skip


def _drawn(clip: Conditioning) -> NDArray[np.uint8]:
    """The driving frames: the animatic, whose faces follow the expression curves."""
    drawing = Animatic(clip)
    return np.stack([drawing.frame(f, captions=False) for f in range(clip.frames)])

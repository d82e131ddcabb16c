"""A shot's controls as files for other programs: ComfyUI, VACE's, Wan-Animate's and VideoX-Fun's own command lines.

Knows which files there are and what each is called. Does not know where they are written. Videos are padded to the 4n+1 frames that the
models take by holding the last frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.animate_face import animate_face_video
from video_core.adapters.animate_pose import animate_pose_video
from video_core.adapters.grid import next_legal_frames
from video_core.adapters.heads import is_person
from video_core.adapters.plucker import camera_lines, camera_report, fold_rays, plucker_rays
from video_core.adapters.vace_choice import Choice, choose_control, control_of
from video_core.adapters.vace_controls import grey_video
from video_core.animatic.draw import Animatic
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning

Video = NDArray[np.uint8]

KINDS = ("best", "pose", "depth", "layout", "scribble", "grey", "animate", "camera", "plucker")
"""best: the VACE control that carries most of the shot. animate: skeleton and face of every person. camera: a CameraCtrl pose file.
plucker: the same path as Fun-Camera's 24 channels, large (400 MB of 81 frames at 480x832), for programs that read no pose file."""
PLUCKER = {
    "format": "Fun-Camera, 24 channels",
    "tensor": "control_camera_video (24,T,H,W) float16; channel 4c+k is number c of a latent's k-th frame; the first frame fills its four",
    "numbers": "o x d, then d: o the camera's place in metres, d the ray's direction of length 1",
    "axes": "OpenCV, x right, y down, z forward; the world is the first camera's; pixel centres at +0.5",
}


@dataclass(frozen=True)
class ControlFile:
    """One file of a shot."""

    name: str
    """Such as `depth.mp4`."""
    video: Video | None
    """(F,H,W,3) RGB, F = 4n+1; None for text and tensors."""
    text: str
    report: tuple[ControlUse, ...]
    tensor: NDArray[np.float16] | None = None
    """What `PLUCKER` describes."""


def control_files(conditioning: Conditioning, kinds: Collection[str] = KINDS) -> Iterator[ControlFile]:
    """The files of one shot, one by one, in the order of `KINDS`.

    Raises `ConditioningError` for an unknown kind, and for "animate" alone in a shot without people.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ConditioningError(f"there is no control {unknown[0]!r}", todo=f"choose from: {', '.join(KINDS)}")
    people = [card.id for n, card in enumerate(conditioning.scene.actors) if is_person(conditioning, n)]
    if not people and set(kinds) == {"animate"}:
        raise ConditioningError(
            "nobody here can drive Wan-Animate: it moves people",
            where=f"shot {conditioning.scene.shot}",
            todo="use depth",
        )
    needed = "grey" in kinds or ("animate" in kinds and people)
    drawn = _drawn(conditioning) if needed else np.zeros((0, *conditioning.size, 3), np.uint8)
    held = _held(conditioning)
    for kind in KINDS:
        if kind not in kinds:
            continue
        match kind:
            case "best":
                name, _ = choose_control(conditioning)
                if name not in kinds:
                    yield _control(name, control_of(conditioning), held)
            case "camera":
                lines = camera_lines(conditioning.camera_to_world, conditioning.intrinsics, conditioning.size)
                yield ControlFile("camera.txt", None, lines, camera_report(conditioning.camera_to_world))
            case "plucker":
                report = (*camera_report(conditioning.camera_to_world), *held)
                yield ControlFile("plucker.safetensors", None, "", report, _folded_rays(conditioning))
            case "grey":
                use = ControlUse("grey", "approximated", "the luminance of the drawn previz film")
                yield ControlFile("grey.mp4", _padded(grey_video(drawn)), "", (use, *held))
            case "animate":
                for actor in people:
                    pose, said = animate_pose_video(conditioning, actor)
                    yield ControlFile(f"{actor}.pose.mp4", _padded(pose), "", (*said, *held))
                    face, said = animate_face_video(drawn, conditioning, actor)
                    yield ControlFile(f"{actor}.face.mp4", _padded(face), "", (*said, *held))
            case _:
                yield _control(kind, control_of(conditioning, kind), held)  # type: ignore[arg-type]


def _control(name: str, choice: Choice, held: tuple[ControlUse, ...]) -> ControlFile:
    assert choice.video is not None, "only the control `none` has no video"
    return ControlFile(f"{name}.mp4", _padded(choice.video), "", (*choice.report, *held))


def _drawn(conditioning: Conditioning) -> Video:
    drawing = Animatic(conditioning)
    return np.stack([drawing.frame(f, captions=False) for f in range(conditioning.frames)])


def _folded_rays(conditioning: Conditioning) -> NDArray[np.float16]:
    last = np.minimum(np.arange(next_legal_frames(conditioning.frames)), conditioning.frames - 1)
    rays = plucker_rays(conditioning.camera_to_world[last], conditioning.intrinsics[last], conditioning.size)
    return fold_rays(rays).astype(np.float16)


def _padded(video: Video) -> Video:
    missing = next_legal_frames(len(video)) - len(video)
    return np.concatenate([video, np.repeat(video[-1:], missing, axis=0)]) if missing else video


def _held(conditioning: Conditioning) -> tuple[ControlUse, ...]:
    frames, legal = conditioning.frames, next_legal_frames(conditioning.frames)
    if frames == legal:
        return ()
    note = f"{frames} frames; the last is held to make {legal}, cut them off again"
    return (ControlUse("length", "approximated", note),)

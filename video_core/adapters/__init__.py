"""Adapters: one neutral conditioning in, exactly what each video model was trained to read out.

Pure functions over NumPy arrays, testable without weights: they stop at pixels, masks and numbers. Where a model wants VAE latents, an
adapter returns the pixels to encode and a `channels` function that puts the normalised latents into the model's layout. What is not
honoured, or only nearly, comes back as `ControlUse` rows; what a model cannot take at all is a `ConditioningError`.

| model | module | what it makes |
|---|---|---|
| Wan2.1/2.2 I2V, FLF2V | `first_last` | first frame, first and last: 20 channels (`condition`) |
| AniSora V3, V3.1, V3.2 | `keyframes` | key frames anywhere: 20 channels; exact or as released |
| AniSora anymask | `anymask` | pixels kept in space and time: 20 channels |
| AniSora 360 | `turntable` | prompt and key frame of a full turn |
| ATI | `tracks` | a first frame carried along point tracks: 20 channels |
| Wan2.1 CLIP branch | `vision` | the squashed picture |
| Wan2.1/2.2 VACE | `vace` | video, mask, references: 96 channels; drawn by `vace_controls`, chosen by `vace_choice`, kept by `vace_edits` |
| Wan2.2-Animate | `animate`, `animate_pose`, `animate_face` | segments, skeleton and face videos |
| Fun-Camera | `plucker` | Plücker rays: 24 channels |
| Wan2.2 TI2V-5B | `ti2v` | a clean first latent and a timestep per token |
"""

from video_core.adapters.animate import (
    AnimateSegment,
    Segment,
    animate_reference,
    animate_segment,
    animate_segments,
    padded_frames,
)
from video_core.adapters.animate_face import animate_face_video
from video_core.adapters.animate_pose import animate_pose_video
from video_core.adapters.anymask import anymask_condition
from video_core.adapters.condition import I2VCondition, KeyFrame, fold_mask, kept_pixels, key_frames_of
from video_core.adapters.first_last import first_last_condition
from video_core.adapters.grid import Grid, next_legal_frames
from video_core.adapters.keyframes import anisora_condition, snap_frame
from video_core.adapters.pictures import fit_picture, picture_pixels, video_pixels
from video_core.adapters.plucker import camera_report, fold_rays, plucker_rays
from video_core.adapters.ti2v import TI2VCondition, ti2v_condition
from video_core.adapters.tracks import TrackCondition, splat, track_condition
from video_core.adapters.turntable import Turntable, turntable, turntable_views
from video_core.adapters.vace import VaceInputs, fold_vace_mask, vace_channels, vace_inputs
from video_core.adapters.vace_choice import choose_control, control_of
from video_core.adapters.vace_controls import depth_video, grey_video, layout_video, pose_video, scribble_video
from video_core.adapters.vace_edits import Edit, compose_controls, over_control
from video_core.adapters.vace_references import letterbox_reference, load_references
from video_core.adapters.vision import clip_pixels

__all__ = [
    "AnimateSegment",
    "Edit",
    "Grid",
    "I2VCondition",
    "KeyFrame",
    "Segment",
    "TI2VCondition",
    "TrackCondition",
    "Turntable",
    "VaceInputs",
    "animate_face_video",
    "animate_pose_video",
    "animate_reference",
    "animate_segment",
    "animate_segments",
    "anisora_condition",
    "anymask_condition",
    "camera_report",
    "choose_control",
    "clip_pixels",
    "compose_controls",
    "control_of",
    "depth_video",
    "first_last_condition",
    "fit_picture",
    "fold_mask",
    "fold_rays",
    "fold_vace_mask",
    "grey_video",
    "kept_pixels",
    "key_frames_of",
    "layout_video",
    "letterbox_reference",
    "load_references",
    "next_legal_frames",
    "over_control",
    "padded_frames",
    "picture_pixels",
    "plucker_rays",
    "pose_video",
    "scribble_video",
    "snap_frame",
    "splat",
    "ti2v_condition",
    "track_condition",
    "turntable",
    "turntable_views",
    "vace_channels",
    "vace_inputs",
    "video_pixels",
]

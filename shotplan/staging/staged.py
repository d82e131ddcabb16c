"""A staged shot: the plan's words as metres and seconds, frame by frame.

Knows arrays and what happened when. Does not know how they were computed or what is good about them.
Frame f is at time `f / fps`. Arrays are float64 unless said otherwise; F is the number of frames.
Stage axes as in `shotplan.plan`. Heading: radians about +Y, 0 faces +Z (the audience), +pi/2 faces +X.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import CameraSpec, Character, Prop, Shot, StageSet

Array = NDArray[np.float64]

JOINTS = (
    "nose", "neck", "r_shoulder", "r_elbow", "r_wrist", "l_shoulder", "l_elbow", "l_wrist", "r_hip", "r_knee", "r_ankle",
    "l_hip", "l_knee", "l_ankle", "r_eye", "l_eye", "r_ear", "l_ear",
)  # fmt: skip
"""The 18 OpenPose key points, in order. On four legs wrists are fore paws and ankles hind paws; on birds wrists are wing tips."""

LIMBS: tuple[tuple[int, int], ...] = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0), (0, 14),
    (14, 16), (0, 15), (15, 17),
)  # fmt: skip
"""The 17 OpenPose limbs as joint pairs, in drawing order."""

EXPRESSION = ("mouth_open", "smile", "brow", "eye_open")
"""Expression curves. mouth_open, eye_open: 0..1; smile, brow: -1..1."""


@dataclass(frozen=True)
class StagedAction:
    """One performance in time and space."""

    path: str
    """JSON pointer of the performance in the plan, such as `/shots/1/performances/0`."""
    beat: str | None
    actor: str
    action: str
    target: str | None
    t0: float
    """Seconds from the start of the shot."""
    t1: float
    """When the action ends inside the shot."""
    needed: float
    """Seconds the action would take at the actor's own pace; more than `t1 - t0` means it does not fit."""
    start: Array
    """(3,) feet at t0."""
    end: Array
    """(3,) feet at t1."""
    distance: float
    """Metres travelled along the ground."""
    peak_speed: float
    """m/s, horizontally."""
    speed_limit: float
    """m/s that the actor's body allows for this gait."""
    obstacle: str | None = None
    """Prop id that is jumped or climbed."""
    obstacle_height: float = 0.0
    """Metres that must be cleared above the take-off ground: the prop's height, or the rise of the ground."""
    apex: float = 0.0
    """Highest point of the feet above the take-off ground, m."""
    leap: float = 0.0
    """Ground covered by the jump, m."""
    contact_time: float | None = None
    """When actor and target touch, s."""
    contact_gap: float = 0.0
    """Metres left between them at contact, beyond the contact distance asked for. Over 0: out of reach."""


@dataclass(frozen=True)
class StagedActor:
    """One character through the shot."""

    id: str
    character: Character
    root: Array
    """(F,3) point on the ground line below the body, feet height included (so a jump lifts it)."""
    heading: Array
    """(F,) radians."""
    joints: Array
    """(F,18,3) metres, order `JOINTS`."""
    expression: Array
    """(F,4) in the order of `EXPRESSION`."""
    pitch: Array
    """(F,) radians that the body leans forward about its own left-right axis (lying, falling, flying)."""
    actions: tuple[StagedAction, ...]
    holds: tuple[str | None, ...] = ()
    """(F) prop id in hand per frame; empty when nothing is held in the whole shot."""

    @property
    def radius(self) -> float:
        """Metres from the body's axis within which nobody else can stand."""
        return 0.16 * self.character.height if self.character.height > 1 else 0.3 * self.character.height


@dataclass(frozen=True)
class StagedProp:
    """One thing through the shot."""

    id: str
    prop: Prop
    position: Array
    """(F,3) centre of the base."""
    yaw: Array
    """(F,) radians about +Y."""
    visible: NDArray[np.bool_]
    """(F,)"""
    openness: Array
    """(F,) 0 shut .. 1 open, for doors and boxes."""


@dataclass(frozen=True)
class StagedCamera:
    """The solved camera through the shot."""

    spec: CameraSpec
    subject: tuple[str, ...]
    """Ids of the characters or prop that are framed."""
    c2w: Array
    """(F,4,4) camera-to-world, OpenCV axes: x right, y down, z forward."""
    focal_mm: Array
    """(F,) on a 36 mm-wide frame."""
    aspect: float
    """Width over height."""

    def intrinsics(self, height: int, width: int) -> Array:
        """(F,3,3) pixel intrinsics for an image of (height, width); the principal point is the image centre."""
        k = np.zeros((len(self.focal_mm), 3, 3))
        k[:, 0, 0] = k[:, 1, 1] = self.focal_mm / 36.0 * width
        k[:, 0, 2], k[:, 1, 2], k[:, 2, 2] = width / 2, height / 2, 1.0
        return k

    def project(self, points: Array, height: int, width: int) -> Array:
        """World points (F,...,3) to (F,...,3): pixel x, pixel y, depth in metres (<= 0 behind the camera)."""
        w2c = np.linalg.inv(self.c2w)
        flat = points.reshape(len(points), -1, 3)
        cam = np.einsum("fij,fnj->fni", w2c[:, :3, :3], flat) + w2c[:, None, :3, 3]
        depth = cam[..., 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        f = (self.focal_mm / 36.0 * width)[:, None]
        out = np.stack([cam[..., 0] / safe * f + width / 2, cam[..., 1] / safe * f + height / 2, depth], axis=-1)
        return out.reshape(points.shape)


@dataclass(frozen=True)
class Line:
    """A line of dialogue in time."""

    speaker: str
    text: str
    t0: float
    t1: float


@dataclass(frozen=True)
class StagedShot:
    """Everything about one shot, in metres and seconds."""

    shot: Shot
    index: int
    """Position of the shot in the plan."""
    stage_set: StageSet
    fps: int
    frames: int
    actors: tuple[StagedActor, ...]
    """Everyone on stage in this shot, cast order; at most those the shot needs."""
    props: tuple[StagedProp, ...]
    camera: StagedCamera
    lines: tuple[Line, ...] = ()
    style: str = "anime"
    prompt: str = ""
    """English prompt text derived from the plan."""
    problems: tuple[tuple[str, Literal["warning", "error"], str], ...] = field(default=())
    """Staging's own remarks: (JSON pointer, severity, sentence)."""

    @property
    def times(self) -> Array:
        """(F,) seconds."""
        return np.arange(self.frames) / self.fps

    def actor(self, id: str) -> StagedActor | None:
        return next((a for a in self.actors if a.id == id), None)

    def prop(self, id: str) -> StagedProp | None:
        return next((p for p in self.props if p.id == id), None)

    def actions(self, *templates: str) -> list[StagedAction]:
        """Every staged action of these templates (all when none is named)."""
        return [x for a in self.actors for x in a.actions if not templates or x.action in templates]

"""Rest bodies: proportions of bipeds, quadrupeds and birds, as fractions of the height to the top of the head.

Knows bone lengths and where joints sit at rest. Does not know poses.
Source of the human figures: Drillis & Contini 1966 (segment lengths as fractions of stature), with a slightly larger head.
Axes of a body: right, up, forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shotplan.plan import Character
from shotplan.staging.staged import Array
from shotplan.vocabulary import CHARACTER_KINDS


@dataclass(frozen=True)
class Body:
    """One body in metres. Vectors are (right, up, forward)."""

    plan: str
    """biped, quadruped or bird."""
    height: float
    pelvis: float
    """Mid-hip above the ground, standing."""
    neck: Array
    """(3,) from mid-hip."""
    shoulder: Array
    """(3,) right shoulder from mid-hip; the left one is mirrored."""
    hip: Array
    """(3,) right hip from mid-hip."""
    arm: tuple[float, float]
    leg: tuple[float, float]
    head: Array
    """(5,3) nose, right eye, left eye, right ear, left ear, from the neck."""
    ankle: float
    """Height of the ankle (paw, claw) joint above the ground."""
    stance: float
    """Half the distance between the feet."""
    stride: float
    """Metres of one walking cycle (two steps)."""
    fore: Array
    """(3,) right fore paw from the root, standing; bipeds and birds do not use it."""
    rear: float
    """Metres the feet stand before (+) the root."""

    @property
    def arm_length(self) -> float:
        return self.arm[0] + self.arm[1]

    @property
    def leg_length(self) -> float:
        return self.leg[0] + self.leg[1]


def body_of(character: Character) -> Body:
    """The rest body of a character."""
    return _body(character.kind, character.height)


@lru_cache(maxsize=256)
def _body(kind: str, height: float) -> Body:
    match CHARACTER_KINDS[kind].body:
        case "biped":
            return _biped(kind, height)
        case "quadruped":
            return _quadruped(kind, height)
        case "bird":
            return _bird(kind, height)


_HIPS = {"boy": 0.47, "girl": 0.47, "penguin": 0.26, "monkey": 0.44, "creature": 0.42, "giant": 0.49}
_NECKS = {"boy": 0.775, "girl": 0.775, "penguin": 0.74, "monkey": 0.76, "creature": 0.72, "giant": 0.84}


def _biped(kind: str, h: float) -> Body:
    hips, neck = _HIPS.get(kind, 0.515), _NECKS.get(kind, 0.815)
    half = {"woman": 0.102, "girl": 0.1, "boy": 0.108, "giant": 0.145, "penguin": 0.15, "robot": 0.13}.get(kind, 0.118)
    ankle = 0.045
    leg = hips - ankle
    arm = {"monkey": 0.42, "penguin": 0.3}.get(kind, 0.345)
    face = 1.0 - neck
    head = (
        np.array([[0, 0.50, 0.36], [0.14, 0.62, 0.30], [-0.14, 0.62, 0.30], [0.30, 0.56, 0.02], [-0.30, 0.56, 0.02]])
        * face
    )
    return Body(
        plan="biped",
        height=h,
        pelvis=(hips - 0.008) * h,
        neck=np.array([0, neck - hips, 0.0]) * h,
        shoulder=np.array([half, neck - hips - 0.008, 0.0]) * h,
        hip=np.array([0.055, 0.0, 0.0]) * h,
        arm=(arm * 0.53 * h, arm * 0.47 * h),
        leg=(leg * 0.505 * h, leg * 0.495 * h),
        head=head * h,
        ankle=ankle * h,
        stance=0.062 * h,
        stride=0.86 * h * (hips / 0.515),
        fore=np.zeros(3),
        rear=0.0,
    )


def _quadruped(kind: str, h: float) -> Body:
    tall = {
        "horse": (0.62, 0.66, 0.80),
        "deer": (0.62, 0.64, 0.72),
        "mouse": (0.42, 0.42, 1.2),
        "frog": (0.34, 0.36, 1.1),
        "pig": (0.6, 0.6, 1.05),
        "rabbit": (0.44, 0.40, 0.72),
        "bear": (0.66, 0.66, 1.0),
        "dragon": (0.56, 0.56, 1.0),
    }
    hips, shoulders, long = tall.get(kind, (0.62, 0.62, 0.95))
    wide = {"frog": 0.16, "bear": 0.16, "pig": 0.15}.get(kind, 0.105)
    back, front = -0.48 * long, 0.42 * long
    neck = np.array([0, min(shoulders + 0.10, 0.8), front + 0.04])
    muzzle = {"horse": 0.44, "deer": 0.34, "cat": 0.26, "frog": 0.26, "lion": 0.32, "rabbit": 0.26}.get(kind, 0.36)
    rise = 1.0 - neck[1]
    head = np.array(
        [
            [0, 0.50 * rise, muzzle],
            [0.07, 0.70 * rise, muzzle * 0.56],
            [-0.07, 0.70 * rise, muzzle * 0.56],
            [0.085, 1.0 * rise, muzzle * 0.18],
            [-0.085, 1.0 * rise, muzzle * 0.18],
        ]
    )
    ankle = 0.02
    pelvis = np.array([0, hips, back])
    reach = 1.045
    return Body(
        plan="quadruped",
        height=h,
        pelvis=hips * h,
        neck=(neck - pelvis) * h,
        shoulder=np.array([wide, shoulders - hips, front - back]) * h,
        hip=np.array([wide, 0.0, 0.0]) * h,
        arm=((shoulders - ankle) * 0.5 * reach * h, (shoulders - ankle) * 0.5 * reach * h),
        leg=((hips - ankle) * 0.5 * reach * h, (hips - ankle) * 0.5 * reach * h),
        head=head * h,
        ankle=ankle * h,
        stance=wide * h,
        stride=0.95 * h * long * (0.7 + 0.3 * hips / 0.62),
        fore=np.array([wide, ankle, front + 0.02]) * h,
        rear=back * h,
    )


def _bird(kind: str, h: float) -> Body:
    hips, neck = 0.26, 0.66
    head = np.array(
        [[0, 0.16, 0.24], [0.09, 0.22, 0.12], [-0.09, 0.22, 0.12], [0.12, 0.27, -0.02], [-0.12, 0.27, -0.02]]
    )
    wing = {"eagle": 1.15, "owl": 0.95}.get(kind, 1.0)
    return Body(
        plan="bird",
        height=h,
        pelvis=hips * h,
        neck=np.array([0, neck - hips, 0.05]) * h,
        shoulder=np.array([0.16, neck - hips - 0.04, 0.0]) * h,
        hip=np.array([0.09, 0.0, 0.0]) * h,
        arm=(wing * 0.46 * h, wing * 0.54 * h),
        leg=(0.125 * h, 0.125 * h),
        head=head * h,
        ankle=0.02 * h,
        stance=0.09 * h,
        stride=0.36 * h,
        fore=np.zeros(3),
        rear=0.02 * h,
    )

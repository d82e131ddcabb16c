"""Bodies as capsules for the z-buffer.

Knows which points of an `Anatomy` are joined by limbs of which width. Does not know colours or faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from video_core.raster.anatomy import Anatomy, J
from video_core.raster.build import Build

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Capsules:
    """P capsules of one actor through the shot."""

    a: Floats
    """(F,P,3)"""
    b: Floats
    """(F,P,3)"""
    radius: Floats
    """(P,2) metres at a and at b."""


def capsules(shape: Anatomy, build: Build, body: str, height: float) -> Capsules:
    """The limbs, trunk, head and tail of one actor."""
    j = shape.joints
    left, up, ahead = shape.axes[:, 0], shape.axes[:, 1], shape.axes[:, 2]
    h = build.head * height
    parts: list[tuple[Floats, Floats, float, float]] = []

    def add(a: Floats, b: Floats, ra: float, rb: float) -> None:
        parts.append((a, b, ra * height, rb * height))

    def at(name: str) -> Floats:
        return j[:, J[name]]

    for s in ("r", "l"):
        if body == "bird":
            add(at(f"{s}_shoulder"), at(f"{s}_elbow"), build.arm * 1.6, build.arm * 1.7)
            add(at(f"{s}_elbow"), at(f"{s}_wrist"), build.arm * 1.7, build.arm * 0.7)
        else:
            add(at(f"{s}_shoulder"), at(f"{s}_elbow"), build.arm, build.arm * 0.8)
            add(at(f"{s}_elbow"), at(f"{s}_wrist"), build.arm * 0.8, build.arm * 0.75)
        add(at(f"{s}_hip"), at(f"{s}_knee"), build.leg, build.leg * 0.7)
        add(at(f"{s}_knee"), at(f"{s}_ankle"), build.leg * 0.7, build.leg * 0.5)
    for k in range(2):
        ankle = at("r_ankle" if k == 0 else "l_ankle")
        add(ankle, shape.toes[:, k], build.leg * 0.55, build.leg * 0.4)
    if body == "biped":
        add(at("r_shoulder"), at("l_shoulder"), build.trunk * 0.55, build.trunk * 0.55)
        add(shape.chest, shape.hips, build.trunk, build.trunk * 0.95)
        add(at("r_hip"), at("l_hip"), build.leg, build.leg)
        add(at("neck"), shape.skull, build.head * 0.42, build.head * 0.42)
    elif body == "quadruped":
        add(shape.chest, shape.hips, build.trunk, build.trunk * 0.92)
        add(at("neck"), shape.skull, build.trunk * 0.62, build.head * 0.75)
    else:
        add(shape.chest, shape.hips, build.trunk, build.trunk * 0.8)
    add(shape.skull, shape.skull - up * h * 0.1, build.head, build.head)
    if build.snout:
        add(shape.skull + ahead * h * 0.6 - up * h * 0.2, shape.snout, build.snout_width, build.snout_width * 0.45)
    if build.ear:
        for sign in (-1.0, 1.0):
            base = shape.skull + left * (sign * h * 0.6) + up * h * 0.6
            tip = shape.skull + left * (sign * h * 0.85) + up * (h * 0.7 + build.ear * height)
            add(base, tip, build.head * 0.35, build.head * 0.10)
    if build.mane:
        add(at("neck"), shape.skull, build.mane, build.mane * 0.8)
    if build.tail:
        w = build.tail_width
        for k, (ra, rb) in enumerate(((0.55, 0.9), (0.9, 1.0), (1.0, 0.85), (0.85, 0.25))):
            add(shape.tail[:, k], shape.tail[:, k + 1], w * ra, w * rb)
    return Capsules(
        np.stack([p[0] for p in parts], axis=1),
        np.stack([p[1] for p in parts], axis=1),
        np.array([[p[2], p[3]] for p in parts]),
    )

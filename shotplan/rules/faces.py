"""Whose face the picture is about is turned toward the camera.

Knows where a head points and when somebody speaks or feels something. Does not know framing (`framing`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Take, rule
from shotplan.staging import camera_measure as measure
from shotplan.staging.staged import JOINTS, Array, StagedActor
from shotplan.vocabulary import ANGLES, SHOT_SIZES

TURNED_AWAY = 110.0
"""Degrees between where a face points and the camera, beyond which neither eye is seen."""
CLOSE_ENOUGH = SHOT_SIZES["medium_long"].rank
_NOSE, _RIGHT_EAR, _LEFT_EAR = (JOINTS.index(name) for name in ("nose", "r_ear", "l_ear"))


def _away(take: Take, actor: StagedActor) -> Array:
    """(F,) degrees between where the face points and the camera, seen from above."""
    ears = (actor.joints[:, _RIGHT_EAR] + actor.joints[:, _LEFT_EAR]) / 2
    face = (actor.joints[:, _NOSE] - ears)[:, [0, 2]]
    sight = (take.staged.camera.c2w[:, :3, 3] - ears)[:, [0, 2]]
    length = np.linalg.norm(face, axis=1) * np.linalg.norm(sight, axis=1)
    return np.degrees(np.arccos(np.clip((face * sight).sum(axis=1) / np.maximum(length, 1e-9), -1, 1)))


@rule(
    "framing.face",
    owners=(Role.CAMERA,),
    source="Mascelli 1965, Camera Angles: subject angle; Katz 1991, ch. 12",
    severity="warning",
)
def face(take: Take) -> Iterator[Problem]:
    """Who speaks or feels something in a closer shot of their own shows the camera their face while they do."""
    spec, staged = take.shot.camera, take.staged
    shown = [t for t in measure.subjects(staged) if isinstance(t, StagedActor)]
    if SHOT_SIZES[spec.size].rank < CLOSE_ENOUGH or len(shown) != 1 or ANGLES[spec.angle].relation != "subject":
        return
    actor = shown[0]
    speaking = np.zeros(staged.frames, dtype=bool)
    for line in staged.lines:
        if line.speaker == actor.id:
            speaking |= (staged.times >= line.t0) & (staged.times <= line.t1)
    felt = any(p.actor == actor.id and p.emotion != "neutral" for p in take.shot.performances)
    if not speaking.any() and not felt:
        return
    turned = _away(take, actor)
    away = float(np.median(turned[speaking] if speaking.any() else turned))
    if away <= TURNED_AWAY:
        return
    doing = "speaks" if speaking.any() else "shows a feeling"
    yield Problem(
        where=f"{take.path}/camera/side",
        measured=away,
        limit=TURNED_AWAY,
        unit="degrees",
        shot=take.shot.id,
        raised_by=actor.id,
        owners=("camera",),
        text=f"{take.name(actor.id)} {doing} in {take.shot.id} with the face turned {away:.0f} degrees away from the camera",
        changes=lambda: _sides_that_show_a_face(take),
    )


def _sides_that_show_a_face(take: Take) -> Iterator[Change]:
    for side in ("three_quarter_left", "three_quarter_right", "front", "profile_left", "profile_right", "audience"):
        if side != take.shot.camera.side:
            yield changes.camera(take.index, take.shot.id, side=side)

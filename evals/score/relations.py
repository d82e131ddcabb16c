"""Measure: do two things stand to each other in the picture as the story says?

Measured from the staged geometry through the staged camera, at the start or the end of the event: the first or last frame of
its shot when the event opens or closes it, else the frame where its action begins or ends. Without an event: the first
frame of a shot that shows both. Both must be in the picture (any of their points in frame).

    left_of, right_of      middles differ by more than SIDE of the frame width
    above, below           middles differ by more than UP of the frame height
    in_front_of, behind    middles differ in depth by more than DEPTH metres
    near, far              the gap between their outlines on the ground is at most NEAR, or at least FAR metres

Sources: projective relations relative to the viewer as in Levinson, "Space in Language and Cognition" (2003), ch. 2; NEAR and FAR are
the ends of personal and social distance in Hall, "The Hidden Dimension" (1966). SIDE, UP and DEPTH are this project's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evals.score.case import Seen
from evals.score.events import Pairing
from evals.score.reading import Measure, Reading
from shotplan.staging.camera_measure import Measurable, frame_points
from shotplan.staging.camera_subject import actor_extent, prop_extent
from shotplan.staging.staged import Array, StagedActor, StagedShot
from shotplan.vocabulary import SHOT_SIZES

SIDE, UP, DEPTH = 0.03, 0.04, 0.25
NEAR, FAR = 1.2, 3.6


@dataclass(frozen=True)
class Sight:
    """One thing at one frame."""

    points: Array
    """(P,3) x and y in frame widths and heights from the top left, depth in metres."""
    ground: Array
    """(P,2) x and z on the stage, m."""

    @property
    def in_picture(self) -> bool:
        x, y, depth = self.points.T
        return bool(((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1) & (depth > 0)).any())

    @property
    def middle(self) -> Array:
        """(3,) middle of the outline in the picture, mean depth."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        return np.asarray((low + high) / 2)


def relations(reading: Reading, pairing: Pairing) -> Measure | None:
    """Two things are beside, before, above, near each other as told."""
    asked = reading.case.seen
    if not asked:
        return None
    right, faults = 0, []
    for seen in asked:
        verdict = _judge(reading, pairing, seen)
        right += verdict is None
        if verdict is not None:
            faults.append(f"relation: {seen.a} {seen.relation} {seen.b} at the {seen.at}: {verdict}")
    return Measure("relations", right / len(asked), {"right": right, "of": len(asked)}, tuple(faults))


def holds(relation: str, a: Sight, b: Sight) -> bool:
    """Whether two things in one frame stand in a relation."""
    d = a.middle - b.middle
    match relation:
        case "left_of":
            return bool(d[0] < -SIDE)
        case "right_of":
            return bool(d[0] > SIDE)
        case "above":
            return bool(d[1] < -UP)
        case "below":
            return bool(d[1] > UP)
        case "in_front_of":
            return bool(d[2] < -DEPTH)
        case "behind":
            return bool(d[2] > DEPTH)
        case "near":
            return gap(a, b) <= NEAR
        case "far":
            return gap(a, b) >= FAR
    raise ValueError(f"there is no relation {relation!r}")


def gap(a: Sight, b: Sight) -> float:
    """Metres between two outlines' bounding rectangles on the ground; 0 when they overlap."""
    low = np.maximum(a.ground.min(axis=0), b.ground.min(axis=0))
    high = np.minimum(a.ground.max(axis=0), b.ground.max(axis=0))
    return float(np.linalg.norm(np.clip(low - high, 0.0, None)))


def sight(staged: StagedShot, thing: Measurable, frame: int) -> Sight:
    """Where a thing is in the picture and on the stage."""
    size = SHOT_SIZES["full"]
    body = (actor_extent(thing, size) if isinstance(thing, StagedActor) else prop_extent(thing, size)).body
    return Sight(frame_points(staged, body)[frame], body[frame][:, (0, 2)])


def _judge(reading: Reading, pairing: Pairing, seen: Seen) -> str | None:
    """None when the relation holds, else why it does not."""
    if seen.event is None:
        moments = [(s, 0 if seen.at == "start" else s.frames - 1) for s in reading.staged]
    else:
        moments = [_moment(reading, pairing, seen, k) for k in pairing.shots_of(seen.event)]
        if not moments:
            return "the event is not in the film"
    why = "no shot shows both"
    for staged, frame in moments:
        pair = [_find(reading, staged, reference) for reference in (seen.a, seen.b)]
        if pair[0] is None or pair[1] is None:
            continue
        a, b = (sight(staged, thing, frame) for thing in pair if thing is not None)
        if not (a.in_picture and b.in_picture):
            why = f"in {staged.shot.id} {seen.b if a.in_picture else seen.a} is not in the picture"
            continue
        if holds(seen.relation, a, b):
            return None
        d = a.middle - b.middle
        return (
            f"in {staged.shot.id} it is {d[0]:+.2f} frame widths to the right, {-d[1]:+.2f} heights above, "
            f"{d[2]:+.1f} m behind, {gap(a, b):.1f} m apart"
        )
    return why


def _find(reading: Reading, staged: StagedShot, reference: str) -> Measurable | None:
    for id in reading.ids(reference):
        thing = staged.actor(id) or staged.prop(id)
        if thing is not None:
            return thing
    return None


def _moment(reading: Reading, pairing: Pairing, seen: Seen, shot: int) -> tuple[StagedShot, int]:
    """The shot and the frame at which the event starts or ends."""
    staged = reading.staged[shot]
    assert seen.event is not None
    beat = pairing.beats[pairing.pairs[seen.event]].beat.id
    order = list(dict.fromkeys(b for b in staged.shot.beats))
    action = next((x for x in staged.actions() if x.beat == beat), None)
    if seen.at == "start":
        frame = 0 if action is None or order[0] == beat else round(action.t0 * staged.fps)
    else:
        frame = staged.frames - 1 if action is None or order[-1] == beat else round(action.t1 * staged.fps)
    return staged, int(np.clip(frame, 0, staged.frames - 1))

"""What a camera really does, classified from its path alone: its label is never read.

Knows poses, focal lengths and where the framed subject is. Does not know plans or what was asked.

The path is smoothed (a hand trembles, an operator does not), then its net change from the first to the last frame is taken
apart, with lengths in units of the distance d to the subject, so that a shot of a mouse and one of a giant are judged alike:

    zoom       the focal length changes
    dolly      the camera goes along its own view
    truck      ... across it, level
    pedestal   ... up or down; a crane when it rises by more than CRANE while it keeps looking at its subject
    pan, tilt  the view turns, beyond what keeping the subject in frame explains
    orbit      the camera goes round the subject and turns with it
    follow     the subject moves and the camera keeps pace
    handheld   no net move, but unrest in the view
    static     none of these

Each is measured against the least change that counts as that move; the largest multiple names the path.
Sources: the moves as in Katz, "Film Directing: Shot by Shot" (1991), part 4, and Thompson & Bowen, "Grammar of the Shot" (2009),
ch. 6. The least changes are this project's: about a third of the smallest such move that `shotplan.vocabulary.camera` asks for,
and above what the operator's own corrections and a handheld camera do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shotplan.staging.camera_moves import low_pass
from shotplan.staging.staged import Array, StagedShot

PAN, TILT = np.radians(3.5), np.radians(1.5)
ZOOM = float(np.log(1.08))
DOLLY, TRUCK, PEDESTAL = 0.07, 0.08, 0.05
CRANE = 0.28
"""Rise in units of d from which a rise that keeps its subject in view is a crane's."""
ORBIT = np.radians(10.0)
FOLLOW = 0.15
"""Least way of subject and camera, in units of d."""
KEEPING = 0.35
"""Part of the subject's way by which a following camera may fall behind."""
UNREST = np.radians(0.12)
"""Root mean square of the view's deviation from its smooth path."""
SMOOTH = 0.25
"""Seconds."""


@dataclass(frozen=True)
class Motion:
    """A camera path by name, with the numbers behind it."""

    name: str
    """Such as `pan left`, `dolly in`, `static`."""
    strengths: dict[str, float]
    """Per kind: measured change over the least that counts, signed: positive is right, up, in."""

    def has(self, asked: str) -> bool:
        """Whether the path is what was asked."""
        return self.name == asked


def classify(staged: StagedShot) -> Motion:
    """The motion of a staged shot's camera."""
    return classify_path(
        staged.camera.c2w, staged.camera.focal_mm, subject_track(staged), staged.fps, sizes=subject_size(staged)
    )


def classify_path(c2w: Array, focal: Array, subject: Array, fps: int, *, sizes: float = 0.0) -> Motion:
    """The motion of a path.

    `c2w`: (F,4,4) OpenCV axes; `focal`: (F,) mm; `subject`: (F,3) middle of what is framed; `sizes`: its largest side, m: a
    subject that moves by less than half of that stays where it is.
    """
    frames = len(c2w)
    if frames < 3:
        return Motion("static", {})
    position = low_pass(c2w[:, :3, 3], fps, SMOOTH)
    view = low_pass(c2w[:, :3, 2], fps, SMOOTH)
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    focal, subject = low_pass(focal, fps, SMOOTH), low_pass(subject, fps, SMOOTH)
    middle = frames // 2
    forward = view[middle]
    up_world = np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, up_world)
    norm = float(np.linalg.norm(right))
    right = -c2w[middle, :3, 0] if norm < 1e-6 else right / norm
    d = float(np.clip(np.median(np.linalg.norm(subject - position, axis=1)), 0.05, None))

    went = (position[-1] - position[0]) / d
    subject_went = (subject[-1] - subject[0]) / d
    if np.linalg.norm(subject_went) * d < 0.5 * sizes:
        subject_went = np.zeros(3)
    across, along = float(went @ right), float(went @ forward)
    rise = float(went[1])
    along_flat = along
    turn = _signed_turn(view[0], view[-1], up_world)
    lift = float(np.arcsin(np.clip(view[-1, 1], -1, 1)) - np.arcsin(np.clip(view[0, 1], -1, 1)))
    zoom = float(np.log(focal[-1] / focal[0]))
    round_subject = _signed_turn(subject[0] - position[0], subject[-1] - position[-1], up_world)
    rising = _elevation(subject[-1] - position[-1]) - _elevation(subject[0] - position[0])

    strengths: dict[str, float] = {"zoom": zoom / ZOOM}
    # A rise seen from above goes partly along the view: what is more upright than it is along the view is a rise.
    moved = float(np.linalg.norm(went))
    if moved > 1e-6:
        if abs(rise) >= abs(along):
            strengths["pedestal"] = rise / PEDESTAL
        else:
            strengths["dolly"] = along_flat / DOLLY
        strengths["truck"] = across / TRUCK
    # What keeping the subject in frame explains of a turn is no pan.
    strengths["pan"] = _beyond(turn, round_subject if moved > 0.02 else 0.0) / PAN
    strengths["tilt"] = _beyond(lift, rising if moved > 0.02 else 0.0) / TILT
    kept = float(np.linalg.norm(went - subject_went))
    subject_way = float(np.linalg.norm(subject_went))
    if subject_way >= FOLLOW and moved >= FOLLOW and kept <= KEEPING * subject_way:
        return Motion("follow", strengths | {"follow": moved / FOLLOW})
    if (
        abs(round_subject) >= ORBIT
        and abs(turn - round_subject) <= 0.4 * abs(round_subject)
        and abs(across) >= 0.6 * abs(round_subject)
        and subject_way < 0.5 * moved
    ):
        return Motion("orbit right" if across > 0 else "orbit left", strengths | {"orbit": round_subject / ORBIT})
    kind = max(strengths, key=lambda k: abs(strengths[k]))
    value = strengths[kind]
    if abs(value) >= 1.0:
        if kind == "pedestal" and abs(rise) >= CRANE and abs(lift) >= 0.4 * abs(rising):
            kind = "crane"
        ways = {"zoom": ("in", "out"), "dolly": ("in", "out"), "pan": ("right", "left"), "truck": ("right", "left")}
        return Motion(f"{kind} {ways.get(kind, ('up', 'down'))[int(value < 0)]}", strengths)
    unrest = _unrest(c2w[:, :3, 2])
    name = "handheld" if unrest >= UNREST else "static"
    return Motion(name, strengths | {"handheld": unrest / UNREST})


def subject_track(staged: StagedShot) -> Array:
    """(F,3) what the camera looks at: of the framed bodies' middles, necks, noses and eyes, and their mean, what is nearest to its axis.

    Where nothing is framed: the point of its view above the middle of the stage.
    """
    middles: list[Array] = []
    parts: list[Array] = []
    for id in staged.camera.subject:
        actor, prop = staged.actor(id), staged.prop(id)
        if actor is not None:
            middles.append(actor.root + np.array([0.0, 0.5 * actor.character.height, 0.0]))
            parts += [actor.joints[:, 1], actor.joints[:, 0], actor.joints[:, 14:16].mean(axis=1)]
        elif prop is not None:
            middles.append(prop.position + np.array([0.0, 0.5 * prop.prop.size[1], 0.0]))
    position, forward = staged.camera.c2w[:, :3, 3], staged.camera.c2w[:, :3, 2]
    if middles:
        candidates = [np.mean(middles, axis=0), *(middles if len(middles) > 1 else ()), *parts]
        return np.asarray(min(candidates, key=lambda track: _off_axis(track, position, forward)))
    middle = len(position) // 2
    ahead = max(2.0, float(np.hypot(position[middle, 0], position[middle, 2])))
    return np.tile(position[middle] + ahead * forward[middle], (len(position), 1))


def subject_size(staged: StagedShot) -> float:
    """Largest side of what is framed, m."""
    sizes = [0.0]
    for id in staged.camera.subject:
        actor, prop = staged.actor(id), staged.prop(id)
        sizes.append(actor.character.height if actor is not None else max(prop.prop.size) if prop is not None else 0.0)
    return max(sizes)


def _signed_turn(a: Array, b: Array, up: Array) -> float:
    """Radians that the level direction turns from a to b; positive to the right as seen along it."""
    return float((np.arctan2(a[0], a[2]) - np.arctan2(b[0], b[2]) + np.pi) % (2 * np.pi) - np.pi) * float(up[1])


def _elevation(v: Array) -> float:
    return float(np.arctan2(v[1], np.hypot(v[0], v[2])))


def _beyond(turn: float, explained: float) -> float:
    """What of a turn goes beyond what is explained, which may be anything from none to all of `explained`."""
    low, high = min(0.0, explained), max(0.0, explained)
    return turn - float(np.clip(turn, low, high))


def _off_axis(track: Array, position: Array, forward: Array) -> float:
    """Median angle between the view and the way to the track, rad."""
    way = track - position
    way = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    return float(np.median(np.arccos(np.clip((way * forward).sum(axis=1), -1.0, 1.0))))


def _unrest(view: Array) -> float:
    """Radians, root mean square, by which a view leaves its smooth path: a polynomial of the third degree in time."""
    t = np.linspace(-1.0, 1.0, len(view))
    powers = np.stack([t**k for k in range(4)], axis=1)
    rest = view - powers @ np.linalg.lstsq(powers, view, rcond=None)[0]
    return float(np.sqrt((rest**2).sum(axis=1).mean()))

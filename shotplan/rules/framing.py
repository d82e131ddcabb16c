"""What the picture shows: the subject is in it, as large as asked, not hidden, and the camera is a camera.

Knows measurements of a staged camera (`staging.camera_measure`). Does not know the shots around it (continuity).
Sources: Thompson & Bowen, "Grammar of the Shot" (2009); Katz, "Film Directing: Shot by Shot" (1991); Mascelli, "The Five C's
of Cinematography" (1965).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Take, rule
from shotplan.staging import camera_measure as measure
from shotplan.staging.staged import StagedActor
from shotplan.vocabulary import ANGLES, LENSES, SHOT_SIZES

SIZE_TOLERANCE = 0.10
"""Part of the frame height."""
HELD = 0.95
"""Part of the shot for which the subject must be in frame."""
SEEN = 0.5
"""Part of the subject that must be visible, on average."""
LENS_RANGE: dict[int, tuple[float, float]] = {
    0: (14.0, 90.0),
    1: (16.0, 140.0),
    2: (18.0, 140.0),
    3: (20.0, 140.0),
    4: (20.0, 180.0),
    5: (26.0, 200.0),
    6: (32.0, 220.0),
    7: (40.0, 250.0),
    8: (40.0, 300.0),
}
"""Focal lengths (mm, 36 mm-wide frame) that suit each shot size's rank: shorter ones bend faces, longer ones need a camera too far away."""


def _in_play(take: Take, thing: measure.Measurable) -> NDArray[np.bool_]:
    """(F,) bool: frames in which the subject should be seen: not while it comes in or leaves."""
    times = take.staged.times
    keep = np.ones(take.staged.frames, dtype=bool)
    if isinstance(thing, StagedActor):
        for x in thing.actions:
            if x.action == "enter":
                keep &= times >= x.t0 + 0.65 * (x.t1 - x.t0)
            elif x.action == "leave":
                keep &= times <= x.t0 + 0.35 * (x.t1 - x.t0)
    return keep if keep.any() else np.ones(take.staged.frames, dtype=bool)


def _names(take: Take, ids: tuple[str, ...]) -> str:
    return " and ".join(take.name(i) for i in ids)


@rule(
    "framing.in_frame",
    owners=(Role.CAMERA, Role.DIRECTOR),
    source="Thompson & Bowen 2009, ch. 2; Mascelli 1965, Composition",
)
def in_frame(take: Take) -> Iterator[Problem]:
    """The subject is in frame for the whole shot."""
    worst, who = 1.0, ""
    for thing in measure.subjects(take.staged):
        play = _in_play(take, thing)
        held = float((measure.frame_coverage(take.staged, thing)[play] >= 0.8).mean())
        if held < worst:
            worst, who = held, thing.id
    if worst >= HELD:
        return
    size = SHOT_SIZES.label(take.shot.camera.size)
    yield Problem(
        where=f"{take.path}/camera",
        measured=100 * worst,
        limit=100 * HELD,
        unit="% of the shot",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera", who) if take.plan.character(who) else ("camera", "scene"),
        text=f"{take.name(who)} is in the {size} of {take.shot.id} for {100 * worst:.0f} % of it; {100 * HELD:.0f} % is asked",
        changes=lambda: _hold_in_frame(take),
    )


def _hold_in_frame(take: Take) -> Iterator[Change]:
    spec = take.shot.camera
    if spec.move != "follow":
        yield changes.camera(take.index, take.shot.id, move="follow")
    wider = [c for c in changes.sizes_near(take) if c.patch[0]["value"] in _wider_than(spec.size)]
    yield from wider[:3]
    if spec.size not in ("long", "extreme_long"):
        yield changes.camera(take.index, take.shot.id, move="follow", size="long")
    if len(take.staged.camera.subject) > 1:
        yield changes.camera(take.index, take.shot.id, subject=take.staged.camera.subject[0])
    if ANGLES[spec.angle].relation != "subject" or spec.angle in ("worms_eye", "birds_eye", "dutch"):
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    yield changes.camera(take.index, take.shot.id, move="follow", angle="eye_level", side="audience")
    yield from changes.other_sides(take, limit=3)


def _wider_than(size: str) -> set[str]:
    return {s.id for s in SHOT_SIZES.values() if s.rank < SHOT_SIZES[size].rank}


@rule("framing.size", owners=(Role.CAMERA, Role.DIRECTOR), source="Katz 1991, ch. 8; sizes of `vocabulary/camera.py`")
def size(take: Take) -> Iterator[Problem]:
    """The subject is as large in the frame as the asked shot size says, within 10 % of the frame height."""
    shown = measure.shown_size(take.staged)
    if shown is None:
        return
    asked = measure.asked_fill(take.staged)
    if abs(shown - asked) <= SIZE_TOLERANCE:
        return
    who = _names(take, take.staged.camera.subject)
    yield Problem(
        where=f"{take.path}/camera/size",
        measured=shown,
        limit=asked,
        unit="frame heights",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera", "director"),
        text=(
            f"{who} fill{'s' if len(take.staged.camera.subject) == 1 else ''} {100 * shown:.0f} % of the frame height in {take.shot.id}; "
            f"{SHOT_SIZES.label(take.shot.camera.size)} asks for {100 * asked:.0f} %"
        ),
        changes=lambda: _size_that_fits(take, shown),
    )


def _size_that_fits(take: Take, shown: float) -> Iterator[Change]:
    spec = take.shot.camera
    here = SHOT_SIZES[spec.size]
    # The same camera distance under another name: what fraction of the body would that size's segment fill?
    scale = shown / here.segment
    others = sorted(
        (s for s in SHOT_SIZES.values() if s.id != spec.size),
        key=lambda s: abs(np.log(max(scale * s.segment, 1e-3) / s.fill)),
    )
    for other in others[:3]:
        yield changes.camera(take.index, take.shot.id, size=other.id)
    if len(take.staged.camera.subject) > 1:
        for one in take.staged.camera.subject[:2]:
            yield changes.camera(take.index, take.shot.id, subject=one)
    if ANGLES[spec.angle].relation != "subject":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    for lens in LENSES:
        if lens != spec.lens:
            yield changes.camera(take.index, take.shot.id, lens=lens)
    if spec.move != "follow":
        yield changes.camera(take.index, take.shot.id, move="follow")


@rule("framing.head_room", owners=(Role.CAMERA,), source="Thompson & Bowen 2009, ch. 2: head room", severity="warning")
def head_room(take: Take) -> Iterator[Problem]:
    """Closer sizes leave a little room above the head, and not a lot."""
    rank = SHOT_SIZES[take.shot.camera.size].rank
    subjects = [t for t in measure.subjects(take.staged) if isinstance(t, StagedActor)]
    if not 2 <= rank <= 6 or len(subjects) != 1 or ANGLES[take.shot.camera.angle].relation == "pov":
        return
    play = _in_play(take, subjects[0]) & (measure.frame_coverage(take.staged, subjects[0]) >= 0.8)
    if not play.any():
        return  # `framing.in_frame` says so
    room = float(np.median(measure.head_room(take.staged, subjects[0])[play]))
    low, high = 0.01, 0.40
    if low <= room <= high:
        return
    limit = low if room < low else high
    yield Problem(
        where=f"{take.path}/camera",
        measured=100 * room,
        limit=100 * limit,
        unit="% of the frame height",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera",),
        text=(
            f"{take.name(subjects[0].id)} has {100 * room:.0f} % head room in {take.shot.id}; "
            f"{100 * low:.0f} to {100 * high:.0f} % looks right"
        ),
        changes=lambda: _head_room_changes(take),
    )


def _head_room_changes(take: Take) -> Iterator[Change]:
    if take.shot.camera.move != "follow":
        yield changes.camera(take.index, take.shot.id, move="follow")
    if take.shot.camera.angle != "eye_level":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    if take.shot.camera.move != "static":
        yield changes.camera(take.index, take.shot.id, move="static")
    yield from changes.sizes_near(take)


@rule(
    "framing.occlusion",
    owners=(Role.CAMERA, Role.SCENE),
    source="Mascelli 1965, Camera Angles: the viewpoint must show the subject",
)
def occlusion(take: Take) -> Iterator[Problem]:
    """The subject is not hidden by other people or props."""
    worst, thing, step = 1.0, None, max(1, take.staged.frames // 14)
    for subject in measure.subjects(take.staged):
        visible = measure.visible_fraction(take.staged, subject, step=step)
        play = _in_play(take, subject)[::step]
        seen = float(visible[play].mean()) if play.any() else 1.0
        if seen < worst:
            worst, thing = seen, subject
    if thing is None or worst >= SEEN:
        return
    by = measure.occluder(take.staged, thing, step=step)
    yield Problem(
        where=f"{take.path}/camera/side",
        measured=100 * worst,
        limit=100 * SEEN,
        unit="% visible",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera", "scene") if by and take.prop(by) else ("camera", by or "scene"),
        text=f"{take.name(by)} hides {take.name(thing.id)}: {100 * worst:.0f} % is visible in {take.shot.id}, {100 * SEEN:.0f} % is asked",
        changes=partial(_see_past, take, by),
    )


def _see_past(take: Take, by: str | None) -> Iterator[Change]:
    yield from changes.other_sides(take, limit=3)
    found = take.prop(by)
    prop = take.staged.prop(by or "")
    if found and prop is not None:
        # Aside, square to the line of sight.
        eye = take.staged.camera.c2w[take.staged.frames // 2, :3, 3]
        sight = np.array([found[1].x - eye[0], found[1].z - eye[2]])
        n = max(float(np.hypot(*sight)), 1e-6)
        aside = np.array([-sight[1], sight[0]]) / n * (max(found[1].size[0], found[1].size[2]) / 2 + 1.5)
        for name, way in (("one_way", aside), ("other_way", -aside)):
            yield changes.move_prop(*found, found[1].x + way[0], found[1].z + way[1], name)
    if take.shot.camera.angle != "high":
        yield changes.camera(take.index, take.shot.id, angle="high")
    if take.shot.camera.angle != "eye_level":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    yield from list(changes.other_sides(take, limit=8))[3:]


@rule("framing.camera_inside", owners=(Role.CAMERA, Role.SCENE), source="a camera cannot be where a body is")
def camera_inside(take: Take) -> Iterator[Problem]:
    """The camera is never inside a person or a prop."""
    gap, whose = measure.camera_clearance(take.staged)
    worst = int(np.argmin(gap))
    if gap[worst] >= 0.0:
        return
    who = whose[worst]
    yield Problem(
        where=f"{take.path}/camera",
        measured=float(-gap[worst]),
        limit=0.0,
        unit="m",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera", "scene"),
        text=f"the camera is {-gap[worst]:.2f} m inside {take.name(who)} at {worst / take.staged.fps:.1f} s of {take.shot.id}",
        changes=lambda: _out_of_there(take, who),
    )


def _out_of_there(take: Take, who: str) -> Iterator[Change]:
    if take.shot.camera.move != "static":
        yield changes.camera(take.index, take.shot.id, move="static")
    yield from changes.other_sides(take, limit=3)
    for lens in ("long", "normal"):
        if lens != take.shot.camera.lens:
            yield changes.camera(take.index, take.shot.id, lens=lens)
    if take.shot.camera.angle != "eye_level":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    found = take.prop(who)
    if found:
        yield changes.move_prop(*found, found[1].x, found[1].z - 2.5)


@rule(
    "framing.camera_speed",
    owners=(Role.CAMERA, Role.DIRECTOR),
    source="ASC panning tables: a pan across the frame takes 5 s or more; whip pans aside",
    severity="warning",
)
def camera_speed(take: Take) -> Iterator[Problem]:
    """The camera does not turn faster than an eye follows, or travel faster than a camera car."""
    if take.staged.frames < 2:
        return
    metres, radians = measure.camera_speed(take.staged)
    turn, travel = float(np.degrees(radians.max())), float(metres.max())
    if turn > 60.0:
        measured, limit, unit, what = turn, 60.0, "degrees/s", "turns"
    elif travel > 12.0:
        measured, limit, unit, what = travel, 12.0, "m/s", "moves"
    else:
        return
    yield Problem(
        where=f"{take.path}/camera/move",
        measured=measured,
        limit=limit,
        unit=unit,
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera", "director"),
        text=f"the camera {what} at {measured:.0f} {unit} in {take.shot.id}; {limit:.0f} {unit} is the most that reads well",
        changes=lambda: _calmer(take, measured / limit),
    )


def _calmer(take: Take, ratio: float) -> Iterator[Change]:
    wider = [c for c in changes.sizes_near(take) if c.patch[0]["value"] in _wider_than(take.shot.camera.size)]
    if take.shot.camera.move != "static":
        yield changes.camera(take.index, take.shot.id, move="static")
    if take.shot.camera.move != "follow":
        yield changes.camera(take.index, take.shot.id, move="follow")
    yield from wider[:3]
    if take.shot.duration * ratio * 1.1 <= 12.0:
        yield changes.longer(take, take.shot.duration * ratio * 1.1)


@rule(
    "framing.lens",
    owners=(Role.CAMERA,),
    source="Katz 1991, ch. 12; Mascelli 1965, Close-ups: short lenses bend a close face",
    severity="warning",
)
def lens(take: Take) -> Iterator[Problem]:
    """The focal length suits the shot size."""
    low, high = LENS_RANGE[SHOT_SIZES[take.shot.camera.size].rank]
    focal = float(np.median(take.staged.camera.focal_mm))
    if low * 0.98 <= focal <= high * 1.02 or not take.staged.camera.subject:
        return
    limit = low if focal < low else high
    size_label = SHOT_SIZES.label(take.shot.camera.size)
    yield Problem(
        where=f"{take.path}/camera/lens",
        measured=focal,
        limit=limit,
        unit="mm",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera",),
        text=f"{take.shot.id} is a {size_label} at {focal:.0f} mm; {low:.0f} to {high:.0f} mm suit it",
        changes=lambda: _lens_that_suits(take, low, high),
    )


def _lens_that_suits(take: Take, low: float, high: float) -> Iterator[Change]:
    here = LENSES[take.shot.camera.lens].focal_mm
    for other in sorted(LENSES.values(), key=lambda x: abs(np.log(x.focal_mm / here))):
        if other.id != take.shot.camera.lens and low <= other.focal_mm <= high:
            yield changes.camera(take.index, take.shot.id, lens=other.id)
    if ANGLES[take.shot.camera.angle].relation != "subject":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    yield from changes.sizes_near(take)

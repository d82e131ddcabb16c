"""What holds across cuts: the line of action, screen direction, eyelines, angles and sizes that differ, a place shown first.

Knows neighbouring staged shots. Does not know whether each picture is good alone (framing).
Sources: Mascelli, "The Five C's of Cinematography" (1965), Continuity; Katz, "Film Directing: Shot by Shot" (1991), ch. 9-10;
Thompson & Bowen, "Grammar of the Edit" (2009).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, Take, rule
from shotplan.staging.staged import Array, StagedActor, StagedShot
from shotplan.vocabulary import ANGLES, SHOT_SIZES

ESTABLISHING_RANK = 2
"""The closest size that still shows a place."""
ON_THE_LINE = 12.0
"""Degrees about the line of action within which a camera belongs to both sides."""


def _flat(v: Array) -> Array:
    return v[..., (0, 2)]


def _pov(staged: StagedShot) -> bool:
    return ANGLES[staged.camera.spec.angle].relation == "pov"


def _line(a: StagedShot, b: StagedShot) -> tuple[tuple[str, ...], Array, Array] | None:
    """The line of action at the cut from a to b: whose it is, a point on it and its direction in (x, z); None when there is none.

    Two people who are in both shots make it, those who act on each other first. One who moves has `screen_direction`.
    """
    both = [x for x in a.actors if b.actor(x.id) is not None]
    if len(both) >= 2:
        partners = {(x.actor, x.target) for s in (a, b) for x in s.actions()}
        framed = {*a.camera.subject, *b.camera.subject}
        pairs = [(p, q) for i, p in enumerate(both) for q in both[i + 1 :]]
        pairs.sort(
            key=lambda pq: (
                not ({(pq[0].id, pq[1].id), (pq[1].id, pq[0].id)} & partners),
                -len({pq[0].id, pq[1].id} & framed),
            )
        )
        p, q = pairs[0]
        start, end = _flat(p.root[-1]), _flat(q.root[-1])
        if np.linalg.norm(end - start) > 0.3:
            return (p.id, q.id), start, end - start
    return None


def _travel(actor: StagedActor | None, end: int, fps: int) -> Array:
    """(2,) velocity (m/s) in the first (0) or last (-1) half second."""
    if actor is None or len(actor.root) < 2:
        return np.zeros(2)
    n = max(1, min(len(actor.root) - 1, fps // 2))
    track = _flat(actor.root)
    return (track[n] - track[0]) * fps / n if end == 0 else (track[-1] - track[-1 - n]) * fps / n


def _side(eye: Array, point: Array, way: Array) -> float:
    """Degrees -90..90 of the camera off the line; the sign is the side."""
    to = eye - point
    n = np.linalg.norm(to) * np.linalg.norm(way)
    if n < 1e-9:
        return 0.0
    return float(np.degrees(np.arcsin(np.clip((way[0] * to[1] - way[1] * to[0]) / n, -1, 1))))


@rule(
    "continuity.line_180",
    owners=(Role.CAMERA,),
    source="Mascelli 1965, Continuity: the action axis; Katz 1991, ch. 9",
    severity="warning",
    scope="cut",
)
def line_180(take: Take) -> Iterator[Problem]:
    """Across a cut in one place the camera stays on its side of the line of action."""
    a, b = take.previous, take.staged
    if a is None or _pov(a) or _pov(b):
        return
    line = _line(a, b)
    if line is None:
        return
    who, point, way = line
    before = _side(_flat(a.camera.c2w[-1, :3, 3]), point, way)
    after = _side(_flat(b.camera.c2w[0, :3, 3]), point, way)
    if before * after >= 0 or min(abs(before), abs(after)) < ON_THE_LINE:
        return
    between = f"between {take.name(who[0])} and {take.name(who[1])}"
    yield Problem(
        where=f"{take.path}/camera/side",
        measured=abs(after),
        limit=ON_THE_LINE,
        unit="degrees",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera",),
        text=f"the cut from {a.shot.id} to {b.shot.id} crosses the line {between}: the camera is {abs(after):.0f} degrees beyond it",
        changes=lambda: _other_side(take),
    )


def _other_side(take: Take, limit: int = 5) -> Iterator[Change]:
    yield from changes.other_sides(take, limit=limit)
    if take.shot.camera.angle == "over_shoulder":
        yield changes.camera(take.index, take.shot.id, angle="eye_level")
    if take.earlier:
        before = take.earlier[-1]
        for side in ("audience", "audience_left", "audience_right"):
            if side != before.shot.camera.side:
                yield changes.camera(before.index, before.shot.id, side=side)


@rule(
    "continuity.thirty_degrees",
    owners=(Role.CAMERA,),
    source="Thompson & Bowen 2009: the 30-degree rule",
    severity="warning",
    scope="cut",
)
def thirty_degrees(take: Take) -> Iterator[Problem]:
    """A cut on the same subject changes the angle by 30 degrees or the size by two steps."""
    a, b = take.previous, take.staged
    if a is None or a.camera.subject != b.camera.subject or not b.camera.subject or _pov(a) != _pov(b):
        return
    steps = abs(SHOT_SIZES[a.camera.spec.size].rank - SHOT_SIZES[b.camera.spec.size].rank)
    if steps >= 2:
        return
    views = a.camera.c2w[-1, :3, 2], b.camera.c2w[0, :3, 2]
    angle = float(np.degrees(np.arccos(np.clip(views[0] @ views[1], -1, 1))))
    if angle >= 29.5:
        return
    yield Problem(
        where=f"{take.path}/camera",
        measured=angle,
        limit=30.0,
        unit="degrees",
        shot=take.shot.id,
        raised_by="camera",
        owners=("camera",),
        text=f"the cut from {a.shot.id} to {b.shot.id} jumps: the view turns {angle:.0f} degrees and the size changes {steps} steps",
        changes=lambda: _cut_that_cuts(take),
    )


def _cut_that_cuts(take: Take) -> Iterator[Change]:
    yield from changes.other_sides(take, limit=4)
    assert take.previous is not None
    before = SHOT_SIZES[take.previous.camera.spec.size].rank
    for size in sorted(SHOT_SIZES.values(), key=lambda s: abs(abs(s.rank - before) - 2)):
        if abs(size.rank - before) >= 2 and 1 <= size.rank <= 6 and size.id != take.shot.camera.size:
            yield changes.camera(take.index, take.shot.id, size=size.id)


@rule(
    "continuity.screen_direction",
    owners=(Role.CAMERA,),
    source="Mascelli 1965, Continuity: dynamic screen direction",
    severity="warning",
    scope="cut",
)
def screen_direction(take: Take) -> Iterator[Problem]:
    """Somebody who goes on in one direction does not turn round on the screen at a cut."""
    a, b = take.previous, take.staged
    if a is None or _pov(a) or _pov(b):
        return
    for actor in b.actors:
        before = _travel(a.actor(actor.id), -1, a.fps)
        after = _travel(actor, 0, b.fps)
        speeds = np.linalg.norm(before), np.linalg.norm(after)
        if min(speeds) < 0.4 or before @ after < 0.5 * speeds[0] * speeds[1]:
            continue
        across = [
            float(v @ _flat(s.camera.c2w[f, :3, 0]) / n)
            for v, s, f, n in ((before, a, -1, speeds[0]), (after, b, 0, speeds[1]))
        ]
        if across[0] * across[1] >= 0 or min(abs(across[0]), abs(across[1])) < 0.25:
            continue
        ways = ["right" if v > 0 else "left" for v in across]
        yield Problem(
            where=f"{take.path}/camera/side",
            measured=abs(across[1]),
            limit=0.25,
            unit="of its speed",
            shot=take.shot.id,
            raised_by=actor.id,
            owners=("camera",),
            text=f"{take.name(actor.id)} goes screen-{ways[0]} in {a.shot.id} and screen-{ways[1]} in {b.shot.id} on the same way",
            changes=lambda: _other_side(take),
        )
        return


@rule(
    "continuity.eyelines",
    owners=(Role.CAMERA, Role.CHARACTER),
    source="Mascelli 1965, Continuity: matching the look",
    severity="warning",
    scope="cut",
)
def eyelines(take: Take) -> Iterator[Problem]:
    """Two people who look at each other in separate shots look toward each other across the cut."""
    a, b = take.previous, take.staged
    if a is None or _pov(a) or _pov(b) or len(a.camera.subject) != 1 or len(b.camera.subject) != 1:
        return
    p, q = a.actor(a.camera.subject[0]), b.actor(b.camera.subject[0])
    if p is None or q is None or p.id == q.id:
        return
    meant = {
        (x.actor, x.target)
        for s in (a, b)
        for x in s.actions()
        if x.action in ("talk", "look", "give", "wave", "point", "nod", "shake_head")
    }
    if not {(p.id, q.id), (q.id, p.id)} & meant:
        return
    looks = []
    for actor, staged, frame in ((p, a, -1), (q, b, 0)):
        facing = np.array([np.sin(actor.heading[frame]), np.cos(actor.heading[frame])])
        looks.append(float(facing @ _flat(staged.camera.c2w[frame, :3, 0])))
    if looks[0] * looks[1] <= 0 or min(abs(looks[0]), abs(looks[1])) < 0.2:
        return
    way = "right" if looks[0] > 0 else "left"
    yield Problem(
        where=f"{take.path}/camera/side",
        measured=float(np.degrees(np.arcsin(min(1.0, abs(looks[1]))))),
        limit=12.0,
        unit="degrees",
        shot=take.shot.id,
        raised_by=q.id,
        owners=("camera", q.id),
        text=f"{take.name(p.id)} and {take.name(q.id)} look at each other, yet both look screen-{way} in {a.shot.id} and {b.shot.id}",
        changes=lambda: _other_side(take),
    )


@rule(
    "continuity.equal_sizes",
    owners=(Role.CAMERA, Role.DIRECTOR),
    source="Katz 1991, ch. 8: contrast of sizes",
    severity="warning",
    scope="cut",
)
def equal_sizes(take: Take) -> Iterator[Problem]:
    """No three shots in a row have the same size."""
    if len(take.earlier) < 2:
        return
    run = 1
    for s in reversed(take.earlier):
        if s.camera.spec.size != take.shot.camera.size:
            break
        run += 1
    if run < 3:
        return
    yield Problem(
        where=f"{take.path}/camera/size",
        measured=run,
        limit=2,
        unit="shots",
        shot=take.shot.id,
        raised_by="director",
        owners=("camera", "director"),
        text=f"{take.shot.id} is the {run}. {SHOT_SIZES.label(take.shot.camera.size)} in a row; 2 is the most",
        changes=lambda: changes.sizes_near(take, wider_first=False, least=1, most=7),
    )


@rule(
    "continuity.establishing",
    owners=(Role.CAMERA, Role.DIRECTOR),
    source="Katz 1991, ch. 8; Thompson & Bowen 2009: the establishing shot",
    severity="warning",
    scope="cut",
)
def establishing(take: Take) -> Iterator[Problem]:
    """The first shot in a new place shows the place."""
    if any(s.stage_set.id == take.shot.set for s in take.earlier):
        return
    rank = SHOT_SIZES[take.shot.camera.size].rank
    if rank <= ESTABLISHING_RANK:
        return
    label = SHOT_SIZES.label(take.shot.camera.size)
    yield Problem(
        where=f"{take.path}/camera/size",
        measured=rank,
        limit=ESTABLISHING_RANK,
        unit="size rank",
        shot=take.shot.id,
        raised_by="scene",
        owners=("camera", "director"),
        text=f"{take.shot.id} is the first of {take.stage_set.name} and a {label}; a full shot or wider shows the place",
        changes=lambda: (changes.camera(take.index, take.shot.id, size=s) for s in ("full", "long", "extreme_long")),
    )

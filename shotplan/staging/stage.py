"""Staging: a plan's words become metres and seconds. Read this file from top to bottom.

Knows the order of the steps. Each step has its own module: blocking (where), timing (when), moves, leaps and contact (what), skeleton
(how it looks), props, expression, dialogue, camera.
Deterministic: the same plan gives the same arrays. Nothing is repaired silently: what could not be staged as written is in `problems`.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from shotplan.errors import StagingError
from shotplan.plan import Shot, ShotPlan, StageSet
from shotplan.prompt_text import prompt_text
from shotplan.staging.blocking import Entry, set_now
from shotplan.staging.camera import solve_camera
from shotplan.staging.cue import Cue
from shotplan.staging.dialogue import spoken_lines
from shotplan.staging.expression import expression
from shotplan.staging.ground import smooth_height
from shotplan.staging.play import Played, play
from shotplan.staging.props import before_hands, holding, stage_props
from shotplan.staging.skeleton.animate import animate
from shotplan.staging.staged import Array, Line, StagedAction, StagedActor, StagedShot
from shotplan.vocabulary import CHARACTER_KINDS


def stage(plan: ShotPlan, shot: Shot) -> StagedShot:
    """One shot in metres and seconds; earlier shots of its set are played through to know where everyone is.

    Raises `StagingError` when the shot is not in the plan.
    """
    index = next((k for k, s in enumerate(plan.shots) if s.id == shot.id), None)
    if index is None or plan.shots[index] != shot:
        raise StagingError(
            f"shot {shot.id!r} is not in this plan", where="/shots", todo="take the shot from plan.shots"
        )
    entry = Entry.first(plan.stage_set(shot.set))
    for k in range(index):
        if plan.shots[k].set == shot.set:
            entry = play(plan, k, entry).leaves
    return embody(plan, play(plan, index, entry))


def stage_all(plan: ShotPlan) -> list[StagedShot]:
    """Every shot in one pass; the same results as `stage` for each."""
    entries: dict[str, Entry] = {}
    staged = []
    for k, shot in enumerate(plan.shots):
        played = play(plan, k, entries.get(shot.set, Entry.first(plan.stage_set(shot.set))))
        entries[shot.set] = played.leaves
        staged.append(embody(plan, played))
    return staged


def embody(plan: ShotPlan, played: Played) -> StagedShot:
    """Give a played shot its frames: bodies, faces, things and camera."""
    scene, stretch = played.scene, played.stretch
    shot, fps = scene.shot, plan.brief.fps
    frames = max(1, round(shot.duration * fps))
    times = np.arange(frames) / fps
    lines, remarks = spoken_lines(scene, stretch)

    tracks = {a: course.sample(times, stretch) for a, course in scene.courses.items()}
    cues = {
        a: _covering(course.cues, shot.duration / stretch, _first_posture(played, a))
        for a, course in scene.courses.items()
    }
    opening = set_now(_set_of(plan, shot.set), played.entry)
    points = {a: _chest(plan, a, root) for a, (root, _) in tracks.items()}
    things = before_hands(scene, opening.props, times, stretch)
    carrying = holding(scene, played.entry.held, times, stretch)
    for prop, holder in played.entry.held.items():
        if holder in points:
            things[prop] = points[holder]

    actors: dict[str, StagedActor] = {}
    for character in plan.cast:
        a = character.id
        if a not in tracks:
            continue
        root, heading = tracks[a]
        about: list[Array | None] = [_point(cue, a, points, things, opening, frames) for cue in cues[a]]
        gaze = _gaze(a, cues[a], about, lines, points, times, stretch)
        rest_y = np.where(
            _carried(
                cues[a],
                times,
                stretch,
                scene.courses[a].start.support is not None or scene.courses[a].place.support is not None,
            ),
            root[:, 1],
            smooth_height(opening.ground, root[:, 0], character.height),
        )
        joints = animate(
            character,
            cues[a],
            root,
            heading,
            opening.ground,
            rest_y,
            times,
            stretch,
            about,
            gaze,
            phase=zlib.crc32(a.encode()) % 997 / 997,
            carrying=carrying[a],
        )
        face = expression(a, cues[a], lines, times, stretch, plan.brief.seed)
        actions = tuple(
            _action(played, d.index) for d in sorted(scene.drafts, key=lambda d: d.t0) if d.performance.actor == a
        )
        actors[a] = StagedActor(
            a,
            character,
            root,
            heading,
            joints,
            face,
            _pitch(joints, heading, CHARACTER_KINDS[character.kind].body),
            actions,
        )

    props, holds = stage_props(scene, opening.props, played.entry.held, played.entry.opened, actors, times, stretch)
    everyone = tuple(replace(actor, holds=tuple(holds[a]) if any(holds[a]) else ()) for a, actor in actors.items())
    camera = solve_camera(
        shot.camera, actors=everyone, props=props, stage_set=opening, aspect=plan.brief.aspect, fps=fps, frames=frames,
        acting=sorted({p.actor for p in shot.performances}),
    )  # fmt: skip
    return StagedShot(
        shot=shot,
        index=scene.index,
        stage_set=_set_of(plan, shot.set),
        fps=fps,
        frames=frames,
        actors=everyone,
        props=props,
        camera=camera,
        lines=tuple(lines),
        style=plan.brief.style,
        prompt=prompt_text(plan, shot),
        problems=(*scene.problems, *remarks),
    )


def _set_of(plan: ShotPlan, id: str) -> StageSet:
    found = plan.stage_set(id)
    if found is None:
        raise StagingError(f"there is no set {id!r}", where="/sets", todo="add the set or name another in the shot")
    return found


def _first_posture(played: Played, actor: str) -> tuple[str, float | None]:
    start = played.scene.courses[actor].start
    return start.posture, start.seat


def _covering(cues: list[Cue], end: float, first: tuple[str, float | None]) -> list[Cue]:
    """Cues without holes from 0 to `end`: between them the actor keeps the posture it has come to."""
    cues = sorted((c for c in cues if c.t1 > c.t0 + 1e-6), key=lambda c: c.t0)
    out: list[Cue] = []
    t, (posture, seat) = 0.0, first
    last = cues[0] if cues else None
    for cue in cues:
        if cue.t0 > t + 0.03:
            out.append(_rest(last, t, cue.t0, posture, seat))
        out.append(cue)
        t = max(t, cue.t1)
        posture, seat = _posture_after(cue)
        last = cue
    if end > t + 1e-3:
        if out and last is not None and _sustained(last):
            out[-1] = replace(last, t1=max(end, last.t1))
        else:
            out.append(_rest(last, t, end + 0.5, posture, seat))
    return out or [Cue("stand", 0.0, end + 0.5, posture, seat=seat)]


def _sustained(cue: Cue) -> bool:
    return cue.pose in (
        "dance",
        "hug",
        "fight",
        "talk",
        "cheer",
        "think",
        "swim",
        "crawl",
        "cry",
        "pray",
        "read",
        "write",
        "look",
        "sit",
        "kneel",
        "lie",
        "stand",
    )


def _rest(last: Cue | None, t0: float, t1: float, posture: str, seat: float | None) -> Cue:
    if last is None:
        return Cue("stand", t0, t1, posture, seat=seat)
    return replace(last, pose="stand", t0=t0, t1=t1, posture=posture, seat=seat, steps=None, spoken=False)


def _posture_after(cue: Cue) -> tuple[str, float | None]:
    if cue.pose in ("sit", "kneel", "lie"):
        return cue.pose, cue.seat
    if cue.pose == "fall":
        return "fallen", None
    return ("stand", None) if cue.pose in ("stand_up", "jump_land") else (cue.posture, cue.seat)


def _carried(cues: list[Cue], times: Array, stretch: float, carried: bool) -> np.ndarray:
    """Whether something other than the ground may carry the actor per frame."""
    out = np.full(len(times), carried)
    for cue in cues:
        if cue.steps is not None and cue.pose != "fly":
            out &= ~((times >= cue.t0 * stretch) & (times <= cue.t1 * stretch))
    return out


def _chest(plan: ShotPlan, actor: str, root: Array) -> Array:
    character = plan.character(actor)
    assert character is not None
    return root + np.array([0.0, 0.72 * character.height, 0.0])


def _point(
    cue: Cue, actor: str, points: dict[str, Array], things: dict[str, Array], stage_set: StageSet, frames: int
) -> Array | None:
    """(F,3) what a cue is about."""
    if cue.toward is None or cue.toward == actor:
        return None
    if cue.toward in points:
        return points[cue.toward]
    if cue.toward in things:
        return things[cue.toward]
    mark = stage_set.mark(cue.toward)
    return (
        None
        if mark is None
        else np.repeat([[mark.x, float(smooth_height(stage_set.ground, mark.x)) + 0.8, mark.z]], frames, 0)
    )


def _gaze(
    actor: str,
    cues: list[Cue],
    about: list[Array | None],
    lines: list[Line],
    points: dict[str, Array],
    times: Array,
    stretch: float,
) -> Array:
    """(F,3) what the actor looks at, NaN for straight ahead: the action's target, or who speaks."""
    gaze = np.full((len(times), 3), np.nan)
    for line in lines:
        if line.speaker != actor and line.speaker in points:
            on = (times >= line.t0) & (times <= line.t1 + 0.2)
            gaze[on] = points[line.speaker][on]
    for cue, target in zip(cues, about, strict=True):
        if target is None or cue.pose in ("run", "fly", "lie", "fall", "jump_air"):
            continue
        on = (times >= cue.t0 * stretch) & (times <= cue.t1 * stretch)
        gaze[on] = target[on]
    return gaze


def _pitch(joints: Array, heading: Array, body: str) -> Array:
    """(F,) radians that the trunk leans forward from its rest attitude."""
    trunk = joints[:, 1] - 0.5 * (joints[:, 8] + joints[:, 11])
    ahead = trunk[:, 0] * np.sin(heading) + trunk[:, 2] * np.cos(heading)
    return (
        np.asarray(np.arctan2(ahead, trunk[:, 1]))
        if body != "quadruped"
        else np.asarray(-np.arctan2(trunk[:, 1], ahead))
    )


def _action(played: Played, index: int) -> StagedAction:
    """A draft's numbers after its times were fitted into the shot."""
    scene, k = played.scene, played.stretch
    d = next(d for d in scene.drafts if d.index == index)
    p = d.performance
    ends, _ = scene.courses[p.actor].sample(np.array([d.t0, d.t1]) * k, k)
    return StagedAction(
        path=scene.path(index), beat=p.beat, actor=p.actor, action=p.action, target=p.target, t0=d.t0 * k, t1=d.t1 * k, needed=d.t1 - d.t0,
        start=ends[0], end=ends[1], distance=d.distance, peak_speed=d.peak / k, speed_limit=d.speed_limit, obstacle=d.obstacle,
        obstacle_height=d.obstacle_height, apex=d.apex, leap=d.leap, contact_time=None if d.contact_time is None else d.contact_time * k,
        contact_gap=d.contact_gap,
    )  # fmt: skip

"""The scene being staged: everyone's course so far, where things are, what happened to them.

Knows the state of one shot while its performances are placed one after another. Does not know the actions (moves, contact)
or their order (timing).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from shotplan.plan import Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.staging.cue import Course, Cue, Place, Steps
from shotplan.staging.ground import smooth_height
from shotplan.staging.staged import Array
from shotplan.staging.trajectory import headings, lengths, profile, route
from shotplan.vocabulary import CHARACTER_KINDS

Severity = Literal["warning", "error"]


@dataclass(frozen=True)
class PropEvent:
    """Something that happens to a prop."""

    prop: str
    kind: Literal["hold", "rest", "fly", "slide", "open"]
    t0: float
    t1: float
    actor: str = ""
    """Who holds it from t0 on, or threw it."""
    to: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where it rests, lands or slides to: base centre, m. For `open`: the first number is the new openness."""


@dataclass
class Draft:
    """A staged action before its times are fitted into the shot."""

    index: int
    performance: Performance
    t0: float
    t1: float
    speed_limit: float = 0.0
    distance: float = 0.0
    peak: float = 0.0
    obstacle: str | None = None
    obstacle_height: float = 0.0
    apex: float = 0.0
    leap: float = 0.0
    contact_time: float | None = None
    contact_gap: float = 0.0


@dataclass
class Scene:
    """One shot of a plan, half staged."""

    plan: ShotPlan
    shot: Shot
    index: int
    stage_set: StageSet
    """The set with its props where this shot finds them."""
    courses: dict[str, Course]
    held: dict[str, str]
    """Prop id to the actor that has it in hand."""
    opened: dict[str, float]
    elastic: float = 1.0
    """1: actions take their typical time; 0: their least time."""
    drafts: list[Draft] = field(default_factory=list)
    events: list[PropEvent] = field(default_factory=list)
    problems: list[tuple[str, Severity, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Who has left the stage."""

    def character(self, id: str) -> Character:
        found = self.plan.character(id)
        assert found is not None
        return found

    def path(self, index: int) -> str:
        return f"/shots/{self.index}/performances/{index}"

    def problem(self, index: int, severity: Severity, sentence: str) -> None:
        self.problems.append((self.path(index), severity, sentence))

    def prop(self, id: str | None) -> Prop | None:
        return None if id is None else self.stage_set.prop(id)

    def move_prop(self, id: str, x: float, z: float) -> None:
        props = tuple(p.model_copy(update={"x": x, "z": z}) if p.id == id else p for p in self.stage_set.props)
        self.stage_set = self.stage_set.model_copy(update={"props": props})

    def spot(self, id: str) -> Array | None:
        """(2,) where a character, prop or mark of this set is now, in (x, z)."""
        if id in self.courses:
            return self.courses[id].place.xz
        holder = self.held.get(id)
        if holder in self.courses:
            return self.courses[holder].place.xz
        prop, mark = self.stage_set.prop(id), self.stage_set.mark(id)
        if prop is not None:
            return np.array([prop.x, prop.z])
        return None if mark is None else np.array([mark.x, mark.z])

    def radius(self, actor: str) -> float:
        h = self.character(actor).height
        return 0.16 * h if h > 1 else 0.3 * h


def bulk(character: Character) -> float:
    """Metres from the body's axis to its front: half a four-legged body, nothing for an upright one."""
    return 0.45 * character.height if CHARACTER_KINDS[character.kind].body == "quadruped" else 0.0


def short_way(delta: float) -> float:
    """An angle in -pi..pi."""
    return float((delta + np.pi) % (2 * np.pi) - np.pi)


def face(scene: Scene, actor: str, spot: Array | None) -> None:
    """Turn an actor on the spot to face (x, z)."""
    course = scene.courses[actor]
    if spot is None:
        return
    d = spot - course.place.xz
    if np.linalg.norm(d) < 0.05:
        return
    heading = float(np.arctan2(d[0], d[1]))
    delta = abs(short_way(heading - course.place.heading))
    if delta > 0.05:
        t0 = course.now
        seconds = 0.12 + 0.4 * delta / np.pi
        course.turn_to(heading, t0, t0 + seconds)
        course.cues.append(_cue_like(course, "turn" if delta > 0.8 else "stand", t0, t0 + seconds))


def _cue_like(course: Course, pose: str, t0: float, t1: float) -> Cue:
    return Cue(pose=pose, t0=t0, t1=t1, posture=course.place.posture, seat=course.place.seat)


def travel(
    scene: Scene,
    actor: str,
    goal: Array,
    speed: float,
    cue: Cue,
    *,
    v_out: float = 0.0,
    ignore: frozenset[str] = frozenset(),
    facing: float | None = None,
    altitude: tuple[float, float, float] | None = None,
) -> tuple[float, float]:
    """Go to (x, z) on the ground or, with `altitude` (start, middle, end in m above the ground), through the air.

    `cue` gives pose and feeling; its times are filled in. Returns metres travelled and peak speed (m/s).
    """
    course = scene.courses[actor]
    place = course.place
    if place.support is not None:
        ignore = ignore | {place.support}
    path = route(scene.stage_set, place.xz, np.asarray(goal, float), scene.radius(actor), ignore)
    path_s = lengths(path)
    if path_s[-1] < 0.02:
        return 0.0, 0.0
    way = headings(path, place.heading) if facing is None else np.full(len(path), facing)
    turn = short_way(float(way[0]) - place.heading)
    if abs(turn) > 0.6 and course.speed == 0.0:
        t0 = course.now
        seconds = 0.12 + 0.35 * abs(turn) / np.pi
        course.turn_to(float(way[0]), t0, t0 + seconds)
        course.cues.append(replace(cue, pose="turn", t0=t0, t1=t0 + seconds, steps=None))
        place = course.place
    t, s = profile(float(path_s[-1]), speed, course.speed, v_out)
    x, z = (np.interp(s, path_s, path[:, k]) for k in range(2))
    ground = smooth_height(scene.stage_set.ground, x, scene.character(actor).height)
    if altitude is None:
        off = place.y - ground[0]
        fade = np.clip(1 - s / 0.6, 0, 1)
        y = ground + off * fade * fade * (3 - 2 * fade)
    else:
        u = np.clip(s / max(path_s[-1], 1e-6), 0, 1)
        up, down = np.clip(u / 0.35, 0, 1), np.clip((1 - u) / 0.35, 0, 1)
        up, down = up * up * (3 - 2 * up), down * down * (3 - 2 * down)
        first, middle, last = altitude
        y = ground + np.where(u < 0.5, first + (middle - first) * up, last + (middle - last) * down)
    head = np.interp(s, path_s, way)
    lead = place.heading - head[0]
    lead = short_way(float(lead))
    fade = np.clip(1 - t / 0.3, 0, 1)
    head = head + lead * fade * fade * (3 - 2 * fade)
    t0 = course.now
    course.add_knots(t0 + t, np.stack([x, y, z], axis=1), head)
    steps = Steps(t=t0 + t, s=s, path_s=path_s, path_xz=path)
    course.now = t0 + float(t[-1])
    course.cues.append(replace(cue, t0=t0, t1=course.now, steps=steps, posture="stand", seat=None))
    course.place = Place(float(x[-1]), float(y[-1]), float(z[-1]), float(head[-1]))
    course.speed = v_out
    moved = np.hypot(np.diff(x), np.diff(z)) / np.maximum(np.diff(t), 1e-9)
    return float(path_s[-1]), float(moved.max())


def hold(scene: Scene, actor: str, cue: Cue, seconds: float) -> None:
    """Stay on the spot in a pose for some seconds."""
    course = scene.courses[actor]
    p = course.place
    t0 = course.now
    course.add_knots(np.array([t0, t0 + seconds]), np.stack([p.xyz, p.xyz]), np.array([p.heading, p.heading]))
    course.cues.append(replace(cue, t0=t0, t1=t0 + seconds, posture=p.posture, seat=p.seat))
    course.now = t0 + seconds
    course.speed = 0.0

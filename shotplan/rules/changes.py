"""Changes that rules propose: each a JSON Patch with its owner and a label that says it in words with numbers.

Knows who may write what: the camera its spec, the scene sets and props, a character its own performances, the director
durations and coverage. Does not know whether a change helps: that is tried in `shotplan.rules.check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jsonpatch
import numpy as np

from shotplan.plan import Mark, Prop, ShotPlan
from shotplan.revisions import replace_value
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Take
from shotplan.staging.staged import Array, StagedAction
from shotplan.vocabulary import ACTIONS, ANGLES, LENSES, MOVES, SHOT_SIZES, SIDES, Vocabulary

_CAMERA_WORDS: dict[str, Vocabulary[Any]] = {
    "size": SHOT_SIZES,
    "angle": ANGLES,
    "move": MOVES,
    "lens": LENSES,
    "side": SIDES,
}


def _by(id: str, label: str, owner: Role, agent: str, *patch: dict[str, Any]) -> Change:
    return Change(id, label, owner, agent, patch)


def _slug(text: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())[:32] or "it"


def camera(index: int, shot_id: str, **words: str | None) -> Change:
    """Change the camera of a shot: `size="long"`, `side="back"`, `subject="fox"`; None for everyone who acts."""
    said = []
    for key, value in words.items():
        vocabulary = _CAMERA_WORDS.get(key)
        shown = "everyone who acts" if value is None else vocabulary.label(value) if vocabulary else value
        said.append(f"{key} {shown}")
    return _by(
        "camera_" + "_".join(f"{k}_{v or 'all'}" for k, v in words.items()),
        f"shot {shot_id} with {' and '.join(said)}",
        Role.CAMERA,
        "camera",
        *(replace_value(f"/shots/{index}/camera/{key}", value) for key, value in words.items()),
    )


def sizes_near(take: Take, *, wider_first: bool = True, least: int = 0, most: int = 8) -> Iterator[Change]:
    """The neighbouring shot sizes within these ranks, nearest first."""
    here = SHOT_SIZES[take.shot.camera.size].rank
    by_rank = {s.rank: s.id for s in SHOT_SIZES.values()}
    for step in (1, 2, 3, 4):
        for way in (-1, 1) if wider_first else (1, -1):
            rank = here + way * step
            if least <= rank <= most and rank in by_rank:
                yield camera(take.index, take.shot.id, size=by_rank[rank])


def other_sides(take: Take, *, limit: int = 5) -> Iterator[Change]:
    """The same picture from other sides, the nearest to the audience first."""
    order = (
        "audience",
        "audience_left",
        "audience_right",
        "three_quarter_left",
        "three_quarter_right",
        "front",
        "profile_left",
        "profile_right",
        "back",
    )
    for side in [s for s in order if s != take.shot.camera.side][:limit]:
        yield camera(take.index, take.shot.id, side=side)


def longer(take: Take, seconds: float) -> Change:
    """Give the shot this many seconds, rounded up to a tenth."""
    seconds = float(np.ceil(seconds * 10 - 1e-6) / 10)
    return _by(
        "longer_shot",
        f"shot {take.shot.id} lasts {seconds:.1f} s instead of {take.shot.duration:.1f} s",
        Role.DIRECTOR,
        "director",
        replace_value(f"{take.path}/duration", min(60.0, seconds)),
    )


def with_time(take: Take, change: Change, seconds: float) -> Change:
    """The same change with more time for it, which is the director's to give."""
    seconds = float(np.ceil(seconds * 10 - 1e-6) / 10)
    label = f"{change.label}, and shot {take.shot.id} lasts {seconds:.1f} s instead of {take.shot.duration:.1f} s"
    op = replace_value(f"{take.path}/duration", min(60.0, seconds))
    return Change(f"{change.id}_longer", label, Role.DIRECTOR, "director", whole_shots(take.plan, (*change.patch, op)))


def whole_shots(plan: ShotPlan, patch: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The same patch for the director, who writes whole shots but no single performance of anybody."""
    numbers = sorted({int(op["path"].split("/")[2]) for op in patch if re.match(r"/shots/\d+/", op["path"])})
    if not any("/performances" in op["path"] for op in patch):
        return tuple(patch)
    document = jsonpatch.apply_patch(plan.model_dump(mode="json"), list(patch))
    others = [op for op in patch if not re.match(r"/shots/\d+/", op["path"])]
    return (*others, *(replace_value(f"/shots/{n}", document["shots"][n]) for n in numbers))


def shorter(take: Take, seconds: float) -> Change:
    """Give the shot this many seconds, rounded down to a tenth."""
    seconds = float(np.floor(seconds * 10 + 1e-6) / 10)
    label = f"shot {take.shot.id} lasts {seconds:.1f} s instead of {take.shot.duration:.1f} s"
    return _by(
        "shorter_shot", label, Role.DIRECTOR, "director", replace_value(f"{take.path}/duration", max(0.5, seconds))
    )


def lower(pointer: str, prop: Prop, height: float) -> Change:
    """Make a prop this high, rounded down to a centimetre."""
    height = float(np.floor(height * 100 + 1e-6) / 100)
    return _by(
        f"lower_{_slug(prop.id)}",
        f"lower {prop.name} from {prop.size[1]:.2f} m to {height:.2f} m",
        Role.SCENE,
        "scene",
        replace_value(f"{pointer}/size", [prop.size[0], max(height, 0.02), prop.size[2]]),
    )


def smaller(pointer: str, prop: Prop, width: float, depth: float) -> Change:
    """Make a prop narrower: new width and depth in metres."""
    return _by(
        f"narrow_{_slug(prop.id)}",
        f"make {prop.name} {width:.2f} m by {depth:.2f} m instead of {prop.size[0]:.2f} m by {prop.size[2]:.2f} m",
        Role.SCENE,
        "scene",
        replace_value(f"{pointer}/size", [round(max(width, 0.05), 2), prop.size[1], round(max(depth, 0.05), 2)]),
    )


def move_prop(pointer: str, prop: Prop, x: float, z: float, name: str = "") -> Change:
    """Put a prop elsewhere."""
    x, z = round(float(x), 2), round(float(z), 2)
    far = float(np.hypot(x - prop.x, z - prop.z))
    return _by(
        f"move_{_slug(prop.id)}{'_' + name if name else ''}",
        f"move {prop.name} by {far:.1f} m to x {x:+.1f}, z {z:+.1f}",
        Role.SCENE,
        "scene",
        replace_value(f"{pointer}/x", x),
        replace_value(f"{pointer}/z", z),
    )


def ground_height(take: Take, height: float) -> Change:
    """Make the ground rise or drop less."""
    g = take.stage_set.ground
    height = round(float(np.sign(g.height) * np.floor(abs(height) * 100) / 100), 2)
    return _by(
        "lower_ground",
        f"the {g.kind} rises {height:.2f} m instead of {g.height:.2f} m",
        Role.SCENE,
        "scene",
        replace_value(f"/sets/{take.set_index}/ground/height", height),
    )


def narrower_gap(take: Take, width: float) -> Change:
    """Make the gap in the ground this wide, about its middle."""
    g = take.stage_set.ground
    middle = (g.x0 + g.x1) / 2
    return _by(
        "narrow_gap",
        f"the gap is {width:.1f} m wide instead of {g.x1 - g.x0:.1f} m",
        Role.SCENE,
        "scene",
        replace_value(f"/sets/{take.set_index}/ground/x0", round(middle - width / 2, 2)),
        replace_value(f"/sets/{take.set_index}/ground/x1", round(middle + width / 2, 2)),
    )


def wider_stage(take: Take, width: float, depth: float) -> Change:
    """Make the stage at least this wide and deep."""
    s = take.stage_set
    width, depth = (float(min(100.0, np.ceil(max(a, b)))) for a, b in ((width, s.width), (depth, s.depth)))
    return _by(
        "wider_stage",
        f"the stage of {s.name} is {width:.0f} m by {depth:.0f} m instead of {s.width:.0f} m by {s.depth:.0f} m",
        Role.SCENE,
        "scene",
        replace_value(f"/sets/{take.set_index}/width", width),
        replace_value(f"/sets/{take.set_index}/depth", depth),
    )


def action(take: Take, staged: StagedAction, new: str, **more: Any) -> Change:
    """Play a performance with another action template."""
    k, _ = take.performance(staged)
    label = f"{take.name(staged.actor)} plays {ACTIONS.label(new)} instead of {ACTIONS.label(staged.action)}"
    ops = [replace_value(f"{take.path}/performances/{k}/action", new)]
    ops += [replace_value(f"{take.path}/performances/{k}/{key}", value) for key, value in more.items()]
    return _by(f"{new}_instead", label, Role.CHARACTER, staged.actor, *ops)


def pace(take: Take, staged: StagedAction, new: str) -> Change:
    k, _ = take.performance(staged)
    return _by(
        f"{new}_pace",
        f"{take.name(staged.actor)} plays {ACTIONS.label(staged.action)} at {new} pace",
        Role.CHARACTER,
        staged.actor,
        replace_value(f"{take.path}/performances/{k}/pace", new),
    )


def mark(take: Take, actor: str, performance: int, key: str, to: str | None) -> Change:
    """Start or end a performance on another mark, or (None) where the action leads."""
    verb = "starts" if key == "start" else "ends"
    where = f"on mark {to}" if to else "where the action leads" if key == "end" else "where the actor is"
    return _by(
        f"{key}_{to or 'free'}",
        f"{take.name(actor)} {verb} {where}",
        Role.CHARACTER,
        actor,
        replace_value(f"{take.path}/performances/{performance}/{key}", to),
    )


def other_marks(
    take: Take, actor: str, performance: int, key: str, near: Array, *, away_from: Iterable[Array] = (), count: int = 3
) -> Iterator[Change]:
    """Marks nearest to `near` (x, z) that keep a metre from every spot in `away_from`."""
    spots = [np.asarray(s, float) for s in away_from]
    now = getattr(take.shot.performances[performance], key)

    def free(m: Mark) -> bool:
        return all(np.hypot(m.x - s[0], m.z - s[1]) >= 1.0 for s in spots)

    ranked = sorted(
        (m for m in take.stage_set.marks if m.id != now and free(m)),
        key=lambda m: (np.hypot(m.x - near[0], m.z - near[1]), m.id),
    )
    for m in ranked[:count]:
        yield mark(take, actor, performance, key, m.id)

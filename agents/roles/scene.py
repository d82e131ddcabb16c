"""The scene: ground, time, weather, and how large things are and where they stand.

Knows sets. Does not know shots, or how the crew talks.
Questions: `scene.set` per set, `scene.prop` per prop, `scene.respond`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from agents.candidates import proposal
from agents.crew import Decision, Proposal
from agents.model import Model
from agents.questions import Choice, Question, ask
from agents.reading import read
from agents.reading.words_en import SIZES
from agents.roles.answering import answer
from agents.roles.blocking import OBSTACLE_ACTIONS, RUN_UP, beats_in, spots
from agents.roles.casting import cast_story
from agents.roles.looks import CJK_SIZES
from agents.roles.outline import shown
from agents.roles.sides import side_spots
from shotplan.plan import Ground, Mark, Prop, ShotPlan, StageSet
from shotplan.rules.finding import Finding, Remedy, Role
from shotplan.vocabulary import PROP_KINDS, TIMES, WEATHERS, usual_size

SCALE = {"tiny": 0.4, "small": 0.7, "normal": 1.0, "large": 1.5, "huge": 2.6}
"""Size classes as multiples of the kind's ordinary size."""
GROUNDS = {
    "flat": Ground(), "slope": Ground(kind="slope", height=0.6, x0=-3.0, x1=3.0), "steps": Ground(kind="steps", height=0.6, x0=1.0, x1=3.0),
    "gap": Ground(kind="gap", height=0.8, x0=-0.4, x1=0.5), "hill": Ground(kind="hill", height=0.7, x0=-4.0, x1=4.0),
}  # fmt: skip


class SceneAgent:
    """One voice of the crew; see `agents.crew.Agent`."""

    id = "scene"
    role = Role.SCENE

    def __init__(self, model: Model, options: Literal["supported", "all"] = "supported") -> None:
        self._model = model
        self._everything = options == "all"

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        """Ground, time and weather of every set, size and spot of every prop. What the script says is kept."""
        brief = plan.brief
        reading = read(brief.script, brief.language, brief.names)
        words = {e.id: e.adjectives for e in cast_story(reading).props}
        questions: list[Question] = []
        for k, stage_set in enumerate(plan.sets):
            scene = reading.scenes[min(k, len(reading.scenes) - 1)]
            crossing = any(b.action in OBSTACLE_ACTIONS for b in beats_in(plan, stage_set.id))
            free = (
                ("flat", "slope", "hill") if stage_set.place in ("mountain", "desert") and not crossing else ("flat",)
            )
            grounds = (*[g for g in scene.grounds if not crossing or g == "gap"], *free) if scene.grounds else free
            fields = {
                "ground": Choice(tuple(dict.fromkeys(grounds))),
                "time": self._unsaid(("day", "dawn", "sunset"), TIMES) if not scene.times else Choice((stage_set.time,)),
                "weather": self._unsaid(("clear", "cloudy", "wind"), WEATHERS)
                if not scene.weathers
                else Choice((stage_set.weather,)),
            }
            text = shown(". ".join(b.span for b in beats_in(plan, stage_set.id)))
            questions.append(
                Question(
                    self.id,
                    "scene.set",
                    fields,
                    {"text": text, "place": stage_set.place, "heard": list(heard)[-4:]},
                    set=stage_set.id,
                )
            )
            for prop in stage_set.props:
                questions.append(self._prop_question(plan, stage_set, prop, words.get(prop.id, [])))
        return proposal(ask(self._model, questions, plan), lambda each: self._written(plan, each))

    def _written(self, plan: ShotPlan, each: Sequence[dict[str, str]]) -> tuple[list[dict[str, Any]], str]:
        said = iter(each)
        patch: list[dict[str, Any]] = []
        changes: list[str] = []
        for k, stage_set in enumerate(plan.sets):
            chosen = next(said)
            ground = GROUNDS[chosen["ground"]]
            if ground != stage_set.ground:
                patch.append(_replace(f"/sets/{k}/ground", ground.model_dump(mode="json")))
            patch += [
                _replace(f"/sets/{k}/{key}", chosen[key])
                for key in ("time", "weather")
                if getattr(stage_set, key) != chosen[key]
            ]
            changes.append(f"{stage_set.id}: {chosen['ground']} ground, {chosen['time']}, {chosen['weather']}")
            marks = {m.id: m for m in stage_set.marks}
            for n, prop in enumerate(stage_set.props):
                sized = next(said)
                patch += _sized(k, n, prop, sized["size"])
                spot = next(s for s in spots(stage_set, prop) if s.name == sized["spot"])
                patch += [
                    _replace(f"/sets/{k}/props/{n}/{axis}", at)
                    for axis, at in (("x", spot.x), ("z", spot.z))
                    if abs(getattr(prop, axis) - at) > 1e-6
                ]
                marks |= _moved_marks(marks, prop, spot.x, spot.z, SCALE[sized["size"]])
                changes.append(f"{prop.id} {sized['size']}")
            if tuple(marks.values()) != stage_set.marks:
                patch.append(_replace(f"/sets/{k}/marks", [m.model_dump(mode="json") for m in marks.values()]))
        return patch, "; ".join(changes)[:300] or "no set yet"

    def _unsaid(self, ordinary: tuple[str, ...], every: Iterable[str]) -> Choice:
        """What the script does not name: something ordinary, or for a good reader whatever it hints at."""
        return Choice(tuple(dict.fromkeys((*ordinary, *every))) if self._everything else ordinary)

    def _prop_question(self, plan: ShotPlan, stage_set: StageSet, prop: Prop, adjectives: Sequence[str]) -> Question:
        size = next((s for a in adjectives for s in (SIZES.get(a) or _cjk_size(a),) if s), "")
        obstacle = any(b.target == prop.id and b.action in OBSTACLE_ACTIONS for b in plan.beats)
        sizes = (
            (size,)
            if size
            else ("normal",)
            if PROP_KINDS[prop.kind].handheld
            else ("normal", "small")
            if obstacle
            else ("normal", "small", "large")
        )
        fields = {"size": Choice(sizes), "spot": Choice(tuple(s.name for s in spots(stage_set, prop)))}
        values = {"name": " ".join([*adjectives, prop.name]), "place": stage_set.place}
        return Question(self.id, "scene.prop", fields, values, set=stage_set.id)

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return answer(self._model, self.role, self.id, plan, objection, remedies, heard)


def _replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _cjk_size(adjective: str) -> str:
    return next((s for han, s in CJK_SIZES.items() if adjective.startswith(han)), "")


def _sized(k: int, n: int, prop: Prop, size: str) -> list[dict[str, Any]]:
    base = usual_size(prop.kind, prop.name)
    new = [round(min(60.0, side * SCALE[size]), 3) for side in base]
    if PROP_KINDS[prop.kind].shape == "log":
        new[2] = base[2]  # a thicker log is not a longer one: it lies across the way
    return [] if tuple(new) == prop.size else [_replace(f"/sets/{k}/props/{n}/size", new)]


def _moved_marks(marks: dict[str, Mark], prop: Prop, x: float, z: float, scale: float) -> dict[str, Mark]:
    """The marks beside a prop at its new size and spot."""
    width, _, depth = usual = usual_size(prop.kind, prop.name)
    half = width * scale / 2
    moved: dict[str, Mark] = {}
    for id, at_x in ((f"before_{prop.id}"[:40], x - half - RUN_UP), (f"after_{prop.id}"[:40], x + half + RUN_UP)):
        if id in marks:
            moved[id] = Mark(id=id, x=round(at_x, 2), z=marks[id].z)
    larger = prop.model_copy(update={"x": x, "z": z, "size": tuple(side * scale for side in usual)})
    moved |= {m.id: m for m in side_spots(larger) if m.id in marks}
    by = f"by_{prop.id}"[:40]
    if by in marks:
        old_half = width / 2
        gap = (prop.x - old_half) - marks[by].x
        deep = depth * (scale - 1) / 2 if marks[by].z > prop.z + 0.1 else 0.0
        moved[by] = Mark(id=by, x=round(x - half - gap, 2), z=round(marks[by].z + (z - prop.z) + deep, 2))
    return {i: m for i, m in moved.items() if m != marks[i]}

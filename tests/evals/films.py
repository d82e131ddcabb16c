"""A case and a plan that does all it demands, so that each test breaks one thing and sees one measure fall."""

from __future__ import annotations

from typing import Any

from evals.score import Case
from evals.score.events import Pairing, pair_events
from evals.score.reading import Reading
from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet

SCRIPT = (
    "On a rainy evening a fox walks from the left of a rock to its right. "
    'It does not eat the apple. "Good night," says the fox, and bows to two cats. The cats laugh.'
)


def case(**changes: Any) -> Case:
    """What a careful reader demands of `SCRIPT`."""
    parts: dict[str, Any] = {
        "id": "fox_and_cats", "language": "en", "script": SCRIPT, "duration": 9.0,
        "things": [
            {"id": "fox", "names": ["fox"], "kinds": ["fox"]},
            {"id": "cats", "names": ["cat"], "kinds": ["cat"], "at_least": 2},
            {"id": "rock", "names": ["rock", "stone"], "kinds": ["rock"], "role": "prop"},
        ],
        "scenes": [{"place": ["field", "forest"], "time": ["sunset", "night"], "weather": ["rain"]}],
        "events": [
            {"words": "a fox walks from the left of a rock to its right", "who": ["fox"], "does": ["walk"], "whom": ["rock", None]},
            {"words": '"Good night," says the fox', "who": ["fox"], "does": ["talk"], "whom": ["cats", None]},
            {"words": "bows to two cats", "who": ["fox"], "does": ["bow"], "whom": ["cats"]},
            {"words": "The cats laugh", "who": ["cats"], "does": ["cheer"], "feels": ["happy"], "everyone": True},
        ],
        "seen": [
            {"a": "fox", "relation": "left_of", "b": "rock", "event": 0, "at": "start"},
            {"a": "fox", "relation": "right_of", "b": "rock", "event": 0, "at": "end"},
        ],
        "camera": [{"event": 3, "moves": ["zoom in"], "sizes": ["full"]}],
        "dialogue": [{"speaker": ["fox"], "line": "Good night,"}],
        "absent": {"cast": ["camera"], "props": ["banana"], "acts": [{"who": ["fox"], "does": ["eat"]}]},
        "lengths": {"shots": [2, 4]},
    }  # fmt: skip
    return Case.model_validate(parts | changes)


def plan() -> ShotPlan:
    """A plan that does it."""
    cast = (
        Character.of_kind("fox", "fox", "fox"), Character.of_kind("cat_1", "cat 1", "cat"), Character.of_kind("cat_2", "cat 2", "cat"),
    )  # fmt: skip
    rock = Prop.of_kind("rock", "rock", "rock", 0.0, -2.0, size=(0.8, 0.5, 0.6))
    meadow = StageSet(id="meadow", name="meadow", place="field", time="sunset", weather="rain", props=(rock,))
    beats = (
        Beat(id="b1", span="a fox walks from the left of a rock to its right", actor="fox", action="walk"),
        Beat(id="b2", span='"Good night," says the fox', actor="fox", action="talk", target="cat_1", line="Good night"),
        Beat(id="b3", span="bows to two cats", actor="fox", action="bow", target="cat_1"),
        Beat(id="b4", span="The cats laugh", actor="cat_1", action="cheer", emotion="happy"),
    )
    cats = (
        Performance(actor="cat_1", action="look", target="fox", start="right"),
        Performance(actor="cat_2", action="look", target="fox", start="far_right"),
    )
    shots = (
        Shot(
            id="s01", set="meadow", beats=("b1",), duration=3.0, camera=CameraSpec(size="extreme_long", subject="fox"),
            performances=(Performance(actor="fox", beat="b1", action="walk", start="center_left", end="center_right"),),
        ),
        Shot(
            id="s02", set="meadow", beats=("b2", "b3"), duration=3.5, camera=CameraSpec(size="full", subject="fox"),
            performances=(
                Performance(actor="fox", beat="b2", action="talk", target="cat_1"),
                Performance(actor="fox", beat="b3", action="bow", target="cat_1"), *cats,
            ),
        ),
        Shot(
            id="s03", set="meadow", beats=("b4",), duration=2.5, camera=CameraSpec(size="full", subject="cat_1", move="zoom_in"),
            performances=(
                Performance(actor="cat_1", beat="b4", action="cheer", emotion="happy"),
                Performance(actor="cat_2", action="cheer", emotion="happy"),
            ),
        ),
    )  # fmt: skip
    brief = Brief.from_text(SCRIPT, duration=9.0)
    return ShotPlan(brief=brief, cast=cast, sets=(meadow,), beats=beats, shots=shots)


def change(plan: ShotPlan, part: str, index: int, **values: Any) -> ShotPlan:
    """The plan with one of its beats, shots, characters or sets changed."""
    parts = list(getattr(plan, part))
    parts[index] = parts[index].model_copy(update=values)
    return plan.model_copy(update={part: tuple(parts)})


def read(plan: ShotPlan, case: Case) -> tuple[Reading, Pairing]:
    reading = Reading.of(case, plan)
    return reading, pair_events(reading)

"""A case: a script and what a careful reader of it demands of any plan.

Knows the shape of a case file and says in one line what is wrong with one. Does not know how anything is measured: each
measure has a file of its own in this folder. Other people's cases are a folder of such JSON files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from shotplan.errors import PlanError
from shotplan.plan import ActionId, EmotionId, PlaceId, ShotSizeId, Slug, TimeId, WeatherId
from shotplan.vocabulary import CHARACTER_KINDS, PROP_KINDS, Language

CASES = Path(__file__).parent.parent / "cases"
"""The project's own cases."""

Relation = Literal["left_of", "right_of", "in_front_of", "behind", "above", "below", "near", "far"]
CameraMotion = Literal[
    "static", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "dolly in", "dolly out", "truck left",
    "truck right", "pedestal up", "pedestal down", "crane up", "crane down", "orbit left", "orbit right", "follow", "handheld",
]  # fmt: skip
"""What a camera path can be classified as (`evals.score.camera_path`)."""


def _known_kind(value: str) -> str:
    if value not in CHARACTER_KINDS and value not in PROP_KINDS:
        raise ValueError(f"{value!r} is neither a character kind nor a prop kind")
    return value


KindId = Annotated[str, AfterValidator(_known_kind)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Thing(Frozen):
    """Somebody or something that the story needs."""

    id: Slug
    names: tuple[str, ...] = Field(min_length=1, description="accepted names, in any language; matched as whole words")
    kinds: tuple[KindId, ...] = Field(default=(), description="accepted kinds of the vocabulary; empty: any")
    role: Literal["cast", "prop", "either"] = Field(
        default="cast", description="`either`: a plan may cast it or stand it there"
    )
    named: bool = Field(default=False, description="has a name of its own, which the plan should keep")
    at_least: int = Field(default=1, ge=1, description="how many of it")
    at_most: int | None = Field(default=None, ge=1, description="None: as many as `at_least`")
    optional: bool = Field(default=False, description="right with or without it")

    @property
    def most(self) -> int:
        return max(self.at_least, self.at_most or 0)


class Event(Frozen):
    """Something that happens. Every list holds alternatives that are all right."""

    words: str = Field(default="", description="the verbatim words of the script that say so")
    who: tuple[str, ...] = Field(
        default=(), description="things, or one of several (`cats.2`); empty: the place alone acts"
    )
    does: tuple[ActionId, ...] = Field(min_length=1)
    whom: tuple[str | None, ...] = Field(
        default=(), description="things it is done to; null: nothing; empty: not judged"
    )
    feels: tuple[EmotionId, ...] = Field(default=(), description="empty: not judged")
    everyone: bool = Field(default=False, description="every one of `who` does it, not just one of them")
    optional: bool = Field(default=False, description="right with or without it")
    step: int | None = Field(default=None, description="events of one step happen at the same time; None: its own step")


class Scene(Frozen):
    """Where and when a stretch of the story plays. Empty: not judged."""

    place: tuple[PlaceId, ...] = ()
    time: tuple[TimeId, ...] = ()
    weather: tuple[WeatherId, ...] = ()


class Seen(Frozen):
    """How two things stand to each other in the picture."""

    a: str
    relation: Relation
    b: str
    event: int | None = Field(
        default=None, ge=0, description="index of the event; None: the first shot that shows both"
    )
    at: Literal["start", "end"] = "start"


class CameraAsk(Frozen):
    """What the script asks of the camera."""

    event: int | None = Field(default=None, ge=0, description="index of the event it goes with; None: any shot will do")
    moves: tuple[CameraMotion, ...] = Field(default=(), description="accepted motions; empty: not judged")
    sizes: tuple[ShotSizeId, ...] = Field(default=(), description="accepted shot sizes; empty: not judged")
    of: tuple[str, ...] = Field(
        default=(), description="the thing whose size is meant; empty: the camera's own subject"
    )


class Spoken(Frozen):
    speaker: tuple[str, ...] = Field(min_length=1, description="things, any of which is right")
    line: str = Field(min_length=1, description="verbatim")


class Act(Frozen):
    """Something that must not happen."""

    who: tuple[str, ...] = Field(default=(), description="empty: anybody")
    does: tuple[ActionId, ...] = Field(min_length=1)
    whom: tuple[str, ...] = Field(default=(), description="empty: whatever it is done to")


class Absent(Frozen):
    """What must not be in the plan."""

    cast: tuple[str, ...] = Field(default=(), description="names that nobody in the cast may have")
    props: tuple[str, ...] = Field(default=(), description="names that no prop may have")
    acts: tuple[Act, ...] = ()


class Lengths(Frozen):
    film: tuple[float, float] | None = Field(default=None, description="least and most seconds")
    shots: tuple[int, int] | None = Field(default=None, description="least and most number of shots")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name in ("film", "shots"):
            bounds = getattr(self, name)
            if bounds is not None and bounds[0] > bounds[1]:
                raise ValueError(f"{name}: the least ({bounds[0]}) is more than the most ({bounds[1]})")
        return self


class Case(Frozen):
    """A script with what is expected of its plan."""

    id: Slug
    language: Language
    split: Literal["dev", "test"] = Field(default="test", description="developers of a reader look at dev cases only")
    tags: tuple[str, ...] = Field(default=(), description="what the case is about, such as `pronoun` or `passive`")
    script: str = Field(min_length=1)
    duration: float | None = Field(
        default=None, gt=0, le=600, description="seconds asked for in the brief; None: as needed"
    )
    things: tuple[Thing, ...] = ()
    scenes: tuple[Scene, ...] = Field(default=(), description="in the order of the story")
    events: tuple[Event, ...] = Field(default=(), description="in the order of the story")
    seen: tuple[Seen, ...] = ()
    camera: tuple[CameraAsk, ...] = ()
    dialogue: tuple[Spoken, ...] = Field(default=(), description="in the order of the script")
    absent: Absent = Absent()
    lengths: Lengths = Lengths()

    def thing(self, reference: str) -> Thing | None:
        """The thing that `fox` or `cats.2` refers to."""
        id, _, member = reference.partition(".")
        found = next((t for t in self.things if t.id == id), None)
        if found is None or (member and not (member.isdigit() and 1 <= int(member) <= found.most)):
            return None
        return found

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [t.id for t in self.things]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"things: repeated ids: {', '.join(repeated)}")
        for where, reference in self._references():
            if self.thing(reference) is None:
                raise ValueError(f"{where}: there is no thing {reference!r}; things: {', '.join(ids) or 'none'}")
        for n, event in enumerate(self.events):
            if event.words and event.words not in self.script:
                raise ValueError(f"events.{n}.words: {event.words!r} is not in the script")
        tied = [(f"seen.{n}", seen.event) for n, seen in enumerate(self.seen)]
        tied += [(f"camera.{n}", ask.event) for n, ask in enumerate(self.camera)]
        for where, index in tied:
            if index is not None and index >= len(self.events):
                raise ValueError(f"{where}.event: there is no event {index}")
        for n, said in enumerate(self.dialogue):
            if said.line not in " ".join(self.script.split()) and said.line not in self.script:
                raise ValueError(f"dialogue.{n}.line: {said.line!r} is not in the script")
        return self

    def _references(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for n, event in enumerate(self.events):
            found += [(f"events.{n}.who", r) for r in event.who]
            found += [(f"events.{n}.whom", r) for r in event.whom if r is not None]
        for n, seen in enumerate(self.seen):
            found += [(f"seen.{n}.a", seen.a), (f"seen.{n}.b", seen.b)]
        for n, ask in enumerate(self.camera):
            found += [(f"camera.{n}.of", r) for r in ask.of]
        for n, said in enumerate(self.dialogue):
            found += [(f"dialogue.{n}.speaker", r) for r in said.speaker]
        for n, act in enumerate(self.absent.acts):
            found += [(f"absent.acts.{n}", r) for r in (*act.who, *act.whom)]
        return found


def read_case(path: Path) -> Case:
    """The case in a JSON file. Raises `PlanError` that names the field."""
    try:
        return Case.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PlanError(f"the case cannot be read: {error.strerror}", where=str(path), todo="check the path") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise PlanError(
            f"the case is not valid: {field + ': ' if field else ''}{message}",
            where=str(path),
            todo="mend that field; `ekonte score --schema` prints the shape of a case",
        ) from error


def read_cases(folder: Path, split: Literal["dev", "test", "all"] = "all") -> list[Case]:
    """Every case below a folder, by id. Raises `PlanError` when one is bad, two share an id, or there is none."""
    if not folder.is_dir():
        raise PlanError("there is no folder of cases", where=str(folder), todo="give a folder of case files (JSON)")
    found: dict[str, Case] = {}
    for path in sorted(folder.rglob("*.json")):
        case = read_case(path)
        if case.id in found:
            raise PlanError(f"two cases have the id {case.id!r}", where=str(path), todo="give one of them another id")
        found[case.id] = case
    chosen = [c for c in found.values() if split in ("all", c.split)]
    if not chosen:
        raise PlanError(
            f"the folder holds no {'' if split == 'all' else split + ' '}cases",
            where=str(folder),
            todo="give a folder of case files (JSON)",
        )
    return chosen


def case_schema() -> dict[str, Any]:
    """JSON Schema of a case file."""
    return Case.model_json_schema()

"""The shot plan: pure data that the crew negotiates.

Knows the shape of a plan, its ids and that references resolve. Does not know metres per frame (staging), whether the plan
is any good (rules), or who wrote it (graph).
Units: metres, seconds, degrees. Stage axes: right-handed, Y up, +X stage left to right as the audience sees it, +Z toward
the audience; the floor is y = 0.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shotplan.brief import Brief
from shotplan.characters.known import Adapter
from shotplan.ids import HexColor, Slug
from shotplan.vocabulary import (
    ACTIONS,
    ANGLES,
    CHARACTER_KINDS,
    EMOTIONS,
    LENSES,
    MOVES,
    PLACES,
    PROP_KINDS,
    SHOT_SIZES,
    SIDES,
    TIMES,
    WEATHERS,
    Vocabulary,
    usual_size,
)


def _word(vocabulary: Vocabulary) -> AfterValidator:
    def check(value: str) -> str:
        if value not in vocabulary:
            raise ValueError(f"{value!r} is not a {vocabulary.name}; choose one of: {', '.join(vocabulary)}")
        return value

    return AfterValidator(check)


ActionId = Annotated[str, _word(ACTIONS)]
EmotionId = Annotated[str, _word(EMOTIONS)]
CharacterKindId = Annotated[str, _word(CHARACTER_KINDS)]
PropKindId = Annotated[str, _word(PROP_KINDS)]
PlaceId = Annotated[str, _word(PLACES)]
TimeId = Annotated[str, _word(TIMES)]
WeatherId = Annotated[str, _word(WEATHERS)]
ShotSizeId = Annotated[str, _word(SHOT_SIZES)]
AngleId = Annotated[str, _word(ANGLES)]
MoveId = Annotated[str, _word(MOVES)]
SideId = Annotated[str, _word(SIDES)]
LensId = Annotated[str, _word(LENSES)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Frozen):
    """What a character's body can do."""

    walk_speed: float = Field(gt=0, le=10, description="m/s")
    run_speed: float = Field(gt=0, le=40, description="m/s")
    jump_height: float = Field(ge=0, le=20, description="highest obstacle a running jump clears, m")
    jump_distance: float = Field(ge=0, le=40, description="ground a running jump covers, m")
    reach: float = Field(gt=0, le=10, description="body axis to hand, paw or beak at full stretch, m")


class Character(Frozen):
    """One member of the cast."""

    id: Slug
    name: str = Field(min_length=1, max_length=80, description="as the script calls them")
    kind: CharacterKindId
    height: float = Field(gt=0.05, le=20, description="ground to top of head, standing, m")
    look: str = Field(default="", max_length=400, description="in words, for prompts")
    palette: tuple[HexColor, HexColor, HexColor, HexColor]
    references: tuple[str, ...] = Field(default=(), description="pictures, absolute paths")
    references_digest: str = Field(default="", description="SHA-256 over the pictures' contents, when a film was last made")
    adapters: tuple[Adapter, ...] = Field(default=(), description="what was trained to draw this character")
    limits: Limits

    @classmethod
    def of_kind(cls, id: str, name: str, kind: str, **changes: object) -> Character:
        """A character with its kind's ordinary body: height (m), palette and limits."""
        k = CHARACTER_KINDS[kind]
        limits = Limits(walk_speed=k.walk, run_speed=k.run, jump_height=k.jump, jump_distance=k.leap, reach=k.reach)
        base: dict[str, object] = {
            "id": id, "name": name, "kind": kind, "height": k.height, "palette": k.palette, "limits": limits,
        }  # fmt: skip
        return cls.model_validate(base | changes)


class Ground(Frozen):
    """Ground height along X, the same at every Z.

    `flat`: 0. `slope`: rises by `height` between `x0` and `x1`. `steps`: the same rise in equal stairs.
    `gap`: drops by `height` (a hole) between `x0` and `x1`. `hill`: a smooth rise to `height` midway between `x0` and `x1`.
    """

    kind: Literal["flat", "slope", "steps", "gap", "hill"] = "flat"
    height: float = Field(default=0.0, ge=-5, le=5, description="m")
    x0: float = Field(default=-2.0, description="m")
    x1: float = Field(default=2.0, description="m")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.x1 <= self.x0:
            raise ValueError(f"ground x1 ({self.x1} m) must be greater than x0 ({self.x0} m)")
        return self


class Mark(Frozen):
    """A named spot on the stage floor."""

    id: Slug
    x: float = Field(ge=-50, le=50, description="m")
    z: float = Field(ge=-50, le=50, description="m")


class Prop(Frozen):
    """A thing on the stage: its base centre stands on the ground at (x, z)."""

    id: Slug
    name: str = Field(min_length=1, max_length=80)
    kind: PropKindId
    size: tuple[float, float, float] = Field(description="width (X), height (Y), depth (Z) before turning, m")
    x: float = Field(ge=-50, le=50)
    z: float = Field(ge=-50, le=50)
    yaw: float = Field(default=0.0, ge=-360, le=360, description="degrees about +Y")
    held_by: Slug | None = Field(default=None, description="character in whose hand it is when the set is first seen")

    @model_validator(mode="after")
    def _has_size(self) -> Self:
        if min(self.size) <= 0 or max(self.size) > 60:
            raise ValueError(f"prop {self.id!r} has size {self.size} m; each side must be over 0 and at most 60")
        return self

    @classmethod
    def of_kind(cls, id: str, name: str, kind: str, x: float, z: float, **changes: object) -> Prop:
        base: dict[str, object] = {"id": id, "name": name, "kind": kind, "size": usual_size(kind, name), "x": x, "z": z}
        return cls.model_validate(base | changes)


STANDARD_MARKS: tuple[Mark, ...] = (
    Mark(id="far_left", x=-6.0, z=0.0), Mark(id="left", x=-3.0, z=0.0), Mark(id="center_left", x=-1.2, z=0.0),
    Mark(id="center", x=0.0, z=0.0), Mark(id="center_right", x=1.2, z=0.0), Mark(id="right", x=3.0, z=0.0),
    Mark(id="far_right", x=6.0, z=0.0), Mark(id="back_left", x=-2.5, z=-2.5), Mark(id="back", x=0.0, z=-2.5),
    Mark(id="back_right", x=2.5, z=-2.5), Mark(id="front_left", x=-2.0, z=1.8), Mark(id="front", x=0.0, z=1.8),
    Mark(id="front_right", x=2.0, z=1.8),
)  # fmt: skip


class StageSet(Frozen):
    """A place where shots happen."""

    id: Slug
    name: str = Field(min_length=1, max_length=80)
    place: PlaceId
    ground: Ground = Ground()
    width: float = Field(default=16.0, gt=2, le=100, description="stage extent along X, centred on 0, m")
    depth: float = Field(default=8.0, gt=2, le=100, description="stage extent along Z, centred on 0, m")
    props: tuple[Prop, ...] = ()
    marks: tuple[Mark, ...] = STANDARD_MARKS
    time: TimeId = "day"
    weather: WeatherId = "clear"

    def mark(self, id: str) -> Mark | None:
        return next((m for m in self.marks if m.id == id), None)

    def prop(self, id: str) -> Prop | None:
        return next((p for p in self.props if p.id == id), None)


class Beat(Frozen):
    """One thing that happens, with the words of the script that say so."""

    id: Slug
    span: str = Field(min_length=1, description="verbatim words of the script")
    actor: Slug | None = Field(default=None, description="character; None for a beat about the place alone")
    action: ActionId
    target: Slug | None = Field(default=None, description="character or prop id")
    emotion: EmotionId = "neutral"
    intensity: float = Field(default=0.6, ge=0, le=1)
    line: str = Field(default="", description="dialogue, verbatim")


class Performance(Frozen):
    """What one character does in one shot, in order; several performances of one actor follow each other in time."""

    actor: Slug
    beat: Slug | None = Field(default=None, description="the beat this plays; None for presence alone")
    action: ActionId
    target: Slug | None = Field(default=None, description="character, prop or mark id")
    start: Slug | None = Field(default=None, description="mark id; None: wherever the actor is")
    end: Slug | None = Field(default=None, description="mark id; None: where the action leads")
    pace: Literal["slow", "normal", "fast"] = "normal"
    emotion: EmotionId = "neutral"
    intensity: float = Field(default=0.6, ge=0, le=1)


class CameraSpec(Frozen):
    """How the camera sees a shot, in words that staging solves for."""

    size: ShotSizeId = "full"
    angle: AngleId = "eye_level"
    move: MoveId = "static"
    lens: LensId = "normal"
    subject: Slug | None = Field(default=None, description="character or prop framed; None: everyone who acts")
    side: SideId = "audience"


class Shot(Frozen):
    """One continuous take."""

    id: Slug
    set: Slug
    beats: tuple[Slug, ...] = ()
    duration: float = Field(gt=0, le=60, description="seconds")
    performances: tuple[Performance, ...] = ()
    camera: CameraSpec = CameraSpec()
    transition: Literal["cut", "dissolve", "fade"] = Field(default="cut", description="into this shot")
    notes: str = ""


class ShotPlan(Frozen):
    """The whole plan at one revision. References between its parts always resolve."""

    version: Literal[1] = 1
    revision: int = Field(default=0, ge=0)
    brief: Brief
    cast: tuple[Character, ...] = ()
    sets: tuple[StageSet, ...] = ()
    beats: tuple[Beat, ...] = ()
    shots: tuple[Shot, ...] = ()

    def character(self, id: str) -> Character | None:
        return next((c for c in self.cast if c.id == id), None)

    def stage_set(self, id: str) -> StageSet | None:
        return next((s for s in self.sets if s.id == id), None)

    def beat(self, id: str) -> Beat | None:
        return next((b for b in self.beats if b.id == id), None)

    def shot(self, id: str) -> Shot | None:
        return next((s for s in self.shots if s.id == id), None)

    @property
    def duration(self) -> float:
        """Seconds of all shots."""
        return sum(shot.duration for shot in self.shots)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        for what, parts in (("cast", self.cast), ("sets", self.sets), ("beats", self.beats), ("shots", self.shots)):
            ids = [part.id for part in parts]
            repeated = sorted({i for i in ids if ids.count(i) > 1})
            if repeated:
                raise ValueError(f"/{what} has repeated ids: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _references_resolve(self) -> Self:
        cast = {c.id for c in self.cast}
        beats = {b.id for b in self.beats}
        props = {p.id for s in self.sets for p in s.props}
        for n, stage_set in enumerate(self.sets):
            for k, prop in enumerate(stage_set.props):
                if prop.held_by is not None and prop.held_by not in cast:
                    raise ValueError(f"/sets/{n}/props/{k}/held_by: {prop.held_by!r} is not in the cast")
        for n, beat in enumerate(self.beats):
            if beat.actor is not None and beat.actor not in cast:
                raise ValueError(f"/beats/{n}/actor: {beat.actor!r} is not in the cast ({', '.join(sorted(cast)) or 'empty'})")
        for n, shot in enumerate(self.shots):
            at = f"/shots/{n}"
            place = self.stage_set(shot.set)
            if place is None:
                raise ValueError(f"{at}/set: there is no set {shot.set!r}")
            marks = {m.id for m in place.marks}
            for beat_id in shot.beats:
                if beat_id not in beats:
                    raise ValueError(f"{at}/beats: there is no beat {beat_id!r}")
            for k, p in enumerate(shot.performances):
                if p.actor not in cast:
                    raise ValueError(f"{at}/performances/{k}/actor: {p.actor!r} is not in the cast")
                if p.beat is not None and p.beat not in beats:
                    raise ValueError(f"{at}/performances/{k}/beat: there is no beat {p.beat!r}")
                if p.target is not None and p.target not in cast | props | marks:
                    raise ValueError(f"{at}/performances/{k}/target: {p.target!r} is no character, prop or mark")
                for key in ("start", "end"):
                    mark = getattr(p, key)
                    if mark is not None and mark not in marks:
                        raise ValueError(f"{at}/performances/{k}/{key}: set {shot.set!r} has no mark {mark!r}")
            if shot.camera.subject is not None and shot.camera.subject not in cast | props:
                raise ValueError(f"{at}/camera/subject: {shot.camera.subject!r} is no character or prop")
        return self

"""The camera: size, angle, move, lens, subject and side of every shot, and re-framing when the action changes.

Knows what a shot is for and which framings serve that. Does not know where the camera ends up: staging solves it.
Questions: `camera.shot` per shot, `camera.reframe` per shot that changed, `camera.respond`.
Sources for what serves what: Katz, "Film Directing: Shot by Shot" (1991); Mascelli, "The Five C's of Cinematography" (1965).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from agents.candidates import proposal
from agents.crew import Decision, Proposal
from agents.model import Model
from agents.questions import Choice, Question, Words, ask
from agents.reading.camera_words import camera_order
from agents.roles.answering import answer
from agents.roles.outline import Reader, shown
from agents.roles.sides import marks_of
from shotplan.plan import CameraSpec, Shot, ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role
from shotplan.vocabulary import ACTIONS, ANGLES, LENSES, MOVES, SHOT_SIZES, Language, Vocabulary
from shotplan.vocabulary import SIDES as ALL_SIDES

EVERYONE = "everyone"
VOCABULARIES: dict[str, Vocabulary[Any]] = {
    "size": SHOT_SIZES, "angle": ANGLES, "move": MOVES, "lens": LENSES, "side": ALL_SIDES,
}  # fmt: skip
SIDES = ("audience", "audience_right", "audience_left")
"""Sides that never cross the line of action of people who face each other along the stage."""
SERVES: dict[str, dict[str, tuple[str, ...]]] = {
    "establishing": {
        "size": ("long", "full", "extreme_long"),
        "angle": ("eye_level", "high"),
        "move": ("static", "dolly_in", "crane_up"),
        "lens": ("wide", "normal"),
    },
    "travel": {
        "size": ("full", "long", "medium_long"),
        "angle": ("eye_level", "low"),
        "move": ("follow", "static"),
        "lens": ("normal", "wide"),
    },
    "leap": {
        "size": ("long", "extreme_long"),
        "angle": ("low", "eye_level"),
        "move": ("follow", "static"),
        "lens": ("wide", "normal"),
    },
    "climb": {
        "size": ("medium_long", "full"),
        "angle": ("eye_level", "low"),
        "move": ("pedestal_up", "follow", "static"),
        "lens": ("normal", "long"),
    },
    "reaction": {
        "size": ("close_up", "medium_close", "medium"),
        "angle": ("eye_level", "low"),
        "move": ("dolly_in", "static", "zoom_in"),
        "lens": ("long", "normal"),
    },
    "dialogue": {
        "size": ("medium", "medium_close", "close_up"),
        "angle": ("eye_level", "over_shoulder"),
        "move": ("static", "dolly_in"),
        "lens": ("normal", "long"),
    },
    "together": {
        "size": ("full", "medium_long"),
        "angle": ("eye_level", "low"),
        "move": ("static", "handheld", "dolly_in"),
        "lens": ("normal", "wide"),
    },
    "handling": {
        "size": ("medium", "medium_long", "medium_close"),
        "angle": ("eye_level", "high"),
        "move": ("static", "dolly_in"),
        "lens": ("normal", "long"),
    },
    "place": {
        "size": ("long", "extreme_long"),
        "angle": ("eye_level", "high"),
        "move": ("static", "dolly_in"),
        "lens": ("wide", "normal"),
    },
    "presence": {
        "size": ("medium_long", "medium", "full"),
        "angle": ("eye_level", "low"),
        "move": ("static", "dolly_in"),
        "lens": ("normal", "long"),
    },
}
"""What serves each kind of shot, most usual first."""
REASONS: dict[str, dict[Language, str]] = {
    "establishing": {"en": "shows where we are", "zh": "交代我们在哪里", "ja": "どこにいるかを見せる"},
    "travel": {"en": "goes with the movement", "zh": "跟上动作", "ja": "動きについていく"},
    "leap": {"en": "makes the leap tall", "zh": "让跳跃显得更高", "ja": "跳躍を高く見せる"},
    "climb": {"en": "rises with the climb", "zh": "随攀爬上升", "ja": "登りとともに上がる"},
    "reaction": {"en": "shows the feeling in the face", "zh": "表现脸上的感情", "ja": "顔の感情を見せる"},
    "dialogue": {"en": "shows who speaks", "zh": "表现谁在说话", "ja": "話し手を見せる"},
    "together": {"en": "keeps both in frame", "zh": "让两人都在画面里", "ja": "二人を画面に収める"},
    "handling": {"en": "shows hands and thing", "zh": "表现手和东西", "ja": "手と物を見せる"},
    "place": {"en": "shows the place", "zh": "表现地点", "ja": "場所を見せる"},
    "presence": {"en": "shows the body", "zh": "表现身体", "ja": "体を見せる"},
}
"""Why a kind of shot is usually framed as it is, as the prompt says it."""


class CameraAgent:
    """One voice of the crew; see `agents.crew.Agent`."""

    id = "camera"
    role = Role.CAMERA

    def __init__(self, model: Model, options: Literal["supported", "all"] = "supported") -> None:
        self._model = model
        self._reader = Reader(options == "supported")

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        """A camera for every shot; after a change, only for the shots that it concerns."""
        changed = concerned(plan, heard)
        name = "camera.reframe" if heard else "camera.shot"
        questions, sizes = [], [s.camera.size for s in plan.shots]
        for k in changed:
            question, first = self._question(plan, k, name, sizes, heard)
            sizes[k] = first
            questions.append(question)
        answers = ask(self._model, questions, plan)
        return proposal(answers, lambda each: self._written(plan, changed, each, again=bool(heard)), separable=True)

    def _written(
        self, plan: ShotPlan, changed: Sequence[int], each: Sequence[dict[str, str]], *, again: bool
    ) -> tuple[list[dict[str, Any]], str]:
        patch: list[dict[str, Any]] = []
        said_of: list[str] = []
        for k, said in zip(changed, each, strict=True):
            spec = CameraSpec.model_validate(
                said | {"subject": None if said["subject"] == EVERYONE else said["subject"]}
            )
            if spec != plan.shots[k].camera:
                patch.append({"op": "replace", "path": f"/shots/{k}/camera", "value": spec.model_dump(mode="json")})
                said_of.append(f"{plan.shots[k].id} {spec.size} {spec.angle} {spec.move}")
        intent = ("re-framed " if again else "") + "; ".join(said_of)
        return patch, intent[:300] if said_of else "the framing still serves"

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return answer(self._model, self.role, self.id, plan, objection, remedies, heard)

    def _question(
        self, plan: ShotPlan, k: int, name: str, sizes: Sequence[str], heard: Sequence[str]
    ) -> tuple[Question, str]:
        shot = plan.shots[k]
        purpose = purpose_of(plan, k)
        serves = SERVES[purpose]
        size = _varied(serves["size"], sizes, k)
        moves = serves["move"]
        if purpose == "establishing" and _travels(plan, shot):
            moves = ("follow", *[m for m in moves if m != "follow"])
        subjects = _subjects(plan, shot, purpose)
        angles = (
            serves["angle"]
            if subjects[0] != EVERYONE and len(_people(plan, shot)) > 1
            else tuple(a for a in serves["angle"] if a != "over_shoulder")
        )
        sides = SIDES if purpose not in ("travel", "leap") else ("audience", "audience_left")
        if purpose in ("reaction", "dialogue"):
            sides = ("audience_left", "audience") if k % 2 else ("audience_right", "audience")
        if name == "camera.reframe":
            moves, angles, lenses = _again(
                shot.camera, moves, angles, serves["lens"], rejected=any("rejected" in line for line in heard)
            )
        else:
            lenses = serves["lens"]
        asked = camera_order(shot.notes, plan.brief.language)
        usual = {"size": size, "angle": angles, "move": moves, "lens": lenses, "side": sides}
        fields: dict[str, Choice | Words] = {}
        for key, options in usual.items():
            said = getattr(asked, key)
            if not shot.notes:
                fields[key] = Choice(options)
            else:
                fields[key] = self._reader.choice((said,) if said else options, VOCABULARIES[key])
        fields["subject"] = Choice(_named_first(plan, shot, subjects))
        size = fields["size"].options  # type: ignore[union-attr]
        fields = {key: fields[key] for key in ("size", "angle", "move", "lens", "subject", "side")}
        beats = [b.span for b in (plan.beat(i) for i in shot.beats) if b is not None]
        spans = shown(" / ".join(dict.fromkeys([*beats, *([shot.notes] if shot.notes else [])])))
        values = {
            "clause": spans,
            "purpose": purpose,
            "hint": f"{size[0]} {REASONS[purpose][plan.brief.language]}",
            "seconds": shot.duration,
            "vocabulary": self._reader.lists(**VOCABULARIES),
            "heard": list(heard)[-4:],
            "now": f"{shot.camera.size}, {shot.camera.angle}, {shot.camera.move}, {shot.camera.lens}",
        }
        return Question(self.id, name, fields, values, set=shot.set), size[0]


def concerned(plan: ShotPlan, heard: Sequence[str]) -> list[int]:
    """Indices of the shots that what was heard is about; all shots when nothing was heard or nothing is named."""
    everything = list(range(len(plan.shots)))
    if not heard:
        return everything
    pointed = {int(n) for n in re.findall(r"/shots/(\d+)", " ".join(heard)) if int(n) < len(everything)}
    if pointed:
        return sorted(pointed)
    words = set(re.findall(r"[a-z][a-z0-9_]*", " ".join(heard).lower()))
    named = [k for k in everything if plan.shots[k].id in words]
    if named:
        return named
    props = {p.id for s in plan.sets for p in s.props} & words
    cast = {c.id for c in plan.cast} & words
    about = [k for k in everything if props & _things(plan, plan.shots[k])] or [
        k for k in everything if cast & set(_people(plan, plan.shots[k]))
    ]
    return about or everything


def purpose_of(plan: ShotPlan, k: int) -> str:
    """What a shot is for: the first key of `SERVES` that fits."""
    shot = plan.shots[k]
    beats = [b for b in (plan.beat(i) for i in shot.beats) if b is not None]
    actions = {p.action for p in shot.performances if p.beat is not None} or {b.action for b in beats}
    first_here = all(s.set != shot.set for s in plan.shots[:k])
    if not any(b.actor for b in beats):
        return "place"
    if any(b.line for b in beats):
        return "dialogue"
    if actions & {"jump_over", "jump_onto"}:
        return "leap"
    if actions & {"climb_over", "climb_onto"}:
        return "climb"
    if first_here:
        return "establishing"
    if any(ACTIONS[a].travels for a in actions):
        return "travel"
    if any(b.target and plan.character(b.target) for b in beats) and actions & {
        "fight",
        "hug",
        "dance",
        "shake_hands",
        "kiss",
        "give",
        "chase",
        "follow",
    }:
        return "together"
    if any(b.emotion != "neutral" for b in beats) or actions <= {"look", "think", "cry", "nod", "shake_head"}:
        return "reaction"
    if any(ACTIONS[a].family == "object" for a in actions):
        return "handling"
    return "presence"


def _varied(sizes: tuple[str, ...], taken: Sequence[str], k: int) -> tuple[str, ...]:
    """The same sizes, with one first that does not make three in a row."""
    if k >= 2 and taken[k - 1] == taken[k - 2] == sizes[0] and len(sizes) > 1:
        return (*sizes[1:], sizes[0])
    return sizes


def _again(
    now: CameraSpec, moves: tuple[str, ...], angles: tuple[str, ...], lenses: tuple[str, ...], *, rejected: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Options for a second look: what serves and is not what is there comes first; a following camera goes on following.

    After a rejected framing, what is there comes first instead.
    """

    def ordered(options: tuple[str, ...], current: str) -> tuple[str, ...]:
        others = tuple(o for o in options if o != current)
        return (current, *others) if rejected or not others else (*others, current)

    moves = (now.move,) if now.move == "follow" and not rejected else ordered(moves, now.move)
    return moves, ordered(angles, now.angle), ordered(lenses, now.lens)


def _travels(plan: ShotPlan, shot: Shot) -> bool:
    return any(ACTIONS[b.action].travels for b in (plan.beat(i) for i in shot.beats) if b is not None)


def _people(plan: ShotPlan, shot: Shot) -> list[str]:
    beats = [b for b in (plan.beat(i) for i in shot.beats) if b is not None]
    ids = [
        *[i for b in beats for i in (b.actor, b.target)],
        *[p.actor for p in shot.performances if p.beat is not None],
    ]
    return list(dict.fromkeys(i for i in ids if i is not None and plan.character(i) is not None))


def _things(plan: ShotPlan, shot: Shot) -> set[str]:
    beats = [b for b in (plan.beat(i) for i in shot.beats) if b is not None]
    return {
        str(t)
        for t in [*[b.target for b in beats], *[p.target for p in shot.performances]]
        if t and plan.character(t) is None
    }


def _stood_beside(plan: ShotPlan, shot: Shot) -> str | None:
    """A large thing beside which the shot's beats put somebody: framing it shows on which side they are."""
    stage_set = plan.stage_set(shot.set)
    for beat in (plan.beat(i) for i in shot.beats):
        actor = plan.character(beat.actor) if beat is not None and beat.actor else None
        if beat is None or actor is None or stage_set is None:
            continue
        for mark in marks_of(plan, stage_set, beat):
            prop = next((p for p in stage_set.props if mark is not None and mark.endswith(f"_of_{p.id}")), None)
            if prop is not None and max(prop.size[:2]) > 1.5 * actor.height:
                return prop.id
    return None


def _named_first(plan: ShotPlan, shot: Shot, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Whom or what the shot's notes name, before whoever is usual."""
    words = shot.notes.casefold()
    stage_set = plan.stage_set(shot.set)
    present = [(c.id, c.name) for c in plan.cast if c.id in _people(plan, shot)]
    present += [(p.id, p.name) for p in stage_set.props] if stage_set else []
    named = [id for id, name in present if words and re.search(rf"(?<![a-z]){re.escape(name.casefold())}(?![a-z])", words)]
    return tuple(dict.fromkeys(named[:1])) or subjects


def _subjects(plan: ShotPlan, shot: Shot, purpose: str) -> tuple[str, ...]:
    people = _people(plan, shot)
    if not people:
        stage_set = plan.stage_set(shot.set)
        props = [t for t in sorted(_things(plan, shot)) if stage_set is not None and stage_set.prop(t) is not None]
        return tuple(props[:2]) or (EVERYONE,)
    beside = _stood_beside(plan, shot)
    if beside is not None:
        return (beside,)
    if purpose == "together":
        return (EVERYONE,) if len(people) > 1 else (people[0],)
    if purpose == "establishing" and len(people) > 1:
        return (EVERYONE, people[0])
    return (people[0],)

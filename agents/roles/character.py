"""A character: plays its own beats, and is there when others act with it. One agent per cast member.

Knows its own body, beats and marks. Does not write anybody else's part.
Questions: `character.play` per beat, `character.attend` per shot without a beat of its own, `character.respond`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from agents.candidates import proposal
from agents.crew import Decision, Proposal
from agents.model import Model
from agents.questions import Choice, Question, ask
from agents.reading.positions import names_a_position
from agents.roles.answering import answer
from agents.roles.blocking import destination, zones
from agents.roles.casting import MUTUAL
from agents.roles.outline import shown
from agents.roles.sides import marks_of
from shotplan.errors import NegotiationError
from shotplan.plan import Beat, Character, Performance, Shot, ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role
from shotplan.vocabulary import ACTIONS

HERE = "stay"
"""The answer that leaves a start or end to where the actor is."""
STRENGTH = {"slightly": 0.4, "clearly": 0.6, "strongly": 0.9}
FEELINGS = {
    "cheer": ("happy", "excited"),
    "cry": ("sad",),
    "hug": ("happy", "calm"),
    "fight": ("angry", "proud"),
    "chase": ("excited", "angry"),
    "hide": ("afraid", "worried"),
    "sneak": ("worried", "calm"),
    "dance": ("happy", "excited"),
    "fall": ("surprised", "afraid"),
    "jump_over": ("excited", "neutral"),
    "jump_up": ("excited", "happy"),
    "jump_onto": ("excited", "neutral"),
    "leave": ("calm", "sad"),
    "lie": ("tired", "calm"),
    "bow": ("calm", "proud"),
    "wave": ("happy", "neutral"),
    "think": ("worried", "calm"),
    "pray": ("calm", "worried"),
    "kiss": ("happy", "calm"),
    "run": ("neutral", "excited"),
    "look": ("neutral", "surprised"),
    "read": ("calm", "neutral"),
}


class CharacterAgent:
    """One voice of the crew; see `agents.crew.Agent`."""

    role = Role.CHARACTER

    def __init__(self, id: str, model: Model, options: Literal["supported", "all"] = "supported") -> None:
        self.id = id
        self._model = model
        self._everything = options == "all"

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        """Performances of this character in every shot where it acts or is present; nothing else is touched."""
        me = plan.character(self.id)
        if me is None:
            raise NegotiationError(
                f"there is no character {self.id!r} in the cast", where="/cast", todo="let the director cast it first"
            )
        questions: list[Question] = []
        roles: list[tuple[int, Beat | None, str | None]] = []
        at: dict[str, str | None] = {}
        seen: set[str] = set()
        gone: set[str] = set()
        for k, shot in enumerate(plan.shots):
            own = [b for b in (plan.beat(i) for i in shot.beats) if b is not None and b.actor == self.id]
            first = shot.set not in seen
            starts = zones(plan, shot.set).get(self.id, ("center",)) if first else (HERE,)
            if own:
                for beat in own:
                    here = at.get(shot.set, starts[0])
                    ends = tuple(m or HERE for m in destination(plan, shot.set, beat, here, way(me, beat, shot)))
                    starts, ends = _as_said(plan, shot, beat, starts, ends)
                    questions.append(self._play(plan, shot, beat, starts, ends, heard))
                    roles.append((k, beat, None))
                    at[shot.set] = ends[0] if ends[0] != HERE else at.get(shot.set, starts[0])
                    starts = (HERE,)
                    if beat.action == "leave":
                        gone.add(shot.set)
                seen.add(shot.set)
                continue
            partner = next(
                (b for b in (plan.beat(i) for i in shot.beats) if b is not None and b.target == self.id), None
            )
            after_me = partner is None and shot.set in seen and shot.set not in gone and len(_people(plan, shot)) < 3
            if partner is None and not after_me:
                continue
            questions.append(self._attend(plan, shot, partner, starts, heard))
            roles.append((k, None, (partner.actor if partner else next(iter(_people(plan, shot)), None))))
            at.setdefault(shot.set, starts[0])
            seen.add(shot.set)
        answers = ask(self._model, questions, plan)
        return proposal(answers, lambda each: self._parts(plan, me.name, roles, each))

    def _parts(
        self,
        plan: ShotPlan,
        name: str,
        roles: Sequence[tuple[int, Beat | None, str | None]],
        each: Sequence[dict[str, str]],
    ) -> tuple[list[dict[str, Any]], str]:
        mine: dict[int, list[Performance]] = {}
        for (k, played, facing), said in zip(roles, each, strict=True):
            mine.setdefault(k, []).append(self._performance(plan, plan.shots[k], played, facing, said))
        patch = [op for k in range(len(plan.shots)) for op in self._written(plan.shots[k], k, mine.get(k, []))]
        beats = sum(b is not None for _, b, _ in roles)
        return patch, f"{name} plays {beats} beats in {len(mine)} shots"

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return answer(self._model, self.role, self.id, plan, objection, remedies, heard)

    def _play(
        self, plan: ShotPlan, shot: Shot, beat: Beat, starts: Sequence[str], ends: Sequence[str], heard: Sequence[str]
    ) -> Question:
        template = ACTIONS[beat.action]
        felt = (
            (beat.emotion,)
            if beat.emotion != "neutral"
            else tuple(dict.fromkeys((*FEELINGS.get(beat.action, ("neutral", "calm")), "neutral")))
        )
        pace: tuple[str, ...] = ("normal", "slow", "fast") if template.travels else ("normal",)
        if template.gait in ("run", "fly") and beat.action not in ("jump_over", "jump_onto"):
            pace = ("normal", "fast")
        elif beat.action in ("jump_over", "jump_onto", "climb_over", "climb_onto"):
            pace = ("normal",)
        strength = ("strongly",) if beat.intensity > 0.8 else ("clearly", "slightly", "strongly")
        stage_set = plan.stage_set(shot.set)
        if self._everything and stage_set is not None and names_a_position(beat.span, plan.brief.language):
            marks = [m.id for m in stage_set.marks]
            starts = tuple(dict.fromkeys((*starts, *marks, HERE)))
            ends = tuple(dict.fromkeys((*ends, *marks, HERE)))
        fields = {
            "start": Choice(tuple(starts)),
            "end": Choice(tuple(ends)),
            "pace": Choice(pace),
            "emotion": Choice(felt),
            "strength": Choice(strength),
        }
        return Question(
            self.id,
            "character.play",
            fields,
            {
                "name": _name(plan, self.id),
                "clause": shown(beat.span),
                "action": template.label("en"),
                "seconds": shot.duration,
                "heard": list(heard)[-4:],
            },
            set=shot.set,
        )

    def _attend(
        self, plan: ShotPlan, shot: Shot, partner: Beat | None, starts: Sequence[str], heard: Sequence[str]
    ) -> Question:
        if partner is not None and partner.action in MUTUAL:
            actions: tuple[str, ...] = (partner.action,)
        elif partner is not None and partner.action == "chase":
            actions = ("run",)
        elif partner is not None and partner.line:
            actions = ("look", "nod")
        else:
            actions = ("look", "stand")
        span = (
            partner.span if partner else " ".join(b.span for b in (plan.beat(i) for i in shot.beats) if b is not None)
        )
        felt = (
            FEELINGS["fight"]
            if partner is not None and partner.action == "fight"
            else ("afraid", "worried")
            if "run" in actions
            else ("neutral", "calm", "happy", "surprised", "worried")
        )
        fields = {"start": Choice(tuple(starts)), "action": Choice(actions), "emotion": Choice(felt)}
        return Question(
            self.id,
            "character.attend",
            fields,
            {"name": _name(plan, self.id), "clause": shown(span), "heard": list(heard)[-4:]},
            set=shot.set,
        )

    def _performance(
        self, plan: ShotPlan, shot: Shot, beat: Beat | None, facing: str | None, said: dict[str, str]
    ) -> Performance:
        start = None if said["start"] == HERE else said["start"]
        if beat is None:
            target = facing if facing != self.id else None
            if said["action"] == "run":  # chased: away, to the far side
                return Performance(
                    actor=self.id,
                    action="run",
                    end="far_right",
                    start=start,
                    pace="fast",
                    emotion=said["emotion"],
                    intensity=0.6,
                )
            return Performance(
                actor=self.id, action=said["action"], target=target, start=start, emotion=said["emotion"], intensity=0.5
            )
        intensity = 0.5 if said["emotion"] == "neutral" else STRENGTH[said["strength"]]
        return Performance.model_validate(
            {
                "actor": self.id,
                "beat": beat.id,
                "action": beat.action,
                "target": _target(plan, shot, beat),
                "start": start,
                "end": None if said["end"] == HERE else said["end"],
                "pace": said["pace"],
                "emotion": said["emotion"],
                "intensity": intensity,
            }
        )

    def _written(self, shot: Shot, k: int, performances: Sequence[Performance]) -> list[dict[str, Any]]:
        """Operations that make this character's performances in a shot these: replace its own, then add or remove the rest."""
        old = [n for n, p in enumerate(shot.performances) if p.actor == self.id]
        patch: list[dict[str, Any]] = []
        for n, p in zip(old, performances, strict=False):
            if shot.performances[n] != p:
                patch.append(
                    {"op": "replace", "path": f"/shots/{k}/performances/{n}", "value": p.model_dump(mode="json")}
                )
        patch += [{"op": "remove", "path": f"/shots/{k}/performances/{n}"} for n in reversed(old[len(performances) :])]
        return patch + [
            {"op": "add", "path": f"/shots/{k}/performances/-", "value": p.model_dump(mode="json")}
            for p in performances[len(old) :]
        ]


def _as_said(
    plan: ShotPlan, shot: Shot, beat: Beat, starts: tuple[str, ...], ends: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Starts and ends with the marks that the script's words name first and alone."""
    stage_set = plan.stage_set(shot.set)
    if stage_set is None:
        return starts, ends
    start, end = marks_of(plan, stage_set, beat)
    travels = ACTIONS[beat.action].travels
    if not travels and end is not None:
        start = start or end  # who sits to the left of a box sits there from the beginning
    if start is not None and starts != (HERE,):
        starts = (start,)
    if travels and end is not None and beat.action not in ("jump_over", "climb_over", "jump_onto", "climb_onto"):
        ends = (end,)
    return starts, ends


def way(me: Character, beat: Beat, shot: Shot) -> float:
    """Metres that this body covers in the shot at its gait, with time to start and stop."""
    gait = ACTIONS[beat.action].gait
    speed = me.limits.run_speed if gait in ("run", "fly") else me.limits.walk_speed * (1.0 if gait == "walk" else 0.7)
    return 0.85 * speed * shot.duration / max(1, len(shot.beats))


def _people(plan: ShotPlan, shot: Shot) -> list[str]:
    beats = [b for b in (plan.beat(i) for i in shot.beats) if b is not None]
    return list(
        dict.fromkeys(i for b in beats for i in (b.actor, b.target) if i is not None and plan.character(i) is not None)
    )


def _target(plan: ShotPlan, shot: Shot, beat: Beat) -> str | None:
    """The beat's target when it can be in this shot: anybody, or a prop of the shot's set."""
    stage_set = plan.stage_set(shot.set)
    if (
        beat.target is None
        or plan.character(beat.target) is not None
        or (stage_set is not None and stage_set.prop(beat.target) is not None)
    ):
        return beat.target
    return None


def _name(plan: ShotPlan, id: str) -> str:
    character = plan.character(id)
    return character.name if character is not None else id

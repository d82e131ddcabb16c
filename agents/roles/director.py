"""The director: reads the script into an outline, keeps the film's time, and decides what the others cannot settle.

Knows the brief and the order of an outline. Does not know where people stand, what the camera does, or who speaks next.
Questions: `outline.kind`, `outline.prop`, `outline.place`, `outline.pace`, `outline.beat`, `director.respond`, `director.arbitrate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from agents.crew import Decision, Proposal
from agents.model import Model
from agents.questions import ask
from agents.reading import Clause, read
from agents.roles import outline as o
from agents.roles.answering import answer
from agents.roles.blocking import set_the_stage
from agents.roles.camera_notes import notes_of, places_shown
from agents.roles.casting import Act, cast_story
from agents.roles.looks import character
from agents.roles.pacing import natural, needed, share
from agents.roles.shots import cut, group
from agents.roles.sides import sided
from shotplan.characters.dress import dressed, known_among
from shotplan.plan import Beat, Character, ShotPlan, StageSet
from shotplan.rules.finding import Finding, Remedy, Role
from shotplan.vocabulary import PLACES

MOST_SETS = 12


class Director:
    """One voice of the crew; see `agents.crew.Director`."""

    id = "director"
    role = Role.DIRECTOR

    def __init__(self, model: Model, options: Literal["supported", "all"] = "supported") -> None:
        self._model = model
        self._reader = o.Reader(options == "supported")

    def outline(self, plan: ShotPlan) -> Proposal:
        """Cast, sets with props, beats and shots of an empty plan, from its brief. Raises `ModelError` naming the call."""
        brief = plan.brief
        reading = read(brief.script, brief.language, brief.names)
        story = places_shown(cast_story(reading, every_clause=not self._reader.supported_only), reading)
        scenes = reading.scenes[:MOST_SETS]
        known = {e.id: found for e in story.cast if (found := known_among(brief.characters, e.name, e.id))}
        for entity in story.cast:
            if entity.id in known and known[entity.id].kind is not None:
                entity.kind = known[entity.id].kind
        strangers = [e for e in story.cast if e.kind is None]
        things = [e for e in story.props if e.kind is None]
        questions = [
            *[o.kind_question(e, o.sentence_around(reading, e), self._reader) for e in strangers],
            *[o.prop_question(e, o.sentence_around(reading, e), self._reader) for e in things],
            *[
                o.place_question(
                    s, _scene_text(reading, k), [e.kind for e in story.props if k in e.scenes], self._reader
                )
                for k, s in enumerate(scenes)
            ],
            o.pace_question(brief.script, len(story.acts)),
            *[o.beat_question(a, story, self._reader) for a in story.acts],
        ]
        answers = ask(self._model, questions, plan)
        said = iter(answers.each)
        for entity in [*strangers, *things]:
            entity.kind = next(said)["kind"]
        places = [next(said)["place"] for _ in scenes]
        pace = next(said)

        twins: dict[str, int] = {}
        cast: dict[str, Character] = {}
        for entity in story.cast:
            kind = entity.kind or "creature"
            cast[entity.id] = character(entity.id, entity.name, kind, entity.adjectives, twins.get(kind, 0))
            if entity.id in known:
                cast[entity.id] = dressed(cast[entity.id], known[entity.id])
            twins[kind] = twins.get(kind, 0) + 1

        beats: list[Beat] = []
        scene_of: dict[str, int] = {}
        actors: list[str] = []
        asked = notes_of(story)
        notes: dict[str, str] = {}
        for n, act in enumerate(story.acts):
            played = next(said)
            if act.follows is not None and self._reader.supported_only:
                played["who"] = actors[act.follows]
            actors.append(played["who"])
            for beat in o.beats_of(len(beats) + 1, act, played):
                if n in asked and beat.id not in notes:
                    notes[beat.id] = asked.pop(n)
                beats.append(beat)
                scene_of[beat.id] = min(act.clause.scene, len(scenes) - 1)
        empty = not beats
        if empty:  # a film shows something: the script's first clause, as it stands
            as_it_is = Act(Clause(brief.script[:400], 0, 0, 0), (), ())
            first = next((a for a in story.acts if a.clause.happens), [*story.acts, as_it_is][0])
            beats = o.beats_of(1, first, {"action": "perform", "who": o.NONE, "target": o.NONE, "emotion": "neutral"})
            scene_of = {b.id: min(first.clause.scene, len(scenes) - 1) for b in beats}
        sets: list[StageSet] = []
        set_ids: list[str] = []
        for k, scene in enumerate(scenes):
            id = places[k] if places[k] not in set_ids else f"{places[k]}_{k + 1}"
            set_ids.append(id)
            here = [b for b in beats if scene_of[b.id] == k]
            wanted = {b.target for b in here}
            props = [(e.id, e.name, e.kind or "thing") for e in story.props if k in e.scenes or e.id in wanted]
            placed, marks = set_the_stage(props, here, sided(props, here, brief.language))
            sets.append(
                StageSet(
                    id=id,
                    name=scene.heading[:80] or PLACES[places[k]].label(brief.language),
                    place=places[k],
                    props=placed,
                    marks=marks,
                    time=(scene.times or ("day",))[0],
                    weather=(scene.weathers or ("clear",))[0],
                )
            )
        set_of_beat = {b.id: set_ids[scene_of[b.id]] for b in beats}
        groups = group(
            beats,
            [set_of_beat[b.id] for b in beats],
            together=pace["shots"] == "short_beats_together",
            language=brief.language,
            cast=cast,
            apart=frozenset(notes),
        )
        shots = cut(groups, set_of_beat, pace=pace["pace"], target=brief.duration, language=brief.language, cast=cast)
        shots = tuple(s.model_copy(update={"notes": " / ".join(notes[b] for b in s.beats if b in notes)}) for s in shots)
        used = {s.set for s in shots}
        patch: list[dict[str, Any]] = [
            *[_add("/cast", c) for c in cast.values()],
            *[_add("/sets", s) for s in sets if s.id in used],
            *[_add("/beats", b) for b in beats],
            *[_add("/shots", s) for s in shots],
        ]
        seconds = sum(s.duration for s in shots)
        intent = (
            f"{len(cast)} in the cast, {len(beats)} beats in {len(shots)} shots, {seconds:g} s, {pace['pace']} pace"
        )
        if answers.certain:
            intent += f"; {answers.certain} of {len(questions)} questions had one answer in the text and were not asked"
        nothing = "no event was found, so that the first clause is shown as it stands" if empty else ""
        more = len(reading.scenes) - len(scenes)
        beyond = f"the last {more} of {len(reading.scenes)} scenes play in the set of scene {len(scenes)}" if more else ""
        uncast = [k.names[0] for k in brief.characters if k not in known.values()]
        library = f"in the library and in the script, but doing nothing there: {', '.join(uncast)}" if uncast else ""
        for note in (nothing, beyond, library, reading.left_out, f"not cast: {', '.join(story.left_out)}" if story.left_out else ""):
            intent += f"; {note}" if note else ""
        return Proposal(patch=tuple(patch), intent=intent, replies=answers.replies)

    def propose(self, plan: ShotPlan, *, heard: Sequence[str] = ()) -> Proposal:
        """Share the film's time out again, now that the beats are played. Empty when every shot has its time."""
        question = o.pace_question(plan.brief.script + ("\n" + "\n".join(heard[-4:]) if heard else ""), len(plan.beats))
        answers = ask(self._model, [question], plan)
        language, cast = plan.brief.language, {c.id: c for c in plan.cast}
        wished, least = [], []
        for shot in plan.shots:
            own = [b for b in (plan.beat(i) for i in shot.beats) if b is not None]
            least.append(max([1.5, sum(needed(b, cast.get(b.actor or ""), language) for b in own)]))
            wished.append(max([2.0, sum(natural(b, cast.get(b.actor or ""), language) for b in own)]))
        times = share(wished, least, plan.brief.duration)
        patch = tuple(
            {"op": "replace", "path": f"/shots/{k}/duration", "value": t}
            for k, t in enumerate(times)
            if abs(t - plan.shots[k].duration) > 0.01
        )
        intent = f"{len(patch)} shots get other lengths" if patch else "the shots keep their lengths"
        return Proposal(patch=patch, intent=intent, replies=answers.replies)

    def respond(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return answer(self._model, self.role, self.id, plan, objection, remedies, heard)

    def arbitrate(
        self, plan: ShotPlan, objection: Finding, remedies: Sequence[Remedy], *, heard: Sequence[str] = ()
    ) -> Decision:
        return answer(self._model, self.role, self.id, plan, objection, remedies, heard, arbitrating=True)


def _add(path: str, part: Any) -> dict[str, Any]:
    return {"op": "add", "path": f"{path}/-", "value": part.model_dump(mode="json")}


def _scene_text(reading: Any, scene: int) -> str:
    return " ".join(dict.fromkeys(c.around or c.span for c in reading.clauses if c.scene == scene))

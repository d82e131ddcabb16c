"""A model that answers a crew's questions from what is known of the story.

Knows the questions' prompts well enough to see which clause, character or thing they are about. Does not know how a model learns.
Where the story does not say, the first option is right: that is the crew's own policy. Where the crew's rules lost somebody whom a
clause is about, that field has no right answer and is marked so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.embedded.training.story import FIRST, Event, Person, Story, Thing
from agents.model import ModelReply, ModelRequest
from agents.roles.casting import slug

_QUOTED = re.compile(r"^(?P<label>[A-Z][A-Za-z ]*): <<<(?P<text>.*?)>>>", re.MULTILINE | re.DOTALL)
SIDES = {
    "left": ("left", "far_left", "center_left", "front_left", "back_left"),
    "right": ("right", "far_right", "center_right", "front_right", "back_right"),
}


@dataclass(frozen=True)
class Lesson:
    """One question with its right answer."""

    question: str
    messages: tuple[tuple[str, str], ...]
    """(role, text), the last one is what differs from question to question."""
    options: dict[str, list[str]]
    answer: dict[str, str]
    unknown: tuple[str, ...] = ()
    """Fields whose answer the story does not tell: not to be learned from."""

    @property
    def first(self) -> dict[str, str]:
        return {field: options[0] for field, options in self.options.items()}


UNSEEN = ("frame", "picture", "seen", "hidden", "head", "covers", "outside")
"""What an objection says of a subject that is not well in the picture."""


def reason(answer: str, prompt: str, reasons: Sequence[str]) -> str:
    """The first reason of a role's list that fits the answer and the words of the remedy and the objection."""
    verb = answer.partition(":")[0]
    label = next((line for line in prompt.splitlines() if line.startswith(f"- {answer} (")), "").casefold()
    objection = next((line for line in prompt.splitlines() if line.startswith("Objection:")), "").casefold()
    fits = {
        "it gives the action its time": verb == "accept" and any(w in label for w in ("longer", " s to ", "seconds", "duration")),
        "it keeps the set as it is": verb in ("counter", "refuse"),
        "it makes room for the action": verb == "accept",
        "it is safe for me": verb == "accept" and any(w in label for w in ("climb", "walk", "slow", "lower", "instead")),
        "it keeps the shots varied": any(w in objection for w in ("same size", "in a row", "jumps:", "30 degrees", "cut from")),
        "it keeps the subject in the picture": verb == "accept" and any(w in objection for w in UNSEEN),
        "it shows the action better": verb == "accept",
        "it keeps the words of the script": verb != "accept" or any(w in label for w in ("lower", "move", "place")),
        "it changes the least": True,
    }  # fmt: skip
    return next(r for r in (*fits, *reasons) if r in reasons and fits.get(r, True))


class Teacher:
    """See `agents.model.Model`. Records what it was asked as `lessons`."""

    name = "teacher"
    small = True
    options = "all"

    def __init__(self, story: Story) -> None:
        self.story = story
        self.lessons: list[Lesson] = []
        self._cursor = -1
        self._used: set[Event] = set()

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        return [self._reply(request) for request in requests]

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, request: ModelRequest) -> ModelReply:
        options = {k: list(v["enum"]) for k, v in request.answer_schema["properties"].items() if "enum" in v}
        user = request.messages[-1].content
        quoted = {found["label"]: found["text"] for found in _QUOTED.finditer(user)}
        answer = {field: values[0] for field, values in options.items()}
        unknown: list[str] = []
        known = getattr(self, "_" + request.question.replace(".", "_"), None)
        if request.question.endswith(".respond") or request.question == "director.arbitrate":
            answer |= {"reason": reason(answer["answer"], user, options["reason"])} if "reason" in options else {}
        if known is not None:
            right, unknown = known(quoted, options)
            for field, value in right.items():
                if field in options:
                    if value in options[field]:
                        answer[field] = value
                    elif value != FIRST:
                        unknown.append(field)
        texts = {k: "because" for k in request.answer_schema["properties"] if k not in options}
        messages = tuple((m.role, m.content) for m in request.messages)
        lesson = Lesson(request.question, messages, options, answer, tuple(f for f in options if f in unknown))
        if not texts:
            self.lessons.append(lesson)
        content = answer | texts
        return ModelReply(content=content, text=json.dumps(content), model=self.name)

    # who and what is meant

    def entity(self, key: str | None, options: Sequence[str]) -> str:
        """The option that means this person or thing; `FIRST` when none does."""
        if key is None:
            return "none"
        entity = self.story.cast.get(key) or self.story.things[key]
        name = entity.name if isinstance(entity, Person) and entity.name else entity.noun
        number = entity.number if isinstance(entity, Person) else 0
        for words in (
            name,
            f"{entity.adjective} {name}",
            " ".join(name.split()[-2:]),
            name.split()[-1],
            name.split()[0],
        ):
            base = slug(words, "")
            wanted = [f"{base}_{number}"] if number else [base]
            if number == 2:
                wanted += [f"{base}_3"] if base not in options else []
            for id in wanted:
                if base and id in options:
                    return id
        return "lost"

    def named(self, name: str) -> Person | Thing | None:
        """The entity that a question about one character or thing names."""
        low = name.casefold()
        everybody: list[Person | Thing] = [*self.story.cast.values(), *self.story.things.values()]
        for entity in everybody:
            if low == (entity.name if isinstance(entity, Person) and entity.name else entity.noun).casefold():
                return entity
        for entity in everybody:
            words = (entity.name if isinstance(entity, Person) and entity.name else entity.noun).casefold().split()
            if low.split()[-1] == words[-1] or re.sub(r" \d$", "", low) == " ".join(words):
                return entity
        return None

    def event(self, clause: str) -> tuple[Event | None, bool]:
        """(what happens in a clause, whether the clause was found in the text)."""
        clause = clause.rstrip("…").strip()
        start = self.story.text.find(clause, self._cursor + 1)
        if start < 0:
            start = self.story.text.find(clause)
            if start < 0:
                return None, False
        self._cursor = start
        inside = [e for e in self.story.events if start <= e.at < start + len(clause)]
        fresh = [e for e in inside if e not in self._used]
        if not inside:
            return None, True
        event = (fresh or inside)[0]
        self._used.add(event)
        return event, True

    # one method per question

    def _outline_kind(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        entity = self.named(quoted.get("Character", ""))
        return ({"kind": entity.kind}, []) if isinstance(entity, Person) else ({}, ["kind"])

    def _outline_prop(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        entity = self.named(quoted.get("Thing", ""))
        return ({"kind": entity.kind}, []) if isinstance(entity, Thing) else ({}, ["kind"])

    def _outline_place(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        if self.story.place == FIRST:
            return {}, []
        whole = len(quoted.get("Scene", "")) > 0.8 * min(400, len(self.story.text))
        return ({"place": self.story.place}, []) if whole else ({}, ["place"])

    def _outline_pace(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        events = self.story.events
        lively = sum(
            e.action in ("run", "chase", "fight", "jump_over", "jump_up", "ride")
            or e.pace == "fast"
            or e.emotion == "excited"
            for e in events
        )
        still = sum(
            e.action in ("lie", "sit", "pray", "think", "read")
            or e.pace == "slow"
            or e.emotion in ("calm", "tired", "sad")
            for e in events
        )
        if lively > 0.5 * len(events) and lively > still:
            return {"pace": "brisk"}, []
        return ({"pace": "calm"} if still > 0.5 * len(events) else {"pace": FIRST}), []

    def _outline_beat(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        event, found = self.event(quoted.get("Clause", ""))
        if not found:
            return {}, list(options)
        if event is None:
            spoken = quoted["Clause"].lstrip().startswith(('"', "“"))  # who speaks stands in another clause
            return {"action": "nothing"}, list(options) if spoken else ["who", "target", "emotion"]
        who = FIRST if event.who == FIRST else self.entity(event.who, options.get("who", ()))
        felt = FIRST if event.emotion == "neutral" else event.emotion  # `laughs` may be felt to be happy, nothing says so
        right = {"who": who, "emotion": felt}
        action = event.action
        if action == FIRST and event.who != FIRST and options.get("action", ("",))[0] == "nothing":
            action = "stand"  # somebody is seen to feel something
        right["action"] = action
        aim = FIRST if event.target == FIRST else self.entity(event.target, options.get("target", ()))
        if event.target is None and self.named(options.get("target", ("none",))[0].replace("_", " ")) not in self.story.cast.values():
            aim = FIRST  # a thing that the story says nothing of
        right["target"] = aim
        return right, []

    def _scene_set(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        return {"time": self.story.time, "weather": self.story.weather}, []

    def _character_play(
        self, quoted: dict[str, str], options: dict[str, list[str]]
    ) -> tuple[dict[str, str], list[str]]:
        clause = quoted.get("Moment", "").rstrip("…")
        start = self.story.text.find(clause)
        inside = [e for e in self.story.events if start <= e.at < start + len(clause)] if start >= 0 else []
        if not inside:
            return {}, []
        event = inside[0]
        right = {"pace": event.pace}
        if event.emotion != "neutral":
            right["emotion"] = event.emotion if event.emotion in options.get("emotion", ()) else FIRST
        for field, side in (("start", event.start_side), ("end", event.end_side)):
            offered = options.get(field, [])
            if side != FIRST and offered and side not in offered[0]:
                right[field] = next((m for m in SIDES[side] if m in offered), FIRST)
        return right, []

    def _camera_shot(self, quoted: dict[str, str], options: dict[str, list[str]]) -> tuple[dict[str, str], list[str]]:
        shot = quoted.get("Shot", "")
        said = [o for o in self.story.orders if self.story.text[o.start : o.end].rstrip(".") in shot]
        return {o.field: o.value for o in said}, []

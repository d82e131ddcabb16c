"""The questions of an outline and what their answers make: kinds, places, beats.

Knows what the text supports and offers that first; a model that reads well may choose anything else of the vocabularies. Does
not know shots (`shots`) or who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.questions import Choice, Question
from agents.reading import Reading, Scene
from agents.reading.words_cjk import FEMALE
from agents.roles.casting import MUTUAL, Act, Entity, Story
from shotplan.plan import Beat
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, EMOTIONS, PLACES, PROP_KINDS

NONE = "none"
NOTHING = "nothing"
"""The action of a clause that shows no event: a description, a wish, a negation, the past, an order to the camera."""
LONGEST = 400
"""Characters of script that one question shows of one clause."""
PLACE_OF_PROP = {
    "door": "room",
    "window": "room",
    "bed": "room",
    "table": "room",
    "cup": "room",
    "book": "room",
    "chair": "room",
    "tree": "forest",
    "log": "forest",
    "car": "street",
    "house": "street",
    "boat": "beach",
    "river": "riverside",
    "bridge": "riverside",
    "fence": "field",
    "bush": "field",
    "fire": "forest",
}
"""Where one expects a thing."""
NEEDS_TARGET = frozenset(
    {
        "jump_over",
        "jump_onto",
        "climb_over",
        "pick_up",
        "put_down",
        "open",
        "close",
        "give",
        "chase",
        "follow",
        "hug",
        "kiss",
        "shake_hands",
    }
)


@dataclass(frozen=True)
class Reader:
    """What the model that is asked may do: choose among what the script's words support, or correct that with anything else."""

    supported_only: bool

    def choice(self, supported: Sequence[str], everything: Iterable[str]) -> Choice:
        """What the words support; behind it, for a reader who may correct it, everything, of which the prompt has a list."""
        likely = tuple(dict.fromkeys(supported))
        options = likely if self.supported_only else tuple(dict.fromkeys((*likely, *everything)))
        return Choice(options, likely=None if len(options) == len(likely) else len(likely))

    def lists(self, **vocabularies: Iterable[str]) -> dict[str, list[str]]:
        """What the system message lists once; nothing where only what is supported may be chosen."""
        return {} if self.supported_only else {key: list(words) for key, words in vocabularies.items()}


def shown(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning with an ellipsis that says that it goes on."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def kind_question(entity: Entity, sentence: str, reader: Reader) -> Question:
    """Which kind of character somebody is whom the vocabulary does not know: a person for a name, else perhaps a creature."""
    sounds_female = entity.name.endswith(("a", "ie", "elle", "ine", "y"))
    people: tuple[str, ...] = ("woman", "man", "girl", "boy") if sounds_female else ("man", "woman", "boy", "girl")
    if not entity.name.isascii():
        female = entity.name[-1:] in FEMALE["zh"] + FEMALE["ja"]
        people = ("woman", "girl", "man", "boy") if female else ("man", "woman", "boy", "girl")
        if entity.name.startswith(("小", "阿")) or entity.name.endswith(("ちゃん", "くん")):
            people = ("girl", "boy", "woman", "man") if female else ("boy", "girl", "man", "woman")
    if entity.gender:
        people = tuple(p for p in people if (p in ("woman", "girl")) == (entity.gender == "she"))
    person = (
        entity.name[:1].isupper()
        or not entity.name.isascii()
        or entity.id == "narrator"
        or entity.name.endswith(("er", "or", "ist", "ian", "man", "woman", "boss"))
    )
    options: tuple[str, ...] = people if person else ("creature", *people)
    return Question(
        "director",
        "outline.kind",
        {"kind": reader.choice(options, CHARACTER_KINDS)},
        {"name": entity.name, "sentence": sentence, "vocabulary": reader.lists(kind=CHARACTER_KINDS)},
    )


def prop_question(entity: Entity, sentence: str, reader: Reader) -> Question:
    """Which kind of prop a thing is that the vocabulary does not know."""
    options = ("thing", *[k for k in PROP_KINDS if k != "thing"])
    return Question(
        "director",
        "outline.prop",
        {"kind": reader.choice(options if reader.supported_only else options[:1], options)},
        {"name": entity.name, "sentence": sentence, "vocabulary": reader.lists(kind=PROP_KINDS)},
    )


def place_question(scene: Scene, text: str, props: Sequence[str | None], reader: Reader) -> Question:
    """Where a scene happens: what the script names, else what its things suggest, else an ordinary place."""
    likely = [PLACE_OF_PROP[p] for p in props if p in PLACE_OF_PROP]
    if "into a house" in text or "into the house" in text:
        likely = ["room"]
    options = scene.places or tuple(dict.fromkeys(likely)) or ("field", "street", "room", "forest")
    return Question(
        "director",
        "outline.place",
        {"place": reader.choice(options, PLACES)},
        {"text": shown(text), "vocabulary": reader.lists(place=PLACES)},
    )


def pace_question(script: str, beats: int) -> Question:
    return Question(
        "director",
        "outline.pace",
        {"pace": Choice(("normal", "calm", "brisk")), "shots": Choice(("one_beat_each", "short_beats_together"))},
        {"text": shown(script), "beats": beats},
    )


AFTER_A_THING = {"chase": "run", "follow": "walk"}
"""What somebody does who chases a ball."""


def supported_actions(act: Act, story: Story) -> tuple[str, ...]:
    """Actions that the words of a clause support, most likely first; one that they name stands alone."""
    things = bool(act.targets) and all(story.entities[i].sort == "prop" for i in act.targets)
    mentioned = tuple(dict.fromkeys(AFTER_A_THING.get(a, a) if things else a for a in act.clause.actions))
    if len(mentioned) == 1:
        return mentioned
    if mentioned or act.clause.near:
        return tuple(dict.fromkeys((*(mentioned or act.clause.near), "perform")))
    return ("perform",)


def beat_question(act: Act, story: Story, reader: Reader) -> Question:
    """Who does what to whom in one clause. Options: what the words support first; then, for a good reader, all the rest."""
    clause = act.clause
    actions = supported_actions(act, story)
    aims = targets(act, story, actions)
    if reader.supported_only and actions == ("perform",):
        actions = ("perform", *[a for a in ACTIONS if a != "perform"])
        aims = targets(act, story, actions)
    who = act.who[: 1 if act.follows is not None and reader.supported_only else None] or (NONE,)
    felt = clause.emotions or ("neutral",)
    if not reader.supported_only:
        actions = (*actions[:4], "perform", NOTHING) if clause.happens else (NOTHING, *actions[:3], "perform")
        aims = (*aims, *act.targets[:3], NONE)
        felt = (*felt, "neutral")
    cast, props = [e.id for e in story.cast], [e.id for e in story.props]
    fields = {
        "action": reader.choice(actions, ACTIONS),
        "who": reader.choice(who, (*act.also, *act.onlookers, *cast, NONE)),
        "target": reader.choice(aims, (*act.targets, *cast, *props)),
        "emotion": reader.choice(felt, EMOTIONS),
    }
    values: dict[str, Any] = {
        "clause": shown(clause.span),
        "before": act.before[-200:] if len(act.who) > 1 else "",
        "sentence": "",
        "known": [],
        "vocabulary": reader.lists(action=[*ACTIONS, NOTHING], emotion=EMOTIONS),
    }
    if not reader.supported_only:
        whole = clause.around if len(clause.around) > len(clause.span) + 3 else ""
        values |= {"before": shown(act.previous, 200), "sentence": shown(whole), "known": known(story, act)}
    return Question("director", "outline.beat", fields, values)


def known(story: Story, act: Act) -> list[str]:
    """The whole cast and the things of the clause's scene, as `id = look and name, kind` without what the id says already."""
    near = [
        e for e in story.entities.values()
        if e.sort == "character" or act.clause.scene in e.scenes or e.id in act.targets
    ]  # fmt: skip
    return [_described(e) for e in sorted(near, key=lambda e: e.sort)]


def _described(entity: Entity) -> str:
    words = " ".join([*entity.adjectives[:3], entity.name])
    kind = entity.kind if entity.kind and entity.kind.replace("_", " ") not in words.casefold() else None
    said = f"{words}, {kind}" if kind else words
    return entity.id if said.casefold() == entity.id else f"{entity.id} = {said}"


def targets(act: Act, story: Story, actions: Sequence[str]) -> tuple[str, ...]:
    """Whom or what the action may be done to, most likely first; `none` where the action can do without."""
    wanted: set[str] = {ACTIONS[a].target for a in actions}
    named = [i for i in act.targets if i not in act.who[:1] and _takes(wanted, story.entities[i])]
    if len(actions) == 1:
        template = ACTIONS[actions[0]]
        if template.target == "none":
            return (NONE,)
        if named and (template.id in NEEDS_TARGET | MUTUAL or act.clause.line):
            things = (
                [i for i in named if story.entities[i].sort == "prop"] if template.target in ("prop", "any") else named
            )
            people = [i for i in named if story.entities[i].sort == "character"]
            first = people if template.id in MUTUAL or act.clause.line else things or named
            return tuple(first[:1]) or ((NONE,) if template.id in MUTUAL else tuple(named[:1]))
        if len(named) == 1:
            return (named[0],)
        if named:
            return (*named[:4], NONE)
        if template.id == "look" and act.onlookers:
            return (*act.onlookers[:2], NONE)
        if template.id in NEEDS_TARGET:
            others = [e.id for e in story.entities.values() if e.id not in act.who[:1] and _takes(wanted, e)]
            return tuple(others[:4]) or (NONE,)
        return (NONE,)
    return tuple(dict.fromkeys([*named[:4], NONE]))


def _takes(wanted: set[str], entity: Entity) -> bool:
    if "any" in wanted or "place" in wanted:
        return True
    return entity.sort in wanted


def beats_of(number: int, act: Act, answer: dict[str, str]) -> list[Beat]:
    """The beats of one clause: one for the actor, one for each who does the same; none when it shows no event."""
    if answer["action"] == NOTHING:
        return []
    action = ACTIONS[answer["action"]]
    target = answer["target"]
    who = answer["who"]
    strong = any(
        word in act.clause.span.lower()
        for word in ("very", "so ", "extremely", "terribly", "非常", "とても", "大声", "!", "！")
    )
    emotion = answer["emotion"]
    made = []
    also = act.also if who in act.who[:1] else ()  # somebody else than the rules thought: the others are not known to join
    for k, actor in enumerate([None if who == NONE else who, *also]):
        aim = None if target in (NONE, actor) or action.target == "none" else target
        made.append(
            Beat(
                id=f"b{number + k:02d}",
                span=act.clause.span[:1000],
                actor=actor,
                action=action.id,
                target=aim,
                emotion=emotion,
                intensity=0.9 if strong and emotion != "neutral" else 0.6,
                line=act.clause.line if k == 0 else "",
            )
        )
    return made


def sentence_around(reading: Reading, entity: Entity) -> str:
    """The first clause that names an entity."""
    head = entity.name.split(" ")[0].casefold()
    return next(
        (c.span for c in reading.clauses if head in c.span.casefold()),
        reading.clauses[0].span if reading.clauses else "",
    )[:300]

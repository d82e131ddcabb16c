"""The questions of an outline and what their answers make: kinds, places, beats.

Knows what the text supports and offers that first. Does not know shots (`shots`) or who asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.questions import Choice, Question
from agents.reading import Reading, Scene
from agents.roles.casting import MUTUAL, Act, Entity, Story
from shotplan.plan import Beat
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, PLACES, PROP_KINDS

NONE = "none"
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


def kind_question(entity: Entity, sentence: str, *, supported_only: bool) -> Question:
    """Which kind of character somebody is whom the vocabulary does not know: a person for a name, else perhaps a creature."""
    sounds_female = entity.name.endswith(("a", "ie", "elle", "ine", "y"))
    people: tuple[str, ...] = ("woman", "man", "girl", "boy") if sounds_female else ("man", "woman", "boy", "girl")
    if entity.gender:
        people = ("woman", "girl") if entity.gender == "she" else ("man", "boy")
    person = (
        entity.name[:1].isupper()
        or not entity.name.isascii()
        or entity.id == "narrator"
        or entity.name.endswith(("er", "or", "ist", "ian", "man", "woman", "boss"))
    )
    options: tuple[str, ...] = people if person else ("creature", *people)
    if not supported_only:
        options = tuple(dict.fromkeys([*options, *CHARACTER_KINDS]))
    return Question("director", "outline.kind", {"kind": Choice(options)}, {"name": entity.name, "sentence": sentence})


def prop_question(entity: Entity, sentence: str) -> Question:
    """Which kind of prop a thing is that the vocabulary does not know."""
    return Question(
        "director",
        "outline.prop",
        {"kind": Choice(("thing", *[k for k in PROP_KINDS if k != "thing"]))},
        {"name": entity.name, "sentence": sentence},
    )


def place_question(scene: Scene, text: str, props: Sequence[str | None], *, supported_only: bool) -> Question:
    """Where a scene happens: what the script names, else what its things suggest, else an ordinary place."""
    likely = [PLACE_OF_PROP[p] for p in props if p in PLACE_OF_PROP]
    if "into a house" in text or "into the house" in text:
        likely = ["room"]
    options = scene.places or tuple(dict.fromkeys(likely)) or ("field", "street", "room", "forest")
    if not supported_only:
        options = tuple(dict.fromkeys([*options, *PLACES]))
    return Question("director", "outline.place", {"place": Choice(options)}, {"text": text[:400]})


def pace_question(script: str, beats: int) -> Question:
    return Question(
        "director",
        "outline.pace",
        {"pace": Choice(("normal", "calm", "brisk")), "shots": Choice(("one_beat_each", "short_beats_together"))},
        {"text": script[:400], "beats": beats},
    )


def beat_question(act: Act, story: Story, *, supported_only: bool) -> Question:
    """Who does what to whom in one clause. Options: what the words support, then `perform`; everything where they support nothing."""
    clause = act.clause
    mentioned = tuple(dict.fromkeys(clause.actions))
    if len(mentioned) == 1 and supported_only:
        actions: tuple[str, ...] = mentioned
    elif mentioned:
        actions = tuple(dict.fromkeys((*mentioned, "perform")))
    elif clause.near:
        actions = tuple(dict.fromkeys((*clause.near, "perform")))
    else:
        actions = ("perform", *[a for a in ACTIONS if a != "perform"])
    if not supported_only:
        actions = tuple(dict.fromkeys((*actions, *ACTIONS)))
    emotions = clause.emotions or ("neutral",)
    fields = {
        "who": Choice(act.who[: 1 if act.follows is not None else None] or (NONE,)),
        "action": Choice(actions),
        "target": Choice(targets(act, story, actions)),
        "emotion": Choice(tuple(dict.fromkeys(emotions))),
    }
    known = {i: story.entities[i].name for i in dict.fromkeys((*act.who, *act.targets))}
    return Question(
        "director",
        "outline.beat",
        fields,
        {"clause": clause.span[:300], "before": act.before[:200] if len(act.who) > 1 else "", "known": known},
    )


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
    """The beats of one clause: one for the actor, one for each who does the same."""
    action = ACTIONS[answer["action"]]
    target = answer["target"]
    who = answer["who"]
    strong = any(
        word in act.clause.span.lower()
        for word in ("very", "so ", "extremely", "terribly", "非常", "とても", "大声", "!", "！")
    )
    emotion = answer["emotion"]
    made = []
    for k, actor in enumerate([None if who == NONE else who, *act.also]):
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

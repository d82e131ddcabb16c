"""The prompt text of a shot, for video models: derived from the plan, never written by hand.

Knows the order of words. Does not know any model's tokens.
"""

from __future__ import annotations

from shotplan.plan import Performance, Shot, ShotPlan
from shotplan.vocabulary import (
    ACTIONS,
    ANGLES,
    CHARACTER_KINDS,
    EMOTIONS,
    MOVES,
    PLACES,
    PROP_KINDS,
    SHOT_SIZES,
    STYLES,
    TIMES,
    WEATHERS,
    Language,
)


def prompt_text(plan: ShotPlan, shot: Shot, language: Language = "en") -> str:
    """One line: style, frame, who looks how and does what, place, things, time, weather, camera move."""
    join, stop = {"en": (", ", ". "), "zh": ("，", "。"), "ja": ("、", "。")}[language]
    stage_set = plan.stage_set(shot.set)
    assert stage_set is not None
    camera = shot.camera
    frame = [SHOT_SIZES.label(camera.size, language), ANGLES.label(camera.angle, language)]
    parts = [
        STYLES[plan.brief.style].prompt if language == "en" else STYLES.label(plan.brief.style, language),
        join.join(frame),
    ]
    named: set[str] = set()
    for p in shot.performances:
        parts.append(_performed(plan, shot, p, language, named, join))
    if not shot.performances:
        for beat_id in shot.beats:
            beat = plan.beat(beat_id)
            if beat is not None:
                parts.append(beat.span.strip().rstrip("."))
    place = [PLACES.label(stage_set.place, language)]
    if stage_set.name.casefold() != place[0].casefold():
        place.insert(0, stage_set.name)
    things = list(dict.fromkeys(p.name for p in stage_set.props))[:4]
    place += [*things, TIMES.label(stage_set.time, language), WEATHERS.label(stage_set.weather, language)]
    parts.append(join.join(place))
    if camera.move != "static":
        parts.append(MOVES.label(camera.move, language))
    return stop.join(part for part in parts if part) + stop.strip()


def _performed(plan: ShotPlan, shot: Shot, p: Performance, language: Language, named: set[str], join: str) -> str:
    character = plan.character(p.actor)
    assert character is not None
    who = character.name
    if p.actor not in named:
        look = (
            [CHARACTER_KINDS.label(character.kind, language)] if character.kind not in character.name.casefold() else []
        )
        look += [character.look] if character.look else []
        who += f" ({join.join(look)})" if look else ""
        named.add(p.actor)
    feeling = EMOTIONS.label(p.emotion, language) if p.emotion != "neutral" and p.intensity >= 0.25 else ""
    beat = plan.beat(p.beat) if p.beat else None
    if p.action == "perform" and beat is not None:
        done = beat.span.strip().rstrip(".。")
        return f"{done}{join + feeling if feeling else ''}"
    verb = ACTIONS.label(p.action, language)
    if language == "en":
        words = ACTIONS[p.action].by_language["en"]
        verb = words[1] if len(words) > 1 else verb
    target = _name(plan, shot, p.target, language)
    if language == "en":
        return " ".join(w for w in (who, _with_target(verb, p.action, target), f"({feeling})" if feeling else "") if w)
    return "".join((who, verb, target, f"（{feeling}）" if feeling else ""))


_PREPOSITION = {
    "walk": "to",
    "run": "to",
    "sneak": "to",
    "crawl": "to",
    "fly": "to",
    "swim": "to",
    "look": "at",
    "wave": "at",
    "point": "at",
    "talk": "to",
    "sit": "on",
    "lie": "on",
    "hide": "behind",
    "nod": "to",
    "bow": "to",
    "stand": "by",
    "throw": "to",
    "give": "something to",
    "turn": "to",
    "dance": "with",
    "shake_hands": "with",
}


def _with_target(verb: str, action: str, target: str) -> str:
    if not target:
        return verb
    preposition = _PREPOSITION.get(action, "")
    return " ".join(w for w in (verb, preposition, target) if w)


def _name(plan: ShotPlan, shot: Shot, id: str | None, language: Language) -> str:
    if id is None:
        return ""
    character = plan.character(id)
    if character is not None:
        return character.name
    stage_set = plan.stage_set(shot.set)
    prop = stage_set.prop(id) if stage_set is not None else None
    if prop is None:
        return ""
    name = prop.name if prop.name else PROP_KINDS.label(prop.kind, language)
    return f"the {name}" if language == "en" and not name.lower().startswith(("the ", "a ", "an ")) else name

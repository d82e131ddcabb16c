"""What the brief bans and what it must have, in the plan's words, labels and free text.

Knows where a plan uses a word. Does not know the script's beats (coverage).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from shotplan.plan import Prop, ShotPlan
from shotplan.revisions import replace_value
from shotplan.rules import changes
from shotplan.rules.finding import Role
from shotplan.rules.registry import Change, Problem, rule
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
    STYLES,
    TIMES,
    WEATHERS,
    Vocabulary,
)

_CAMERA: dict[str, Vocabulary[Any]] = {
    "size": SHOT_SIZES,
    "angle": ANGLES,
    "move": MOVES,
    "lens": LENSES,
    "side": SIDES,
}


def _uses(plan: ShotPlan) -> Iterator[tuple[str, Vocabulary[Any] | None, str]]:
    """Every word of the plan that people may ban or ask for: (pointer, vocabulary or None for free text, word)."""
    yield "/brief/style", STYLES, plan.brief.style
    for n, c in enumerate(plan.cast):
        yield f"/cast/{n}/kind", CHARACTER_KINDS, c.kind
        yield f"/cast/{n}/name", None, f"{c.name} {c.look}"
    for n, s in enumerate(plan.sets):
        yield f"/sets/{n}/place", PLACES, s.place
        yield f"/sets/{n}/time", TIMES, s.time
        yield f"/sets/{n}/weather", WEATHERS, s.weather
        yield f"/sets/{n}/name", None, s.name
        for k, p in enumerate(s.props):
            yield f"/sets/{n}/props/{k}", PROP_KINDS, p.kind
            yield f"/sets/{n}/props/{k}/name", None, p.name
    for n, b in enumerate(plan.beats):
        yield f"/beats/{n}/action", ACTIONS, b.action
        yield f"/beats/{n}/emotion", EMOTIONS, b.emotion
        yield f"/beats/{n}/span", None, f"{b.span} {b.line}"
    for n, shot in enumerate(plan.shots):
        for key, vocabulary in _CAMERA.items():
            yield f"/shots/{n}/camera/{key}", vocabulary, getattr(shot.camera, key)
        for k, perf in enumerate(shot.performances):
            yield f"/shots/{n}/performances/{k}/action", ACTIONS, perf.action
            yield f"/shots/{n}/performances/{k}/emotion", EMOTIONS, perf.emotion
        yield f"/shots/{n}/notes", None, shot.notes


def _matches(plan: ShotPlan, term: str) -> list[tuple[str, Vocabulary[Any] | None, str]]:
    wanted = term.strip().casefold()
    found: list[tuple[str, Vocabulary[Any] | None, str]] = []
    for pointer, vocabulary, word in _uses(plan):
        if vocabulary is None:
            if wanted and wanted in word.casefold():
                found.append((pointer, vocabulary, word))
        elif vocabulary.find(term) == word:
            found.append((pointer, vocabulary, word))
    return found


@rule("coverage.bans", owners=(Role.DIRECTOR,), source="the brief", scope="plan")
def bans(plan: ShotPlan) -> Iterator[Problem]:
    """Nothing the brief bans is in the film."""
    for n, term in enumerate(plan.brief.bans):
        found = _matches(plan, term)
        if not found:
            continue
        pointer = found[0][0]
        owner = "camera" if "/camera/" in pointer else "scene" if pointer.startswith("/sets") else "director"
        yield Problem(
            where=f"/brief/bans/{n}",
            measured=len(found),
            limit=0,
            unit="uses",
            raised_by="director",
            owners=tuple(dict.fromkeys((owner, "director"))),
            text=f'the brief bans "{term}" and the plan has it {len(found)} times, first at {pointer}',
            changes=partial(_without, plan, found, term),
        )


_PLAIN: dict[str, str] = {
    "weather": "clear",
    "time of day": "day",
    "emotion": "neutral",
    "camera move": "static",
    "camera angle": "eye_level",
    "camera side": "audience",
    "lens": "normal",
    "shot size": "full",
}


def _without(plan: ShotPlan, found: list[tuple[str, Vocabulary[Any] | None, str]], term: str) -> Iterator[Change]:
    if all(v is not None and (v.name in _PLAIN) for _, v, _ in found):
        for step in (0, 1, 2):
            patch, said = [], set()
            for pointer, vocabulary, word in found:
                assert vocabulary is not None
                choice = [_PLAIN[vocabulary.name], *(t for t in vocabulary if t != _PLAIN[vocabulary.name])]
                other = [t for t in choice if t != word][step]
                said.add(vocabulary.label(other))
                patch.append(replace_value(pointer, other))
            owner = (
                Role.CAMERA
                if all("/camera/" in p for p, _, _ in found)
                else Role.SCENE
                if all(p.startswith("/sets") for p, _, _ in found)
                else Role.DIRECTOR
            )
            if owner is Role.DIRECTOR:
                patch = list(changes.whole_shots(plan, patch))
            label = f"{', '.join(sorted(said))} instead of {term} in {len(found)} place{'s' if len(found) > 1 else ''}"
            yield Change(f"without_{step + 1}", label, owner, owner.value, tuple(patch))
        return
    props = sorted({tuple(p.split("/")[2:5:2]) for p, _, _ in found if "/props/" in p}, reverse=True)
    if props and all("/props/" in p for p, _, _ in found):
        patch = [
            {"op": "remove", "path": f"/sets/{s}/props/{k}"}
            for s, k in sorted(props, key=lambda sk: (int(sk[0]), int(sk[1])), reverse=True)
        ]
        yield Change("remove_prop", f"take away every {term}", Role.SCENE, "scene", tuple(patch))


@rule("coverage.must_haves", owners=(Role.DIRECTOR,), source="the brief", scope="plan")
def must_haves(plan: ShotPlan) -> Iterator[Problem]:
    """Everything the brief asks for is in the film."""
    if not plan.shots:
        return
    for n, term in enumerate(plan.brief.must_haves):
        if _matches(plan, term):
            continue
        yield Problem(
            where=f"/brief/must_haves/{n}",
            measured=0,
            limit=1,
            unit="uses",
            raised_by="director",
            owners=("director", "camera", "scene"),
            text=f'the brief asks for "{term}" and the plan does not have it',
            changes=partial(_with, plan, term),
        )


def _with(plan: ShotPlan, term: str) -> Iterator[Change]:
    for key, vocabulary in _CAMERA.items():
        word = vocabulary.find(term)
        if word:
            for i in range(len(plan.shots) - 1, max(-1, len(plan.shots) - 5), -1):
                yield changes.camera(i, plan.shots[i].id, **{key: word})
    for key, vocabulary in (("time", TIMES), ("weather", WEATHERS)):
        word = vocabulary.find(term)
        for n, s in enumerate(plan.sets if word else ()):
            yield Change(
                f"{key}_{word}_{s.id}",
                f"{term} in {s.name}",
                Role.SCENE,
                "scene",
                (replace_value(f"/sets/{n}/{key}", word),),
            )
    word = PROP_KINDS.find(term)
    if word and plan.sets:
        taken = {p.id for s in plan.sets for p in s.props} | {c.id for c in plan.cast}
        id = next(i for i in (word, *(f"{word}_{k}" for k in range(2, 100))) if i not in taken)
        for spot, (x, z) in (("behind", (-4.5, -3.0)), ("far_right", (5.0, -3.2))):
            prop = Prop.of_kind(id, term, word, x, z)
            yield Change(
                f"add_{word}_{spot}",
                f"put a {term} {spot.replace('_', ' ')} in {plan.sets[0].name}",
                Role.SCENE,
                "scene",
                (replace_value("/sets/0/props/-", prop) | {"op": "add"},),
            )

"""The film as the crew sees it before a question: the script, who is in it, and where.

Knows what of a plan stays the same from question to question, so that a server reads it once (prefix caching). Does not know
questions. It opens the prompts of models that are not small; a small one is shown no more than its question needs.
"""

from __future__ import annotations

from collections.abc import Mapping

import prompts
from shotplan.plan import ShotPlan, StageSet
from shotplan.vocabulary import ACTIONS, ANGLES, EMOTIONS, LENSES, MOVES, SHOT_SIZES, SIDES, Language, Vocabulary

LONGEST_SCRIPT = 4000
"""Characters of script that are shown whole; of a longer one only the scene that the question is about."""
GLOSSARY: dict[str, Vocabulary] = {
    "action": ACTIONS,
    "emotion": EMOTIONS,
    "size": SHOT_SIZES,
    "angle": ANGLES,
    "move": MOVES,
    "lens": LENSES,
    "side": SIDES,
}
"""The words of the whole crew; a role's own lists follow in its job."""


def opening(plan: ShotPlan, set_id: str = "") -> str:
    """The text that every prompt about this plan begins with, in the brief's language.

    What changes last comes last: house rules, words, script, cast, sets. `set_id`: the set that the question is about.
    """
    language = plan.brief.language
    script, whole = _script(plan, set_id)
    ((_, text),) = prompts.render(
        "opening",
        language,
        script=script,
        whole=whole,
        words=_words(language),
        cast=[(c.id, f"{c.name}: {c.kind}" + (f", {c.look}" if c.look else "")) for c in plan.cast],
        sets=[(s.id, _set(s)) for s in plan.sets if whole or s.id == set_id],
    )
    return text


def _script(plan: ShotPlan, set_id: str) -> tuple[str, bool]:
    """(text, whether it is the whole script)."""
    script = plan.brief.script.strip()
    if len(script) <= LONGEST_SCRIPT:
        return script, True
    spans = [
        beat.span
        for shot in plan.shots
        if shot.set == set_id
        for beat in (plan.beat(id) for id in shot.beats)
        if beat is not None
    ]
    return "\n".join(dict.fromkeys(spans))[:LONGEST_SCRIPT], False


def _set(stage_set: StageSet) -> str:
    things = ", ".join(prop.name for prop in stage_set.props)
    return f"{stage_set.name}" + (f" ({things})" if things else "")


def _words(language: Language) -> Mapping[str, str]:
    """The lists of ids, in Chinese and Japanese each with its word."""
    return {
        key: ", ".join(id if language == "en" else f"{id} {vocabulary.label(id, language)}" for id in vocabulary)
        for key, vocabulary in GLOSSARY.items()
    }

"""The film as the crew sees it before a question: the script, who is in it, and where.

Knows what of a plan stays the same from question to question, so that a server reads it once (prefix caching). Does not know
questions. It opens the prompts of models that are not small; a small one is shown no more than its question needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import prompts
from shotplan.plan import ShotPlan, StageSet
from shotplan.vocabulary import ACTIONS, ANGLES, EMOTIONS, LENSES, MOVES, SHOT_SIZES, SIDES, Language, Vocabulary

Shown = Literal["whole", "scene", "part"]
"""How much of the script an opening shows; it says so to the model."""
LONGEST_SCRIPT = 4000
"""Characters of script that are shown whole; of a longer one only the scene that the question is about."""
TAKEN = 2600
"""Tokens of a model's context that rules, lists, question and answer may take in any language."""
PER_TOKEN: dict[Language, float] = {"en": 3.0, "zh": 0.6, "ja": 0.6}
"""Characters that a token holds at least, in most models."""
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


def opening(plan: ShotPlan, set_id: str = "", context: int | None = None) -> str:
    """The text that every prompt about this plan begins with, in the brief's language.

    What changes last comes last: house rules, words, script, cast, sets. `set_id`: the set that the question is about.
    `context`: tokens that the model can read, where that is known.
    """
    language = plan.brief.language
    longest = LONGEST_SCRIPT
    if context is not None:
        longest = min(longest, int(max(0, context - TAKEN) * PER_TOKEN[language]))
    script, shown = _script(plan, set_id, longest)
    ((_, text),) = prompts.render(
        "opening",
        language,
        script=script,
        shown=shown,
        words=_words(language),
        cast=[(c.id, f"{c.name}: {c.kind}" + (f", {c.look}" if c.look else "")) for c in plan.cast],
        sets=[(s.id, _set(s)) for s in plan.sets if shown == "whole" or s.id == set_id],
    )
    return text


def _script(plan: ShotPlan, set_id: str, longest: int) -> tuple[str, Shown]:
    script = plan.brief.script.strip()
    if len(script) <= longest:
        return script, "whole"
    beats = (plan.beat(id) for shot in plan.shots if shot.set == set_id for id in shot.beats)
    spans = list(dict.fromkeys(beat.span for beat in beats if beat is not None))
    fit, length = 0, 0
    for span in spans:
        length += len(span) + 1
        if length > longest:
            break
        fit += 1
    return "\n".join(spans[:fit]), "scene" if fit == len(spans) else "part"


def _set(stage_set: StageSet) -> str:
    things = ", ".join(prop.name for prop in stage_set.props)
    return f"{stage_set.name}" + (f" ({things})" if things else "")


def _words(language: Language) -> Mapping[str, str]:
    """The lists of ids, in Chinese and Japanese each with its word."""
    return {
        key: ", ".join(id if language == "en" else f"{id} {vocabulary.label(id, language)}" for id in vocabulary)
        for key, vocabulary in GLOSSARY.items()
    }

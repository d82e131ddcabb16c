"""The closed vocabularies agents speak, with labels and synonyms in English, Chinese and Japanese."""

from shotplan.vocabulary.actions import ACTIONS, ActionTemplate
from shotplan.vocabulary.camera import ANGLES, LENSES, MOVES, SHOT_SIZES, SIDES
from shotplan.vocabulary.cast import CHARACTER_KINDS, CharacterKind
from shotplan.vocabulary.emotions import EMOTIONS, Emotion
from shotplan.vocabulary.sets import PLACES, PROP_KINDS, STYLES, TIMES, WEATHERS, PropKind
from shotplan.vocabulary.sizes import SMALL_THINGS, usual_size
from shotplan.vocabulary.term import LANGUAGES, Language, Term, Vocabulary

__all__ = [
    "ACTIONS", "ANGLES", "CHARACTER_KINDS", "EMOTIONS", "LANGUAGES", "LENSES", "MOVES", "PLACES", "PROP_KINDS", "SHOT_SIZES", "SIDES",
    "SMALL_THINGS", "STYLES", "TIMES", "WEATHERS", "ActionTemplate", "CharacterKind", "Emotion", "Language", "PropKind", "Term", "Vocabulary", "usual_size",
]  # fmt: skip

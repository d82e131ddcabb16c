"""A closed vocabulary: ids with labels and synonyms in English, Chinese and Japanese.

Knows how a word is looked up. Does not know what any particular word means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar, get_args

Language = Literal["en", "zh", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One word of a closed vocabulary.

    `words` is `"en label, synonym, ... | zh label, synonym, ... | ja label, synonym, ..."`.
    """

    id: str
    words: str

    @cached_property
    def by_language(self) -> Mapping[Language, tuple[str, ...]]:
        parts = [tuple(w.strip() for w in part.split(",") if w.strip()) for part in self.words.split("|")]
        if len(parts) != len(LANGUAGES) or not all(parts):
            raise ValueError(f"term {self.id!r} needs words in {LANGUAGES}")
        return dict(zip(LANGUAGES, parts, strict=True))

    def label(self, language: Language = "en") -> str:
        """The word a person sees."""
        return self.by_language[language][0]


T = TypeVar("T", bound=Term)


class Vocabulary(Mapping[str, T], Generic[T]):
    """Terms by id, in the order they were written."""

    def __init__(self, name: str, *terms: T) -> None:
        self.name = name
        self._terms = {term.id: term for term in terms}
        if len(self._terms) != len(terms):
            raise ValueError(f"vocabulary {name!r} has a repeated id")

    def __getitem__(self, key: str) -> T:
        try:
            return self._terms[key]
        except KeyError:
            raise KeyError(f"{key!r} is not a {self.name}; known: {', '.join(self._terms)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def label(self, key: str, language: Language = "en") -> str:
        return self[key].label(language)

    @cached_property
    def _index(self) -> dict[str, str]:
        index: dict[str, str] = {}
        for term in self._terms.values():
            for words in term.by_language.values():
                for word in (term.id.replace("_", " "), *words):
                    index.setdefault(word.casefold(), term.id)
        return index

    def find(self, word: str) -> str | None:
        """The id whose label or synonym, in any language, is exactly `word` (case-insensitive), else None."""
        return self._index.get(word.strip().casefold().replace("_", " "))

    def mentions(self, text: str) -> list[tuple[int, str]]:
        """Where `text` mentions a term: (character offset, id), longest words first at each place, in text order."""
        folded = text.casefold()
        taken = [False] * len(folded)
        found: list[tuple[int, str]] = []
        for word in sorted(self._index, key=len, reverse=True):
            ascii_word = word.isascii()
            start = folded.find(word)
            while start >= 0:
                end = start + len(word)
                whole = not ascii_word or _is_whole_word(folded, start, end)
                if whole and not any(taken[start:end]):
                    taken[start:end] = [True] * len(word)
                    found.append((start, self._index[word]))
                start = folded.find(word, end)
        return sorted(found)


def _is_whole_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end : end + 2]
    return not re.match(r"[a-z0-9]", before) and not re.match(r"(?!s\b)[a-z0-9]", after)

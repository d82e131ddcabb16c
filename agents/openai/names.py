"""What a model's name tells: how large it is, and how its thinking is turned down.

Knows the habits of naming checkpoints. Does not know servers. A name may tell nothing; then the model counts as large.
"""

from __future__ import annotations

import re

from agents.model import Traits

OWN = "ekonte-crew"
"""The name under which this project's own trained crew is served."""
ENGLISH = frozenset({"en"})
SMALL_BELOW = 1.0
"""Billions of parameters; below it, free text was empty talk in every model tried."""
_SIZE = re.compile(r"(?<![\w.])(?:\d+x)?(\d+(?:\.\d+)?)\s?([mb])(?![a-z])", re.IGNORECASE)
_ENGLISH_ONLY = re.compile(r"smollm2?(?!3)", re.IGNORECASE)
_NO_SIZE_BUT_SMALL = re.compile(r"smollm(?!3)|tinystories|gpt2(?!-(large|xl))", re.IGNORECASE)


def size_in_name(name: str) -> float | None:
    """Billions of parameters by the largest size that the name gives, such as 0.135 for `SmolLM2-135M-Instruct`."""
    sizes = _SIZE.findall(name.replace("_", "-"))
    return max((float(number) * (0.001 if unit.lower() == "m" else 1.0) for number, unit in sizes), default=None)


def traits_by_name(name: str) -> Traits:
    """Small or not, and for the project's own crew: every option, since it was trained on all of them."""
    base = name.rsplit("/", 1)[-1]
    if base.startswith(OWN):
        return Traits(small=True, options="all", languages=ENGLISH)
    size = size_in_name(base)
    small = size < SMALL_BELOW if size is not None else bool(_NO_SIZE_BUT_SMALL.search(base))
    return Traits(small=small, languages=ENGLISH if _ENGLISH_ONLY.search(base) else None)


def reasoning_effort(name: str, kind: str) -> str | None:
    """The least thinking that this model can be told to do by `reasoning_effort`; None: say nothing about it."""
    base = name.rsplit("/", 1)[-1].lower()
    if "gpt-oss" in base or re.match(r"o\d|gpt-5", base):
        return "low"
    return "none" if kind == "Ollama" else None

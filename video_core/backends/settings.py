"""Settings of a backend from the words of a command line, with errors that name the setting.

Knows pydantic models. Does not know any backend's settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shotplan.errors import RenderError

Model = TypeVar("Model", bound=BaseModel)


def parse_settings(backend: str, model: type[Model], values: Mapping[str, object]) -> Model:
    """Check `values` against a backend's settings. Raises `RenderError` for an unknown name or an unusable value."""
    unknown = sorted(values.keys() - model.model_fields.keys())
    if unknown:
        raise RenderError(
            f"the backend {backend} has no setting {unknown[0]!r}", where=f"--set {unknown[0]}",
            todo=f"its settings are: {', '.join(model.model_fields)}",
        )  # fmt: skip
    try:
        return model.model_validate(dict(values))
    except ValidationError as e:
        first = e.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise RenderError(f"{values.get(name)!r} cannot be used: {first['msg']}", where=f"--set {name}", todo="give another value") from e


def with_whole_paths(model: type[BaseModel] | None, values: Mapping[str, object]) -> dict[str, object]:
    """The settings with whole paths in the place of relative ones, for a process whose current folder is another.

    `model`: a backend's settings; its class attribute `FILES` names those that are files. A word that is no file here, such as a Hub id,
    stays as it is; `FILE:strength` keeps its strength.
    """
    files = getattr(model, "FILES", ())
    return {name: _whole(value) if name in files else value for name, value in values.items()}


def _whole(value: object) -> object:
    if isinstance(value, str):
        return ",".join(_whole_word(word.strip()) for word in value.split(","))
    return tuple(_whole_word(str(word)) for word in value) if isinstance(value, list | tuple) else value


def _whole_word(word: str) -> str:
    name, sign, strength = word.rpartition(":")
    for path, rest in ((word, ""), (name, f"{sign}{strength}")):
        if path and Path(path).expanduser().exists():
            return f"{Path(path).expanduser().absolute()}{rest}"
    return word


def settings_from_words(words: Iterable[str]) -> dict[str, str]:
    """`name=value` words as a dictionary; a name given twice collects its values with commas. Raises `RenderError`."""
    settings: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        name = name.strip().replace("-", "_")
        if not name or not sign:
            raise RenderError(f"{word!r} is no setting", where="--set", todo="write name=value, such as --set guidance=3.5")
        settings[name] = f"{settings[name]},{value.strip()}" if name in settings else value.strip()
    return settings

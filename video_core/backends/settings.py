"""Settings of a backend from the words of a command line, with errors that name the setting.

Knows pydantic models. Does not know any backend's settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
